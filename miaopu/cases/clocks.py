"""Starting, pausing and stopping the statutory clock of a case's step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, CaseClock
from miaopu.cases.notices import settle_reminders
from miaopu.cases.states import STEP_OF_STATE
from miaopu.core import clock
from miaopu.engine.clock import ClockResult, Pause, working_days


def calculation_rows(result: ClockResult) -> list[dict[str, Any]]:
    """The calculation day by day, as stored and shown."""
    return [
        {
            "date": day.date.isoformat(),
            "counted": day.counted,
            "why": day.why.to_json(),
        }
        for day in result.days
    ]


def start_clock(case: Case, step: Step | str, on: date | None = None) -> CaseClock:
    """Start a step's clock, with the pack's working days; the first day is not counted."""
    started = on or clock.today()
    days = case.item.definition.steps_by_id[str(step)].working_days
    result = working_days(started, days)
    assert result.due is not None  # no pause is open when a clock starts
    case.__dict__.pop("running_clock", None)
    return CaseClock.objects.create(
        case=case,
        step=step,
        started_on=started,
        days=days,
        due_on=result.due,
        provisional=result.provisional,
        calculation=calculation_rows(result),
    )


def stop_clock(case: Case, on: date | None = None) -> None:
    """Stop the clock that runs, if any; one that is paused is calculated to its end first."""
    stop_clocks([case], on)


def stop_clocks(cases: Sequence[Case], on: date | None = None) -> None:
    """Stop the clocks of many cases, as of today or `on`, and with them their reminders."""
    by_id = {case.pk: case for case in cases}
    rows = CaseClock.objects.filter(case__in=by_id).running()
    for row in rows.filter(paused_on__isnull=False).order_by("pk"):
        resume_clock(by_id[row.case_id])
    running = list(rows.values_list("pk", flat=True))
    rows.update(stopped_on=on or clock.today())
    settle_reminders(*(f"clock/{pk}" for pk in running))
    for case in cases:
        case.__dict__.pop("running_clock", None)


def pauses_of(row: CaseClock) -> list[Pause]:
    """The pauses of a clock as the engine takes them, the open one with no end."""
    ended: list[Pause] = [
        (date.fromisoformat(begin), date.fromisoformat(end)) for begin, end in row.pauses
    ]
    return [*ended, (row.paused_on, None)] if row.paused_on is not None else ended


def _recalculate(row: CaseClock) -> None:
    result = working_days(row.started_on, row.days, pauses_of(row))
    row.due_on = result.due
    row.provisional = result.provisional
    row.calculation = calculation_rows(result)
    row.save(update_fields=["pauses", "paused_on", "due_on", "provisional", "calculation"])


def pause_clock(case: Case) -> None:
    """Pause the clock that runs, from today on (today is not counted)."""
    row = CaseClock.objects.filter(case=case, paused_on=None).running().first()
    if row is not None:
        row.paused_on = clock.today()
        _recalculate(row)
        settle_reminders(f"clock/{row.pk}")
    case.__dict__.pop("running_clock", None)


def resume_clock(case: Case) -> None:
    """Let a paused clock go on after today: the day on which it goes on is not counted either."""
    row = CaseClock.objects.filter(case=case, paused_on__isnull=False).running().first()
    if row is not None:
        assert row.paused_on is not None  # by the filter
        row.pauses = [*row.pauses, [row.paused_on.isoformat(), clock.today().isoformat()]]
        row.paused_on = None
        _recalculate(row)
    case.__dict__.pop("running_clock", None)


def follow_state(case: Case) -> None:
    """Bring the clock to the state that the case has just entered.

    While the enterprise corrects, the office's clock is paused; it goes on where the same step
    follows, else the next step's clock starts. Publicity starts its own (with its list).
    """
    if case.state == CaseState.RETURNED:
        pause_clock(case)
        return
    step = STEP_OF_STATE.get(CaseState(case.state))
    running = case.running_clock
    if running is not None and running.paused_on is not None and running.step == step:
        resume_clock(case)
        return
    stop_clock(case)
    if step is not None and step != Step.PUBLICITY:
        start_clock(case, step)
