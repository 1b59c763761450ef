"""Clocks and progress as components show them: how much time or work is left, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from django.utils.translation import gettext, ngettext

from miaopu.portal import formats

Text = Any  # str, or a lazy translation of one
Tone = Literal["neutral", "good", "soon", "late"]

SOON_WITHIN = 3  # working days left from which a clock is shown as "soon"


@dataclass(frozen=True)
class ClockDay:
    """One day of the calculation; `why` is bilingual or a text."""

    date: date
    counted: bool
    why: Any = ""


@dataclass(frozen=True)
class Clock:
    """A statutory clock in working days.

    `days` may be the engine's own days: anything with `date`, `counted`, `why`.
    """

    state: Literal["waiting", "running", "paused", "done"]
    limit: int
    left: int | None = None
    due: date | None = None
    provisional: bool = False
    why: Text = ""
    days: Sequence[Any] = ()

    @property
    def overdue(self) -> bool:
        """Whether the clock still runs although its time is over."""
        return self.state == "running" and self.left is not None and self.left < 0

    @property
    def tone(self) -> Tone:
        """late, soon, good (closed) or neutral."""
        if self.overdue:
            return "late"
        if self.state == "done":
            return "good"
        if self.state == "running" and self.left is not None and self.left <= SOON_WITHIN:
            return "soon"
        return "neutral"

    @property
    def headline(self) -> str:
        """The clock in one short sentence."""
        if self.state == "waiting":
            return gettext("尚未起算")
        if self.state == "paused":
            return gettext("已暂停计时")
        if self.state == "done":
            return gettext("已办结")
        if self.left is None:
            return gettext("计时中")
        count = abs(self.left)
        if self.left < 0:
            return ngettext("已超期 %(count)s 个工作日", "已超期 %(count)s 个工作日", count) % {
                "count": count
            }
        if self.left == 0:
            return gettext("今天到期")
        return ngettext("还剩 %(count)s 个工作日", "还剩 %(count)s 个工作日", count) % {
            "count": count
        }

    @property
    def numbered_days(self) -> list[tuple[Any, int | None]]:
        """Each day with its number among the counted days, None where it does not count."""
        rows: list[tuple[Any, int | None]] = []
        counted = 0
        for day in self.days:
            counted += bool(day.counted)
            rows.append((day, counted if day.counted else None))
        return rows


@dataclass(frozen=True)
class Progress:
    """Done against target, and against the time passed of `start`–`end` on `today`.

    With `money` the numbers are fen. A target of zero or None means that none is set. `key` names
    the figure in the open data, `note` says how it is counted.
    """

    title: Text
    done: int
    target: int | None
    start: date
    end: date
    today: date
    unit: Text = ""
    money: bool = False
    href: str = ""
    key: str = ""
    note: Text = ""

    def _shown(self, value: int) -> str:
        return formats.yuan_short(value) if self.money else formats.number(value)

    @property
    def done_text(self) -> str:
        """What is done, written for people."""
        return self._shown(self.done)

    @property
    def target_text(self) -> str:
        """The target, written for people."""
        return formats.MISSING if not self.target else self._shown(self.target)

    @property
    def done_share(self) -> Fraction | None:
        """Done ÷ target, exactly; None without a target."""
        return Fraction(self.done, self.target) if self.target else None

    @property
    def time_share(self) -> Fraction:
        """How much of the period has passed at the end of `today`, between 0 and 1."""
        whole = (self.end - self.start).days + 1
        passed = (self.today - self.start).days + 1
        return min(Fraction(1), max(Fraction(0), Fraction(passed, whole)))

    @property
    def bar(self) -> str:
        """Per mille done for the bar, at most 1000; a text, so that no locale groups its digits."""
        return str(0 if self.done_share is None else max(0, min(1000, int(self.done_share * 1000))))

    @property
    def time_bar(self) -> str:
        """Per mille of time passed, as `bar`."""
        return str(int(self.time_share * 1000))

    @property
    def tone(self) -> Tone:
        """good when at or before the time, soon when behind, late when the period is over."""
        if self.done_share is None:
            return "neutral"
        if self.done_share >= 1 or self.done_share >= self.time_share:
            return "good"
        return "late" if self.today > self.end else "soon"

    @property
    def gap(self) -> str:
        """The distance between work and time in plain words."""
        if self.done_share is None:
            return gettext("未设目标值")
        if self.done_share >= 1:
            return gettext("已完成目标")
        points = (self.done_share - self.time_share) * 100
        tenths = int(abs(points) * 10 + Fraction(1, 2))
        if tenths == 0:
            return gettext("与时间进度持平")
        words = {"points": f"{tenths // 10}.{tenths % 10}"}
        if points > 0:
            return gettext("比时间进度快 %(points)s 个百分点") % words
        return gettext("比时间进度慢 %(points)s 个百分点") % words
