"""What the API gives of the offices' work: offers, objections, batches, deliveries; key by key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from miaopu.cases.enums import BatchState as ReviewState
from miaopu.cases.enums import ObjectionState, OfferState
from miaopu.ledger.enums import BatchState, Level, LineState
from miaopu.parties.enums import DeliveryState, RowOutcome, Source
from miaopu.portal.api.schemas import EnterpriseName, Fen, Record, RegionCode, Sha256, Text

Fate = Literal["funded", "short", "behind", "over_quota", "aside"]
Tie = Literal["first", "points", "handed_in", "number"]


class ChangedFact(Record):
    """A fact that is not as an offer had it; null `now`: not known any more, or `hidden`."""

    fact: str
    title: Text
    before: str | int | bool | None
    now: str | int | bool | None
    source: Source | None
    as_of: date | None
    hidden: bool


class OfferRow(Record):
    """An offer without application; `case` once its enterprise has consented.

    `changes` are what it was withdrawn for; `hidden` where they tell of persons.
    """

    programme: str
    item: str
    enterprise: EnterpriseName
    number: str
    region: RegionCode
    state: OfferState
    amount_fen: Fen | None
    priority_points: int
    issued_at: datetime
    expires_on: date
    closed_at: datetime | None
    reason: str
    changes: list[ChangedFact]
    case: str | None


class ObjectionRow(Record):
    """An objection to a line of a published list, with its own clock in working days."""

    number: str
    publicity: str
    case: str
    programme: str
    item: str
    enterprise: EnterpriseName
    region: RegionCode
    state: ObjectionState
    made_at: datetime
    days: int
    due_on: date
    provisional: bool
    answered_at: datetime | None


class Objection(ObjectionRow):
    """An objection with its text; who objected is masked for those who do not answer it."""

    name: str
    contact: str
    text: str
    file_name: str
    reply: str


class BatchReviewRow(Record):
    """A leading group's batch; what it decided stands once it is confirmed."""

    number: str
    programme: str
    item: str
    region: RegionCode
    state: ReviewState
    quota: int | None
    opened_at: datetime
    closed_at: datetime | None
    digest: str


class RankedLine(Record):
    """A case of a confirmed batch; `lacking` is what a purse lacked for it, in fen."""

    rank: int | None
    case: str
    enterprise: str
    uscc: str
    region: RegionCode
    points: int
    priorities: list[str]
    handed_in: datetime
    amount_fen: Fen
    fate: Fate
    tie: Tie
    lacking: dict[str, int]
    behind: list[str]
    aside: str


class PurseRow(Record):
    """Money of a level in a region: what there was, was promised, and was left afterwards."""

    key: str
    level: Level
    region: RegionCode
    available_fen: Fen
    promised_fen: Fen
    after_fen: Fen


class BatchReview(BatchReviewRow):
    """A batch with its frozen ranking and purses; both are empty until it is confirmed."""

    lines: list[RankedLine]
    purses: list[PurseRow]


class PaymentBatchRow(Record):
    """Payments handed to a bank together; the digest covers the list."""

    number: str
    programme: str
    region: RegionCode
    state: BatchState
    count: int
    amount_fen: Fen
    digest: Sha256
    made_at: datetime


class PaymentLine(Record):
    """A payment of a batch; the account is masked but for the region's finance officers."""

    position: int
    award: str
    payee: str
    bank_name: str
    bank_account: str
    amount_fen: Fen
    state: LineState
    bank_reference: str
    bank_day: date | None
    reason: str
    settled_at: datetime | None


class PaymentBatch(PaymentBatchRow):
    """A batch with its payments and what the bank answered."""

    lines: list[PaymentLine]


class DeliveryRow(Record):
    """A file of enterprises that was handed in, and what its check found."""

    number: str
    file_name: str
    source: Source
    region: RegionCode
    as_of: date
    state: DeliveryState
    new: int
    changed: int
    unchanged: int
    wrong: int
    registered: int
    updated: int
    facts: int
    delivered_at: datetime
    confirmed_at: datetime | None
    imported_at: datetime | None


class Refusal(Record):
    """Why a whole file was refused."""

    message: Text
    remedy: Text


class Delivery(DeliveryRow):
    """A delivery with what was read of its file; `refusal` is null where it was read."""

    sheet: str
    columns: list[str]
    notes: list[Text]
    refusal: Refusal | None


class FaultRow(Record):
    """What is wrong in a cell; never what stands in it where that is about a person."""

    cell: str = Field(description="as Excel names it: C7")
    title: Text
    message: Text
    remedy: Text


class DeliveredRow(Record):
    """A row of a delivery as it was checked."""

    number: int
    outcome: RowOutcome
    uscc: str
    name: str
    faults: list[FaultRow]
