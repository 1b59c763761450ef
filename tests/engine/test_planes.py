"""Rules over everybody at once give the answers that one enterprise after the other gets."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaopu.engine.facts import FactError
from miaopu.engine.matching import MatchRow, match_all
from miaopu.engine.messages import Bilingual
from miaopu.engine.planes.columns import Reading
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.planes.streaming import Chunk, match_chunks
from miaopu.engine.rule_sets import Condition, CountedOnce, Rule, RuleSet
from miaopu.engine.tables import read_chunks, read_rows, write_rows
from tests.engine.expression_cases import AS_OF, FACTS, TYPES, random_condition, random_row

AMOUNTS = (
    None,
    "5000",
    "least(50000, revenue * 2 / 100)",
    "revenue / patents",
    "case when high_tech then 3000.005 else assets - 4 end",
    "coalesce(revenue, assets) * 3 / 7",
)
ARROW = {
    "integer": pa.int64(),
    "money": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "code": pa.string(),
    "region": pa.string(),
}


def random_rules(random: Random, count: int) -> RuleSet:
    """Rules with conditions, discretion, jurisdictions, amounts and sets counted once."""
    rules = []
    for number in range(count):
        conditions = [
            Condition(f"c{place}", random_condition(random, random.randint(0, 3))[0])
            for place in range(random.randint(1, 4))
        ]
        if random.random() < 0.3:
            conditions.insert(
                random.randint(0, len(conditions)),
                Condition("mature", decide=Bilingual("成熟", "mature")),
            )
        region = random.choice(["", "", "52", "5201", "1401", "520102"])
        rules.append(Rule(f"r{number}", region, tuple(conditions), amount=random.choice(AMOUNTS)))
    return RuleSet(tuple(rules), FACTS, counted_once=random_sets(random, rules))


def random_sets(random: Random, rules: list[Rule]) -> tuple[CountedOnce, ...]:
    """Some of the rules in sets of two to four."""
    names = [rule.id for rule in rules if rule.amount is not None]
    random.shuffle(names)
    sets = []
    while len(names) > len(rules) // 3:
        several, names = names[:4], names[random.randint(2, 4) :]
        title = Bilingual("同一事项", "the same event")
        sets.append(CountedOnce(f"s{len(sets)}", tuple(several[: random.randint(2, 4)]), title))
        names = [name for name in names if name not in sets[-1].rules]
    return tuple(sets)


def one_by_one(rules: RuleSet, rows: list[dict[str, object]]) -> list[MatchRow]:
    """The reference: `match_all`."""
    named = [{"enterprise_id": str(number), **row} for number, row in enumerate(rows)]
    return list(match_all(rules, named, AS_OF))


def all_at_once(rules: RuleSet, rows: list[dict[str, object]]) -> list[MatchRow]:
    """The same through planes."""
    table = {
        name: pa.array([row[name] for row in rows], type=ARROW[kind])
        for name, kind in TYPES.items()
    }

    def problem(row: int, error: FactError) -> None:
        raise AssertionError((row, error))

    batch = read_batch(rules, AS_OF, table, len(rows), problem)
    return [
        MatchRow(str(row), rules.rules[rule].id, status, fen, missing)
        for row, rule, status, fen, missing in match_batch(rules, AS_OF, batch).rows()
    ]


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(one, marks=pytest.mark.long) for one in range(1, 6))]
)
def test_same_rows_as_one_enterprise_after_the_other(seed: int) -> None:
    random = Random(seed)
    rules = random_rules(random, 60)
    rows = [random_row(random) for _ in range(150)]
    expected, found = one_by_one(rules, rows), all_at_once(rules, rows)
    for one, other in zip(expected, found, strict=False):
        assert one == other, [rule for rule in rules.rules if rule.id == one.rule]
    assert len(expected) == len(found)
    statuses = {row.status for row in expected}
    assert statuses == {"true", "unknown"}
    assert any(row.amount_fen for row in expected)


MESSY: dict[str, list[object]] = {
    "enterprise_id": ["a", "", None, "a", "b", " c ", 7],
    "employees": [1, "x", 2.5, True, "1e2", None, "9" * 30],
    "patents": [0, "-3", "", 2, 1, None, "２"],
    "revenue": ["1.005", "12.34", 0, "-5", "1e30", None, "92233720368547758.07"],
    "assets": ["3", Decimal("4.50"), 0, "92233720368547758.08", 1, None, "n"],
    "high_tech": ["true", "是", "maybe", None, "0", True, "F"],
    "honest": [True, False, None, None, True, "yes", "?"],
    "founded": ["2017-02-28", "2017-02-30", "2017/1/1", None, "2016-05-06", "", "9999-12-31"],
    "moved": ["2018-01-01", None, None, None, "2018-06-30", "x", "0001-01-01"],
    "size": ["micro", "small", " micro ", "", None, "large", "中"],
    "region": ["520102", "52", "x", None, "5201", "520102001", "999999"],
}


def messy_rows(random: Random, count: int) -> list[dict[str, object]]:
    """Rows of good values, bad ones, empty ones and repeated ids, as a JSON file may hold them."""
    return [
        {
            **{name: random.choice(values) for name, values in MESSY.items()},
            "enterprise_id": random.choice([f"e{number}", f"e{number}", *MESSY["enterprise_id"]]),
        }
        for number in range(count)
    ]


def told(run: Callable[..., Iterator[MatchRow]], *args: object) -> tuple[list[MatchRow], list[str]]:
    """The rows, and every refusal in the order in which it was told."""
    refusals: list[str] = []
    rows = list(run(*args, AS_OF, lambda refused: refusals.append(str(refused))))
    return rows, refusals


@pytest.mark.parametrize("suffix", [".json", ".csv"])
@pytest.mark.parametrize("seed", range(2))
def test_a_messy_file_gives_the_same_rows_and_the_same_refusals(
    seed: int, suffix: str, tmp_path: Path
) -> None:
    random = Random(seed)
    rules, rows = random_rules(random, 25), messy_rows(random, 120)
    file = tmp_path / f"facts{suffix}"
    write_rows(file, tuple(MESSY), [[_cell(row[name]) for name in MESSY] for row in rows])
    expected = told(match_all, rules, read_rows(file))
    for size in (7, 1000):
        chunks = (Chunk(columns, count) for columns, count in read_chunks(file, size))
        found = told(match_chunks, rules, chunks)
        assert sorted(found[1]) == sorted(expected[1])
        assert [one.partition("：")[0] for one in found[1]] == [
            one.partition("：")[0] for one in expected[1]
        ]
        assert found[0] == expected[0]
    assert expected[0]
    assert len(expected[1]) > 20


def _cell(value: object) -> str | None:
    return None if value is None else str(value)


def test_numbers_of_parquet_are_read_exactly_or_looked_at_closely(tmp_path: Path) -> None:
    money = [0.1, 19999999.99, 1e14, None, float("nan"), 0.005, 92233720368547758.0]
    table = pa.table(
        {
            "enterprise_id": [str(number) for number in range(len(money))],
            "revenue": pa.array(money, pa.float64()),
            "employees": pa.array([1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0]),
            "assets": pa.array([Decimal("1.10")] * 6 + [None], pa.decimal128(12, 2)),
            "patents": pa.array([1, 2, 3, 4, 5, 6, 2**63 - 1], pa.int64()),
        }
    )
    file = tmp_path / "facts.parquet"
    pq.write_table(table, file)
    amount = "coalesce(revenue, 0) + assets + patents * 1 - employees * 1"
    rules = RuleSet((Rule("r", conditions=(Condition("c", "patents > 0"),), amount=amount),), FACTS)
    expected = told(match_all, rules, read_rows(file))
    chunks = (Chunk(columns, count) for columns, count in read_chunks(file, 3))
    assert told(match_chunks, rules, chunks) == expected
    assert len(expected[1]) == 3  # no number; finer than a fen; beyond 64 bits
    assert expected[1][0].startswith("第 5 行数据：“revenue”是 NaN")


def test_what_could_leave_64_bits_is_computed_one_by_one() -> None:
    big = 90_000_000_000_000_000
    rows: list[dict[str, object]] = [
        {**dict.fromkeys(TYPES), "revenue": big, "assets": big, "employees": 900},
        {**dict.fromkeys(TYPES), "revenue": 7, "assets": 5, "employees": 0},
        {**dict.fromkeys(TYPES), "revenue": -big, "assets": 3, "employees": 2},
    ]
    conditions = ("revenue * employees > assets", "revenue * 1000 = assets or true")
    rules = RuleSet(
        tuple(
            Rule(f"r{number}", conditions=(Condition("c", when),), amount="revenue * employees")
            for number, when in enumerate(conditions)
        ),
        FACTS,
    )
    expected = one_by_one(rules, rows)
    assert all_at_once(rules, rows) == expected
    assert None in {row.amount_fen for row in expected}  # an amount beyond 64 bits is none


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1875, 1, 1), date(2065, 1, 1), date.max])
def test_days_that_are_far_from_ours(day: date) -> None:
    """They lie close together, so few bytes hold them, but not the first of them."""
    days = [day, None, day]
    rules = RuleSet(
        (Rule("r", conditions=(Condition("c", "founded > date '2018-01-01'"),)),), FACTS
    )
    for reading in (Reading.COMPACT, Reading.STORED):
        table = {"founded": pa.array(days, pa.date32())}
        batch = read_batch(
            rules, AS_OF, table, 3, lambda _row, error: pytest.fail(str(error)), reading=reading
        )
        assert [batch.facts(row)["founded"] for row in range(3)] == days
        true = [row for row, *_rest in match_batch(rules, AS_OF, batch, unknown=False).rows()]
        assert true == ([0, 2] if day > AS_OF else [])
