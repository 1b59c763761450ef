"""How an item is applied for and decided: questions, papers, steps. Part of the pack schema."""

from typing import Annotated, Literal

from pydantic import Field

from miaopu.engine.definitions.pieces import Identifier, Level, Piece, Text

StepId = Literal["accept", "review", "approve", "publicity", "decide", "pay"]
SideStepId = Literal["correction", "objection"]
Role = Literal["reviewer", "approver", "finance_officer"]
FieldType = Literal["text", "phone", "integer", "account", "choice", "boolean", "money", "date"]
Clause = Annotated[str, Field(min_length=1)]


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
