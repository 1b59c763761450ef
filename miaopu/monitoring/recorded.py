"""A figure as the records tell it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from miaopu.engine.messages import Bilingual

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Recorded:
    """A figure and what it is made of; no value where the records may not or cannot tell."""

    value: Decimal | None
    note: Bilingual


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """A part in percent of the whole, which is not zero, half up to two decimals."""
    return (HUNDRED * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
