"""API tokens: a user's key to read what the user may read, without a browser."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.querysets import ApiTokenQuerySet


class ApiToken(models.Model):
    """A key that a user made for a program: kept as a hash, for a time, until it is revoked."""

    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_token_expires",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_message=_("令牌须有失效时间"),
            ),
            models.CheckConstraint(
                name="api_token_digest_is_sha256",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("令牌只以摘要保存"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("user", "name", "digest", "created_at", "expires_at"),
            ),
            pgtrigger.Protect(
                name="revoked_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiTokenUse(models.Model):
    """When a token was last used. Apart from the token, because reading writes it (access log)."""

    token = models.OneToOneField(
        ApiToken, on_delete=models.PROTECT, primary_key=True, related_name="use"
    )
    used_at = models.DateTimeField(_("最近使用"), null=True)

    def __str__(self) -> str:
        return f"{self.token_id}: {self.used_at}"
