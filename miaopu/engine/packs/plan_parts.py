"""What a plan states beside items: who does what by when, what recurs, money, ratios, figures."""

from typing import Literal

from pydantic import Field, model_validator

from miaopu.engine.definitions.figures import Figure
from miaopu.engine.definitions.pieces import Identifier, Level, Piece, RegionCode, Text, refuse
from miaopu.engine.definitions.times import When, is_duration
from miaopu.engine.packs.procedure import Clause, Yuan

Every = Literal["xun", "month", "quarter", "half_year", "year"]
SumBy = Literal["source", "purpose", "year", "part"]
FindingCode = Literal["sum-mismatch", "share-mismatch", "growth-mismatch"]
Grade = Literal["possible-rounding", "error"]


class Citation(Piece):
    """Another document that the plan names; `clause` where it is named."""

    title: Text
    number: str | None = None
    clause: Clause | None = None


class Unit(Piece):
    """A department or body that the plan names; a collective stands for all of its kind."""

    title: Text
    level: Level | None = None
    collective: bool = False


class Milestone(Piece):
    """A stage of a task with its own time."""

    title: Text
    due: When
    after: Text | None = None

    @model_validator(mode="after")
    def _counted_from(self) -> "Milestone":
        check_after(self.due, self.after)
        return self


class Task(Piece):
    """What a clause asks of whom.

    `named` says how the plan names the units: by a mark, or as the subject of a sentence only.
    `pending` says why nobody is named. `due` is a time, a duration has `after`. `doubt` says how a
    damaged or ambiguous place was read.
    """

    id: Identifier
    title: Text
    clause: Clause
    lead: tuple[Identifier, ...] = ()
    responsible: tuple[Identifier, ...] = ()
    cooperate: tuple[Identifier, ...] = ()
    named: Literal["mark", "sentence"] = "mark"
    pending: Text | None = None
    due: When | None = None
    after: Text | None = None
    milestones: tuple[Milestone, ...] = ()
    doubt: Text | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "Task":
        if bool(self.units) is (self.pending is not None):
            raise refuse(
                "写出 lead、responsible 或 cooperate，或用 pending 说明尚无单位",
                "name units in lead, responsible or cooperate, or say in pending why there is none",
            )
        check_after(self.due, self.after)
        return self

    @property
    def units(self) -> tuple[str, ...]:
        """All units of the task: leading, responsible, cooperating."""
        return (*self.lead, *self.responsible, *self.cooperate)


class Phase(Piece):
    """A stage of the programme."""

    id: Identifier
    title: Text
    clause: Clause
    period: When


class Duty(Piece):
    """Something due again and again: at least `times` in every 旬, month, quarter, half-year, year.

    `each` says for what it is counted: once for every unit, base or district, or for the programme
    as a whole; `rotates`: one district after another. `principal` means that only the principal
    leader's doing counts, a deputy's does not.
    """

    id: Identifier
    title: Text
    clause: Clause
    who: tuple[Identifier, ...] = Field(min_length=1)
    every: Every
    times: int = Field(default=1, ge=1, le=100)
    each: Literal["programme", "unit", "base", "region"] = "programme"
    rotates: bool = False
    principal: bool = False
    venues: tuple[Text, ...] = ()
    reports_to: Identifier | None = None
    period: When | None = None
    illustrative: bool = False
    doubt: Text | None = None


class Supervision(Piece):
    """The bounds by which tasks turn yellow and are passed upward; those of the house by default.

    `soon_days` and `escalate_days` are working days before and after the deadline, `silent_days`
    calendar days without a report.
    """

    soon_days: int = Field(default=15, ge=0, le=250)
    silent_days: int = Field(default=30, ge=1, le=400)
    escalate_days: int = Field(default=5, ge=0, le=250)
    clause: Clause | None = None


class FundSum(Piece):
    """Funds that together make up the fund above, by source, purpose, year or part."""

    by: SumBy
    parts: tuple[Identifier, ...] = Field(min_length=1)


class Fund(Piece):
    """Money that the plan states, in yuan; it is not entered in the books (`budgets` are).

    `each_year`: the amount is that of every year of the period. `rounded_to` is the last printed
    digit in yuan: finer parts may differ from it by half.
    """

    id: Identifier
    title: Text
    clause: Clause
    period: When | None = None
    level: Level | None = None
    amount: Yuan
    each_year: bool = False
    rounded_to: Yuan | None = None
    sums: tuple[FundSum, ...] = ()
    illustrative: bool = False


class Ratio(Piece):
    """In what ratio levels put up money for a fund, in the districts named (all where none is)."""

    id: Identifier
    title: Text
    clause: Clause
    fund: Identifier | None = None
    regions: tuple[RegionCode, ...] = ()
    parts: dict[Level, Figure] = Field(min_length=2)


class Statistic(Piece):
    """A figure already reached; `percent` is the printed share of the statistic `part_of`."""

    id: Identifier
    title: Text
    unit: Text
    clause: Clause
    period: When
    value: Figure
    part_of: Identifier | None = None
    percent: Figure | None = None

    @model_validator(mode="after")
    def _share_of_something(self) -> "Statistic":
        if self.percent is not None and self.part_of is None:
            raise refuse("写了 percent 还要写 part_of", "percent needs part_of")
        return self


class TargetLetters(Piece):
    """What the programme ties the targets of a letter to: the clause, and it in our own words."""

    clause: Clause
    terms: tuple[Text, ...] = Field(min_length=1)


class FeeRule(Piece):
    """What the programme says of fees charged to enterprises; `item` pays those on the list."""

    clause: Clause
    item: Identifier | None = None


class PlanFinding(Piece):
    """What does not add up in the plan itself; `of` is the target, fund or statistic concerned."""

    code: FindingCode
    of: Identifier
    stated: Figure
    computed: Figure
    grade: Grade
    note: Text


def check_after(due: str | None, after: Text | None) -> None:
    """Raise unless `after`, what a duration is counted from, is there just where it is needed."""
    if (due is not None and is_duration(due)) is not (after is not None):
        raise refuse(
            "期限是时长时要写 after（从何时起算），否则不写",
            "a duration needs after (counted from what), and nothing else has it",
        )
