"""What lists may be asked: filters, an order, a page's length, and where to go on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from miaopu.cases.enums import BatchState as ReviewState
from miaopu.cases.enums import CaseState, ObjectionState, OfferState
from miaopu.ledger.enums import AccountKind, AwardState, BatchState, Level, TransferKind
from miaopu.parties.enums import DeliveryState, EnterpriseStatus, RowOutcome, Source
from miaopu.plans.enums import DocumentKind, MatchStatus
from miaopu.portal.api import schemas

R = TypeVar("R", bound=BaseModel)

Region = Annotated[
    str,
    Field(pattern="^[0-9]{6}$", description="a region and everything inside it: 520100"),
]
Word = Annotated[str, Field(max_length=60, pattern=r"^[^\u0000]*$")]

PROBLEMS: dict[int, Any] = {422: schemas.Problem}
CLOSED_PROBLEMS: dict[int, Any] = {401: schemas.Problem, 404: schemas.Problem, **PROBLEMS}


class Rows(BaseModel, Generic[R]):
    """A page of a list; `next` is the address of the page after it."""

    model_config = ConfigDict(extra="forbid")
    rows: list[R]
    next: str | None


class Asked(Schema):
    """What every list understands."""

    limit: int = Field(50, ge=1, le=200, description="rows of a page")
    after: str = Field("", description="the cursor of `next`; take the address as it is")


class ProgrammeOf(Asked):
    """One programme's rows, or everybody's."""

    programme: Word | None = Field(None, description="slug of a programme")


class PublicitiesAsked(ProgrammeOf):
    """Filters of published lists."""

    region: Region | None = None
    open: bool | None = Field(None, description="whether the period still runs")
    order: Literal["starts_on", "-starts_on", "number", "-number"] = "-starts_on"


class AwardsAsked(ProgrammeOf):
    """Filters of awards."""

    region: Region | None = None
    state: AwardState | None = None
    order: Literal[
        "committed_at", "-committed_at", "number", "-number", "amount_fen", "-amount_fen"
    ] = "-committed_at"


class AccountsAsked(ProgrammeOf):
    """Filters of accounts."""

    region: Region | None = None
    level: Level | None = None
    kind: AccountKind | None = None
    order: Literal["code", "-code"] = "code"


class TransfersAsked(Asked):
    """Filters of transfers."""

    kind: TransferKind | None = None
    order: Literal["at", "-at"] = "at"


class SealsAsked(Asked):
    """Order of seals."""

    order: Literal["day", "-day"] = "-day"


class PoliciesAsked(Asked):
    """Filters of policy documents."""

    q: Word | None = Field(None, description="words, phrases in quotes, -words, or a number")
    region: Region | None = None
    kind: DocumentKind | None = None
    on: date | None = Field(None, description="in force on this day")
    order: Literal["issued_on", "-issued_on", "code", "-code"] = "-issued_on"


class FeesAsked(Asked):
    """Filters of the fees that count on a day."""

    q: Word | None = Field(None, description="words of the fee, its authority or its basis")
    region: Region | None = None
    on: date | None = Field(None, description="the day, today if it is not given")
    order: Literal["position", "-position"] = "position"


class EnterprisesAsked(Asked):
    """Filters of enterprises."""

    q: Word | None = Field(None, description="part of the name, or the code's beginning")
    region: Region | None = None
    status: EnterpriseStatus | None = None
    order: Literal["number", "-number", "registered_on", "-registered_on"] = "number"


class CasesAsked(ProgrammeOf):
    """Filters of cases."""

    q: Word | None = Field(None, description="part of the enterprise's name, or a number")
    region: Region | None = None
    state: CaseState | None = None
    order: Literal["number", "-number", "opened_at", "-opened_at", "priority_points",
                   "-priority_points"] = "-opened_at"  # fmt: skip


class EntitlementsAsked(ProgrammeOf):
    """Filters of entitlements."""

    region: Region | None = None
    item: Word | None = None
    status: MatchStatus | None = None
    order: Literal["priority_points", "-priority_points", "as_of", "-as_of"] = "-priority_points"


class OffersAsked(ProgrammeOf):
    """Filters of offers without application."""

    region: Region | None = None
    item: Word | None = None
    state: OfferState | None = None
    order: Literal["issued_at", "-issued_at", "expires_on", "-expires_on"] = "-issued_at"


class ObjectionsAsked(ProgrammeOf):
    """Filters of objections to published lists."""

    region: Region | None = None
    state: ObjectionState | None = None
    publicity: Word | None = Field(None, description="number of a published list")
    order: Literal["due_on", "-due_on", "number", "-number"] = "due_on"


class BatchReviewsAsked(ProgrammeOf):
    """Filters of batch reviews."""

    region: Region | None = None
    item: Word | None = None
    state: ReviewState | None = None
    order: Literal["opened_at", "-opened_at", "number", "-number"] = "-opened_at"


class PaymentBatchesAsked(ProgrammeOf):
    """Filters of payment batches."""

    region: Region | None = None
    state: BatchState | None = None
    order: Literal["made_at", "-made_at", "number", "-number", "amount_fen",
                   "-amount_fen"] = "-made_at"  # fmt: skip


class DeliveriesAsked(Asked):
    """Filters of deliveries of enterprises."""

    region: Region | None = None
    source: Source | None = None
    state: DeliveryState | None = None
    order: Literal["delivered_at", "-delivered_at", "number", "-number"] = "-delivered_at"


class DeliveryRowsAsked(Asked):
    """Filters of a delivery's rows."""

    outcome: RowOutcome | None = None
    order: Literal["number", "-number"] = "number"
