"""The average that all grants of an item together may not exceed (docs/adr/0011).

A plan may fund an item "at an average of so much": the reviewer proposes and signs each amount, and
the programme's cases together stay within average × number. Counted are cases, not budgets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item
from miaopu.core.errors import ActionRefused
from miaopu.engine.money import format_yuan
from miaopu.plans.models import Programme

ON_LISTS = (CaseState.PUBLISHED, CaseState.GRANTED)
DECIDED = (CaseState.GRANTED,)
SELECTED = (CaseState.APPROVED, *ON_LISTS)


@dataclass(frozen=True)
class Envelope:
    """So many cases with so many fen together, against an average in fen."""

    average_fen: int
    count: int = 0
    amount_fen: int = 0

    def plus(self, amounts_fen: Iterable[int]) -> Envelope:
        """The envelope with further amounts in it."""
        added = list(amounts_fen)
        return Envelope(self.average_fen, self.count + len(added), self.amount_fen + sum(added))

    @property
    def room_fen(self) -> int:
        """What is left below average × number, in fen; negative by how much it is exceeded."""
        return self.average_fen * self.count - self.amount_fen

    @property
    def next_fen(self) -> int:
        """The largest amount that one more case may have, in fen, never below zero."""
        return max(0, self.room_fen + self.average_fen)


class EnvelopeExceeded(ActionRefused):
    """The average would be exceeded; says by how much. `over_fen` is the same in fen."""

    def __init__(self, item: Item, envelope: Envelope, remedy: str) -> None:
        super().__init__(
            _(
                "“%(item)s”户均不得超过 %(average)s 元：连同本次共 %(count)s 户、"
                "合计 %(total)s 元，超出 %(over)s 元"
            )
            % {
                "item": item.title,
                "average": format_yuan(envelope.average_fen),
                "count": envelope.count,
                "total": format_yuan(envelope.amount_fen),
                "over": format_yuan(-envelope.room_fen),
            },
            remedy,
        )
        self.over_fen = -envelope.room_fen


def envelope_of(item: Item, states: Iterable[str] = ON_LISTS) -> Envelope | None:
    """What the item's cases in the states come to, over the whole programme; None without average.

    Cases of all versions of the programme count: the money is the programme's.
    """
    decided = item.definition.amount_decided
    if decided is None:
        return None
    cases = Case.objects.filter(
        programme_id=item.version.programme_id, item__code=item.code
    ).in_states(*states)
    sums = cases.aggregate(count=Count("pk"), amount=Sum("amount_fen", default=0))
    return Envelope(decided.average_fen, sums["count"], int(sums["amount"]))


def lock_envelope(item: Item) -> None:
    """Hold the item's envelope until the transaction ends, where it has one.

    To be called before any case is locked: programme first, then cases, then accounts.
    """
    if item.definition.amount_decided is not None:
        programmes = Programme.objects.select_for_update(of=("self",), no_key=True)
        programmes.get(pk=item.version.programme_id)


def check_list(item: Item, cases: Iterable[Case]) -> None:
    """What is published or granted, and these cases, keep the average.

    Raises EnvelopeExceeded. The caller holds the envelope.
    """
    _check(
        item,
        ON_LISTS,
        cases,
        _("请退回金额较高的办件重新核定，或与金额较低的办件一并公示；本次没有任何改动"),
    )


def check_decision(case: Case) -> None:
    """What is granted already, and this case, keep the average: so it holds after every decision.

    Raises EnvelopeExceeded. The caller holds the envelope.
    """
    _check(
        case.item,
        DECIDED,
        [case],
        _("请先决定名单中金额较低的办件，或将本件退回重新核定；本次没有任何改动"),
    )


def check_selection(item: Item, cases: Iterable[Case]) -> None:
    """What is approved, published or granted, and these cases, keep the average.

    Raises EnvelopeExceeded. The caller holds the envelope.
    """
    _check(item, SELECTED, cases, _("请将金额较高的办件移出本批或退回重新核定；本次没有任何改动"))


def _check(item: Item, states: Iterable[str], cases: Iterable[Case], remedy: str) -> None:
    envelope = envelope_of(item, states)
    if envelope is None:
        return
    with_these = envelope.plus(case.amount_fen or 0 for case in cases)
    if with_these.room_fen < 0:
        raise EnvelopeExceeded(item, with_these, remedy)
