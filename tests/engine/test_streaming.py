"""A file as a stream: ids met again, columns read at a stroke, tables written as they come."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaopu.engine.facts import Fact, FactError, FactType
from miaopu.engine.planes import identity
from miaopu.engine.planes.identity import IdColumn, Met, ids_of, met_again
from miaopu.engine.planes.long_table import SCHEMA, long_table
from miaopu.engine.planes.read_columns import read_column
from miaopu.engine.planes.streaming import Chunk, matched_chunks
from miaopu.engine.tables import read_chunks, rows_stored, write_batches, write_rows
from tests.engine.expression_cases import AS_OF, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules


def _ids(random: Random, count: int) -> list[str | None]:
    shapes = ["91520103MA{:08d}", "{}", "企业{}", " {}\t", "x" * 70 + "{}", "\x1c{}", "a{}\0"]
    some: list[str | None] = [None, "", "  ", "a", "a\0"]
    for _ in range(count):
        some.append(random.choice(shapes).format(random.randrange(2 * count)))
    random.shuffle(some)
    return some


def _fresh_one_by_one(ids: list[str | None]) -> list[bool]:
    seen = {""}
    return [
        text not in seen and not seen.add(text)  # type: ignore[func-returns-value]
        for text in ((raw or "").strip() for raw in ids)
    ]


@pytest.mark.parametrize("how", ["hashes", "few at a time", "hashes that collide"])
def test_ids_met_again_are_found_however_they_are_looked_for(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(how)
    if how == "few at a time":
        monkeypatch.setattr(identity, "AT_A_TIME", 50)
    if how == "hashes that collide":
        exact = identity.hashes_of
        monkeypatch.setattr(identity, "hashes_of", lambda ids: exact(ids) % np.uint64(16))
    ids = _ids(random, 400)
    whole = pa.array(ids, pa.string())
    chunks = [whole.slice(start, 37) for start in range(0, len(ids), 37)]
    assert len(met_again(lambda: chunks, len(ids))) > 3
    for met in (Met(), Met(IdColumn(lambda: chunks, len(ids)))):
        found = [one for chunk in chunks for one in met.fresh(ids_of(chunk)).tolist()]
        assert found == _fresh_one_by_one(ids)
    coded = [chunk.dictionary_encode() for chunk in chunks]
    met = Met(IdColumn(lambda: coded, len(ids)))
    assert [x for one in coded for x in met.fresh(ids_of(one)).tolist()] == _fresh_one_by_one(ids)


def test_whole_numbers_are_ids_without_being_texts() -> None:
    numbers = pa.array([5, -1, None, 7, 5, 2**62], pa.int64())
    met = Met(IdColumn(lambda: [numbers], 6))
    assert met.fresh(ids_of(numbers)).tolist() == [True, True, False, True, False, True]


@pytest.mark.parametrize("kind", [pa.int64(), pa.string()])
def test_ids_that_rise_are_read_once_until_they_do_not(kind: pa.DataType) -> None:
    parts = [[1, 2, 3], [4, 7, 8], [], [9, 10, 7], [2, 11, None, 5]]
    chunks = [pa.array([one and f"{one:03d}" for one in part]) for part in parts]
    if kind == pa.int64():
        chunks = [pa.array(part, kind) for part in parts]
    begun: list[int] = []

    def read() -> list[pa.Array]:
        begun.append(1)
        return chunks

    met = Met(IdColumn(read, 13))
    rising = [met.fresh(ids_of(chunk)).tolist() for chunk in chunks[:3]]
    assert (rising, begun) == ([[True] * 3, [True] * 3, []], [])
    assert met.fresh(ids_of(chunks[3])).tolist() == [True, True, False]
    assert met.fresh(ids_of(chunks[4])).tolist() == [False, True, False, True]
    assert len(begun) == 2  # for the hashes, and for the ids before


def test_columns_read_at_a_stroke_are_those_read_value_by_value() -> None:
    random = Random(3)
    days = [date(2018, 1, 1) + timedelta(random.randrange(-9000, 900)) for _ in range(60)]
    cases: list[tuple[FactType, pa.DataType, list[object]]] = [
        (FactType.DATE, pa.date32(), [*days, date(1, 1, 1), date.max]),
        (FactType.DATE, pa.date32(), [*days]),
        (FactType.BOOLEAN, pa.bool_(), [True, False]),
        (FactType.INTEGER, pa.int64(), [0, -7, 300, 70_000, 2**62]),
        (FactType.MONEY, pa.int32(), [0, -7, 300, 2**31 - 1, -(2**31)]),
        (FactType.MONEY, pa.int64(), [1, 92_233_720_368_547_758]),
    ]
    for kind, stored, values in cases:
        fact = Fact("it", kind)
        raw = [random.choice([*values, None]) for _ in range(100)]
        for start, share in ((0, raw), (13, raw), (3, [one or values[0] for one in raw])):
            quick = read_column(fact, pa.array(share, stored).slice(start), 100 - start, _never)
            texts = pa.array([None if one is None else str(one) for one in share[start:]])
            slow = read_column(fact, texts, 100 - start, _never)
            rows = range(100 - start)
            assert [quick.value(row) for row in rows] == [slow.value(row) for row in rows]


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    random = Random(8)
    rows = [random_row(random) for _ in range(300)]
    columns = {
        name: pa.array([row[name] for row in rows], ARROW[kind]) for name, kind in TYPES.items()
    }
    ids = [f'e"{number}' if number == 7 else f"e{number % 290}" for number in range(300)]
    path = tmp_path / "facts.parquet"
    pq.write_table(pa.table({"unused": [0] * 300, "enterprise_id": ids, **columns}), path)
    return path


def test_a_long_table_is_written_as_rows_are(facts: Path, tmp_path: Path) -> None:
    rules = random_rules(Random(9), 12)
    assert rows_stored(facts) == 300
    names = {"enterprise_id", *TYPES}
    ids = IdColumn(lambda: (one["enterprise_id"] for one, _ in read_chunks(facts, 64)), 300)

    def batches(unknown: bool) -> Iterator[pa.RecordBatch]:
        chunks = (Chunk(columns, rows) for columns, rows in read_chunks(facts, 64, names))
        told: list[str] = []
        for part in matched_chunks(
            rules, chunks, AS_OF, lambda one: told.append(str(one)), column=ids, unknown=unknown
        ):
            yield long_table(rules, part)
        assert len(told) == 9  # repeated ids
        assert all("重复" in one for one in told)

    everything = pa.Table.from_batches(batches(True), SCHEMA)
    true = pa.Table.from_batches(batches(False), SCHEMA)
    assert true.num_rows > 50
    assert true.to_pylist() == [one for one in everything.to_pylist() if one["status"] == "true"]
    for suffix in (".csv", ".parquet", ".json"):
        ours, theirs = tmp_path / f"ours{suffix}", tmp_path / f"theirs{suffix}"
        assert write_batches(ours, SCHEMA, batches(True)) == everything.num_rows
        write_rows(theirs, SCHEMA.names, everything.to_pylist(), {"missing": tuple})
        if suffix == ".parquet":
            found = pq.read_table(ours)
            assert found.to_pylist() == pq.read_table(theirs).to_pylist()
            assert [field.type for field in found.schema] == [
                field.type.value_type if pa.types.is_dictionary(field.type) else field.type
                for field in SCHEMA
            ]
        else:
            assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("known", [True, False])
def test_a_word_that_cannot_be_read_is_told_where_somebody_has_it(known: bool) -> None:
    told: list[tuple[int, str]] = []
    words = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 0, None], mask=np.array([False, not known, False, True])),
        pa.array(["520102", "somewhere"]),
    )
    column = read_column(
        Fact("region", FactType.REGION),
        words,
        4,
        lambda row, error: told.append((row, error.message.en)),
    )
    assert [row for row, _message in told] == ([1] if known else [])
    assert all("somewhere" in message for _row, message in told)
    assert column.known.tolist() == [True, False, True, False]
    assert column.value(0) == column.value(2)
    assert column.value(0) is not None
