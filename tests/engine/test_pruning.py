"""What is skipped, narrowed, rounded or shared among threads changes no answer."""

from fractions import Fraction
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from miaopu.engine.facts import FactError
from miaopu.engine.planes import blocks, entitled, run
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.columns import Reading
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.planes.program import program_of
from miaopu.engine.planes.read_columns import read_column
from miaopu.engine.planes.whereabouts import Whereabouts
from miaopu.engine.rule_sets import Condition, Rule, RuleSet
from tests.engine.expression_cases import AS_OF, FACTS, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules

ROWS = 320


@pytest.fixture(autouse=True, params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is entitled is found in either way."""
    if request.param == "numpy":
        monkeypatch.setattr(blocks, "LIBRARY", None)
    elif blocks.LIBRARY is None:
        pytest.skip("no C compiler where Miaopu was installed")


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def _batch(rules: RuleSet, rows: list[dict[str, object]]) -> Batch:
    table = {
        name: pa.array([row[name] for row in rows], type=ARROW[kind])
        for name, kind in TYPES.items()
    }
    return read_batch(rules, AS_OF, table, len(rows), _never)


def _arranged(random: Random, how: str) -> list[dict[str, object]]:
    rows = [random_row(random) for _ in range(ROWS)]
    if how == "by region":
        rows.sort(key=lambda row: str(row["region"] or "999999"))
    if how == "by region, unknown between":
        rows.sort(key=lambda row: str(row["region"] or random.choice(["1", "520102x", "9"])))
    if how == "backwards":
        rows.sort(key=lambda row: str(row["region"] or ""), reverse=True)
    if how == "one place":
        rows = [{**row, "region": "520102"} for row in rows]
    return rows


@pytest.mark.parametrize(
    "how", ["mixed", "by region", "by region, unknown between", "backwards", "one place"]
)
def test_however_rows_are_arranged(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PIECE", 70)
    random = Random(how)
    rules, rows = random_rules(random, 14), _arranged(random, how)
    batch = _batch(rules, rows)
    asked = match_batch(rules, AS_OF, batch, prune=False)
    full = list(asked.rows())
    assert list(match_batch(rules, AS_OF, batch).rows()) == full
    assert list(match_batch(rules, AS_OF, batch, threads=3).rows()) == full
    true = [row for row in full if row[2] == "true"]
    for threads in (1, 2):
        found = match_batch(rules, AS_OF, batch, unknown=False, threads=threads)
        assert list(found.rows()) == true
    assert 0 < len(true) < len(full)


def _held(values: list[object], kind: str, random: Random) -> pa.Array:
    """A column with any numbers where nothing is known, codes as words with some that are none."""
    whole = pa.array(values, type=ARROW[kind])
    if kind in ("code", "region"):
        coded = whole.dictionary_encode()
        return pa.DictionaryArray.from_arrays(
            coded.indices, pa.concat_arrays([coded.dictionary, pa.array(["?", None])])
        )
    if kind == "boolean" or not whole.null_count:
        return whole
    numbers = whole.cast(pa.int32() if kind == "date" else pa.int64()).fill_null(0).to_numpy()
    numbers = np.where(whole.is_null(), random.randrange(-(2**31), 2**31), numbers)
    data = pa.py_buffer(numbers.astype(np.int32 if kind == "date" else np.int64))
    return pa.Array.from_buffers(whole.type, len(whole), [whole.buffers()[0], data])


@pytest.mark.parametrize("few", [0, 100, 10**9])
@pytest.mark.parametrize("reading", [Reading.COMPACT, Reading.STORED])
def test_who_is_entitled_however_columns_are_held_and_asked(
    few: int, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entitled, "_FEW", few)
    random = Random(few)
    rules, rows = random_rules(random, 14), _arranged(random, "by region")
    table = {name: _held([row[name] for row in rows], kind, random) for name, kind in TYPES.items()}
    batch = read_batch(rules, AS_OF, table, len(rows), _never, reading=reading)
    expected = [one for one in match_batch(rules, AS_OF, _batch(rules, rows)).rows()]
    assert list(match_batch(rules, AS_OF, batch).rows()) == expected
    true = [one for one in expected if one[2] == "true"]
    assert list(match_batch(rules, AS_OF, batch, unknown=False).rows()) == true
    plans = program_of(rules, AS_OF).plans
    assert any(plan.rows for plan in plans) is (few < 10**9)
    assert any(plan.planes for plan in plans) is (few > 0)


@pytest.mark.parametrize("unit", [1, 100, 1_000])
def test_amounts_in_units_are_compared_as_they_are(unit: int) -> None:
    random = Random(unit)
    rows = [
        {
            **dict.fromkeys(TYPES),
            "revenue": random.choice([None, random.randint(-9, 9) * unit]),
            "assets": random.randint(0, 5) * unit,
        }
        for _ in range(200)
    ]
    signs = dict(zip(("=", "<>", "<", "<=", ">", ">="), "eq ne lt le gt ge".split(), strict=True))
    figures = [Fraction(n * unit) + part for n in (-9, 0, 3) for part in (0, Fraction(1, 100))]
    asked = [(sign, one, divided) for sign in signs for one in figures for divided in (0, 1)]
    rules = RuleSet(
        tuple(
            Rule(
                f"r{number}",
                conditions=(
                    Condition(
                        "c",
                        f"revenue / assets {sign} {float(one):.2f}"
                        if divided
                        else f"revenue {sign} {float(one):.2f}",
                    ),
                ),
                amount="revenue * 3 / 2",
            )
            for number, (sign, one, divided) in enumerate(asked)
        ),
        FACTS,
    )
    batch = _batch(rules, rows)
    assert batch.columns["revenue"].scale == 100 * unit
    for unknown in (True, False):
        matches = match_batch(rules, AS_OF, batch, unknown=unknown)
        found = {
            (row, rule): fen for row, rule, status, fen, _ in matches.rows() if status == "true"
        }
        for place, row in enumerate(rows):
            revenue, assets = row["revenue"], row["assets"]
            for number, (sign, one, divided) in enumerate(asked):
                expected = None
                if revenue is not None and (assets or not divided):
                    value = Fraction(revenue, assets) if divided else Fraction(revenue)
                    if getattr(value, f"__{signs[sign]}__")(one):
                        expected = revenue * 150
                assert found.get((place, number)) == expected, (row, asked[number])


def test_where_a_region_stands() -> None:
    codes = ["520102"] * 70 + [None] * 3 + ["520102"] * 7 + ["520103"] * 60 + ["140105"] * 20
    column = read_column(FACTS["region"], pa.array(codes), len(codes), _never)
    where = Whereabouts(column)
    whole = column.distinct
    assert whole is not None
    one, two, three = (int(str(code)) for code in whole)
    stretch = where.of((two, two))
    assert stretch is not None
    assert (stretch.start, stretch.end, stretch.alone) == (0, 80, True)
    assert (stretch.words.start, stretch.words.stop) == (0, 2)
    assert where.of((one, one)) == (140, 160, True)
    assert where.of((one, two)) == (0, 160, False)  # 520103 stands between
    assert where.of((two, three)) == (0, 140, True)
    assert where.of((three + 1, three + 2)) is None
    nobody = read_column(FACTS["region"], pa.array([None, None], pa.string()), 2, _never)
    assert Whereabouts(nobody).nobody


@pytest.mark.parametrize("most", [40, 3_000_000, 4_000_000_000_000, 90_000_000_000_000_000])
def test_quotients_beside_the_figure(most: int) -> None:
    random = Random(most)
    shares = [(1, 3), (3, 100), (25, 100), (333_333, 1_000_000), (2, 1), (0, 1), (7, 7)]
    rows = []
    for _ in range(300):
        share, whole = random.choice(shares)
        below = random.choice([0, random.randint(1, most), whole * random.randint(1, 40)])
        above = below * share // whole + random.choice([-1, 0, 0, 0, 1])
        rows.append({**dict.fromkeys(TYPES), "employees": above, "patents": below})
    signs = ("=", "<>", "<", "<=", ">", ">=")
    asked = [
        (sign, share, whole, f"employees / patents {sign} {share} / {whole}")
        for sign in signs
        for share, whole in shares
    ]
    rules = RuleSet(
        tuple(
            Rule(f"r{number}", conditions=(Condition("c", when),))
            for number, (*_parts, when) in enumerate(asked)
        ),
        FACTS,
    )
    found = match_batch(rules, AS_OF, _batch(rules, rows), unknown=False)
    matched = set(zip(found.row.tolist(), found.rule.tolist(), strict=True))
    tests = dict(zip(signs, ("eq", "ne", "lt", "le", "gt", "ge"), strict=True))
    for place, row in enumerate(rows):
        above, below = row["employees"], row["patents"]
        assert isinstance(above, int)
        assert isinstance(below, int)
        for number, (sign, share, whole, _when) in enumerate(asked):
            expected = bool(below) and getattr(Fraction(above, below), f"__{tests[sign]}__")(
                Fraction(share, whole)
            )
            assert ((place, number) in matched) is expected, (row, asked[number])
    assert len(np.unique(found.rule)) > 30
