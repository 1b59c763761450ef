"""Readings of plan documents: the file, what was found in it, and what people made of that."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import File, Job, Region, User
from miaopu.plans.enums import ReadingItemState, ReadingKind, ReadingState
from miaopu.plans.models.programmes import ProgrammeVersion
from miaopu.plans.reading_querysets import USED, PlanReadingQuerySet, ReadingItemQuerySet

ENDED = (ReadingState.COMPLETED, ReadingState.REFUSED)


class PlanReading(models.Model):
    """A plan document on its way to a programme, read item by item by people."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=150)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=10, choices=ReadingState.choices, default=ReadingState.UPLOADED
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.JSONField(_("退回原因"), default=dict)
    text = models.TextField(_("原文"), blank=True)
    title = models.CharField(_("标题"), max_length=300, blank=True)
    number = models.CharField(_("文号"), max_length=100, blank=True)
    issuer = models.CharField(_("发文单位"), max_length=200, blank=True)
    date = models.CharField(_("日期"), max_length=20, blank=True)
    choices = models.JSONField(_("计划信息"), default=dict)
    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))
    completed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    completed_at = models.DateTimeField(_("完成时间"), null=True)

    objects = PlanReadingQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="reading_once_per_file",
                fields=["file", "region"],
                condition=~Q(state=ReadingState.REFUSED),
                violation_error_message=_("这份文件已经上传过"),
            ),
            models.CheckConstraint(
                name="reading_completed_is_whole",
                condition=~Q(state=ReadingState.COMPLETED)
                | Q(version__isnull=False, completed_by__isnull=False, completed_at__isnull=False),
                violation_error_message=_("已载入的阅读须有计划版本、完成人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_was_uploaded_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("file", "file_name", "region", "uploaded_by", "uploaded_at")
                ),
            ),
            pgtrigger.Protect(
                name="text_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.text <> '' AND OLD.text <> NEW.text"),
            ),
            pgtrigger.Protect(
                name="ended_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[str(state) for state in ENDED]),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name

    @property
    def is_open(self) -> bool:
        """Whether its items can be read and changed."""
        return self.state == ReadingState.OPEN


class ReadingItem(models.Model):
    """Something that a plan says, where it says it, and what a person made of it.

    `found` is what the reader found, None for what a person added; `content` is what counts now,
    in the keys of `plan read`. `start` and `end` count code points of the reading's text. `place`
    and `rank` order the items as they stand in the text. Every change raises `revision`.
    """

    reading = models.ForeignKey(PlanReading, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("类别"), max_length=15, choices=ReadingKind.choices)
    clause = models.CharField(_("条款"), max_length=200, blank=True)
    content = models.JSONField(_("内容"))
    found = models.JSONField(_("读出的内容"), null=True)
    start = models.PositiveIntegerField(_("起"), null=True)
    end = models.PositiveIntegerField(_("止"), null=True)
    place = models.PositiveIntegerField(_("位置"), default=0)
    rank = models.PositiveSmallIntegerField(_("次序"), default=0)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ReadingItemState.choices,
        default=ReadingItemState.UNREAD,
    )
    revision = models.PositiveIntegerField(_("修订"), default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"), null=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)

    objects = ReadingItemQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["place", "rank", "pk"]
        indexes = [models.Index(fields=["reading", "place", "rank"], name="reading_item_order")]
        constraints = [
            models.CheckConstraint(
                name="reading_item_has_a_place",
                condition=Q(start=None, end=None) | Q(start__lt=F("end")),
                violation_error_message=_("起须在止之前"),
            ),
            models.CheckConstraint(
                name="reading_item_says_who",
                condition=Q(state=ReadingItemState.UNREAD) | Q(by__isnull=False, at__isnull=False),
                violation_error_message=_("办过的条目须写明由谁、何时"),
            ),
            models.CheckConstraint(
                name="reading_item_added_or_found",
                condition=~Q(state=ReadingItemState.ADDED) | Q(found__isnull=True),
                violation_error_message=_("补充的条目没有读出的内容"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_was_found_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*("reading", "kind", "found", "start", "end")),
            ),
            pgtrigger.Trigger(
                name="completed_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("is_open", "boolean")],
                func="""
                    SELECT state NOT IN ('completed', 'refused') INTO is_open
                      FROM plans_planreading WHERE id = NEW.reading_id;
                    IF NOT is_open THEN
                        RAISE EXCEPTION 'pgtrigger: items of a reading that has ended stay';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}"

    @property
    def is_unread(self) -> bool:
        """Whether nobody has decided on it."""
        return self.state == ReadingItemState.UNREAD

    @property
    def is_used(self) -> bool:
        """Whether it goes into the programme."""
        return self.state in USED

    @property
    def entry(self) -> dict[str, Any]:
        """The item as `plan read` writes it, with its own key as `item`."""
        place = {"start": self.start, "end": self.end, "item": self.pk}
        return {**self.content, **place}
