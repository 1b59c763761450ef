"""What a programme asks of bases: standards of admission and titles, self-inspection, survey."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from miaopu.engine.definitions.pieces import (
    ConditionPiece,
    Identifier,
    Piece,
    PriorityPiece,
    Text,
    Words,
    refuse,
)
from miaopu.engine.definitions.times import When, days_of
from miaopu.engine.facts import Fact, FactType
from miaopu.engine.matching import Explanation, explain_one
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.procedure import Clause
from miaopu.engine.rule_pieces import conditions_of, priorities_of
from miaopu.engine.rule_sets import Rule, RuleSet

Carrier = Literal[
    "makerspace",
    "startup_base",
    "tech_incubator",
    "commerce_cluster",
    "micro_park",
    "sme_park",
    "micro_village",
    "entrepreneurship_park",
]
_SQUARE_METRES = Bilingual("平方米", "m²")
_PERSONS = Bilingual("人", "persons")
_HOUSEHOLDS = Bilingual("户", "enterprises")


def _count(name: str, zh: str, en: str, unit: Bilingual) -> Fact:
    return Fact(name, FactType.INTEGER, Bilingual(zh, en), unit)


BASE_FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("opened_on", FactType.DATE, Bilingual("运营起始日期", "day of opening")),
        _count("floor_area", "建筑面积", "floor area", _SQUARE_METRES),
        _count("incubation_area", "孵化面积", "incubation area", _SQUARE_METRES),
        _count("workshop_area", "标准厂房面积", "workshop area", _SQUARE_METRES),
        _count("let_area", "已出租面积", "area let", _SQUARE_METRES),
        _count("service_staff", "服务人员", "service staff", _PERSONS),
        _count("coaches", "创业辅导师", "coaches", _PERSONS),
        _count("tenants", "入驻团队和企业", "tenants", Bilingual("个", "tenants")),
        _count("small_enterprises", "入驻小微企业", "small tenants", _HOUSEHOLDS),
        _count("graduates", "毕业企业", "graduates", _HOUSEHOLDS),
        _count("employees", "入驻企业从业人员", "staff of the tenants", _PERSONS),
    )
}
"""What is known of every base: its record and its tenants; areas in whole m², rounded down."""


class BaseQuestion(Piece):
    """A figure or a yes or no that the system does not hold: a person answers and signs it."""

    title: Text
    type: Literal["integer", "boolean"] = "integer"
    unit: Words | None = None


class BaseStandard(Piece):
    """What a base must fulfil to be admitted, or to be put forward for a title.

    `carriers` says for which kinds of bases; none named means all. Conditions speak of the figures
    in BASE_FACTS and of `questions`; a condition with `decide` is answered by a person. `priority`
    says who comes first. `basis` names another document where the plan itself has no figure.
    """

    title: Text
    use: Literal["admission", "title"] = "admission"
    carriers: tuple[Carrier, ...] = ()
    clause: Clause | None = None
    basis: Text | None = None
    questions: dict[Identifier, BaseQuestion] = Field(default_factory=dict)
    conditions: tuple[ConditionPiece, ...] = Field(min_length=1)
    priority: tuple[PriorityPiece, ...] = ()
    illustrative: bool = False

    @property
    def asked(self) -> dict[str, str]:
        """What a person answers: the questions, and the conditions to be decided, with their type.

        A condition's answer is kept under its id.
        """
        decided = {one.id: "boolean" for one in self.conditions if one.decide is not None}
        return {**{name: one.type for name, one in self.questions.items()}, **decided}

    def rule_set(self, name: str) -> RuleSet:
        """The standard as a rule over the facts of a base."""
        facts = dict(BASE_FACTS)
        for key, question in self.questions.items():
            unit = question.unit.bilingual if question.unit else None
            facts[key] = Fact(key, FactType(question.type), question.title.bilingual, unit)
        rule = Rule(
            name,
            conditions=conditions_of(self.conditions),
            priority=priorities_of(self.priority),
            title=self.title.bilingual,
        )
        return RuleSet((rule,), facts)

    def explain(
        self, name: str, facts: Mapping[str, object], answers: Mapping[str, object], as_of: date
    ) -> Explanation:
        """The standard as it stands for a base with these facts and answers on the day."""
        decided = {
            f"{name}.{one.id}": bool(answers[one.id])
            for one in self.conditions
            if one.decide is not None and one.id in answers
        }
        given = {key: answers[key] for key in self.questions if key in answers}
        [found] = explain_one(self.rule_set(name), {**facts, **given}, as_of, decided)
        return found


class InspectionItem(Piece):
    """A line of the form: what the operator looks at."""

    id: Identifier
    title: Text
    clause: Clause | None = None


class Silence(Piece):
    """What follows where a form is not handed in by its day.

    The base is told and gets `working_days` as a second chance; after that `consequence` holds.
    `effect` says what it does: `on_site`, the district looks at every line at the base within
    `check_days` working days; `zero`, no line of the form counts as met. Without it the form stays
    open and what is said is said only.
    """

    working_days: int = Field(ge=1, le=250)
    consequence: Text
    effect: Literal["on_site", "zero"] | None = None
    check_days: int | None = Field(default=None, ge=1, le=250)

    @model_validator(mode="after")
    def _days_of_the_check(self) -> "Silence":
        if (self.effect == "on_site") != (self.check_days is not None):
            raise refuse(
                "check_days 只用于 effect: on_site，且必须写明",
                "check_days goes with effect: on_site, and must be there",
            )
        return self


class Inspection(Piece):
    """A self-inspection of all admitted bases (自查), with what becomes of the problems found.

    `due`: the day by which it is handed in, `remind` working days before it. A problem must be put
    right by the end of `rectify`; who does not gets a second chance of `second_chance` working days
    once, then `consequence` may be stated. `effect` says what it does while it stands: `no_titles`,
    the base is neither proposed nor recommended for a title. A base that is admitted after the call
    has `admitted_later` working days for its form, unless the officer names another day.
    """

    id: Identifier
    title: Text
    clause: Clause
    due: When
    remind: tuple[int, ...] = ()
    items: tuple[InspectionItem, ...] = Field(min_length=1)
    silence: Silence
    admitted_later: int = Field(default=10, ge=1, le=250)
    rectify: When
    second_chance: int = Field(ge=1, le=250)
    consequence: Text
    effect: Literal["no_titles"] | None = None
    illustrative: bool = False
    doubt: Text | None = None

    @model_validator(mode="after")
    def _days(self) -> "Inspection":
        due, rectify = days_of(self.due), days_of(self.rectify)
        if due is None or rectify is None:
            raise refuse("due 和 rectify 要写到日、月或年", "due and rectify are no durations")
        if rectify[1] < due[1]:
            raise refuse("整改期限早于自查期限", "rectify ends before due")
        return self

    @property
    def due_on(self) -> date:
        """The last day on which the form is handed in in time."""
        return _last(self.due)

    @property
    def rectify_by(self) -> date:
        """The last day by which problems are put right."""
        return _last(self.rectify)

    @property
    def items_by_id(self) -> dict[str, InspectionItem]:
        """The lines of the form by id."""
        return {one.id: one for one in self.items}


class SurveyQuestion(Piece):
    """A question that tenants answer with 1 (bad) to 5 (very good)."""

    id: Identifier
    title: Text


class Survey(Piece):
    """An anonymous survey of the tenants; results are hidden below `minimum` answers of a base."""

    title: Text
    clause: Clause
    days: int = Field(ge=1, le=400)
    minimum: int = Field(ge=3, le=100)
    questions: tuple[SurveyQuestion, ...] = Field(min_length=1)
    illustrative: bool = False


def _last(when: str) -> date:
    days = days_of(when)
    assert days is not None  # the validator has said so
    return days[1]
