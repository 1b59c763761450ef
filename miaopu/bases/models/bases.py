"""Bases with their titles and rooms."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import BaseState, CarrierType, TitleLevel
from miaopu.bases.querysets import BaseQuerySet, BaseTitleQuerySet, RoomQuerySet
from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.parties.models import Enterprise


@pghistory.track()
class Base(models.Model):
    """A base with who runs it and what it has; areas in m²."""

    number = models.CharField(_("基地编号"), max_length=20, unique=True)
    name = models.CharField(_("基地名称"), max_length=120)
    carrier_type = models.CharField(_("载体类型"), max_length=30, choices=CarrierType.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("地址"), max_length=200)
    opened_on = models.DateField(_("运营起始日期"))
    floor_area = models.DecimalField(_("建筑面积（平方米）"), max_digits=12, decimal_places=2)
    incubation_area = models.DecimalField(_("孵化面积（平方米）"), max_digits=12, decimal_places=2)
    workshop_area = models.DecimalField(
        _("标准厂房面积（平方米）"), max_digits=12, decimal_places=2, default=0
    )
    service_staff = models.PositiveIntegerField(_("服务人员（人）"), default=0)
    coaches = models.PositiveIntegerField(_("创业辅导师（人）"), default=0)
    services = models.TextField(_("提供的服务"), max_length=2000, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=BaseState.choices, default=BaseState.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    filed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    selected_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    admitted_on = models.DateField(_("准入日期"), null=True, blank=True)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    objects = BaseQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="base_areas",
                condition=Q(floor_area__gt=0)
                & Q(incubation_area__gte=0)
                & Q(workshop_area__gte=0)
                & Q(incubation_area__lte=models.F("floor_area"))
                & Q(workshop_area__lte=models.F("floor_area")),
                violation_error_message=_("孵化面积和厂房面积不得超过建筑面积"),
            ),
            models.CheckConstraint(
                name="base_admitted_has_day",
                condition=~Q(state=BaseState.ADMITTED) | Q(admitted_on__isnull=False),
                violation_error_message=_("已准入的基地须有准入日期"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class BaseTitle(models.Model):
    """A title that an authority gave to a base, with how long it holds."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="titles")
    level = models.CharField(_("级别"), max_length=10, choices=TitleLevel.choices)
    name = models.CharField(_("称号"), max_length=120)
    document = models.CharField(_("文号"), max_length=60, blank=True)
    granted_on = models.DateField(_("认定日期"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    withdrawn_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = BaseTitleQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["base_id", "-granted_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="base_title_once", fields=["base", "level", "name", "granted_on"]
            ),
            models.CheckConstraint(
                name="base_title_period",
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("granted_on")),
                violation_error_message=_("有效期不得早于认定日期"),
            ),
            models.CheckConstraint(
                name="base_title_withdrawn",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=models.F("granted_on")),
                violation_error_message=_("撤销日期不得早于认定日期"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # A title is withdrawn once; nothing else of it ever changes.
            pgtrigger.Protect(
                name="what_was_given_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "base", "level", "name", "document", "granted_on", "valid_until"
                ),
            ),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.name}"


class Room(models.Model):
    """A room of a base that can be let; area in m²."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="rooms")
    building = models.CharField(_("楼栋"), max_length=40, blank=True)
    floor = models.CharField(_("楼层"), max_length=10, blank=True)
    name = models.CharField(_("房间"), max_length=40)
    area = models.DecimalField(_("面积（平方米）"), max_digits=10, decimal_places=2)

    objects = RoomQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["base_id", "building", "floor", "name"]
        constraints = [
            models.UniqueConstraint(
                name="room_once",
                fields=["base", "building", "floor", "name"],
                violation_error_message=_("这个房间已经登记"),
            ),
            models.CheckConstraint(
                name="room_area",
                condition=Q(area__gt=0),
                violation_error_message=_("面积须大于 0"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.building, self.floor, self.name) if part)
