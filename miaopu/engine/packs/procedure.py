"""How an item is applied for and decided: questions, papers, steps. Part of the pack schema."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from miaopu.engine.definitions.pieces import Identifier, Level, Piece, Text, refuse
from miaopu.engine.money import yuan_to_fen

StepId = Literal["accept", "review", "approve", "publicity", "decide", "pay"]
SideStepId = Literal["correction", "objection"]
Role = Literal["reviewer", "approver", "finance_officer"]
FieldType = Literal["text", "phone", "integer", "account", "choice", "boolean", "money", "date"]
Clause = Annotated[str, Field(min_length=1)]
Yuan = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$"),
]


class Choice(Piece):
    """An answer that may be chosen."""

    id: Identifier
    title: Text


class FormField(Piece):
    """A question of the application form.

    `prefill` names a fact or an attribute of the party; `must_be_true` refuses a "no".
    """

    id: Identifier
    title: Text
    type: FieldType
    required: bool = True
    prefill: str | None = None
    personal: bool = False
    help: Text | None = None
    max_length: int | None = Field(default=None, ge=1, le=10_000)
    choices: tuple[Choice, ...] = ()
    must_be_true: bool = False


class OfferTerms(Piece):
    """How an item is offered without application (免申即享).

    `ask` names the questions of the form that a consent still answers, such as the account and the
    declaration; what the state knows is filled in, all other questions are left out.
    """

    ask: tuple[Identifier, ...] = ()


class Material(Piece):
    """A paper to be handed in."""

    id: Identifier
    title: Text
    required: bool = True


class Step(Piece):
    """A step of the procedure: who does it, at which level, within how many working days."""

    id: StepId
    title: Text
    role: Role
    level: Level
    working_days: int = Field(ge=0, le=2000)
    not_same_as: tuple[StepId, ...] = ()
    illustrative: bool = False
    clause: Clause | None = None


class SideStep(Piece):
    """A step that only some cases take, with its own time limit.

    `correction`: the enterprise completes what was missing, while the office's clock is paused.
    `objection`: the office answers an objection to a list in publicity.
    """

    id: SideStepId
    title: Text
    working_days: int = Field(ge=1, le=2000)
    illustrative: bool = False
    clause: Clause | None = None


class DecidedAmount(Piece):
    """An amount that the reviewer proposes and signs, because the plan states an average only.

    `average`, in yuan, is the mean that all grants of the item together may not exceed.
    """

    average: Yuan
    clause: Clause

    @field_validator("average")
    @classmethod
    def _more_than_nothing(cls, value: str) -> str:
        if not yuan_to_fen(value):
            raise refuse("平均金额须大于零", "the average must be more than zero")
        return value

    @property
    def average_fen(self) -> int:
        """The average in fen."""
        return yuan_to_fen(self.average)


class Record(Piece):
    """The fact that is written down about an enterprise when the item's money has been paid.

    `fact` is a date, the day of the payment; other items' conditions may read it.
    """

    fact: Identifier
