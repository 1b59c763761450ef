"""What the books write down about an enterprise: that an item's money has been paid to it.

A pack's item says so with `records: {fact: …}`; other items' conditions may read the fact (rules
read only facts). The day of the payment is the fact's value and the day from which it holds.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from miaopu.core.models import User
from miaopu.ledger.enums import AwardState
from miaopu.ledger.models import Award
from miaopu.parties.actions import end_fact, record_fact
from miaopu.parties.enums import Source
from miaopu.plans.models import ProgrammeVersion


def _write_down(award: Award, fact: str, by: User | None) -> None:
    assert award.paid_at is not None  # a paid award is complete
    day = timezone.localdate(award.paid_at)
    record_fact(
        award.case.enterprise,
        fact,
        day,
        source=Source.SYSTEM,
        record=award.number,
        valid_from=day,
        by=by,
    )


@transaction.atomic
def record_payment(award: Award, *, by: User | None) -> None:
    """Write down the fact that the paid award's item records, if any; twice changes nothing.

    To be called when the award has become paid, in the same transaction.
    """
    record = award.case.item.definition.records
    if record is not None:
        _write_down(award, record.fact, by)


@transaction.atomic
def unrecord_payment(award: Award, *, by: User | None, reason: str) -> None:
    """End the fact again: the money came back. To be called in the same transaction."""
    record = award.case.item.definition.records
    if record is not None:
        end_fact(
            award.case.enterprise,
            record.fact,
            source=Source.SYSTEM,
            record=award.number,
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
        for award in paid.select_related("case__enterprise").order_by("pk"):
            _write_down(award, item.records.fact, by)
            known += 1
    return known
