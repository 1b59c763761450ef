"""How far the demo's cases get, wave by wave, and how often each comes in a district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Stop:
    """How far a case of a wave gets; days are those of 2018, None where it stops before."""

    submitted: date | None
    accepted: date | None = None
    proposed: date | None = None
    approved: date | None = None
    published: date | None = None
    decided: date | None = None
    paid: date | None = None
    refused: date | None = None
    withdrawn: date | None = None
    returned: date | None = None
    answered: date | None = None
    objected: date | None = None


def on(month: int, day: int) -> date:
    """A day of the demo's year."""
    return date(2018, month, day)


_UNTIL_DECISION = (on(4, 2), on(4, 3), on(4, 4), on(4, 8), on(4, 8), on(4, 18))
PAID = Stop(*_UNTIL_DECISION, paid=on(4, 23))
LATE_PAYMENT = Stop(*_UNTIL_DECISION)
REFUSED = Stop(on(4, 3), on(4, 4), on(4, 9), refused=on(4, 11))
REFUSAL_PROPOSED = Stop(on(5, 3), on(5, 4), on(5, 9), refused=on(12, 31))  # not yet
WITHDRAWN = Stop(on(4, 10), on(4, 11), withdrawn=on(4, 12))
SECOND_PAID = Stop(on(4, 9), on(4, 10), on(4, 12), on(4, 13), on(4, 13), on(4, 25), paid=on(5, 3))
WAITS_FOR_PAYMENT = Stop(on(4, 16), on(4, 17), on(4, 19), on(4, 20), on(4, 20), on(5, 4))
WAITS_FOR_DECISION = Stop(on(4, 19), on(4, 20), on(4, 24), on(4, 26), on(4, 26))
IN_PUBLICITY = Stop(on(4, 24), on(4, 26), on(4, 28), on(5, 3), on(5, 3))
OBJECTED = Stop(on(4, 24), on(4, 26), on(4, 28), on(5, 3), on(5, 3), objected=on(5, 7))
WAITS_FOR_LIST = Stop(on(4, 27), on(5, 2), on(5, 4), on(5, 8))
PROPOSED = Stop(on(5, 2), on(5, 3), on(5, 8))
ACCEPTED = Stop(on(5, 4), on(5, 7))
RETURNED = Stop(on(5, 4), on(5, 7), returned=on(5, 8))
NOT_CORRECTED = Stop(on(4, 9), on(4, 10), returned=on(4, 12))
CORRECTED = Stop(on(4, 25), on(4, 26), returned=on(4, 28), answered=on(5, 7))
LATE_REVIEW = Stop(on(4, 12), on(4, 16))
SUBMITTED = Stop(on(5, 8))
LATE_ACCEPTANCE = Stop(on(4, 26))
DRAFT = Stop(None)

# How often each comes in a large district, and in a small one.
LARGE = (
    *[PAID] * 7,
    *[SECOND_PAID] * 4,
    *[LATE_PAYMENT],
    *[WAITS_FOR_PAYMENT] * 2,
    *[IN_PUBLICITY] * 3,
    *[WAITS_FOR_LIST] * 2,
    *[PROPOSED] * 3,
    *[ACCEPTED] * 3,
    *[LATE_REVIEW],
    *[SUBMITTED] * 3,
    *[LATE_ACCEPTANCE],
    *[REFUSED, REFUSAL_PROPOSED, WITHDRAWN, DRAFT],
    *[RETURNED, NOT_CORRECTED, CORRECTED, OBJECTED],
)
SMALL = (PAID, PAID, SECOND_PAID, WAITS_FOR_DECISION, PROPOSED, SUBMITTED)
