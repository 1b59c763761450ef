"""Matches as sets: for each rule who is entitled and who might be, as roaring bitmaps.

A long table says everything of a match; sets say who, in a hundredth of the room, and answer who is
in one and not in another: who gains and who loses when rules or facts have changed. Enterprises are
numbers below 2³²: rows of a file, or keys of a register that stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

from miaopu.engine.messages import Bilingual
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.matching import Matches
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.table_errors import TableError
from miaopu.engine.table_write import moved_when_complete

_COLUMNS = ("rule", "true", "unknown")


class Change(NamedTuple):
    """Who is entitled under a rule now and was not before, and who was and is no more."""

    rule: str
    gain: BitMap
    lose: BitMap


@dataclass
class MatchSets:
    """For each rule, by its id, who is entitled and who might be."""

    true: dict[str, BitMap] = field(default_factory=dict)
    unknown: dict[str, BitMap] = field(default_factory=dict)

    def add(self, rules: RuleSet, matches: Matches, numbers: Ints | int = 0) -> None:
        """Add the matches of a batch; `numbers` are those of its rows, or that of its first."""
        for place, rule in enumerate(rules.rules):
            mine = matches.rule == place
            for sets, rows in (
                (self.true, matches.row[mine & matches.true]),
                (self.unknown, matches.row[mine & ~matches.true]),
            ):
                which = rows + numbers if isinstance(numbers, int) else numbers[rows]
                found = BitMap(which.astype(np.uint32))
                sets[rule.id] = sets[rule.id] | found if rule.id in sets else found

    def anybody(self) -> BitMap:
        """Everybody who is entitled under at least one rule."""
        return BitMap.union(BitMap(), *self.true.values())

    def rules_of(self, number: int) -> list[str]:
        """The rules under which one enterprise is entitled."""
        return [rule for rule, who in self.true.items() if number in who]

    def since(self, before: MatchSets) -> Iterator[Change]:
        """For each rule of either who gains and who loses; rules with no change are left out."""
        none = BitMap()
        for rule in dict.fromkeys([*before.true, *self.true]):
            old, new = before.true.get(rule, none), self.true.get(rule, none)
            if old != new:
                yield Change(rule, new - old, old - new)

    def renew(self, changed: Sequence[int] | Ints, found: MatchSets) -> None:
        """Put what was `found` for the enterprises `changed` in the place of what was known."""
        asked = BitMap(np.asarray(changed, dtype=np.uint32))
        for mine, theirs in ((self.true, found.true), (self.unknown, found.unknown)):
            for rule in dict.fromkeys([*mine, *theirs]):
                mine[rule] = (mine.get(rule, BitMap()) - asked) | theirs.get(rule, BitMap())

    def save(self, path: Path) -> None:
        """Write the sets as Parquet: rule, true, unknown, in roaring's portable form."""
        rules = list(dict.fromkeys([*self.true, *self.unknown]))
        none = BitMap()
        columns = [
            pa.array(rules, pa.string()),
            *(
                pa.array([sets.get(rule, none).serialize() for rule in rules], pa.binary())
                for sets in (self.true, self.unknown)
            ),
        ]
        with moved_when_complete(path) as beside:
            pq.write_table(pa.table(columns, names=list(_COLUMNS)), beside, compression="zstd")

    @staticmethod
    def load(path: Path) -> MatchSets:
        """The sets of a file; raises TableError for a file that holds none."""
        try:
            rows = pq.read_table(path, columns=list(_COLUMNS)).to_pylist()
            return MatchSets(
                {row["rule"]: BitMap.deserialize(row["true"]) for row in rows},
                {row["rule"]: BitMap.deserialize(row["unknown"]) for row in rows},
            )
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise TableError(
                Bilingual(f"{path} 不是匹配集合文件", f"{path} holds no sets of matches"),
                Bilingual("请用 match --sets 重新生成", "make it again with match --sets"),
            ) from error
