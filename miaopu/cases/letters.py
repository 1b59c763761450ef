"""Freezing the facts of a decision into its letter, with a number of its office's yearly series."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from miaopu.cases.enums import CaseState, Verb
from miaopu.cases.models import Case, DecisionLetter
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.models import Office, Region, User
from miaopu.core.scope import region_prefix
from miaopu.engine.letters.content import (
    DUTY,
    Letter,
    Share,
    document_number,
    labelled,
    rewarded_for,
)
from miaopu.engine.letters.pdf import letter_pdf
from miaopu.engine.letters.word import letter_docx
from miaopu.engine.money import split
from miaopu.engine.seals import canonical

MAKERS: dict[str, Callable[[Letter], bytes]] = {"pdf": letter_pdf, "docx": letter_docx}
LETTER_LOCK = 7_102_019  # the advisory lock of the numbers; any number nobody else uses
LEVELS = {
    Region.Level.PROVINCE: "province",
    Region.Level.CITY: "city",
    Region.Level.COUNTY: "county",
}


def digest_of(letter: DecisionLetter) -> str:
    """SHA-256 over the letter's facts in canonical form."""
    return hashlib.sha256(canonical(letter.content)).hexdigest()


@transaction.atomic
def freeze_letter(case: Case, *, by: User) -> DecisionLetter:
    """Write the letter of a case that `by` has just decided; once for each case.

    The caller holds the case. Raises IntegrityError where it has a letter already.
    """
    office = _deciding_office(case, by)
    day = timezone.localdate(case.decided_at) if case.decided_at else clock.today()
    serial = _next_serial(office.region, day.year)
    number = document_number(office.region.name, day.year, serial)
    letter = Letter(
        kind="grant" if case.state == CaseState.GRANTED else "refusal",
        number=number,
        office=office.name,
        day=day,
        enterprise=case.enterprise.name,
        uscc=case.enterprise.uscc,
        case=case.number,
        programme=case.item.version.pack.title.zh,
        item=case.item.title,
        clause=case.item.definition.clause,
        clauses=tuple(_clauses(case)),
        **(_granted(case) if case.state == CaseState.GRANTED else {"reasons": (_why(case),)}),
    )
    frozen = DecisionLetter(
        case=case,
        region=office.region,
        year=day.year,
        serial=serial,
        number=number,
        content=letter.to_json(),
        made_by=by,
        made_at=clock.now(),
    )
    frozen.digest = digest_of(frozen)
    frozen.save()
    record_event(
        case,
        Verb.MAKE_LETTER,
        by=by,
        reason=number,
        region=case.region_id,
        data={"digest": frozen.digest},
    )
    return frozen


def document(frozen: DecisionLetter, kind: str) -> bytes:
    """The letter as a document: "pdf" or "docx". Raises KeyError for another kind."""
    return MAKERS[kind](frozen.letter)


def _deciding_office(case: Case, by: User) -> Office:
    """The approver's office that covers the case most closely."""
    offices = [
        membership.office
        for membership in by.live_memberships
        if membership.role == Role.APPROVER
        and case.region_id.startswith(region_prefix(membership.office.region_id))
    ]
    return max(offices, key=lambda office: len(region_prefix(office.region_id)))


def _next_serial(region: Region, year: int) -> int:
    """The next number of the region's series; others wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LETTER_LOCK, int(region.code)])
    last = DecisionLetter.objects.filter(region=region, year=year).aggregate(last=Max("serial"))
    return (last["last"] or 0) + 1


def _clauses(case: Case) -> Iterator[str]:
    """The clauses that the item and its conditions cite, each once."""
    definition = case.item.definition
    cited = [definition.clause, *(one.clause for one in definition.conditions if one.clause)]
    yield from dict.fromkeys(cited)


def _granted(case: Case) -> dict[str, Any]:
    """What a letter of support says beside what every letter says."""
    publicity = case.publicity
    return {
        "amount_fen": case.amount_fen,
        "shares": tuple(_shares(case)),
        "reasons": (*_rewarded_for(case), *_reasons(case.trace)),
        "conditions": tuple(_conditions(case)),
        "publicity": publicity.number if publicity else "",
        "publicity_digest": publicity.digest if publicity else "",
        "publicity_from": publicity.starts_on if publicity else None,
        "publicity_to": publicity.ends_on if publicity else None,
    }


def _rewarded_for(case: Case) -> Iterator[str]:
    """Whose success is rewarded, where it is not the addressee's own."""
    if case.subject is not None:
        yield rewarded_for(case.subject.name, case.subject.uscc)


def _shares(case: Case) -> Iterator[Share]:
    """What each level bears, by the pack's ratio, with the region that bears it."""
    shares = case.item.definition.shares
    if not shares:
        return
    bearing: dict[str, Region] = {}
    region: Region | None = case.region
    while region is not None:
        bearing[LEVELS[Region.Level(region.level)]] = region
        region = region.parent
    parts = split(case.amount_fen or 0, list(shares.values()))
    for level, part in zip(shares, parts, strict=True):
        if part:
            yield Share(level, bearing[level].name if level in bearing else "", part)


def _reasons(trace: Mapping[str, Any]) -> Iterator[str]:
    """Each condition of the stored trace with what was found."""
    for node in trace.get("tree", {}).get("children", []):
        found = [one["found"] for one in (node, *node["children"]) if one["found"]]
        text = (node["title"] or node["text"])["zh"]
        yield labelled(text, found[0]["zh"]) if found else text


def _conditions(case: Case) -> Iterator[str]:
    """What the enterprise is held to: what it declared itself; no personal data, no account."""
    questions = case.item.definition.form
    hidden = {one.id.partition("_")[0] for one in questions if one.type == "account"}
    for question in questions:
        answer = str(case.form.get(question.id, "")).strip()
        open_ = question.type in ("text", "integer", "money", "date") and not question.personal
        if open_ and answer and question.id.partition("_")[0] not in hidden:
            yield labelled(question.title.zh, answer)
    yield DUTY


def _why(case: Case) -> str:
    """The reason that was proposed for the refusal."""
    event = case.trail().filter(verb=Verb.PROPOSE_REFUSAL).last()
    return event.reason if event is not None else ""
