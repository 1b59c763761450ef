"""Enterprises, who represents them, and facts over time."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region, User
from miaopu.parties.enums import EnterpriseStatus, Source
from miaopu.parties.models.keys import names_known_row, stays
from miaopu.parties.querysets import EnterpriseQuerySet, FactQuerySet, RepresentativeQuerySet


@pghistory.track(level=pghistory.Statement)
class Enterprise(models.Model):
    """An enterprise or sole trader with its stable number."""

    number = models.CharField(_("企业编号"), max_length=20, unique=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("企业名称"), max_length=120)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(_("行业代码"), max_length=5)
    legal_representative = models.CharField(_("法定代表人"), max_length=50)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    address = models.CharField(_("住所"), max_length=200, blank=True)
    registered_on = models.DateField(_("成立日期"))
    status = models.CharField(
        _("登记状态"),
        max_length=10,
        choices=EnterpriseStatus.choices,
        default=EnterpriseStatus.ACTIVE,
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["number"]
        indexes = [
            models.Index(fields=["region", "number"], name="enterprise_region"),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprise_uscc_form",
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                violation_error_message=_("统一社会信用代码须为18位，不含 I、O、Z、S、V"),
            )
        ]
        triggers = stays()

    def __str__(self) -> str:
        return self.name


class Representative(models.Model):
    """A user who acts for an enterprise."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="representatives"
    )
    since = models.DateTimeField(_("起"))
    ended_at = models.DateTimeField(_("止"), null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        """Invariants."""

        constraints = [
            models.UniqueConstraint(
                name="representative_once",
                fields=["user", "enterprise"],
                condition=Q(ended_at=None),
                violation_error_message=_("该人员已是此企业的代表"),
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


class Fact(models.Model):
    """What a source says of an enterprise from a day on. Never changed, only ended and added to."""

    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="facts",
        db_index=False,  # the key `fact_once` begins with it: a second one slows deliveries down
        db_constraint=False,  # the trigger `enterprise_is_known`
    )
    name = models.CharField(_("数据项"), max_length=40)
    value = models.JSONField(_("值"))
    valid_from = models.DateField(_("有效期起"))
    valid_to = models.DateField(_("有效期止"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=20, choices=Source.choices)
    record = models.CharField(_("来源记录"), max_length=60)
    recorded_at = models.DateTimeField(_("记录时间"))

    objects = FactQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["enterprise_id", "name", "-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="fact_once", fields=["enterprise", "name", "source", "valid_from", "record"]
            ),
            models.CheckConstraint(
                name="fact_period",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("有效期止不得早于有效期起"),
            ),
        ]
        triggers = [
            names_known_row("enterprise_id", "parties_enterprise"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="value_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "enterprise", "name", "value", "valid_from", "source", "record", "recorded_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
