"""How a base comes to a title and what becomes of it: campaign, proposal, list, motion."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models.bases import Base, BaseTitle
from miaopu.bases.title_enums import (
    NominationState,
    TitleObjectionState,
)
from miaopu.bases.title_querysets import (
    CampaignQuerySet,
    NominationQuerySet,
    TitleListQuerySet,
    TitleObjectionQuerySet,
)
from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.packs.base_titles import BaseTitleScheme
from miaopu.plans.models import ProgrammeVersion

_FROZEN = pgtrigger.Update | pgtrigger.Delete


class TitleCampaign(models.Model):
    """Districts are asked to propose bases for a title of a programme, until a day."""

    number = models.CharField(_("评选编号"), max_length=30, unique=True)
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    scheme_key = models.CharField(_("称号"), max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposals_until = models.DateField(_("推荐截止日期"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("开展时间"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="frozen", operation=_FROZEN)]

    def __str__(self) -> str:
        return self.number

    @property
    def scheme(self) -> BaseTitleScheme:
        """The title as the campaign's version of the pack has it."""
        return self.version.pack.base_titles[self.scheme_key]


class TitleList(models.Model):
    """Selected bases in publicity: frozen when published, with the hash of its lines."""

    number = models.CharField(_("名单编号"), max_length=40, unique=True)
    campaign = models.ForeignKey(TitleCampaign, on_delete=models.PROTECT, related_name="lists")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField(_("工作日"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    calculation = models.JSONField(_("逐日计算"))
    lines = models.JSONField(_("名单"))
    digest = models.CharField(_("摘要"), max_length=64)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"))

    objects = TitleListQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="frozen", operation=_FROZEN)]

    def __str__(self) -> str:
        return self.number

    def frozen_content(self) -> dict[str, Any]:
        """What the hash covers, as plain data."""
        return {
            "number": self.number,
            "campaign": self.campaign.number,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "lines": self.lines,
        }


@pghistory.track()
class Nomination(models.Model):
    """A base that its district proposes for a title."""

    campaign = models.ForeignKey(
        TitleCampaign, on_delete=models.PROTECT, related_name="nominations"
    )
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="nominations")
    state = models.CharField(_("状态"), max_length=10, choices=NominationState.choices)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("推荐时间"))
    selected_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    publicity = models.ForeignKey(
        TitleList, on_delete=models.PROTECT, null=True, blank=True, related_name="nominations"
    )
    title = models.OneToOneField(
        BaseTitle, on_delete=models.PROTECT, null=True, blank=True, related_name="nomination"
    )

    objects = NominationQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["campaign_id", "base_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="nomination_once",
                fields=["campaign", "base"],
                condition=~Q(state=NominationState.RECALLED),
                violation_error_message=_("这个基地已在本次评选中推荐过"),
            ),
            models.CheckConstraint(
                name="nomination_in_list",
                condition=~Q(state__in=[NominationState.PUBLISHED, NominationState.LISTED])
                | Q(publicity__isnull=False, selected_by__isnull=False),
                violation_error_message=_("公示和列入名单的基地须在一份名单上"),
            ),
            models.CheckConstraint(
                name="nomination_listed_has_title",
                condition=Q(state=NominationState.LISTED, title__isnull=False)
                | (~Q(state=NominationState.LISTED) & Q(title=None)),
                violation_error_message=_("列入名单的基地须有称号"),
            ),
            models.CheckConstraint(
                name="nomination_two_people",
                condition=Q(selected_by=None) | ~Q(selected_by=models.F("proposed_by")),
                violation_error_message=_("推荐和评选须由不同的人办理"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.base}"

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class TitleObjection(models.Model):
    """Somebody says that a base does not belong on a list in publicity.

    Name and contact are for those who answer, never public; of the code only a digest is kept.
    """

    number = models.CharField(_("异议编号"), max_length=50, unique=True)
    code_digest = models.CharField(_("查询码摘要"), max_length=64)
    publicity = models.ForeignKey(TitleList, on_delete=models.PROTECT, related_name="objections")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="objections")
    name = models.CharField(_("姓名"), max_length=50)
    contact = models.CharField(_("联系方式"), max_length=100)
    text = models.TextField(_("异议内容"))
    sender = models.CharField(_("来源摘要"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("提出时间"))
    due_on = models.DateField(_("到期日"))
    calculation = models.JSONField(_("逐日计算"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=TitleObjectionState.choices,
        default=TitleObjectionState.OPEN,
    )
    reply = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    objects = TitleObjectionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        indexes = [models.Index(fields=["sender", "made_at"], name="title_objection_sender")]
        constraints = [
            models.CheckConstraint(
                name="title_objection_is_whole",
                condition=Q(
                    state=TitleObjectionState.OPEN, answered_by=None, answered_at=None, reply=""
                )
                | (
                    Q(state__in=[TitleObjectionState.UPHELD, TitleObjectionState.DISMISSED])
                    & ~Q(reply="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                violation_error_message=_("答复异议须有结论、答复内容、答复人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="made_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("number", "code_digest", "publicity", "nomination", "name", "contact"),
                    *("text", "made_at", "due_on"),
                ),
            ),
            pgtrigger.Protect(
                name="answered_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=TitleObjectionState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.number
