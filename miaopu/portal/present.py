"""From the domain to what components show: reasons, clocks, trails and steps, in one language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from miaopu.cases.enums import CaseState
from miaopu.cases.enums import Step as CaseStep
from miaopu.cases.models import Case, CaseClock
from miaopu.core import clock as core_clock
from miaopu.core import verbs
from miaopu.core.enums import Role
from miaopu.core.models import Event, Region
from miaopu.engine.clock import working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.ledger.models import Award, Transfer
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, shapes
from miaopu.portal.trails import folded

TONES: dict[str, shapes.Tone] = {
    CaseState.GRANTED: "good",
    CaseState.REFUSED: "late",
    CaseState.PUBLISHED: "soon",
    CaseState.RETURNED: "soon",
}
STEP_ORDER = ("accept", "review", "approve", "publicity", "decide", "pay")


# The engine reads a condition out in parts with a space between; Chinese is set without.
_BETWEEN_CHINESE = re.compile(
    r"(?<=[\u4e00-\u9fff\u3000-\u301f\uff00-\uff65]) (?=[\u4e00-\u9fff\u3000-\u301f\uff00-\uff65])"
)


def read_aloud(text: Any) -> str:
    """A condition read out by the engine, set as people write it in the language of the page."""
    return _BETWEEN_CHINESE.sub("", in_language(text))


def in_language(text: Any) -> str:
    """A bilingual text (or plain data of one, or None) in the language of the page."""
    if text is None:
        return ""
    language = get_language() or "zh-hans"
    if isinstance(text, Mapping):
        return str(text["en"] if language.startswith("en") else text["zh"])
    if hasattr(text, "in_language"):
        return str(text.in_language(language))
    return str(text)


def region_name(region: Region) -> str:
    """The region's name in the language of the page."""
    return in_language(Bilingual(region.name, region.name_en or region.name))


def clause_href(version: ProgrammeVersion, clause: str) -> str:
    """Where a clause of the version's plan is shown; "" without a clause."""
    if not clause:
        return ""
    return reverse("clause", kwargs={"slug": version.programme.slug, "path": clause})


def tone_of(state: str) -> shapes.Tone:
    """The tone in which a case's state is shown."""
    return TONES.get(state, "neutral")


def clock_shape(clock: CaseClock, today: date) -> shapes.Clock:
    """A case's clock as the clock component shows it; says so where its limit is illustrative."""
    definition = clock.case.item.definition.steps_by_id.get(clock.step)
    step = CaseStep(clock.step).label
    illustrative = definition is not None and definition.illustrative
    why = _("环节：%(step)s（示例时限）") if illustrative else _("环节：%(step)s")
    words = [why % {"step": step}]
    if clock.paused_on is not None:
        words.append(_paused(clock))
    due = clock.due_on
    return shapes.Clock(
        state="done" if clock.stopped_on else "running" if due else "paused",
        limit=clock.days,
        left=None if clock.stopped_on or due is None else working_days_left(today, due),
        due=due,
        provisional=clock.provisional,
        why=_("；").join(words),
        days=days_of(clock.calculation),
    )


def _paused(clock: CaseClock) -> str:
    """Since when a clock is paused, and how much of it was used."""
    used = sum(bool(row["counted"]) for row in clock.calculation)
    return _("%(day)s起暂停，等待企业补正；已用 %(used)s 个工作日，还有 %(left)s 个") % {
        "day": formats.day(clock.paused_on),
        "used": used,
        "left": max(clock.days - used, 0),
    }


def days_of(calculation: Iterable[Mapping[str, Any]]) -> list[shapes.ClockDay]:
    """A stored calculation, day by day."""
    return [
        shapes.ClockDay(date.fromisoformat(row["date"]), row["counted"], in_language(row["why"]))
        for row in calculation
    ]


LEDGER_VERBS = {
    "commit": "ledger.commit",
    "post": "ledger.pay",
    "return": "ledger.return",
    "release": "ledger.release",
}


def _ledger_lines(
    transfers: Iterable[Transfer],
) -> dict[tuple[str, int], list[shapes.LedgerLine]]:
    """The lines of an award's transfers by the verb of the event that made them, and its turn."""
    lines: dict[tuple[str, int], list[shapes.LedgerLine]] = {}
    for transfer in transfers:
        entries = sorted(transfer.entries.all(), key=lambda entry: entry.pk)
        for source, target in zip(entries[::2], entries[1::2], strict=True):
            account = source.account
            place = f"{account.get_level_display()} · {region_name(account.region)}"
            lines.setdefault((LEDGER_VERBS[transfer.kind], transfer.occasion), []).append(
                shapes.LedgerLine(
                    debit=f"{place} · {account.get_kind_display()}",
                    credit=f"{place} · {target.account.get_kind_display()}",
                    amount_fen=target.amount_fen,
                    state=transfer.get_kind_display(),
                )
            )
    return lines


def trail_of(
    events: Iterable[Event],
    award: Award | None,
    transfers: QuerySet[Transfer] | None,
    *,
    inside: bool,
) -> list[shapes.TrailEntry]:
    """The trail of a case. To those outside the offices officials appear by their office only."""
    lines = _ledger_lines(transfers) if award is not None and transfers is not None else {}
    entries = []
    turns: Counter[str] = Counter()
    for event in events:
        turns[event.verb] += 1
        if event.actor is None:
            who = _("系统")
        elif event.office is None:
            who = str(event.actor)
        else:
            office = in_language(
                Bilingual(event.office.name, event.office.name_en or event.office.name)
            )
            who = f"{office} · {event.actor}" if inside else office
        entries.append(
            shapes.TrailEntry(
                at=event.at,
                who=who,
                what=verbs.label(event.verb),
                why=event.reason,
                lines=lines.get((event.verb, turns[event.verb]), ()),
            )
        )
    return folded(entries)


def whose_turn(case: Case, step: str) -> str:
    """Who takes a step of the case: the region's holder of the pack's role."""
    role = role_name(case.item.definition.steps_by_id[step].role)
    return _("%(region)s · %(role)s") % {"region": region_name(case.region), "role": role}


def _step_note(definition: Any, clock: CaseClock | None, running: bool, state: str) -> str:
    """How many days are left, or how many a step will have."""
    if clock is not None and running and clock.due_on is not None:
        left = working_days_left(core_clock.today(), clock.due_on)
        return shapes.Clock(state="running", limit=clock.days, left=left, due=clock.due_on).headline
    if state == "todo":
        return _("时限 %(days)s 个工作日") % {"days": formats.number(definition.working_days)}
    return ""


def steps_of(case: Case, clocks: Iterable[CaseClock], award: Award | None) -> list[shapes.Step]:
    """The stages of a case with who acts and by when."""
    by_step = {clock.step: clock for clock in clocks}
    definitions = case.item.definition.steps_by_id
    refused = case.state in (CaseState.REFUSED, CaseState.WITHDRAWN)
    paid = award is not None and award.paid_at is not None
    steps = []
    for name in STEP_ORDER:
        if name not in definitions:
            continue
        clock = by_step.get(name)
        running = clock is not None and clock.stopped_on is None
        if clock is None:
            done_without_clock = name == "decide" and case.state == CaseState.GRANTED
            state: Any = "done" if done_without_clock else "refused" if refused else "todo"
        elif running:
            state = "current"
        else:
            state = "done"
        if name == "pay" and award is not None:
            state = "done" if paid else "current"
        when = None
        paused = clock is not None and running and clock.paused_on is not None
        if clock is not None:
            when = clock.due_on if running else clock.stopped_on
        steps.append(
            shapes.Step(
                title=in_language(definitions[name].title),
                state=state,
                when=when,
                who=whose_turn(case, name),
                note=_("已暂停计时，等待企业补正")
                if paused
                else _step_note(definitions[name], clock, running, state),
                due=running,
            )
        )
    return steps


def role_name(role: str) -> str:
    """The name of a role in the language of the page."""
    return str(Role(role).label)
