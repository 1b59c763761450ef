"""Writes of campaigns: open, issue sheets, freeze, publicise, publish."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.clock import working_days
from miaopu.engine.messages import Bilingual
from miaopu.engine.seals import digest
from miaopu.monitoring.consequences import follow_results
from miaopu.monitoring.enums import AppealState, CampaignState, Verb
from miaopu.monitoring.freezing import content_of, freeze_problems
from miaopu.monitoring.models import (
    AssessmentAppeal,
    AssessmentCampaign,
    AssessmentFreeze,
    AssessmentResult,
    Score,
    ScoreSheet,
)
from miaopu.monitoring.records import Records
from miaopu.monitoring.score_guards import check_reaches, locked_campaign, step_from
from miaopu.monitoring.standings import Board, board_of, plain_result, sheets_with_scores
from miaopu.monitoring.states import CAMPAIGNS, OFFICER
from miaopu.monitoring.subjects import nobody_left, subjects_of
from miaopu.monitoring.telling import tell_assessed
from miaopu.plans.models import ProgrammeVersion


@transaction.atomic
def open_campaign(
    version: ProgrammeVersion, scheme_key: str, year: int, *, by: User
) -> AssessmentCampaign:
    """Open a campaign of a scheme for a year; once per programme, scheme and year."""
    programme = version.programme
    check_reaches(by, programme.region_id, OFFICER)
    if scheme_key not in version.pack.assessments:
        raise ActionRefused(_("计划里没有这个考核方案"), _("请先在计划包中写明考核方案"))
    known = AssessmentCampaign.objects.filter(programme=programme, scheme_key=scheme_key, year=year)
    if known.exists():
        raise Conflict(_("%(year)s 年度的考核已经开展") % {"year": year}, _("请在列表中打开它"))
    made = AssessmentCampaign.objects.create(
        programme=programme, version=version, scheme_key=scheme_key, year=year,
        subject_kind=version.pack.assessments[scheme_key].assessed,
        opened_by=by, opened_at=clock.now(),
    )  # fmt: skip
    record_event(made, Verb.OPEN_CAMPAIGN, by=by, region=programme.region, data={"year": year})
    return made


def period_end(year: int, period: str) -> date:
    """The last day of a period: figures are those of this day."""
    return date(year, 6, 30) if period == "half" else date(year, 12, 31)


@transaction.atomic
def open_period(campaign: AssessmentCampaign, period: str, due_on: date, *, by: User) -> int:
    """Issue the sheets of a period to every subject that has none yet; returns how many.

    Figures that the records know of the period's last day are filled in from there.
    """
    locked = locked_campaign(campaign)
    check_reaches(by, locked.programme.region_id, OFFICER)
    if locked.state != CampaignState.OPEN:
        raise Conflict(_("考核已冻结，不能再下发评分表"), _("需要时请先解除冻结"))
    if period not in locked.scheme.periods:
        raise ActionRefused(_("方案里没有这个时段"), _("请重新选择时段"))
    if due_on < clock.today():
        raise ActionRefused(_("自评截止日期已过"), _("请填写今天或以后的日期"))
    as_of = min(period_end(locked.year, period), clock.today())
    there = ScoreSheet.objects.filter(campaign=locked, period=period).values_list("subject")
    known_ones = {pk for (pk,) in there}
    new = [one for one in subjects_of(locked, as_of) if one.pk not in known_ones]
    if not new:
        raise ActionRefused(*nobody_left(locked.subject_kind))
    records = Records(locked, as_of)
    scores = []
    for subject in new:
        sheet = ScoreSheet.objects.create(
            campaign=locked, subject=subject, operator_id=subject.operator_id, period=period,
            due_on=due_on,
        )  # fmt: skip
        scores += records.scores(sheet)
        tell_assessed(
            sheet,
            "opened",
            Bilingual(
                f"请在{due_on}前完成{subject.name}{locked.year}年考核自评",
                f"Please score {subject.title.en} for {locked.year} by {due_on}",
            ),
        )
    Score.objects.bulk_create(scores)
    record_event(
        locked, Verb.OPEN_PERIOD, by=by, region=locked.programme.region,
        data={"period": period, "subjects": len(new), "due": due_on.isoformat()},
    )  # fmt: skip
    return len(new)


def _freeze(locked: AssessmentCampaign, board: Board, *, by: User, reason: str) -> AssessmentFreeze:
    content = content_of(locked, sheets_with_scores(locked), board.standings)
    made = AssessmentFreeze.objects.create(
        campaign=locked, number=locked.freeze_number + 1, content=content,
        digest=digest(content), reason=reason.strip()[:500], by=by, at=clock.now(),
    )  # fmt: skip
    results = []
    for one in board.standings:
        plain = plain_result(one)
        results.append(
            AssessmentResult(
                freeze=made,
                subject=one.subject,
                composite=one.result.composite,
                totals=plain["totals"],
                parts={"periods": plain["parts"], "explanation": plain["explanation"]},
                band=one.result.band,
                rank=one.result.rank,
                consequences=plain["consequences"],
            )
        )
    AssessmentResult.objects.bulk_create(results)
    locked.freeze_number = made.number
    return made


@transaction.atomic
def freeze_campaign(
    campaign: AssessmentCampaign, *, by: User, reason: str = ""
) -> AssessmentCampaign:
    """Freeze scores, files and results with their digest; nothing of it changes any more.

    Raises ActionRefused while a sheet is missing or not settled; where a base changed its operator
    in the year, a reason says why it is ranked all the same.
    """
    locked = locked_campaign(campaign)
    rule = step_from(CAMPAIGNS, "freeze", locked.state, locked.get_state_display())
    check_reaches(by, locked.programme.region_id, rule.roles)
    board = board_of(locked)
    if not board.standings:
        raise ActionRefused(_("还没有评分表"), _("请先下发评分表"))
    if board.problems:
        more = _("等 %(count)s 处") % {"count": len(board.problems)}
        shown = _("；").join(board.problems[:3]) + (more if len(board.problems) > 3 else "")
        raise ActionRefused(shown, _("补齐或催办以后再冻结；新准入的基地可以再次下发评分表"))
    if board.changed and not reason.strip():
        raise ActionRefused(
            _("；").join(board.changed), _("两个时段的得分都归基地；请写明理由后再冻结")
        )
    if board.thin and not reason.strip():
        more = _("等 %(count)s 处") % {"count": len(board.thin)}
        shown = _("；").join(board.thin[:3]) + (more if len(board.thin) > 3 else "")
        raise ActionRefused(shown, _("其余各项的得分代表全部；请写明理由后再冻结"))
    made = _freeze(locked, board, by=by, reason=reason)
    locked.state = CampaignState(rule.target)
    locked.save()
    record_event(
        locked, Verb.FREEZE_CAMPAIGN, by=by, reason=reason, region=locked.programme.region,
        data={"number": made.number, "digest": made.digest},
    )  # fmt: skip
    return locked


@transaction.atomic
def reopen_campaign(campaign: AssessmentCampaign, *, by: User, reason: str) -> AssessmentCampaign:
    """Lift a freeze before it is publicised; the freeze itself is kept."""
    check_reason(reason)
    locked = locked_campaign(campaign)
    rule = step_from(CAMPAIGNS, "reopen", locked.state, locked.get_state_display())
    check_reaches(by, locked.programme.region_id, rule.roles)
    locked.state = CampaignState(rule.target)
    locked.save()
    record_event(locked, Verb.REOPEN_CAMPAIGN, by=by, reason=reason, region=locked.programme.region)
    return locked


def _check_unchanged(locked: AssessmentCampaign) -> AssessmentFreeze:
    freeze = locked.freezes.get(number=locked.freeze_number)
    problems = freeze_problems(freeze)
    if problems:
        raise ActionRefused(_("；").join(problems[:3]), _("请查明原因；冻结时的内容和摘要仍在"))
    return freeze


@transaction.atomic
def publicise_campaign(
    campaign: AssessmentCampaign, *, by: User, reason: str = ""
) -> AssessmentCampaign:
    """Publicise the frozen result for the scheme's working days; by another than who froze it."""
    locked = locked_campaign(campaign)
    rule = step_from(CAMPAIGNS, "publicise", locked.state, locked.get_state_display())
    check_reaches(by, locked.programme.region_id, rule.roles)
    freeze = _check_unchanged(locked)
    if freeze.by_id == by.pk:
        raise NotAllowed(_("冻结和公示须由不同的人办理"), _("请由另一位主管或领导小组成员公示"))
    today = clock.today()
    last = working_days(today, locked.scheme.publicity_days).due
    assert last is not None  # nothing pauses it
    locked.state = CampaignState(rule.target)
    locked.publicity_from, locked.publicity_to = today, last
    locked.save()
    record_event(
        locked, Verb.PUBLICISE_CAMPAIGN, by=by, reason=reason, region=locked.programme.region,
        data={"to": last.isoformat(), "digest": freeze.digest},
    )  # fmt: skip
    for sheet in locked.sheets.filter(period="year").with_subjects():
        tell_assessed(
            sheet,
            "publicised",
            Bilingual(
                f"{sheet.subject.name}{locked.year}年考核结果已公示，有异议可以在{last}前申请复核",
                f"The {locked.year} result of {sheet.subject.title.en} is publicised; "
                f"you may appeal until {last}",
            ),
        )
    return locked


@transaction.atomic
def publish_campaign(
    campaign: AssessmentCampaign, *, by: User, reason: str = ""
) -> AssessmentCampaign:
    """Publish the result after its publicity, when every appeal is decided.

    Points that appeals changed are frozen anew first; opinions and delisting cases follow.
    """
    locked = locked_campaign(campaign)
    rule = step_from(CAMPAIGNS, "publish", locked.state, locked.get_state_display())
    check_reaches(by, locked.programme.region_id, rule.roles)
    assert locked.publicity_to is not None  # the state says so
    if clock.today() <= locked.publicity_to:
        raise ActionRefused(
            _("公示到 %(day)s 为止") % {"day": locked.publicity_to}, _("公示期满后再公布")
        )
    appeals = AssessmentAppeal.objects.filter(result__freeze__campaign=locked)
    if appeals.filter(state=AppealState.FILED).exists():
        raise ActionRefused(_("还有复核申请没有决定"), _("请先作出复核决定"))
    if appeals.filter(state=AppealState.UPHELD).exists():
        text = _("按复核决定改分")
        made = _freeze(locked, board_of(locked), by=by, reason=text)
    else:
        made = _check_unchanged(locked)
    locked.state = CampaignState(rule.target)
    locked.published_by, locked.published_at = by, clock.now()
    locked.save()
    record_event(
        locked, Verb.PUBLISH_CAMPAIGN, by=by, reason=reason, region=locked.programme.region,
        data={"number": made.number, "digest": made.digest},
    )  # fmt: skip
    follow_results(made, by=by)
    return locked
