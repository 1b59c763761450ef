"""What matching and explaining answer: rows, reasons, points of priority, near misses."""

from __future__ import annotations

from dataclasses import dataclass

from miaopu.engine.expressions.plain import in_one_line
from miaopu.engine.messages import Bilingual


@dataclass(frozen=True)
class MatchRow:
    """One enterprise under one rule. `status` is true or unknown; `amount_fen` is in fen.

    `missing` names the lacking facts ("decide:ID" for discretion, "@name" for a parameter): for
    the status where it is unknown, for the amount where the status is true.
    """

    enterprise_id: str
    rule: str
    status: str
    amount_fen: int | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class PriorityPoints:
    """A priority of a rule as it stands for one enterprise; `points` are 0 unless it is true."""

    id: str
    title: Bilingual
    points: int
    status: str
    clause: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class NearMiss:
    """A rule that is one condition short: which, what would make it true, and what it would pay.

    `gain_fen` is the amount as the facts are now; None where it cannot be computed.
    """

    condition: str
    would_change: Bilingual
    gain_fen: int | None

    def to_json(self) -> dict[str, object]:
        """The near miss as `explain` prints it."""
        return {
            "condition": self.condition,
            "would_change": in_one_line(self.would_change),
            "gain_fen": self.gain_fen,
        }
