"""The clocks of what only some cases go through: corrections and objections."""

from __future__ import annotations

from datetime import date

from miaopu.cases.models import Correction, Item, Objection
from miaopu.engine.clock import working_days_left
from miaopu.portal import present, shapes


def side_clock(
    row: Correction | Objection,
    item: Item,
    step: str,
    today: date,
    *,
    is_open: bool,
    why: tuple[str, str],
) -> shapes.Clock:
    """The clock of a side step; `why` names it, and names it where its limit is illustrative."""
    definition = item.definition.side_steps_by_id.get(step)
    plain, illustrative = why
    return shapes.Clock(
        state="running" if is_open else "done",
        limit=row.days,
        left=working_days_left(today, row.due_on) if is_open else None,
        due=row.due_on,
        provisional=row.provisional,
        why=illustrative if definition is not None and definition.illustrative else plain,
        days=present.days_of(row.calculation),
    )
