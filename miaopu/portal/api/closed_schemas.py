"""What the API gives to those who are signed in, key by key."""

from __future__ import annotations

from datetime import date, datetime

from miaopu.cases.enums import CaseState, Step
from miaopu.core.enums import Role, UserKind
from miaopu.parties.enums import EnterpriseStatus, Source
from miaopu.plans.enums import MatchStatus
from miaopu.portal.api.schemas import AwardRow, EnterpriseName, Fen, Record, RegionCode, Text


class MembershipRow(Record):
    """A role in an office."""

    role: Role
    office: str
    name: Text
    region: RegionCode


class Me(Record):
    """Who asks, and as what."""

    username: str
    name: str
    kind: UserKind
    roles: list[MembershipRow]


class EnterpriseRow(Record):
    """An enterprise of the register."""

    number: str
    uscc: str
    name: str
    region: RegionCode
    industry: str
    registered_on: date
    status: EnterpriseStatus


class FactRow(Record):
    """What is known; `hidden` where it is about a person and not for you."""

    name: str
    title: Text
    value: str | int | bool | None
    hidden: bool
    source: Source
    as_of: date
    record: str


class Enterprise(EnterpriseRow):
    """An enterprise with what is known of it; persons are masked for those who need not know."""

    legal_representative: str
    phone: str
    address: str
    facts: list[FactRow]


class CaseRow(Record):
    """A case; `due_on` is the day on which the clock that runs ends."""

    number: str
    programme: str
    item: str
    enterprise: EnterpriseName
    region: RegionCode
    state: CaseState
    priority_points: int
    amount_fen: Fen | None
    due_on: date | None
    opened_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


class ClockRow(Record):
    """A statutory clock in working days; `stopped_on` is null while it runs."""

    step: Step
    started_on: date
    days: int
    due_on: date
    provisional: bool
    stopped_on: date | None


class EventRow(Record):
    """What was done with the case, and when."""

    verb: str
    at: datetime


class Case(CaseRow):
    """A case with its clocks and its course."""

    revision: int
    publicity: str | None
    clocks: list[ClockRow]
    trail: list[EventRow]


class EntitlementRow(Record):
    """What the rules say of an enterprise and an item; only `true` entitles."""

    programme: str
    item: str
    enterprise: EnterpriseName
    number: str
    region: RegionCode
    status: MatchStatus
    facts_missing: bool
    missing: list[str]
    amount_fen: Fen | None
    priority_points: int
    as_of: date


class PaymentRow(AwardRow):
    """An award as those who pay see it, released ones too."""

    case: str
    bank_reference: str
