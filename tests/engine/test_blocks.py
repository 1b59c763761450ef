"""What is compiled and what numpy does find the same, and what a file says is looked at."""

from collections.abc import Iterator
from datetime import date
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from miaopu.engine.facts import FactError
from miaopu.engine.planes import blocks
from miaopu.engine.planes.columns import Reading
from miaopu.engine.planes.matching import Matches, match_batch, read_batch
from miaopu.engine.planes.streaming import Chunk, matched_chunks
from miaopu.engine.rule_sets import Condition, Rule, RuleSet
from tests.engine.expression_cases import AS_OF, FACTS, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules

pytestmark = pytest.mark.skipif(
    blocks.LIBRARY is None, reason="no C compiler where Miaopu was installed"
)
Table = dict[str, pa.Array]
ROWS = 2_048  # of a block


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def _table(random: Random, count: int) -> Table:
    some = [random_row(random) for _ in range(min(count, 300))]
    rows = sorted((random.choice(some) for _ in range(count)), key=lambda row: str(row["region"]))
    return {
        name: pa.array([row[name] for row in rows], type=ARROW[kind])
        for name, kind in TYPES.items()
    }


def _both(
    rules: RuleSet, table: Table, rows: int, monkeypatch: pytest.MonkeyPatch, **how: bool
) -> tuple[list[object], list[object]]:
    """The true rows, compiled and by numpy."""
    batch = read_batch(rules, AS_OF, table, rows, _never)
    compiled = list(match_batch(rules, AS_OF, batch, unknown=False, **how).rows())
    with monkeypatch.context() as patch:
        patch.setattr(blocks, "LIBRARY", None)
        return compiled, list(match_batch(rules, AS_OF, batch, unknown=False, **how).rows())


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 63])
def test_the_last_rows_of_a_block_are_asked_as_all_others(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(count)
    rules, table = random_rules(random, 20), _table(random, count)
    for prune in (True, False):
        compiled, plain = _both(rules, table, count, monkeypatch, prune=prune)
        assert compiled == plain
    assert len(plain) >= count // 5


@pytest.mark.parametrize(
    "kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "date32", "codes"]
)
def test_numbers_of_every_size(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures within the numbers' size, at its ends and beyond it."""
    random = Random(kind)
    count, name = 1_300, "employees"
    fact = "founded" if kind == "date32" else "size" if kind == "codes" else name
    known = np.array([random.random() < 0.8 for _ in range(count)])
    if kind == "date32":
        days = pa.array([random.randint(-900, 30_000) for _ in range(count)], pa.int32())
        values = pa.array(days.cast(pa.date32()).to_pylist(), pa.date32(), mask=~known)
        figures = ["date '2018-06-30'", "date '1970-01-01'", "date '1960-01-01'"]
    elif kind == "codes":
        words = pa.array(["small", "micro", "large", "medium"])
        values = pa.DictionaryArray.from_arrays(
            pa.array([random.randrange(4) for _ in range(count)], pa.int32(), mask=~known), words
        )
        figures = ["'micro'", "'large'"]
    else:
        bounds = np.iinfo(kind)
        least, most = max(bounds.min, -(2**62)), min(bounds.max, 2**62)
        ends = [least, least + 1, 0, 5, most - 1, most]
        numbers = [random.choice(ends) for _ in range(count)]
        values = pa.array(numbers, getattr(pa, kind)(), mask=~known)
        figures = [str(one + more) for one in ends for more in (-1, 0, 1)]
    signs = ("=", "<>") if kind == "codes" else ("=", "<>", "<", "<=", ">", ">=")
    conditions = [f"{fact} {sign} {figure}" for sign in signs for figure in figures]
    conditions += [f"not ({one})" for one in conditions]
    rules = RuleSet(
        tuple(Rule(f"r{n}", conditions=(Condition("c", c),)) for n, c in enumerate(conditions)),
        FACTS,
    )
    for reading in (Reading.COMPACT, Reading.STORED, Reading.TRUSTED):
        batch = read_batch(rules, AS_OF, {fact: values}, count, _never, reading=reading)
        try:
            compiled = list(match_batch(rules, AS_OF, batch, unknown=False).rows())
        except blocks.Distrusted:
            assert (kind, reading) == ("date32", Reading.TRUSTED)
            continue
        expected = _both(rules, {fact: values}, count, monkeypatch)[1]
        assert compiled == expected
    assert len(expected) > count


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_blocks_of_numbers_of_every_size(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block holds numbers up to another one, so that more bytes or fewer do for it."""
    random = np.random.default_rng(4)
    most = np.iinfo(kind).max
    turns = [2**bits + more for bits in (8, 16, 32) for more in (-1, 0)]
    turns = [one for one in turns if one < most] + [most]
    blocks_ = [
        random.choice([0, 1, 5, *turns[: 1 + place % len(turns)]], ROWS)
        for place in range(2 * len(turns))
    ]
    blocks_ += [random.choice([0, one], ROWS) for one in turns]
    blocks_.append(random.choice([-most, -256, -1, 0, 7, most], ROWS // 2))
    numbers = np.concatenate(blocks_)
    rows = len(numbers)
    table = {"employees": pa.array(numbers.astype(kind), mask=random.random(rows) < 0.2)}
    rules = RuleSet(
        tuple(
            Rule(f"r{n}", conditions=(Condition("c", f"employees {sign} {figure}"),))
            for n, (sign, figure) in enumerate(
                (sign, figure) for sign in ("=", "<", ">=") for figure in (-1, 0, 5, *turns)
            )
        ),
        FACTS,
    )
    batch = read_batch(rules, AS_OF, table, rows, _never, reading=Reading.STORED)
    compiled = match_batch(rules, AS_OF, batch, unknown=False)
    monkeypatch.setattr(blocks, "LIBRARY", None)
    plain = match_batch(rules, AS_OF, batch, unknown=False)
    assert np.array_equal(compiled.row, plain.row)
    assert np.array_equal(compiled.rule, plain.rule)
    assert len(plain) > 5 * rows


def test_quotients_of_many_and_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of facts in different units; where nothing is known any number may stand."""
    random = np.random.default_rng(5)
    count = 2_100
    table = {
        name: pa.array(random.integers(0, most, count), mask=random.random(count) < 0.3)
        for name, most in (("employees", 9), ("patents", 9), ("revenue", 90), ("assets", 90))
    }
    quotients = [
        f"{one} / {other} {sign} {figure}"
        for one, other in (("revenue", "employees"), ("patents", "assets"), ("revenue", "assets"))
        for sign in ("=", "<>", "<", "<=", ">", ">=")
        for figure in ("0", "0.5", "1 / 3", "3")
    ]
    rules = RuleSet(
        tuple(
            Rule(f"{few}{n}", conditions=(Condition("a", few), Condition("b", quotient)))
            for n, quotient in enumerate(quotients)
            for few in ("patents = 3 and employees = 4", "patents is null or patents >= 0")
        ),
        FACTS,
    )
    for reading in (Reading.COMPACT, Reading.STORED, Reading.TRUSTED):
        batch = read_batch(rules, AS_OF, table, count, _never, reading=reading)
        assert len({column.scale for column in batch.columns.values()}) > 1
        compiled = list(match_batch(rules, AS_OF, batch, unknown=False).rows())
        assert compiled == _both(rules, table, count, monkeypatch)[1]
    assert len(compiled) > 10 * count


def test_more_matches_than_there_was_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(1)
    rules = RuleSet(
        tuple(
            Rule(
                f"r{n}", conditions=(Condition("c", "employees is null or employees is not null"),)
            )
            for n in range(5)
        ),
        FACTS,
    )
    compiled, plain = _both(rules, _table(random, 2_000), 2_000, monkeypatch)
    assert compiled == plain
    assert len(plain) == 10_000


def _streamed(rules: RuleSet, table: pa.Table, size: int) -> tuple[list[object], list[str]]:
    """The true rows of a file in chunks, and what was told of it."""

    def chunks() -> Iterator[Chunk]:
        for batch in table.to_batches(max_chunksize=size):
            yield Chunk(dict(zip(table.column_names, batch.columns, strict=True)), len(batch))

    told: list[str] = []
    rows: list[object] = []
    parts = matched_chunks(rules, chunks(), AS_OF, lambda one: told.append(str(one)), unknown=False)
    for part in parts:
        matches: Matches = part.matches
        rows += [(int(part.numbers[row]), *rest) for row, *rest in matches.rows()]
    return rows, told


BEYOND = {
    "assets": (pa.int64(), [92_233_720_368_547_758] * 3 + [92_233_720_368_547_759]),
    "revenue": (pa.int64(), [2**62, -(2**62), 92_233_720_368_547_758, 92_233_720_368_547_759]),
    "founded": (pa.date32(), [date(1969, 12, 31), date(1, 1, 1), date(2100, 1, 1), date.max]),
    "region": (pa.dictionary(pa.int32(), pa.string()), ["somewhere", "5201"]),
}


@pytest.mark.parametrize("name", [*BEYOND, ""])
def test_what_a_file_says_is_looked_at_on_the_way(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values beyond what is trusted, in chunks after the first: told, and matched, as ever."""
    random = Random(name or "nothing")
    count, size = 600, 150
    table = _table(random, count)
    table["founded"] = pa.array(
        [date(2000, 1, 1 + random.randrange(28)) for _ in range(count)], pa.date32()
    )
    table["region"] = table["region"].dictionary_encode()
    if name:
        kind, values = BEYOND[name]
        held = table[name].to_pylist()
        for place, value in enumerate(values):
            held[size * (1 + place % 3) + 7 * place] = value
        table[name] = pa.array(held, kind)
    rules = random_rules(random, 25)
    file = pa.table({"enterprise_id": [f"e{n}" for n in range(count)], **table})
    read: list[Reading] = []
    exact = read_batch

    def noted(*args: object, reading: Reading = Reading.COMPACT, **rest: object) -> object:
        read.append(reading)
        return exact(*args, reading=reading, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr("miaopu.engine.planes.streaming.read_batch", noted)
    rows, told = _streamed(rules, file, size)
    trusted = read.count(Reading.TRUSTED)
    monkeypatch.setattr(blocks, "LIBRARY", None)
    assert (rows, told) == _streamed(rules, file, size)
    assert len(rows) > count // 4
    # the chunk up to which all was well; of words nothing is trusted
    assert trusted == {"assets": 2, "revenue": 2, "founded": 2}.get(name, count // size)
    assert bool(told) is (name in ("assets", "revenue", "region"))


def test_a_word_that_nobody_has_need_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands where no word is known may be any of them."""
    words = ["somewhere", "520102", "520103", "nowhere"]
    places = [place % 4 for place in range(400)]
    unknown = np.array([place in (0, 3) for place in places])
    rules = RuleSet((Rule("r", "520102"), Rule("s", "5201"), Rule("t")), FACTS)
    known = pa.array(["520102"] * 400).dictionary_encode()
    first = read_batch(rules, AS_OF, {"region": known}, 400, _never)
    assert len(match_batch(rules, AS_OF, first, unknown=False)) == 3 * 400
    for told in (False, True):
        mask = unknown & ~(np.arange(400) == 104) if told else unknown
        column = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32(), mask=mask), words)
        seen: list[int] = []

        def tell(row: int, _error: FactError, seen: list[int] = seen) -> None:
            seen.append(row)

        table = {"region": column}
        batch = read_batch(rules, AS_OF, table, 400, tell, reading=Reading.TRUSTED)
        assert seen == [104] * told
        assert (batch.columns["region"].limits is None) is told
        with monkeypatch.context() as patch:
            found = []
            for library in (blocks.LIBRARY, None):
                patch.setattr(blocks, "LIBRARY", library)
                found.append(list(match_batch(rules, AS_OF, batch, unknown=False).rows()))
        assert found[0] == found[1]
        assert len(found[0]) == 100 + 200 + 400


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"])
def test_amounts_of_every_size_are_streamed(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(kind)
    amounts = [random.choice([None, 0, 1, 5, 100]) for _ in range(300)]
    table = pa.table(
        {
            "enterprise_id": [f"e{n}" for n in range(300)],
            "revenue": pa.array(amounts, getattr(pa, kind)()),
        }
    )
    rules = RuleSet(
        (Rule("r", conditions=(Condition("c", "revenue > 1"),), amount="revenue * 2"),), FACTS
    )
    batch = read_batch(rules, AS_OF, {"revenue": table["revenue"].chunk(0)}, 300, _never)
    rows, told = _streamed(rules, table, 100)
    assert rows == list(match_batch(rules, AS_OF, batch, unknown=False).rows())
    assert rows == [
        (n, 0, "true", 200 * one, ()) for n, one in enumerate(amounts) if one in (5, 100)
    ]
    assert not told


@pytest.mark.parametrize("coded", [True, False])
@pytest.mark.parametrize("values", [127, 128, 255, 256, 257, 32_768])
def test_nobody_unknown_has_one_of_many_values(
    coded: bool, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many values as the numbers that they are kept by, and one who has none of them."""
    if values > 1_000:
        column = pa.array([*range(values), None], pa.int32()).cast(pa.date32())
        asked = "case when founded < date '1980-01-01' then 7 else 3 end"
    else:
        column = pa.array([*(f"k{n:03d}" for n in range(values)), None])
        column = column.dictionary_encode() if coded else column
        asked = "case when size = 'k000' then 7 else 3 end"
    name = "founded" if values > 1_000 else "size"
    rules = RuleSet(
        (
            Rule("amount", amount=asked),
            Rule("asked", conditions=(Condition("c", f"({asked}) = 7 and not honest"),)),
        ),
        FACTS,
    )
    count = len(column)
    table = pa.table(
        {
            "enterprise_id": [f"e{n}" for n in range(count)],
            name: column,
            "honest": pa.array([False] * count),
        }
    )
    nobody = column.to_pylist().index(None)
    found = []
    for library in {blocks.LIBRARY, None}:
        monkeypatch.setattr(blocks, "LIBRARY", library)
        rows, _told = _streamed(rules, table, count)
        assert (nobody, 0, "true", None, (name,)) in rows
        assert (nobody, 1) not in [(row, rule) for row, rule, *_rest in rows]
        found.append(rows)
    assert all(one == found[0] for one in found)


def test_a_library_of_another_layout_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert blocks._library() is not None
    monkeypatch.setattr(blocks, "_LAYOUT", (0, *blocks._LAYOUT[1:]))
    assert blocks._library() is None
