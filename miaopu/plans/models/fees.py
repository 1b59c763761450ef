"""Fee lists 涉企收费清单 in versions: what enterprises may be charged, on which basis."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region, User
from miaopu.plans.enums import FeeListState, FeePayer
from miaopu.plans.fee_querysets import FeeEntryQuerySet, FeeListQuerySet


class FeeList(models.Model):
    """A version of a region's fee list; what does not stand on it must not be charged."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(_("版本号"))
    state = models.CharField(
        _("状态"), max_length=10, choices=FeeListState.choices, default=FeeListState.DRAFT
    )
    valid_from = models.DateField(_("自何日起"))
    illustrative = models.BooleanField(_("示例"), default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)

    objects = FeeListQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["region_id", "-position"]
        constraints = [
            models.UniqueConstraint(name="fee_list_once", fields=["region", "position"]),
            models.UniqueConstraint(
                name="fee_list_one_draft",
                fields=["region"],
                condition=Q(state=FeeListState.DRAFT),
                violation_error_message=_("这个区域已有一个清单草稿"),
            ),
            models.UniqueConstraint(
                name="fee_list_one_in_force",
                fields=["region"],
                condition=Q(state=FeeListState.IN_FORCE),
                violation_error_message=_("一个区域同时只能有一个现行清单"),
            ),
            models.CheckConstraint(
                name="fee_list_published_by_another",
                condition=Q(state=FeeListState.DRAFT)
                | Q(published_by__isnull=False) & ~Q(published_by=F("made_by")),
                violation_error_message=_("清单须由起草人以外的人发布"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.region_id} v{self.position}"


class FeeEntry(models.Model):
    """A fee: basis, who charges it, how much, and who bears it for new small enterprises."""

    fee_list = models.ForeignKey(FeeList, on_delete=models.CASCADE, related_name="entries")
    # CASCADE is never reached: a list is never deleted; a draft's entries are replaced
    position = models.PositiveIntegerField(_("序号"))
    name = models.CharField(_("收费项目"), max_length=120)
    basis = models.CharField(_("依据文件"), max_length=200)
    authority = models.CharField(_("收费单位"), max_length=100)
    standard = models.CharField(_("收费标准"), max_length=300)
    payer = models.CharField(_("由谁承担"), max_length=12, choices=FeePayer.choices)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = FeeEntryQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["fee_list_id", "position"]
        constraints = [
            models.UniqueConstraint(name="fee_entry_once", fields=["fee_list", "position"]),
            models.UniqueConstraint(
                name="fee_entry_name_once", fields=["fee_list", "name", "authority"]
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_is_frozen",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("entry", "plans_feeentry")],
                func=(
                    "entry := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;"
                    " IF EXISTS (SELECT FROM plans_feelist l"
                    " WHERE l.id = entry.fee_list_id AND l.state <> 'draft')"
                    " THEN RAISE EXCEPTION 'fees of a published list are frozen'; END IF;"
                    " RETURN entry;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
