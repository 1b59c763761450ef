"""Red, yellow or green: how a task stands, by rule, with the reasons in words.

Red is overdue. Yellow is what needs a look: close to the deadline with less done than time has
passed, nothing heard for too long, a report sent back, a milestone passed, nobody who answers.
Working days are those of the State Council's notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from miaopu.engine.clock import working_days_left
from miaopu.engine.definitions.times import days_of
from miaopu.engine.messages import Bilingual

Colour = Literal["red", "yellow", "green", "done"]


@dataclass(frozen=True)
class LightRule:
    """The bounds: working days before the deadline, days without a report, working days over it."""

    soon_days: int = 15
    silent_days: int = 30
    escalate_days: int = 5

    def is_silence(self, since: date, today: date) -> bool:
        """Whether hearing nothing since a day is too long."""
        return (today - since).days > self.silent_days


@dataclass(frozen=True)
class Holder:
    """An office that answers for a task: how far it is by its last report, and when that was."""

    name: str
    percent: int = 0
    last_report: date | None = None


@dataclass(frozen=True)
class Stage:
    """A milestone that no report has reached yet; `position` is its place among all of them."""

    title: Bilingual
    due: date
    position: int = 0


@dataclass(frozen=True)
class Standing:
    """What the rule looks at. `opened` is the day from which the task counts."""

    opened: date
    due: date
    holders: tuple[Holder, ...] = ()
    stages: tuple[Stage, ...] = ()
    returned: bool = False
    closed: bool = False

    @property
    def percent(self) -> int:
        """How much is done: the mean over those who answer for it, rounded down."""
        if not self.holders:
            return 0
        return sum(one.percent for one in self.holders) // len(self.holders)

    def silent(self, rule: LightRule, today: date) -> list[Holder]:
        """Who has not been heard for longer than the rule allows."""
        return [
            one for one in self.holders if rule.is_silence(one.last_report or self.opened, today)
        ]


@dataclass(frozen=True)
class Light:
    """A colour with every reason for it, the weightiest first."""

    colour: Colour
    reasons: tuple[Bilingual, ...]


def light(standing: Standing, rule: LightRule, today: date) -> Light:
    """How a task stands on `today`, and why."""
    if standing.closed:
        return Light("done", (Bilingual("已办结", "closed"),))
    left = working_days_left(today, standing.due)
    yellow = tuple(_worries(standing, rule, today, left))
    if today > standing.due:
        over = Bilingual(f"已超期 {-left} 个工作日", f"overdue by {_days(-left)}")
        return Light("red", (over, *yellow))
    if yellow:
        return Light("yellow", yellow)
    return Light(
        "green",
        (
            Bilingual(
                f"还有 {left} 个工作日，完成 {standing.percent}%",
                f"{_days(left)} left, {standing.percent}% done",
            ),
        ),
    )


def escalates(standing: Standing, rule: LightRule, today: date) -> bool:
    """Whether a task has been overdue for so long that the office above is told."""
    if standing.closed or today <= standing.due:
        return False
    return -working_days_left(today, standing.due) >= rule.escalate_days


def _worries(standing: Standing, rule: LightRule, today: date, left: int) -> Iterator[Bilingual]:
    if not standing.holders:
        yield Bilingual("还没有机构负责", "no office answers for it yet")
    behind = _behind(standing, today)
    if behind and today <= standing.due and left <= rule.soon_days:
        yield Bilingual(
            f"只剩 {left} 个工作日，完成 {standing.percent}%，时间已过 {behind}%",
            f"{_days(left)} left and {standing.percent}% done, "
            f"while {behind}% of the time has passed",
        )
    if standing.returned:
        yield Bilingual("进展报告被退回", "the report was sent back")
    for stage in standing.stages:
        if stage.due < today:
            yield Bilingual(
                f"节点“{stage.title.zh}”已过（{stage.due.isoformat()}）",
                f"the milestone “{stage.title.en}” has passed ({stage.due.isoformat()})",
            )
    yield from _silence(standing, rule, today)


def _behind(standing: Standing, today: date) -> int:
    """The percentage of time that has passed, where less than that is done; else 0."""
    whole = (standing.due - standing.opened).days
    passed = (min(today, standing.due) - standing.opened).days
    if whole <= 0 or standing.percent * whole >= passed * 100:
        return 0
    return passed * 100 // whole


def _silence(standing: Standing, rule: LightRule, today: date) -> Iterator[Bilingual]:
    """Who has not been heard for longer than the rule allows."""
    silent = standing.silent(rule, today)
    if not silent:
        return
    every = len(standing.holders)
    if every > 1:
        yield Bilingual(
            f"{every} 个机构中有 {len(silent)} 个超过 {rule.silent_days} 天没有报告",
            f"{len(silent)} of {every} offices have not reported "
            f"for more than {rule.silent_days} days",
        )
        return
    heard = silent[0].last_report
    days = (today - (heard or standing.opened)).days
    if heard is None:
        yield Bilingual(f"{days} 天以来还没有报告", f"no report in {days} days")
    else:
        yield Bilingual(f"上次报告是 {days} 天以前", f"the last report was {days} days ago")


def _days(count: int) -> str:
    return f"{count} working day" if count == 1 else f"{count} working days"


def deadline(due: str | None, last_day: date) -> tuple[date, bool]:
    """The last day of a task, and whether the plan prints one.

    A time such as 2018-11-30, 2018-H2 or 2015/2017 ends on its last day. Without one, or where it
    is a duration counted from an event, the programme's `last_day` stands in.
    """
    found = days_of(due) if due is not None else None
    return (last_day, False) if found is None else (found[1], True)


_LEVEL_SIGNS = "省市县区州"
_LEADING_GROUP = "领导小组"


def office_names(unit: str, region: str) -> frozenset[str]:
    """What the office may be called that a plan of `region` means by `unit`.

    市财政局 in a plan of 贵阳市 is 贵阳市财政局: the region's name stands for its level's sign.
    """
    stem = unit[1:] if unit[:1] in _LEVEL_SIGNS else unit
    return frozenset({unit, f"{region}{stem}"})


def means_leading_groups(unit: str) -> bool:
    """Whether a unit's name speaks of leading groups rather than of offices that act."""
    return _LEADING_GROUP in unit
