"""The rules in DuckDB, over a table sorted by region, in the two forms that did best."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from bench.rules.made import Amount, Atom, Made, window_start
from bench.rules.register import TYPES, Register
from miaopu.engine.facts import FactType

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


class Side:
    """A table in memory; `union` and `loop` give (enterprise, rule, fen) of everybody entitled."""

    def __init__(self, rules: list[Made], register: Register) -> None:
        self.connection = duckdb.connect()
        columns = {"n": pa.array(np.arange(register.rows, dtype=np.int32))}
        for name, kind in TYPES.items():
            numbers = register.numbers[name]
            numbers = numbers * 100 if kind is FactType.MONEY else numbers
            columns[name] = pa.array(_typed(numbers, kind), mask=~register.known[name])
        given = pa.table(columns)
        self.connection.register("given", given)
        self.connection.execute("CREATE TABLE facts AS SELECT * FROM given")
        self.arms = [_arm(place, rule) for place, rule in enumerate(rules)]

    def union(self) -> Rows:
        """One statement of all rules."""
        return self._rows(self.connection.execute(" UNION ALL ".join(self.arms)))

    def loop(self) -> Rows:
        """One statement after the other into a table."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE found (n INTEGER, rule INTEGER, fen BIGINT)"
        )
        for arm in self.arms:
            self.connection.execute(f"INSERT INTO found {arm}")
        return self._rows(self.connection.execute("SELECT n, rule, fen FROM found"))

    def _rows(self, answer: duckdb.DuckDBPyConnection) -> Rows:
        found = answer.fetchnumpy()
        return found["n"], found["rule"], np.ma.filled(found["fen"], -1)


def _typed(numbers: np.ndarray, kind: FactType) -> np.ndarray:
    if kind is FactType.BOOLEAN:
        return numbers > 0
    if kind is FactType.MONEY:
        return numbers
    return numbers.astype(np.int32 if kind is not FactType.CODE else np.int8)


def _arm(place: int, rule: Made) -> str:
    asked = [_inside("region", rule.region, 6)] if rule.region else []
    asked += [f"({_sql(atom)})" for atom in rule.conditions]
    where = " AND ".join(asked)
    fen = f"CAST({_fen(rule.amount)} AS BIGINT)"
    return f"SELECT n, {place} AS rule, {fen} AS fen FROM facts WHERE {where}"


def _inside(fact: str, prefix: str, digits: int) -> str:
    size = 10 ** (digits - len(prefix))
    return f"{fact} BETWEEN {int(prefix) * size} AND {int(prefix) * size + size - 1}"


def _sql(atom: Atom) -> str:
    fact, args = atom.fact, atom.args
    match atom.kind:
        case "compare":
            times = 100 if TYPES[fact] is FactType.MONEY else 1
            return f"{fact} {args[0]} {int(str(args[1])) * times}"
        case "truth":
            return fact
        case "among":
            return f"{fact} IN ({', '.join(str(one) for one in args)})"
        case "industry":
            return " OR ".join(_inside(fact, str(one), 4) for one in args)
        case "since":
            return f"{fact} >= {args[0]}"
        case "window":
            return f"{fact} >= {window_start(int(str(args[0])))}"
        case "ratio":
            lower, share, whole = args
            return f"{lower} > 0 AND {fact} * {whole} >= {lower} * {share}"
    return " OR ".join(f"({_sql(part)})" for part in atom.parts)


def _fen(amount: Amount) -> str:
    fact, args = amount.fact, amount.args
    match amount.kind:
        case "flat":
            return str(args[0] * 100)
        case "cap":
            share = f"(2 * {fact} * {args[1]} + 100) // 200"
            return f"CASE WHEN {fact} IS NOT NULL THEN least({args[0] * 100}, {share}) END"
        case "each":
            sum_ = f"{fact} * {args[1] * 100}"
            return f"CASE WHEN {fact} IS NOT NULL THEN least({args[0] * 100}, {sum_}) END"
    more, less = args[1] * 100, args[2] * 100
    return (
        f"CASE WHEN {fact} IS NULL THEN NULL WHEN {fact} >= {args[0]} THEN {more} ELSE {less} END"
    )
