"""An assessment scheme: criteria with points, weights of the periods, classes, consequences."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from miaopu.engine.definitions.pieces import Identifier, Piece, Text, Written, refuse
from miaopu.engine.expressions.parse import parse
from miaopu.engine.expressions.syntax import names_in

PeriodId = Literal["half", "year"]
Scorer = Literal["self", "district", "city", "expert"]
OFFICIAL: tuple[Scorer, ...] = ("self", "district", "city")
"""Who scores a line in turn where the scheme does not say otherwise."""
Assessed = Literal["base", "region", "department", "institution", "staff"]
Unknown = Literal["zero", "left_out"]
"""What a computed line counts where its figures are not known: nothing, or it is left out."""
Points = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,4})?$"),
]
OUTSTANDING = "outstanding"
OF_BASES = {"rectify", "delist"}
"""What follows by itself, and only for bases: an opinion, a delisting case."""
WHOLE = 100
_WHEN = re.compile(r"class (?P<name>[\w.\-]{1,20})(?P<twice> twice running)?")


class ScoreItem(Piece):
    """A line of the score sheet; a computed one works its points out from figures."""

    id: Identifier
    max: Points
    kind: Literal["scored", "computed"] = "scored"
    points: Written | None = None
    unknown: Unknown = "zero"
    title: Text | None = None
    clause: Annotated[str, Field(min_length=1)] | None = None
    evidence: Text | None = None
    illustrative: bool = False

    @model_validator(mode="after")
    def _points_of_the_computed(self) -> "ScoreItem":
        _check_points(self.kind, self.points, self.unknown)
        _check_evidence(self.kind, self.evidence)
        return self


class Criterion(Piece):
    """A part of the score: points of its own or of its items, bonus, penalty, or a veto."""

    id: Identifier
    max: Points | None = None
    kind: Literal["scored", "computed", "veto", "bonus", "penalty"] = "scored"
    items: tuple[ScoreItem, ...] = ()
    points: Written | None = None
    unknown: Unknown = "zero"
    title: Text | None = None
    clause: Annotated[str, Field(min_length=1)] | None = None
    evidence: Text | None = None
    scorers: tuple[Scorer, ...] = Field(default=OFFICIAL, min_length=1)
    illustrative: bool = False

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Criterion":
        if len(set(self.scorers)) < len(self.scorers) or not {"district", "city"} & {*self.scorers}:
            raise refuse(
                "scorers 不能重复，且要有 district 或 city",
                "scorers are named once, with district or city among them",
            )
        if (self.max is None) is not (self.kind == "veto"):
            raise refuse(
                "除一票否决外都要写 max，一票否决不写", "all but a veto have max, a veto has none"
            )
        if self.items and self.kind != "scored":
            raise refuse("只有 scored 可以有 items", "only a scored criterion has items")
        if self.items and sum(Decimal(one.max) for one in self.items) < Decimal(self.max or 0):
            raise refuse("各项满分之和达不到 max", "the items together cannot reach max")
        _check_points(self.kind, self.points, self.unknown)
        _check_evidence(self.kind, self.evidence)
        return self

    @property
    def leaves(self) -> tuple["ScoreItem | Criterion", ...]:
        """What is scored: the items, or the criterion itself."""
        return self.items or (self,)


class Figure(Piece):
    """A figure that points are worked out from, as the score sheet names it."""

    title: Text
    unit: Text | None = None
    evidence: Text | None = None


class Band(Piece):
    """A class and the score from which on it is reached."""

    name: Identifier = Field(alias="class")
    start: Points = Field(alias="from")
    title: Text | None = None


class Consequence(Piece):
    """What a result brings: `class X`, `class X twice running`, or `outstanding`."""

    when: Written
    do: Identifier
    title: Text | None = None
    clause: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _known(self) -> "Consequence":
        if self.when != OUTSTANDING and _WHEN.fullmatch(self.when) is None:
            raise refuse(
                "when 写 class X、class X twice running 或 outstanding",
                "write when as class X, class X twice running or outstanding",
            )
        return self

    @property
    def condition(self) -> tuple[str, bool]:
        """The class (or `outstanding`), and whether it must have been reached twice running."""
        found = _WHEN.fullmatch(self.when)
        return (found["name"], found["twice"] is not None) if found else (OUTSTANDING, False)


class Satisfaction(Piece):
    """Which survey of tenants the figure `satisfaction` is taken from, and which question of it."""

    survey: Identifier
    question: Identifier | None = None


class HandedTo(Piece):
    """The office outside the programme that the result is reported to."""

    title: Text
    clause: Annotated[str, Field(min_length=1)] | None = None


class Assessment(Piece):
    """How somebody is assessed; `count` is the number of those assessed where the plan says it."""

    title: Text | None = None
    assessed: Assessed = "base"
    subjects: Text | None = None
    satisfaction: Satisfaction | None = None
    handed_to: HandedTo | None = None
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    clause: Annotated[str, Field(min_length=1)] | None = None
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    figures: dict[Identifier, Figure] = Field(default_factory=dict)
    periods: dict[PeriodId, Annotated[int, Field(ge=0, le=WHOLE)]]
    bands: tuple[Band, ...] = Field(min_length=1)
    outstanding: int = Field(default=0, ge=0, le=1000)
    publicity_days: int = Field(default=5, ge=1, le=60)
    consequences: tuple[Consequence, ...] = ()
    rectify_days: int = Field(default=30, ge=1, le=250)
    certificate_months: int = Field(default=12, ge=1, le=60)
    illustrative: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "Assessment":
        ids = [one.id for one in self.criteria]
        ids += [item.id for one in self.criteria for item in one.items]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise refuse(f"编号 {twice[0]} 用了两次", f"the id {twice[0]} is used twice")
        if sum(self.periods.values()) != WHOLE or "year" not in self.periods:
            raise refuse(
                "periods 的权重合计应为 100，且要有 year",
                "the weights of periods add up to 100, with year among them",
            )
        starts = [Decimal(band.start) for band in self.bands]
        if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
            raise refuse(
                "bands 从高到低写，分数线不同，最后一类从 0 起",
                "bands go from the highest down, with different bounds, the last from 0",
            )
        names = [band.name for band in self.bands]
        if len(set(names)) < len(names):
            raise refuse("bands 的类别名重复", "a class stands in bands twice")
        if self.assessed != "base" and {one.do for one in self.consequences} & OF_BASES:
            raise refuse("rectify 和 delist 只用于基地", "rectify and delist belong to bases")
        for one in self.consequences:
            if one.condition[0] not in {*names, OUTSTANDING}:
                raise refuse(
                    f"bands 里没有 {one.condition[0]} 类", f"no class {one.condition[0]} in bands"
                )
        return self

    @cached_property
    def scorers_of(self) -> dict[str, tuple[Scorer, ...]]:
        """Who scores each line, in turn."""
        return {leaf.id: one.scorers for one, leaf in self.leaves}

    @cached_property
    def leaves(self) -> tuple[tuple[Criterion, "ScoreItem | Criterion"], ...]:
        """Every line that is scored, with the criterion it belongs to."""
        return tuple((one, leaf) for one in self.criteria for leaf in one.leaves)

    @cached_property
    def figure_names(self) -> tuple[str, ...]:
        """The figures that lines are worked out from, sorted. The expressions have been checked."""
        read = (names_in(parse(leaf.points or ""), "name") for leaf in self.computed())
        return tuple(sorted({name for names in read for name in names}))

    @cached_property
    def needed_figures(self) -> tuple[str, ...]:
        """Figures that must be known: those of lines that are not left out without them, sorted."""
        read = (
            names_in(parse(leaf.points or ""), "name")
            for leaf in self.computed()
            if leaf.unknown != "left_out"
        )
        return tuple(sorted({name for names in read for name in names}))

    def computed(self) -> Iterator["ScoreItem | Criterion"]:
        """The lines whose points are worked out."""
        return (leaf for _, leaf in self.leaves if leaf.kind == "computed")


class Scheme(Assessment):
    """A scheme in a file of its own."""

    scheme: Identifier


def _check_points(kind: str, points: str | None, unknown: Unknown) -> None:
    if unknown == "left_out" and kind != "computed":
        raise refuse("left_out 只用于 computed", "left_out belongs to computed lines")
    if (points is not None) is not (kind == "computed"):
        raise refuse(
            "points 只用于 computed，且必须写", "points belong to computed, which must have them"
        )


def _check_evidence(kind: str, evidence: Text | None) -> None:
    if kind == "computed" and evidence is not None:
        raise refuse(
            "computed 由数据算出，evidence 写在 figures 里",
            "a computed line has no file of its own: ask for evidence of its figures",
        )
