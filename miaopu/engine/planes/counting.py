"""What several rules pay for is counted once: of those that are true for somebody one counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.prepared import PreparedRules


@dataclass(frozen=True)
class CountedRules:
    """For each rule, by its place, the set it is counted in; -1 where it stands alone."""

    sets: Ints

    @staticmethod
    def of(rules: PreparedRules) -> CountedRules | None:
        """The sets of prepared rules; None where each rule stands alone."""
        if not rules.counted_once:
            return None
        sets = np.full(len(rules.rules), -1, dtype=np.int64)
        for number, (_set, places) in enumerate(rules.counted_once):
            sets[list(places)] = number
        return CountedRules(sets)

    def kept(self, row: Ints, rule: Ints, true: Bools, fen: Ints, priced: Bools) -> Bools:
        """Which matches count, out of all those of some enterprises.

        As `PreparedRules.elsewhere`: the largest amount, of several alike the first of the rules;
        an amount that cannot be computed is behind all others. Who is unknown stays so.
        """
        kept = np.ones(len(row), dtype=np.bool_)
        asked = np.flatnonzero(true & (self.sets[rule] >= 0))
        sets = self.sets[rule[asked]]
        ranks = np.where(priced, -fen, 1)[asked]  # what stands where there is no amount is nothing
        order = np.lexsort((rule[asked], ranks, ~priced[asked], sets, row[asked]))
        places, of_set = asked[order], sets[order]
        again = (row[places][1:] == row[places][:-1]) & (of_set[1:] == of_set[:-1])
        kept[places[1:][again]] = False
        return kept
