"""Matches as sets: the same who, saved and loaded, renewed, and compared."""

from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from pyroaring import BitMap

from miaopu.engine.facts import FactError
from miaopu.engine.planes.matching import Matches, match_batch, read_batch
from miaopu.engine.planes.sets import MatchSets
from miaopu.engine.rule_sets import Rule, RuleSet
from miaopu.engine.table_errors import TableError
from tests.engine.expression_cases import AS_OF, FACTS, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def _matches(rules: RuleSet, rows: list[dict[str, object]]) -> Matches:
    table = {n: pa.array([row[n] for row in rows], type=ARROW[kind]) for n, kind in TYPES.items()}
    return match_batch(rules, AS_OF, read_batch(rules, AS_OF, table, len(rows), _never))


def _sets(rules: RuleSet, rows: list[dict[str, object]]) -> MatchSets:
    sets = MatchSets()
    sets.add(rules, _matches(rules, rows))
    return sets


def _who(rules: RuleSet, rows: list[dict[str, object]], status: str) -> set[tuple[str, int]]:
    found = _matches(rules, rows).rows()
    return {(rules.rules[rule].id, row) for row, rule, was, *_rest in found if was == status}


def _listed(sets: dict[str, BitMap]) -> set[tuple[str, int]]:
    return {(rule, number) for rule, who in sets.items() for number in who}


@pytest.mark.parametrize("seed", range(2))
def test_sets_are_the_table(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    rules = random_rules(random, 12)
    rows = [random_row(random) for _ in range(120)]
    whole = _sets(rules, rows)
    assert _listed(whole.true) == _who(rules, rows, "true")
    assert _listed(whole.unknown) == _who(rules, rows, "unknown")
    parts = MatchSets()
    for start in range(0, 120, 50):
        parts.add(rules, _matches(rules, rows[start : start + 50]), start)
    assert parts == whole
    whole.save(tmp_path / "sets.parquet")
    assert MatchSets.load(tmp_path / "sets.parquet") == whole
    assert set(whole.anybody()) == {row for _rule, row in _who(rules, rows, "true")}
    assert set(whole.rules_of(7)) == {r for r, row in _who(rules, rows, "true") if row == 7}


def test_who_gains_and_who_loses() -> None:
    random = Random(5)
    rules = random_rules(random, 12)
    rows = [random_row(random) for _ in range(120)]
    before = _sets(rules, rows)
    changed = sorted(random.sample(range(120), 15))
    for row in changed:
        rows[row] = random_row(random)
    after = _sets(rules, rows)
    asked = MatchSets()
    asked.add(rules, _matches(rules, [rows[row] for row in changed]), pa.array(changed).to_numpy())
    renewed = MatchSets(dict(before.true), dict(before.unknown))
    renewed.renew(changed, asked)
    assert renewed == after
    gain = {(one.rule, number) for one in after.since(before) for number in one.gain}
    lose = {(one.rule, number) for one in after.since(before) for number in one.lose}
    assert gain == _listed(after.true) - _listed(before.true)
    assert lose == _listed(before.true) - _listed(after.true)
    assert gain
    assert lose
    assert not list(before.since(before))


def test_a_rule_of_one_version_only() -> None:
    rows = [random_row(Random(1)) for _ in range(3)]
    old, new = RuleSet((Rule("a"),), FACTS), RuleSet((Rule("b"),), FACTS)
    changes = {one.rule: one for one in _sets(new, rows).since(_sets(old, rows))}
    assert (len(changes["a"].lose), len(changes["b"].gain)) == (3, 3)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_text("no", encoding="utf-8")
    with pytest.raises(TableError):
        MatchSets.load(tmp_path / "x.parquet")
