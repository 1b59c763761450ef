"""What beneficiaries are grouped by: a fact, the section of an industry, or whole years of age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np

from miaopu.engine.clock import add_years
from miaopu.engine.codes import decode_digits, decode_industry, decode_text
from miaopu.engine.facts import Fact, FactType, Value
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints
from miaopu.engine.rule_sets import RuleSet

AGE, FOUNDED = "age", "registered_on"
_YEARS = (1, 3, 5, 10)
_GROUPED = frozenset(
    {FactType.CODE, FactType.REGION, FactType.INDUSTRY, FactType.BOOLEAN, FactType.TAGS}
)


@dataclass(frozen=True)
class Dimension:
    """One way of grouping: its name in the answer, and the fact it looks at."""

    name: str
    fact: Fact

    def groups(self, batch: Batch, as_of: date) -> tuple[Ints, list[str | None]]:
        """For each enterprise the place of its group in the list of groups; None is unknown."""
        places, values = batch.columns[self.fact.name].identities
        names = [None if value is None else self._name(value, as_of) for value in values]
        groups: dict[str | None, int] = {}
        table = [groups.setdefault(name, len(groups)) for name in names]
        return np.array(table, dtype=np.int64)[places], list(groups)

    def _name(self, value: Value, as_of: date) -> str:
        match self.fact.type:
            case FactType.DATE:
                return _age(cast(date, value), as_of)
            case FactType.REGION:
                return decode_digits(cast(int, value))
            case FactType.INDUSTRY:
                return decode_industry(cast(int, value))[:1]
            case FactType.BOOLEAN:
                return "true" if value else "false"
            case FactType.TAGS:
                return ";".join(sorted(decode_text(tag) for tag in cast(frozenset[int], value)))
        return decode_text(cast(int, value))


def dimensions(names: Sequence[str], rules: RuleSet) -> tuple[Dimension, ...]:
    """The ways of grouping that are asked for; raises EngineError for one that there is not."""
    return tuple(_dimension(name, rules) for name in dict.fromkeys(names))


def _dimension(name: str, rules: RuleSet) -> Dimension:
    if name == AGE:
        return Dimension(AGE, rules.facts.get(FOUNDED) or Fact(FOUNDED, FactType.DATE))
    known = {rules.region_fact.name: rules.region_fact, **rules.facts}
    fact = known.get(name)
    if fact is not None and fact.type in _GROUPED:
        return Dimension(name, fact)
    usable = [one.name for one in known.values() if one.type in _GROUPED]
    raise EngineError(
        Bilingual(f"不能按“{name}”分组", f"cannot group by {name}"),
        Bilingual(f"可用：{'、'.join([*usable, AGE])}", f"use {', '.join([*usable, AGE])}"),
    )


def _age(founded: date, as_of: date) -> str:
    """Whole years since `founded`, in bands: "<1", "1-2", "3-4", "5-9", "10+"."""
    past = [years for years in _YEARS if add_years(founded, years) <= as_of]
    if not past:
        return f"<{_YEARS[0]}"
    place = len(past)
    return f"{past[-1]}+" if place == len(_YEARS) else f"{past[-1]}-{_YEARS[place] - 1}"
