"""Who is in a base, since when, in which room, and how far it has come."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import TenancyStage
from miaopu.bases.models.bases import Base, Room
from miaopu.bases.querysets import LIVE_STAGES, TenancyQuerySet
from miaopu.core.models import Event
from miaopu.core.querysets import EventQuerySet
from miaopu.parties.models import Enterprise

_COMPANIES = (TenancyStage.INCUBATING, TenancyStage.GRADUATED)


@pghistory.track()
class Tenancy(models.Model):
    """A team or an enterprise in a base. A team has no enterprise until it is registered."""

    number = models.CharField(_("入驻编号"), max_length=24, unique=True)
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="tenancies")
    team = models.CharField(_("团队或项目名称"), max_length=120, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.CharField(_("阶段"), max_length=12, choices=TenancyStage.choices)
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="tenancies"
    )
    area = models.DecimalField(_("租用面积（平方米）"), max_digits=10, decimal_places=2)
    rent_fen = models.BigIntegerField(_("月租金（分）"))
    relief_percent = models.PositiveSmallIntegerField(_("租金减免（%）"), default=0)
    contract = models.CharField(_("合同编号"), max_length=60, blank=True)
    since = models.DateField(_("入驻日期"))
    incubated_from = models.DateField(_("入孵日期"), null=True, blank=True)
    graduated_on = models.DateField(_("毕业日期"), null=True, blank=True)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    objects = TenancyQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["base_id", "-since", "-pk"]
        indexes = [models.Index(fields=["base", "stage"], name="tenancy_base_stage")]
        constraints = [
            models.UniqueConstraint(
                name="tenancy_once",
                fields=["base", "enterprise"],
                condition=Q(stage__in=LIVE_STAGES),
                violation_error_message=_("该企业已入驻本基地"),
            ),
            models.CheckConstraint(
                name="tenancy_named",
                condition=Q(enterprise__isnull=False) | ~Q(team=""),
                violation_error_message=_("请填写团队名称或选择企业"),
            ),
            models.CheckConstraint(
                name="tenancy_company",
                condition=~Q(stage__in=_COMPANIES)
                | Q(enterprise__isnull=False, incubated_from__isnull=False),
                violation_error_message=_("在孵和毕业企业须是登记企业，并有入孵日期"),
            ),
            models.CheckConstraint(
                name="tenancy_graduated",
                condition=(
                    ~Q(stage=TenancyStage.GRADUATED)
                    | Q(graduated_on__isnull=False, graduated_on__gte=F("incubated_from"))
                ),
                violation_error_message=_("毕业日期不得早于入孵日期"),
            ),
            models.CheckConstraint(
                name="tenancy_left",
                condition=(
                    ~Q(stage=TenancyStage.LEFT) | Q(left_on__isnull=False, left_on__gte=F("since"))
                ),
                violation_error_message=_("退出日期不得早于入驻日期"),
            ),
            models.CheckConstraint(
                name="tenancy_figures",
                condition=Q(area__gt=0, rent_fen__gte=0, relief_percent__lte=100),
                violation_error_message=_("面积须大于 0，减免在 0 到 100 之间"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.tenant_name

    @property
    def tenant_name(self) -> str:
        """The enterprise's name, or the team's where there is none yet."""
        return self.enterprise.name if self.enterprise is not None else self.team

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)
