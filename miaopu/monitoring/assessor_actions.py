"""Writes about assessors: who is excluded from scoring whom, which sheet is drawn for an expert."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.errors import NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import Stage, Verb
from miaopu.monitoring.models import AssessmentConflict, ExpertSample, ScoreSheet
from miaopu.monitoring.score_guards import belongs, check_reaches, check_stage, locked_sheet
from miaopu.monitoring.states import OFFICER


@transaction.atomic
def declare_conflict(sheet: ScoreSheet, *, by: User, reason: str) -> AssessmentConflict:
    """Declare that one has to do with the one assessed; from now on the user does not score it."""
    check_reason(reason)
    locked = locked_sheet(sheet)
    if check_stage(by, locked) == Stage.SELF:
        raise NotAllowed(_("自评不需要回避"), _("请由评分人员申报"))
    made = AssessmentConflict.objects.create(
        campaign=locked.campaign, subject=locked.subject, user=by, reason=reason.strip()[:500],
        at=clock.now(),
    )  # fmt: skip
    record_event(locked, Verb.DECLARE_CONFLICT, by=by, reason=reason, region=locked.subject.region)
    return made


@transaction.atomic
def sample_sheet(sheet: ScoreSheet, expert: User, *, by: User) -> ExpertSample:
    """Draw a sheet for an expert who has not scored it and has declared no conflict."""
    locked = locked_sheet(sheet)
    check_reaches(by, locked.campaign.programme.region_id, OFFICER)
    scored = {locked.submitted_by_id, locked.reviewed_by_id, locked.settled_by_id, by.pk}
    if expert.is_party or expert.pk in scored or belongs(expert, locked.subject):
        raise NotAllowed(_("专家不能是这张评分表的评分人或被考核的一方"), _("请另选一位专家"))
    excluded = AssessmentConflict.objects.filter(
        campaign=locked.campaign_id, subject=locked.subject_id, user=expert
    )
    if excluded.exists():
        raise NotAllowed(_("这位专家已申报回避"), _("请另选一位专家"))
    made, created = ExpertSample.objects.get_or_create(
        sheet=locked, expert=expert, defaults={"assigned_by": by, "assigned_at": clock.now()}
    )
    if created:
        record_event(
            locked, Verb.SAMPLE_SHEET, by=by, region=locked.subject.region,
            data={"expert": expert.name},
        )  # fmt: skip
        text = Bilingual(
            f"请您作为专家评分：{locked.subject.name}",
            f"Please score as an expert: {locked.subject.name}",
        )
        notify(
            expert, f"assessment/sample/{made.pk}", text.zh[:300], text.en[:400],
            f"/scoring/sheets/{locked.pk}/",
        )  # fmt: skip
    return made
