"""What the API gives to anyone of the policy library and the fee lists, key by key."""

from __future__ import annotations

from datetime import date, datetime

from miaopu.plans.enums import DocumentKind, FeePayer
from miaopu.portal.api.schemas import Record, RegionCode, Sha256


class PolicyRow(Record):
    """A document; without a region it holds in the whole country."""

    code: str
    title: str
    number: str
    issuer: str
    kind: DocumentKind
    region: RegionCode | None
    issued_on: date
    valid_from: date
    valid_to: date | None
    repealed_on: date | None
    illustrative: bool


class PolicyClause(Record):
    """A clause, with its place in the text."""

    path: str
    title: str
    start: int
    end: int


class PolicyCitation(Record):
    """What the document cites; `document` is the code of the one in the library."""

    title: str
    number: str
    document: str | None


class PolicyCard(Record):
    """The plain-language card."""

    what: str
    who: str
    how_much: str
    how: str
    until: str


class Policy(PolicyRow):
    """A document with its text."""

    version: int
    published_at: datetime
    card: PolicyCard
    text: str
    sha256: Sha256
    clauses: list[PolicyClause]
    citations: list[PolicyCitation]
    cited_by: list[str]


class FeeRow(Record):
    """A fee that may be charged."""

    region: RegionCode
    version: int
    valid_from: date
    name: str
    basis: str
    authority: str
    standard: str
    payer: FeePayer
    note: str
    illustrative: bool
