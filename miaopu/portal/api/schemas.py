"""What the API gives to anyone, key by key.

Money is whole fen; other figures that are no counts are text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from miaopu.ledger.enums import AccountKind, AwardState, Level, TransferKind

Fen = Annotated[int, Field(description="fen, a hundredth of a yuan")]
RegionCode = Annotated[str, Field(pattern="^[0-9]{6}$", description="GB/T 2260, or a city's zone")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Record(Schema):
    """A record with exactly these keys."""

    model_config = ConfigDict(extra="forbid")


class Text(Record):
    """A text in both languages."""

    zh: str
    en: str


class WrongParameter(Record):
    """A parameter that was not understood."""

    name: str
    message: str


class Error(Record):
    """Why there is no answer, and what to do."""

    code: str
    message: Text
    remedy: Text
    parameters: list[WrongParameter]


class Problem(Record):
    """The answer where there is none."""

    error: Error


class Period(Record):
    """First and last day."""

    start: date
    end: date


class ProgrammeRow(Record):
    """A programme in force."""

    slug: str
    title: Text
    region: RegionCode
    version: int
    digest: Sha256
    period: Period


class TargetRow(Record):
    """A target; `done` and the shares are null where no record counts for it."""

    key: str
    indicator: str
    title: Text
    unit: Text
    region: RegionCode
    period: str
    value: str
    comparator: str
    clause: str
    done: int | None
    done_percent: str | None
    time_percent: str | None


class DistrictRow(Record):
    """What a district has reached."""

    region: RegionCode
    name: Text
    enterprises: int
    jobs: int
    committed_fen: Fen
    paid_fen: Fen


class LevelRow(Record):
    """Money of a level."""

    level: Level
    funded_fen: Fen
    available_fen: Fen
    committed_fen: Fen
    paid_fen: Fen


class AwardSums(Record):
    """Awards that stand."""

    count: int
    committed_fen: Fen
    paid_fen: Fen


class Figures(Record):
    """The figures of a programme on a day."""

    as_of: date
    awards: AwardSums
    districts: list[DistrictRow]
    levels: list[LevelRow]


class ItemRow(Record):
    """A support that can be had; `amount_fen` is null where it differs by enterprise."""

    code: str
    title: Text
    summary: Text
    clause: str
    outcome: str
    amount_fen: Fen | None
    shares: dict[str, int]


class ClauseRow(Record):
    """A clause, in the words of the pack."""

    path: str
    title: Text
    summary: Text


class EnterpriseName(Record):
    """Whom a record is about."""

    name: str
    uscc: str


class PublicityRow(Record):
    """A list that was published."""

    number: str
    programme: str
    item: str
    region: RegionCode
    starts_on: date
    ends_on: date
    days: int
    enterprises: int
    digest: Sha256
    published_at: datetime


class PublicityLine(Record):
    """A line of a list, as it was published."""

    case: str
    enterprise: str
    uscc: str
    legal_representative: str
    amount_fen: Fen
    clause: str


class Publicity(PublicityRow):
    """A list with its lines."""

    lines: list[PublicityLine]


class AwardRow(Record):
    """An award that stands."""

    number: str
    programme: str
    item: str
    enterprise: EnterpriseName
    region: RegionCode
    amount_fen: Fen
    state: AwardState
    committed_at: datetime
    paid_at: datetime | None


class EntryRow(Record):
    """A line of a transfer: to (+) or from (−) an account."""

    account: str
    amount_fen: Fen


class TransferRow(Record):
    """A movement of money; its entries sum to zero."""

    key: str
    kind: TransferKind
    award: str | None
    at: datetime
    entries: list[EntryRow]


class Award(AwardRow):
    """An award with its ledger lines."""

    publicity: str | None
    transfers: list[TransferRow]


class AccountRow(Record):
    """An account; only the source is below zero."""

    code: str
    programme: str
    purpose: str
    level: Level
    region: RegionCode
    kind: AccountKind
    balance_fen: Fen


class SealRow(Record):
    """The Merkle root of a day's transfers and the chain."""

    day: date
    count: int
    root: Sha256
    chain: Sha256
