"""Writes after the publicity has begun: appeals and their decision, the way of a delisting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.delisting import delist_base, warn_tenants
from miaopu.bases.enums import BaseState
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.engine.transitions import Transition
from miaopu.monitoring.enums import AppealState, CampaignState, DelistingState, Stage, Verb
from miaopu.monitoring.models import (
    AssessmentAppeal,
    AssessmentResult,
    DelistingCase,
    Score,
    ScoreChange,
    ScoreSheet,
)
from miaopu.monitoring.score_actions import read_points
from miaopu.monitoring.score_guards import (
    belongs,
    check_reaches,
    locked_campaign,
    scores_itself,
    step_from,
)
from miaopu.monitoring.sheets import lines_for, lines_of
from miaopu.monitoring.states import DECIDERS, DELISTINGS
from miaopu.monitoring.telling import tell_assessed


@transaction.atomic
def file_appeal(
    result: AssessmentResult, period: str, line: str, *, by: User, reason: str
) -> AssessmentAppeal:
    """The operator asks for a line to be looked at again, while the result is publicised."""
    check_reason(reason)
    campaign = locked_campaign(result.freeze.campaign)
    if not scores_itself(by, result.subject, result.subject.operator_id):
        raise NotAllowed(_("只有被考核的一方可以申请复核"), _("请用被考核一方的账号登录"))
    last = campaign.publicity_to
    if campaign.state != CampaignState.PUBLICITY or last is None or clock.today() > last:
        raise Conflict(_("现在不在公示期，不能申请复核"), _("请向市级主管反映"))
    sheets = ScoreSheet.objects.filter(campaign=campaign, subject=result.subject_id, period=period)
    if line not in {one.key for sheet in sheets for one in lines_for(sheet, None)}:
        raise ActionRefused(_("没有这个评分项"), _("请重新选择"))
    open_ones = result.appeals.filter(period=period, line=line, state=AppealState.FILED)
    if open_ones.exists():
        raise Conflict(_("这一项已在复核中"), _("请等待复核决定"))
    made = AssessmentAppeal.objects.create(
        result=result, period=period, line=line, text=reason.strip()[:1000], filed_by=by,
        filed_at=clock.now(),
    )  # fmt: skip
    record_event(
        campaign, Verb.FILE_APPEAL, by=by, reason=reason, region=result.subject.region,
        data={"subject": result.subject.number, "period": period, "line": line},
    )  # fmt: skip
    return made


@transaction.atomic
def decide_appeal(
    appeal: AssessmentAppeal, points: str, *, by: User, reason: str
) -> AssessmentAppeal:
    """Decide an appeal: with `points` they replace the line's, without it stays as it was.

    Raises NotAllowed for whoever scored the sheet, ActionRefused for points above the maximum.
    """
    check_reason(reason)
    result = appeal.result
    campaign = locked_campaign(result.freeze.campaign)
    check_reaches(by, campaign.programme.region_id, DECIDERS)
    rows = AssessmentAppeal.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.get(pk=appeal.pk)
    if locked.state != AppealState.FILED:
        raise Conflict(_("这项复核已有决定"), _("请刷新页面"))
    sheet = ScoreSheet.objects.select_related("subject__region").get(
        campaign=campaign, subject=result.subject_id, period=locked.period
    )
    if by.pk in (sheet.settled_by_id, sheet.reviewed_by_id) or belongs(by, result.subject):
        raise NotAllowed(_("评分的人和被考核的一方不能决定复核"), _("请由没有评过这张表的人员决定"))
    line = next(one for one in lines_of(campaign.scheme) if one.key == locked.line)
    value = read_points(line, points)
    if isinstance(value, Bilingual):
        raise ActionRefused(value, "")
    if value is not None:
        _change(sheet, locked, value, by, reason)
    locked.state = AppealState.REJECTED if value is None else AppealState.UPHELD
    locked.points, locked.answer = value, reason.strip()[:1000]
    locked.decided_by, locked.decided_at = by, clock.now()
    locked.save()
    record_event(
        campaign, Verb.DECIDE_APPEAL, by=by, reason=reason, region=result.subject.region,
        data={"subject": result.subject.number, "line": locked.line, "state": locked.state},
    )  # fmt: skip
    tell_assessed(
        sheet,
        f"appeal/{locked.pk}",
        Bilingual(
            f"{sheet.subject.name}的复核申请：{AppealState(locked.state).label}",
            f"Appeal of {sheet.subject.name}: decided, see the result",
        ),
    )
    return locked


def _change(
    sheet: ScoreSheet, appeal: AssessmentAppeal, value: Decimal, by: User, reason: str
) -> None:
    """Write the points that an appeal gives; those before are kept."""
    known = Score.objects.filter(sheet=sheet, stage=Stage.APPEAL, line=appeal.line).first()
    score = known or Score(sheet=sheet, stage=Stage.APPEAL, line=appeal.line)
    text = appeal.result.parts["periods"][appeal.period]["points"].get(appeal.line)
    before = Decimal(text) if text is not None else None
    score.value, score.note, score.by, score.at = value, reason.strip()[:500], by, clock.now()
    score.save()
    ScoreChange.objects.create(
        score=score, before=before, after=value, reason=score.note, by=by, at=score.at
    )


def _locked(case: DelistingCase, step: str, by: User) -> tuple[DelistingCase, Transition]:
    rows = DelistingCase.objects.select_for_update(of=("self",), no_key=True)
    joined = rows.select_related("base__region", "result__freeze__campaign__programme")
    locked = joined.get(pk=case.pk)
    rule = step_from(DELISTINGS, step, locked.state, locked.get_state_display())
    check_reaches(by, locked.result.freeze.campaign.programme.region_id, rule.roles)
    locked.state = DelistingState(rule.target)
    return locked, rule


def _note(locked: DelistingCase, verb: Verb, by: User, reason: str) -> DelistingCase:
    locked.save()
    record_event(
        locked, verb, by=by, reason=reason, region=locked.base.region,
        data={"base": locked.base.number, "document": locked.document},
    )  # fmt: skip
    return locked


@transaction.atomic
def hear_delisting(case: DelistingCase, heard_on: date, *, by: User, reason: str) -> DelistingCase:
    """Note that the operator was heard, when, and what it said (or that it stayed away)."""
    check_reason(reason)
    locked, _rule = _locked(case, "hear", by)
    if heard_on > clock.today():
        raise ActionRefused(_("听证日期在今天之后"), _("请在听证以后登记"))
    locked.heard_on, locked.hearing = heard_on, reason.strip()[:1000]
    return _note(locked, Verb.HEAR_DELISTING, by, reason)


@transaction.atomic
def report_delisting(case: DelistingCase, *, by: User, reason: str = "") -> DelistingCase:
    """Report the case to the province for approval; the base's tenants are told what may come."""
    locked, _rule = _locked(case, "report", by)
    locked.reported_by, locked.reported_at = by, clock.now()
    warn_tenants(locked.base)
    return _note(locked, Verb.REPORT_DELISTING, by, reason)


def _decided(
    case: DelistingCase, step: str, document: str, decided_on: date, by: User
) -> DelistingCase:
    locked, _rule = _locked(case, step, by)
    if locked.reported_by_id == by.pk:
        raise NotAllowed(_("报省和登记核准须由不同的人办理"), _("请由另一位市级主管登记"))
    if not document.strip():
        raise ActionRefused(_("请填写省级文号"), _("没有省级核准，不能摘牌"))
    if decided_on > clock.today():
        raise ActionRefused(_("核准日期在今天之后"), _("请填写文件上的日期"))
    locked.document, locked.decided_on = document.strip()[:80], decided_on
    locked.decided_by = by
    return locked


@transaction.atomic
def approve_delisting(
    case: DelistingCase, document: str, decided_on: date, *, by: User, reason: str = ""
) -> DelistingCase:
    """Enter the province's approval; the base is taken off the list in the same moment.

    What becomes of its tenants and titles is the rule of `bases.delisting`.
    """
    locked = _decided(case, "approve", document, decided_on, by)
    if locked.base.state == BaseState.ADMITTED:
        delist_base(locked.base, locked.document, by=by)
    return _note(locked, Verb.APPROVE_DELISTING, by, reason)


@transaction.atomic
def refuse_delisting(
    case: DelistingCase, document: str, decided_on: date, *, by: User, reason: str
) -> DelistingCase:
    """Enter that the province did not approve; the base keeps its standing."""
    check_reason(reason)
    locked = _decided(case, "refuse", document, decided_on, by)
    return _note(locked, Verb.REFUSE_DELISTING, by, reason)
