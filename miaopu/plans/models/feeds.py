"""Calendar feeds: a secret address under which a calendar program reads deadlines."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Office, User
from miaopu.plans.task_querysets import CalendarFeedQuerySet


class CalendarFeed(models.Model):
    """A user's key to her calendar, kept as a hash until it is revoked.

    With an `office` it shows that office's deadlines only; what the user may not see any more it
    does not show either.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("创建时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="calendar_feed_digest_is_sha256",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("订阅地址只以摘要保存"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("user", "office", "digest", "created_at"),
            ),
            pgtrigger.Protect(
                name="revoked_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office or '*'}"
