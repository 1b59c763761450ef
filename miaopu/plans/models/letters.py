"""Target letters: what a district or department has taken on, as it was told."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.letters.target_letter import TargetLetterText
from miaopu.engine.messages import Bilingual
from miaopu.plans.enums import MemberKind
from miaopu.plans.enums import TargetLetterState as State
from miaopu.plans.models.programmes import Programme
from miaopu.plans.target_querysets import TargetLetterQuerySet

ONWARD = """
    IF NOT (
        (OLD.state = 'made' AND NEW.state IN ('issued', 'replaced'))
        OR (OLD.state = 'issued' AND NEW.state IN ('acknowledged', 'replaced'))
        OR (OLD.state = 'acknowledged' AND NEW.state = 'replaced')
    ) THEN
        RAISE EXCEPTION 'a target letter does not go from % to %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
"""


class TargetLetter(models.Model):
    """A target letter (目标责任书) in versions; its documents are made from its content alone.

    It is made by one person and issued by another, and the district's approver acknowledges it.
    When an approved decomposition changes a part of it, a new version replaces it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=12, choices=MemberKind.choices)
    key = models.CharField(_("标识"), max_length=60)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(_("版本号"))
    issuer = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("顺序号"))
    number = models.CharField(_("文号"), max_length=80)
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=14, choices=State.choices, default=State.MADE)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("制作时间"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("下达时间"), null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)

    objects = TargetLetterQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["programme_id", "kind", "key", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="target_letter_version_once", fields=["programme", "kind", "key", "version"]
            ),
            models.UniqueConstraint(
                name="target_letter_one_alive",
                fields=["programme", "kind", "key"],
                condition=~Q(state=State.REPLACED),
                violation_error_message=_("一个单位同时只能有一份有效的目标责任书"),
            ),
            models.UniqueConstraint(
                name="target_letter_number_once", fields=["issuer", "year", "serial"]
            ),
            models.CheckConstraint(
                name="target_letter_two_people",
                condition=Q(issued_by=None) | Q(made_by=None) | ~Q(issued_by=F("made_by")),
                violation_error_message=_("制作的人不能自己下达"),
            ),
            models.CheckConstraint(
                name="target_letter_issued_whole",
                condition=~Q(state__in=(State.ISSUED, State.ACKNOWLEDGED))
                | Q(issued_by__isnull=False, issued_at__isnull=False),
                violation_error_message=_("已下达的须有下达人和时间"),
            ),
            models.CheckConstraint(
                name="target_letter_acknowledged_whole",
                condition=~Q(state=State.ACKNOWLEDGED)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                violation_error_message=_("已签收的须有签收人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="content_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("programme", "kind", "key", "region", "version", "issuer", "year", "serial"),
                    *("number", "content", "digest", "made_by", "made_at"),
                ),
            ),
            pgtrigger.Trigger(
                name="goes_onward",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                func=ONWARD,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> Bilingual:
        """To whom it is addressed, in both languages."""
        return Bilingual(self.name, self.name_en or self.name)

    def trail(self) -> EventQuerySet[Event]:
        """What happened to it, oldest first. Whoever asks has proved access."""
        return Event.objects.for_subject(self)

    @property
    def letter(self) -> TargetLetterText:
        """Its content, for the makers of documents."""
        return TargetLetterText.from_json(self.content)
