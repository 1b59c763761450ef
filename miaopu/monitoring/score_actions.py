"""Writes of score sheets: fill in, hand on, give back; evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.engine.targets.cells import read_cell
from miaopu.monitoring.enums import SheetState, Stage, Verb
from miaopu.monitoring.models import (
    Score,
    ScoreChange,
    ScoreSheet,
)
from miaopu.monitoring.score_guards import check_reaches, check_stage, locked_sheet, step_from
from miaopu.monitoring.sheet_checks import SheetRefused, wanting
from miaopu.monitoring.sheets import Line, lines_for, plain
from miaopu.monitoring.states import OFFICER, SHEETS
from miaopu.monitoring.telling import tell_assessed

POINTS, NOTE = "points", "note"
PLACES = 4


@dataclass(frozen=True)
class Saved:
    """What became of what was typed: by address, errors and what another person wrote meanwhile."""

    changed: int
    errors: dict[str, Bilingual]
    conflicts: dict[str, str]


def cells_of(scores: Mapping[str, Score], lines: list[Line]) -> dict[str, str]:
    """What stands in the fields of a stage, by their address (line, dot, points or note)."""
    found = {}
    for line in lines:
        one = scores.get(line.key)
        found[f"{line.key}.{POINTS}"] = plain(one.value) if one else ""
        found[f"{line.key}.{NOTE}"] = one.note if one else ""
    return found


def own_scores(sheet: ScoreSheet, stage: str, expert: User | None = None) -> dict[str, Score]:
    """The scores of one stage by line; of an expert her own."""
    rows = Score.objects.filter(sheet=sheet, stage=stage, expert=expert)
    return {one.line: one for one in rows}


def read_points(line: Line, text: str) -> Decimal | None | Bilingual:
    """The points of a line as typed, or what is wrong with them and what may be given."""
    cell = read_cell(text, PLACES)
    if cell.error is not None:
        return cell.error
    if cell.value is not None and line.maximum is not None and cell.value > line.maximum:
        most = plain(line.maximum)
        return Bilingual(
            f"{plain(cell.value)} 分超过满分，请填 0 到 {most}",
            f"{plain(cell.value)} is above the maximum: give 0 to {most}",
        )
    return cell.value


@transaction.atomic
def save_scores(
    sheet: ScoreSheet, typed: Mapping[str, str], seen: Mapping[str, str], *, by: User
) -> Saved:
    """Write what was changed; `seen` is what the person saw before typing.

    What somebody else has changed meanwhile is not overwritten but told; points that cannot be read
    or lie above the maximum stay as they were; all others are written, and the score before is
    kept. Raises Conflict or NotAllowed where the sheet is not the user's to fill in.
    """
    locked = locked_sheet(sheet)
    stage = check_stage(by, locked)
    expert = by if stage == Stage.EXPERT else None
    lines = lines_for(locked, stage)
    known = own_scores(locked, stage, expert)
    now = cells_of(known, lines)
    errors: dict[str, Bilingual] = {}
    conflicts: dict[str, str] = {}
    changed: dict[str, list[str]] = {}
    changes: list[tuple[Score, Decimal | None, dict[str, str]]] = []
    for line in lines:
        values: dict[str, str] = {}
        for part in (POINTS, NOTE):
            address = f"{line.key}.{part}"
            mine = typed.get(address, now[address])
            if part == POINTS:
                points = read_points(line, mine)
                if isinstance(points, Bilingual):
                    errors[address] = points
                    continue
                mine = plain(points)
            else:
                mine = " ".join(mine.replace("\x00", "").split())[:500]
            if mine in (seen.get(address, now[address]), now[address]):
                continue
            if seen.get(address, now[address]) != now[address]:
                conflicts[address] = now[address]
                continue
            values[part] = mine
        if values:
            score = known.get(line.key) or Score(
                sheet=locked, stage=stage, line=line.key, expert=expert
            )
            changes.append((score, score.value, values))
            changed[line.key] = [
                now[f"{line.key}.{part}"] + " → " + values[part] for part in values
            ]
    _write(changes, by)
    if changed:
        record_event(
            locked, Verb.SAVE_SCORES, by=by, region=locked.subject.region,
            data={"stage": stage, "lines": changed},
        )  # fmt: skip
    return Saved(len(changed), errors, conflicts)


def _write(changes: list[tuple[Score, Decimal | None, dict[str, str]]], by: User) -> None:
    """Write scores with what was typed; what was there before is kept with the reason."""
    now = clock.now()
    for score, _before, values in changes:
        if POINTS in values:
            score.value = Decimal(values[POINTS]) if values[POINTS] else None
            score.recorded = False
        score.note, score.note_en = values.get(NOTE, score.note), ""
        score.by, score.at = by, now
    known = [score for score, _before, _values in changes if score.pk is not None]
    Score.objects.bulk_create(score for score, _before, _values in changes if score.pk is None)
    for score in known:
        score.save()
    ScoreChange.objects.bulk_create(
        ScoreChange(score=score, before=before, after=score.value, reason=score.note, by=by, at=now)
        for score, before, _values in changes
        if before is not None and before != score.value
    )


@transaction.atomic
def submit_sheet(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """Hand the sheet on: operator to district, district to city, city done; an expert her sample.

    Raises SheetRefused, naming each line, where something is missing or a change has no reason.
    """
    locked = locked_sheet(sheet)
    stage = check_stage(by, locked)
    if stage == Stage.SELF and locked.operator_changed:
        raise Conflict(
            _("评分表下发后，基地的运营主体已变更"), _("请市级主管先把评分表转给现在的运营主体")
        )
    problems = wanting(locked, stage, by if stage == Stage.EXPERT else None)
    if problems:
        raise SheetRefused(problems)
    if stage == Stage.EXPERT:
        locked.samples.filter(expert=by).update(done_at=clock.now())
    else:
        rule = step_from(SHEETS, "submit", locked.state, locked.get_state_display())
        if stage == Stage.CITY and locked.reviewed_by_id == by.pk:
            raise NotAllowed(_("复核和市级评分须由不同的人办理"), _("请由另一位市级主管评分"))
        name = {Stage.SELF: "submitted", Stage.DISTRICT: "reviewed", Stage.CITY: "settled"}[stage]
        setattr(locked, f"{name}_by", by)
        setattr(locked, f"{name}_at", clock.now())
        locked.state = SheetState(rule.target)
        locked.save()
    record_event(
        locked, Verb.SUBMIT_SHEET, by=by, region=locked.subject.region, data={"stage": stage}
    )
    return locked


@transaction.atomic
def return_sheet(sheet: ScoreSheet, *, by: User, reason: str) -> ScoreSheet:
    """Give the sheet back to the stage before, with the reason; all scores stay."""
    check_reason(reason)
    locked = locked_sheet(sheet)
    rule = step_from(SHEETS, "return", locked.state, locked.get_state_display())
    if locked.state == SheetState.SETTLED:
        check_reaches(by, locked.campaign.programme.region_id, rule.roles)
    else:
        check_stage(by, locked)
    locked.state = SheetState(rule.target)
    if locked.state == SheetState.CITY:
        locked.settled_by = locked.settled_at = None
    locked.save()
    record_event(locked, Verb.RETURN_SHEET, by=by, reason=reason, region=locked.subject.region)
    if locked.state == SheetState.SELF:
        tell_assessed(
            locked,
            f"returned/{clock.now():%Y%m%d%H%M%S}",
            Bilingual(
                f"{locked.subject.name}的考核评分表被退回：{reason}",
                f"The score sheet of {locked.subject.name} was returned: {reason}",
            ),
        )
    return locked


@transaction.atomic
def hand_over_sheet(sheet: ScoreSheet, *, by: User, reason: str) -> ScoreSheet:
    """Give a sheet that is being filled in to who runs the base now; what was filled in stays."""
    check_reason(reason)
    locked = locked_sheet(sheet)
    check_reaches(by, locked.campaign.programme.region_id, OFFICER)
    if locked.state != SheetState.SELF or not locked.operator_changed:
        raise Conflict(_("这张评分表不需要变更运营主体"), _("自评提交以后，由现在的评分人办理"))
    before = locked.operator
    locked.operator = locked.subject.its_base.operator
    locked.save()
    record_event(
        locked, Verb.HAND_OVER_SHEET, by=by, reason=reason, region=locked.subject.region,
        data={"from": str(before), "to": str(locked.operator)},
    )  # fmt: skip
    tell_assessed(
        locked,
        f"handed-over/{locked.operator_id}",
        Bilingual(
            f"{locked.base.name}的考核评分表已转给您，已填的内容都在；请在{locked.due_on}前完成自评",
            f"The score sheet of {locked.base.name} is yours now, with all that was filled in; "
            f"please score it by {locked.due_on}",
        ),
    )
    return locked
