"""Offers without application (免申即享): what the state has found to be an enterprise's due."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import OfferState
from miaopu.cases.models.cases import Case
from miaopu.cases.models.items import Item
from miaopu.cases.querysets import OfferOptOutQuerySet, OfferQuerySet
from miaopu.core.models import Region, User
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Programme


class Offer(models.Model):
    """What was offered to an enterprise, on which facts, and what became of it.

    `trace` and `facts` are what the offer rests on, `changes` what no longer holds once it was
    withdrawn (cases.offer_changes). `answers` is what the enterprise has typed so far; it is gone
    once the offer is answered or ends.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(_("一次性键"), max_length=80)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=10, choices=OfferState.choices, default=OfferState.OPEN
    )
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    priority_points = models.IntegerField(_("优先分"), default=0)
    trace = models.JSONField(_("判定依据"), default=dict)
    facts = models.JSONField(_("所依据的数据"), default=dict)
    issued_at = models.DateTimeField(_("发出时间"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField(_("确认截止日"))
    closed_at = models.DateTimeField(_("了结时间"), null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    changes = models.JSONField(_("变化"), default=dict)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="offer")
    answers = models.JSONField(_("已填写的内容"), default=dict)
    revision = models.PositiveIntegerField(_("修订号"), default=1)

    objects = OfferQuerySet.as_manager()

    class Meta:
        """Order, indexes and invariants."""

        ordering = ["-pk"]
        indexes = [models.Index(fields=["region", "state"], name="offer_region_state")]
        constraints = [
            models.UniqueConstraint(
                name="offer_one_open",
                fields=["programme", "once_key", "enterprise"],
                condition=Q(state=OfferState.OPEN),
                violation_error_message=_("该企业在此事项下已有待确认的邀约"),
            ),
            models.CheckConstraint(
                name="offer_known_state",
                condition=Q(state__in=OfferState.values),
                violation_error_message=_("未知的邀约状态"),
            ),
            models.CheckConstraint(
                name="offer_case_if_consented",
                condition=Q(state=OfferState.CONSENTED, case__isnull=False)
                | (~Q(state=OfferState.CONSENTED) & Q(case=None)),
                violation_error_message=_("确认享受的邀约须有办件，其他的没有"),
            ),
            models.CheckConstraint(
                name="offer_closed_has_no_answers",
                condition=Q(state=OfferState.OPEN) | Q(answers={}),
                violation_error_message=_("了结的邀约不再保留填写的内容"),
            ),
            models.CheckConstraint(
                name="offer_closed_has_time",
                condition=Q(state=OfferState.OPEN, closed_at=None)
                | (~Q(state=OfferState.OPEN) & Q(closed_at__isnull=False)),
                violation_error_message=_("了结的邀约须有了结时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("item", "programme", "once_key", "enterprise", "region", "amount_fen"),
                    *("trace", "facts", "issued_at", "issued_by", "expires_on"),
                ),
            ),
            pgtrigger.Protect(
                name="closed_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=OfferState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.once_key} → {self.enterprise_id}: {self.state}"


class OfferOptOut(models.Model):
    """A person who wants no messages about offers; the offers still stand on her pages."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("起"))

    objects = OfferOptOutQuerySet.as_manager()

    class Meta:
        """Order."""

        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.user_id)
