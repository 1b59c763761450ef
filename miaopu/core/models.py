"""Users, offices, regions, events, files, jobs, notices."""

from __future__ import annotations

from functools import cached_property

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.enums import ADMIN_ROLES, JobState, OfficeKind, Role, UserKind
from miaopu.core.models_tokens import ApiToken as ApiToken
from miaopu.core.models_tokens import ApiTokenUse as ApiTokenUse
from miaopu.core.querysets import (
    EventQuerySet,
    JobQuerySet,
    MembershipQuerySet,
    NoticeQuerySet,
    OfficeQuerySet,
    RegionQuerySet,
)


class Region(models.Model):
    """A division of GB/T 2260, or a city's own zone with a code under the city."""

    class Level(models.IntegerChoices):
        """Levels of GB/T 2260."""

        PROVINCE = 1, _("省")
        CITY = 2, _("市")
        COUNTY = 3, _("县区")

    code = models.CharField(_("代码"), primary_key=True, max_length=6)
    name = models.CharField(_("名称"), max_length=50)
    name_en = models.CharField(_("英文名称"), max_length=100, blank=True)
    level = models.IntegerField(_("级别"), choices=Level.choices)
    is_zone = models.BooleanField(_("市自设区域"), default=False)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_code_six_digits",
                condition=Q(code__regex=r"^[0-9]{6}$"),
                violation_error_message=_("区划代码须为六位数字"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An office of the state that works in the system."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=OfficeKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        """Order."""

        ordering = ["region_id", "code"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=50)
    kind = models.CharField(
        _("类别"), max_length=10, choices=UserKind.choices, default=UserKind.OFFICE
    )
    demo_note = models.CharField(_("演示说明"), max_length=200, blank=True)
    demo_note_en = models.CharField(_("演示说明（英文）"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def live_memberships(self) -> list[Membership]:
        """The user's memberships that have not ended, with their offices."""
        return list(
            Membership.objects.live().filter(user=self).select_related("office").order_by("pk")
        )

    @property
    def is_party(self) -> bool:
        """Whether the user acts for a party (an enterprise) rather than an office."""
        return self.kind == UserKind.PARTY

    def has_role(self, *roles: str) -> bool:
        """Whether the user holds one of `roles` in any office."""
        return any(membership.role in roles for membership in self.live_memberships)


@pghistory.track()
class Membership(models.Model):
    """A user acts in an office with a role."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    since = models.DateTimeField(_("起"))
    ended_at = models.DateTimeField(_("止"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """Invariants."""

        constraints = [
            models.UniqueConstraint(
                name="membership_once",
                fields=["user", "office", "role"],
                condition=Q(ended_at=None),
                violation_error_message=_("该人员已在此机构担任此角色"),
            ),
            models.UniqueConstraint(
                name="membership_one_admin_role",
                fields=["user"],
                condition=Q(ended_at=None, role__in=ADMIN_ROLES),
                violation_error_message=_("系统、安全、审计三类管理员须由不同人员担任"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"


class Event(models.Model):
    """Who did what, when and why. Append-only: the database refuses changes."""

    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("动作"), max_length=60)
    subject_type = models.CharField(_("对象类别"), max_length=60)
    subject_id = models.CharField(_("对象编号"), max_length=40)
    reason = models.TextField(_("理由"), blank=True)
    data = models.JSONField(_("数据"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        """Order, indexes and protection."""

        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="event_subject")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class File(models.Model):
    """A file that somebody handed in: kept once per content, never served inline."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    media_type = models.CharField(_("类型"), max_length=100)
    extension = models.CharField(_("后缀"), max_length=10)
    kept_at = models.DateTimeField(_("保存时间"))

    class Meta:
        """Protection."""

        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.extension}"

    @property
    def storage_name(self) -> str:
        """Where the content lies below MEDIA_ROOT."""
        return f"{self.sha256[:2]}/{self.sha256}"


class Job(models.Model):
    """Long work as its owner sees it: state and progress. The queue itself is procrastinate's."""

    key = models.CharField(_("幂等键"), max_length=120, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=JobState.choices, default=JobState.QUEUED
    )
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    result = models.JSONField(_("结果"), default=dict)
    error = models.TextField(_("错误"), blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("创建时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="job_done_within_total",
                condition=Q(done__lte=models.F("total")),
                violation_error_message=_("进度不得超过总数"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_failed(self) -> bool:
        """Whether it has given up; whoever may can have the work begun anew."""
        return self.state == JobState.FAILED


class Notice(models.Model):
    """A message to one user, shown in the pages."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(_("幂等键"), max_length=120)
    text = models.CharField(_("内容"), max_length=300)
    text_en = models.CharField(_("英文内容"), max_length=400)
    link = models.CharField(_("链接"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        """Order; each event gives exactly one notice."""

        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(name="notice_once", fields=["user", "key"])]
        indexes = [
            # What was asked for and has been done is found by the beginning of its key.
            models.Index(
                name="notice_unread_key",
                fields=["key"],
                condition=Q(read_at=None),
                opclasses=["varchar_pattern_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.text


class DemoClock(models.Model):
    """By how many days the demo's clock is moved. Read only where the demo runs."""

    offset_days = models.IntegerField(_("偏移天数"), default=0)

    class Meta:
        """One row at the most."""

        constraints = [
            models.CheckConstraint(name="demo_clock_single_row", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"{self.offset_days:+d}"
