"""Writes of rectification: list a problem, prove that it is put right, check it, reopen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.guards import check_row, check_runs, locked_base, step_from
from miaopu.bases.inspection_enums import InspectionVerb, Moment, RectificationState
from miaopu.bases.inspection_notices import rectify_key, tell_checkers, tell_runners
from miaopu.bases.inspection_states import RECTIFICATION_TABLE
from miaopu.bases.models import Base, BaseVisit, InspectionSheet, Rectification
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.holders import settle_notices
from miaopu.core.models import User
from miaopu.engine.clock import working_days
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.base_parts import Inspection
from miaopu.plans.evidence import GivenFile, check_evidence, keep_evidence


@dataclass(frozen=True)
class Problem:
    """What is wrong, who puts it right, how, and by when; `item` is the line of the form."""

    text: str
    owner: str
    measure: str
    deadline: date
    item: str = ""


@transaction.atomic
def add_rectification(
    base: Base,
    problem: Problem,
    rule: Inspection,
    *,
    sheet: InspectionSheet | None = None,
    visit: BaseVisit | None = None,
    by: User,
) -> Rectification:
    """List a problem that was found in a form or on a visit; `rule` says what follows if it stays.

    Raises ActionRefused for a problem without words or with a deadline that has passed. Who may
    list it is decided by the form or the visit that it comes from.
    """
    locked = locked_base(base)
    if problem.deadline < clock.today():
        raise ActionRefused(_("整改期限已过"), _("请填写今天以后的日期"))
    row = Rectification(
        number=f"{locked.number}-Z{locked.rectifications.count() + 1:03d}",
        base=locked,
        sheet=sheet,
        visit=visit,
        item=problem.item,
        problem=problem.text.strip(),
        owner=problem.owner.strip(),
        measure=problem.measure.strip(),
        deadline=problem.deadline,
        chance_days=rule.second_chance,
        consequence={
            "zh": rule.consequence.zh,
            "en": rule.consequence.en,
            "effect": rule.effect or "",
        },
    )
    check_row(row)
    row.save()
    record_event(
        row,
        InspectionVerb.ADD_RECTIFICATION,
        by=by,
        region=locked.region,
        data={"base": locked.number, "deadline": problem.deadline.isoformat()},
    )
    if visit is not None:
        day = row.deadline.isoformat()
        text = Bilingual(
            f"走访{locked.name}发现问题，请在{day}前整改：{row.problem}",
            f"A visit to {locked.name} found a problem to be put right by {day}: {row.problem}",
        )
        tell_runners(row, "found", text)
    return row


def _locked(row: Rectification) -> Rectification:
    rows = Rectification.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("base__region", "base__operator").get(pk=row.pk)


def _step(row: Rectification, name: str, revision: int, by: User) -> Rectification:
    """The row, locked, after the step `name`, not saved yet; raises Conflict for a stale page."""
    locked = _locked(row)
    found = step_from(RECTIFICATION_TABLE, name, locked.state, locked.base, by)
    if locked.revision != revision:
        raise Conflict(_("您打开页面之后，这项整改已有变化"), _("请核对现在的情况后再办"))
    locked.state = RectificationState(found.target)
    locked.revision += 1
    return locked


def _keep(row: Rectification, moment: Moment, files: Sequence[GivenFile], by: User) -> list[str]:
    return keep_evidence(row, files, by=by, moment=moment, round=row.round)


def _event(
    row: Rectification, verb: InspectionVerb, *, by: User, reason: str = "", **data: object
) -> None:
    record_event(row, verb, by=by, reason=reason, region=row.base.region_id, data=data)


@transaction.atomic
def add_evidence(row: Rectification, files: Sequence[GivenFile], *, by: User) -> Rectification:
    """Add how it was before, while the problem is open; by who runs the base."""
    locked = _locked(row)
    check_runs(by, locked.base)
    check_evidence(files)
    if locked.state != RectificationState.OPEN:
        raise Conflict(_("这项整改不在整改中"), _("请刷新页面"))
    if not files:
        raise ActionRefused(_("没有选择文件"), _("请选择照片或文件"))
    digests = _keep(locked, Moment.BEFORE, files, by)
    _event(locked, InspectionVerb.ADD_EVIDENCE, by=by, sha256=digests)
    return locked


@transaction.atomic
def report_rectification(
    row: Rectification, text: str, files: Sequence[GivenFile], *, revision: int, by: User
) -> Rectification:
    """Report that it is put right, with at least one piece of evidence of how it is now."""
    check_evidence(files)
    if not text.strip():
        raise ActionRefused(_("请写明怎样整改的"), _("例如做了什么、花了多少"))
    if not files:
        raise ActionRefused(_("请上传整改后的佐证"), _("例如整改后的照片"))
    locked = _step(row, "report", revision, by)
    locked.report, locked.reported_by, locked.reported_at = text.strip(), by, clock.now()
    locked.checked_by = locked.checked_at = None
    locked.save()
    digests = _keep(locked, Moment.AFTER, files, by)
    _event(locked, InspectionVerb.REPORT_RECTIFICATION, by=by, sha256=digests)
    settle_notices(rectify_key(locked))
    text_of = Bilingual(
        f"{locked.base.name}报告整改完成，请核查：{locked.number}",
        f"{locked.base.name} reports a problem put right, please check: {locked.number}",
    )
    tell_checkers(locked, f"reported/{locked.revision}", text_of)
    return locked


@transaction.atomic
def confirm_rectification(
    row: Rectification, *, revision: int, by: User, reason: str
) -> Rectification:
    """The district has looked and the problem is gone; `reason` says how it was checked."""
    check_reason(reason)
    locked = _step(row, "confirm", revision, by)
    if locked.reported_by_id == by.pk:
        raise NotAllowed(_("报告整改的人不能自己核查"), _("请由另一人核查"))
    locked.checked_by, locked.checked_at = by, clock.now()
    locked.save()
    _event(locked, InspectionVerb.CONFIRM_RECTIFICATION, by=by, reason=reason)
    settle_notices(rectify_key(locked))
    text = Bilingual(f"整改 {locked.number} 已销号", f"Rectification {locked.number} is closed")
    tell_runners(locked, f"closed/{locked.round}", text)
    return locked


@transaction.atomic
def send_back_rectification(
    row: Rectification, *, revision: int, by: User, reason: str
) -> Rectification:
    """The problem is still there; `reason` says what is wanting. The deadline stays."""
    check_reason(reason)
    locked = _step(row, "send_back", revision, by)
    locked.checked_by, locked.checked_at = by, clock.now()
    locked.round += 1
    locked.save()
    _event(locked, InspectionVerb.SEND_BACK_RECTIFICATION, by=by, reason=reason)
    settle_notices(rectify_key(locked))
    text = Bilingual(
        f"整改 {locked.number} 核查不通过：{reason}",
        f"Rectification {locked.number} was sent back: {reason}",
    )
    tell_runners(locked, f"sent-back/{locked.round}", text)
    return locked


@transaction.atomic
def give_second_chance(
    row: Rectification, *, revision: int, by: User, reason: str
) -> Rectification:
    """Once, after its deadline: so many working days more, by the pack's rule."""
    check_reason(reason)
    locked = _step(row, "second_chance", revision, by)
    if locked.had_chance:
        raise ActionRefused(_("已经给过一次延期"), _("逾期未改的由计划主管认定"))
    if locked.deadline >= clock.today():
        raise ActionRefused(_("整改期限还没有过"), _("期限过后才能给予延期"))
    until = working_days(clock.today(), locked.chance_days).due
    assert until is not None  # nothing pauses it
    before, locked.deadline, locked.had_chance = locked.deadline, until, True
    locked.save()
    _event(
        locked,
        InspectionVerb.GIVE_SECOND_CHANCE,
        by=by,
        reason=reason,
        before=before.isoformat(),
        until=until.isoformat(),
    )
    words = locked.consequence
    text = Bilingual(
        f"整改 {locked.number} 延至{until.isoformat()}；再不改，{words['zh']}",
        f"Rectification {locked.number} has until {until.isoformat()}; otherwise: {words['en']}",
    )
    tell_runners(locked, "chance", text)
    return locked


@transaction.atomic
def state_consequence(row: Rectification, *, revision: int, by: User, reason: str) -> Rectification:
    """The second chance has passed as well: the consequence of the pack holds from now on."""
    check_reason(reason)
    locked = _step(row, "consequence", revision, by)
    if not locked.had_chance or locked.deadline >= clock.today():
        raise ActionRefused(_("还没有给过延期，或延期还没有过"), _("先给一次延期整改"))
    locked.save()
    _event(locked, InspectionVerb.STATE_CONSEQUENCE, by=by, reason=reason)
    words = locked.consequence
    text = Bilingual(
        f"整改 {locked.number} 逾期未改：{words['zh']}",
        f"Rectification {locked.number} was not done in time: {words['en']}",
    )
    tell_runners(locked, "failed", text)
    return locked


@transaction.atomic
def reopen_rectification(
    row: Rectification, deadline: date, *, revision: int, by: User, reason: str
) -> Rectification:
    """The problem is back (or was never gone): it is put right again by a new deadline."""
    check_reason(reason)
    locked = _step(row, "reopen", revision, by)
    if deadline < clock.today():
        raise ActionRefused(_("整改期限已过"), _("请填写今天以后的日期"))
    locked.round += 1
    locked.deadline, locked.had_chance = deadline, False
    locked.report, locked.reported_by, locked.reported_at = "", None, None
    locked.checked_by = locked.checked_at = None
    locked.save()
    _event(locked, InspectionVerb.REOPEN_RECTIFICATION, by=by, reason=reason)
    text = Bilingual(
        f"整改 {locked.number} 需要重新整改：{reason}",
        f"Rectification {locked.number} was reopened: {reason}",
    )
    tell_runners(locked, f"reopened/{locked.round}", text)
    return locked
