"""Starting and stopping the statutory clock of a case's step."""

from __future__ import annotations

from datetime import date
from typing import Any

from miaopu.cases.enums import Step
from miaopu.cases.models import Case, CaseClock
from miaopu.core import clock
from miaopu.engine.clock import ClockResult, working_days


def calculation_rows(result: ClockResult) -> list[dict[str, Any]]:
    """The calculation day by day, as stored and shown."""
    return [
        {
            "date": day.date.isoformat(),
            "counted": day.counted,
            "why": {"zh": day.why.zh, "en": day.why.en},
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
    """Stop the clock that runs, if any."""
    CaseClock.objects.filter(case=case).running().update(stopped_on=on or clock.today())
    case.__dict__.pop("running_clock", None)
