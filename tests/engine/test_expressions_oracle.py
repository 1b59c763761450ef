"""Random expressions over random facts, against DuckDB; one way of running against the other."""

from datetime import date
from random import Random

import duckdb
import pytest

from miaopu.engine.expressions.evaluate import runnable
from miaopu.engine.expressions.lower import lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.reasons import Reasons
from miaopu.engine.expressions.traces import Trace
from miaopu.engine.expressions.tree import Op
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.facts import Value, read_fact
from tests.engine.expression_cases import AS_OF, COLUMNS, FACTS, TYPES, random_condition, random_row

AROUND = Surroundings(FACTS, AS_OF)
EXPRESSIONS, ROWS = 80, 40


def _sql_value(name: str, value: object) -> object:
    return int(str(value)) * 100 if TYPES[name] == "money" and value is not None else value


def _table(rows: list[dict[str, object]]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    columns = ", ".join(f"{name} {COLUMNS[kind]}" for name, kind in TYPES.items())
    connection.execute(f"CREATE TABLE facts (n INTEGER, {columns})")
    marks = ", ".join("?" * (len(TYPES) + 1))
    connection.executemany(
        f"INSERT INTO facts VALUES ({marks})",
        [
            [number, *(_sql_value(name, value) for name, value in row.items())]
            for number, row in enumerate(rows)
        ],
    )
    return connection


def _read(row: dict[str, object]) -> dict[str, Value | None]:
    return {name: read_fact(FACTS[name], value) for name, value in row.items()}


@pytest.mark.parametrize("seed", range(3))
def test_same_answers_as_duckdb(seed: int) -> None:
    random = Random(seed)
    rows = [random_row(random) for _ in range(ROWS)]
    pairs = [random_condition(random) for _ in range(EXPRESSIONS)]
    connection = _table(rows)
    seen: set[object] = set()
    for text, sql in pairs:
        answers = connection.execute(f"SELECT {sql} FROM facts ORDER BY n").fetchall()
        prepared = runnable(lower_condition(text, AROUND))
        for row, (expected,) in zip(rows, answers, strict=True):
            assert prepared.value(_read(row)) is expected, (text, sql, row)
            seen.add(expected)
    assert seen == {True, False, None}


@pytest.mark.parametrize("seed", range(3))
def test_trace_and_value_agree_and_every_unknown_names_what_it_needs(seed: int) -> None:
    random = Random(100 + seed)
    for _ in range(EXPRESSIONS):
        prepared = runnable(lower_condition(random_condition(random)[0], AROUND))
        for _ in range(10):
            facts = _read(random_row(random))
            trace = prepared.trace(facts)
            assert trace.value is prepared.value(facts)
            _check_needs(trace, facts)


def _check_needs(trace: Trace, facts: dict[str, Value | None]) -> None:
    assert not (trace.needs and trace.value is not None)
    if trace.value is None and not any(node.name == "null" for node in trace.node.walk()):
        assert trace.needs, trace.node
    if not any(node.op is Op.PRODUCT for node in trace.node.walk()):
        assert all(facts[name] is None for name in trace.needs)
    for child in trace.children:
        _check_needs(child, facts)


@pytest.mark.parametrize("seed", range(2))
def test_reading_out_never_fails_and_only_the_true_need_no_change(seed: int) -> None:
    random = Random(200 + seed)
    words = Vocabulary(FACTS)
    for _ in range(60):
        prepared = runnable(lower_condition(random_condition(random)[0], AROUND))
        reasons = Reasons(prepared, words)
        for _ in range(5):
            facts = _read(random_row(random))
            node = reasons.explain(facts)
            assert node.text.zh
            assert node.text.en
            assert (reasons.would_change(facts) is None) == (prepared.value(facts) is True)


def test_the_oracle_would_notice() -> None:
    """DuckDB's own `least` skips NULL, ours does not: the comparison sees such a difference."""
    row: dict[str, object] = dict.fromkeys(TYPES)
    connection = _table([{**row, "founded": date(2017, 1, 1)}])
    (theirs,) = connection.execute("SELECT least(employees, 5) = 5 FROM facts").fetchone() or ()
    ours = runnable(lower_condition("least(employees, 5) = 5", AROUND)).value(_read(row))
    assert theirs is True
    assert ours is None
