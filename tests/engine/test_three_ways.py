"""Planes, closures and DuckDB give one answer; every node of a condition gives one, too.

`make test` takes a small part, `make test-long` at least 400,000 values and 100,000 nodes.
"""

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from miaopu.engine.expressions.evaluate import runnable
from miaopu.engine.expressions.lower import lower_condition
from miaopu.engine.expressions.traces import Trace
from miaopu.engine.expressions.tree import Kind, Node
from miaopu.engine.facts import FactError
from miaopu.engine.planes import blocks
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import unpacked
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.planes.program import numbered, program_of
from miaopu.engine.planes.read_columns import read_column
from miaopu.engine.planes.renewal import renewed
from miaopu.engine.planes.run import RulePlanes, pieces
from miaopu.engine.planes.truth import truth_of
from miaopu.engine.rule_sets import Condition, Rule, RuleSet
from tests.engine.expression_cases import AS_OF, FACTS, TYPES, random_condition, random_row
from tests.engine.test_expressions_oracle import AROUND, _read, _table
from tests.engine.test_planes import ARROW, random_rules

SMALL, LONG = (60, 400), (220, 1_900)
SIZES = [
    pytest.param(1, SMALL, id="small"),
    pytest.param(2, LONG, id="long", marks=pytest.mark.long),
]
TRACED = 120  # of the rows, node by node


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def _arrays(rows: list[dict[str, object]]) -> dict[str, pa.Array]:
    return {
        name: pa.array([row[name] for row in rows], type=ARROW[kind])
        for name, kind in TYPES.items()
    }


def _batch(rows: list[dict[str, object]]) -> Batch:
    arrays = _arrays(rows)
    columns = {n: read_column(FACTS[n], arrays[n], len(rows), _never) for n in TYPES}
    return Batch(len(rows), columns)


def _answers(true: np.ndarray, false: np.ndarray) -> list[bool | None]:
    return [True if t else False if f else None for t, f in zip(true, false, strict=True)]


def _nodes(trace: Trace) -> list[tuple[Node, object]]:
    own = [(trace.node, trace.value)] if trace.node.kind is Kind.BOOLEAN else []
    return own + [one for child in trace.children for one in _nodes(child)]


@pytest.mark.parametrize(("seed", "size"), SIZES)
def test_one_answer_three_ways(
    seed: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    count, many = size
    rows = [random_row(random) for _ in range(many)]
    pairs = [random_condition(random) for _ in range(count)]
    connection, batch = _table(rows), _batch(rows)
    rules = RuleSet(
        tuple(
            Rule(f"r{n}", conditions=(Condition("c", text),)) for n, (text, _) in enumerate(pairs)
        ),
        FACTS,
    )
    program, held = program_of(rules, AS_OF), read_batch(rules, AS_OF, _arrays(rows), many, _never)
    [piece] = pieces(program, held)
    planes = {one.place: one.plane for one in piece.rules if isinstance(one, RulePlanes)}
    entitled = []
    for library in {blocks.LIBRARY, None}:  # compiled, where there is a compiler, and numpy
        monkeypatch.setattr(blocks, "LIBRARY", library)
        true_ = match_batch(rules, AS_OF, held, unknown=False)
        entitled.append([true_.row[true_.rule == place].tolist() for place in range(count)])
    values = nodes = 0
    kinds: set[object] = set()
    for place, (text, sql) in enumerate(pairs):
        told = connection.execute(f"SELECT {sql} FROM facts ORDER BY n").fetchall()
        expected = [one for (one,) in told]
        closure = runnable(lower_condition(text, AROUND))
        plane = planes.get(place)
        if plane is None:
            assert set(expected) == {False}, text
        else:
            true, maybe = unpacked(plane[0], many), unpacked(plane[1], many)
            assert _answers(true, ~maybe) == expected, (text, sql)
        true_rows = [n for n, one in enumerate(expected) if one]
        assert all(one[place] == true_rows for one in entitled), text
        values += many
        kinds |= set(expected)
        found: dict[Node, list[bool | None]] = {}
        for row, answer in zip(range(TRACED), expected, strict=False):
            trace = closure.trace(_read(rows[row]))
            assert trace.value is answer, (text, rows[row])
            for node, value in _nodes(trace):
                if node not in found:
                    found[node] = _answers(*truth_of(node, batch))
                assert found[node][row] is value, (text, node)
                nodes += 1
    assert kinds == {True, False, None}
    assert size != LONG or (values >= 400_000 and nodes >= 100_000)


@pytest.mark.parametrize("seed", range(4))
def test_a_renewal_is_a_full_run(seed: int) -> None:
    random = Random(300 + seed)
    rules = random_rules(random, 25)
    rows = [random_row(random) for _ in range(150)]
    before = match_batch(rules, AS_OF, read_batch(rules, AS_OF, _arrays(rows), 150, _never))
    changed = sorted(random.sample(range(150), seed * 9))
    for row in changed:
        rows[row] = random_row(random)
    batch = read_batch(rules, AS_OF, _arrays(rows), 150, _never)
    found = renewed(before, rules, AS_OF, batch, np.array(changed, dtype=np.int64))
    assert list(found.rows()) == list(match_batch(rules, AS_OF, batch).rows())
    assert len(found) > 50


def test_what_rules_ask_alike_is_one_step() -> None:
    rules = RuleSet(
        tuple(
            Rule(name, conditions=(Condition("c", "employees <= 20 or high_tech"),))
            for name in ("a", "b")
        ),
        FACTS,
    )
    program = program_of(rules, AS_OF)
    assert len(program.steps) == 3
    assert numbered(program.prepared).steps == program.steps
