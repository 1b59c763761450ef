"""What the books write down about an enterprise: that an item's money has been paid to it.

A pack's item says so with `records: {fact: …}`; other items' conditions may read the fact (rules
read only facts). The day of the payment is the fact's value and the day from which it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from miaopu.core.models import User
from miaopu.ledger.enums import AwardState, TransferKind
from miaopu.ledger.models import Award, Transfer
from miaopu.parties.actions import end_fact, record_fact_of_many
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion


def _record_name(award: Award, occasion: int) -> str:
    """The award's number; from its second payment on with the count, so that each is a record."""
    return award.number if occasion < 2 else f"{award.number}/{occasion}"


def _occasions(awards: Sequence[Award]) -> dict[int, int]:
    """How often each award was paid, by award."""
    posts = Transfer.objects.filter(award__in=awards, kind=TransferKind.POST)
    return dict(posts.values_list("award").annotate(n=Count("pk")).order_by())


def _write_down(recorded: Sequence[tuple[Award, str]], by: User | None) -> None:
    """Write down awards' payments, each under the fact beside it, one day's together."""
    occasions = _occasions([award for award, _fact in recorded])
    groups: dict[tuple[str, date], dict[str, Enterprise]] = defaultdict(dict)
    for award, fact in recorded:
        assert award.paid_at is not None  # a paid award is complete
        name = _record_name(award, occasions[award.pk])
        groups[fact, timezone.localdate(award.paid_at)][name] = award.case.judged
    for (fact, day), records in sorted(groups.items(), key=lambda group: group[0]):
        record_fact_of_many(records, fact, day, source=Source.SYSTEM, valid_from=day, by=by)


@transaction.atomic
def record_payments(awards: Sequence[Award], *, by: User | None) -> None:
    """Write down the facts that the paid awards' items record, if any; twice changes nothing.

    To be called when the awards have become paid, in the same transaction.
    """
    records = [(award, award.case.item.definition.records) for award in awards]
    _write_down([(award, one.fact) for award, one in records if one is not None], by)


@transaction.atomic
def unrecord_payment(award: Award, *, by: User | None, reason: str) -> None:
    """End the fact again: the money came back. To be called in the same transaction."""
    record = award.case.item.definition.records
    if record is not None:
        end_fact(
            award.case.judged,
            record.fact,
            source=Source.SYSTEM,
            record=_record_name(award, _occasions([award]).get(award.pk, 0)),
            by=by,
            reason=reason,
        )


@transaction.atomic
def record_earlier_payments(version: ProgrammeVersion, *, by: User | None) -> int:
    """Write down payments made before the version's items recorded any; again changes nothing.

    Cases that began under an older version of the pack stay on it, but what was paid was paid.
    Returns how many payments there are.
    """
    known = 0
    for code, item in version.pack.items.items():
        if item.records is None:
            continue
        paid = Award.objects.filter(
            state=AwardState.PAID, case__programme=version.programme, case__item__code=code
        )
        awards = paid.select_related("case__enterprise").defer("case__form", "case__trace")
        recorded = [(award, item.records.fact) for award in awards.order_by("pk")]
        _write_down(recorded, by)
        known += len(recorded)
    return known
