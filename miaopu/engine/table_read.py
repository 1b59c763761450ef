"""Readers of table files, one per format; `miaopu.engine.tables` chooses among them."""

import csv
import json
import math
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miaopu.engine.messages import Bilingual
from miaopu.engine.table_errors import TableError

_ENCODINGS = ("utf-8-sig", "gb18030")
_BATCH = 10_000
_CELL_LIMIT = 1_000_000


class Reader(Protocol):
    """An opened table: its column names and its rows."""

    columns: tuple[str, ...]

    def rows(self) -> Iterator[dict[str, object]]: ...

    def chunks(
        self, size: int, names: Collection[str] | None = None
    ) -> Iterator[tuple[dict[str, pa.Array], int]]: ...


class CsvReader:
    """CSV in UTF-8 (with or without a mark) or GB18030; an empty cell is None, others are text."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = _encoding_of(path)
        with closing(self._records()) as records:
            first = next(records, None)
        if first is None:
            raise _damaged(path, Bilingual("文件是空的，没有表头", "an empty file, no header"))
        self.columns = _header(path, first[1])

    def rows(self) -> Iterator[dict[str, object]]:
        """The rows; raises TableError naming the line that does not fit."""
        records = self._records()
        next(records)
        for line, record in records:
            if not record:
                continue
            if len(record) != len(self.columns):
                raise _damaged(
                    self.path,
                    Bilingual(
                        f"第 {line} 行有 {len(record)} 列，表头有 {len(self.columns)} 列",
                        f"line {line} has {len(record)} cells, the header {len(self.columns)}",
                    ),
                )
            yield {name: cell or None for name, cell in zip(self.columns, record, strict=True)}

    def chunks(
        self, size: int, names: Collection[str] | None = None
    ) -> Iterator[tuple[dict[str, pa.Array], int]]:
        """The same by columns of text, up to `size` rows at a time, with their number."""
        yield from _by_columns(_chosen(self.columns, names), self.rows(), size)

    def _records(self) -> Generator[tuple[int, list[str]], None, None]:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, strict=True)
            while True:
                try:
                    record = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise _damaged(
                        self.path,
                        Bilingual(
                            f"第 {reader.line_num} 行不是正确的 CSV",
                            f"line {reader.line_num} is not correct CSV ({error})",
                        ),
                    ) from error
                yield reader.line_num, record


class ParquetReader:
    """Parquet, streamed in batches; types stay as stored."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, Bilingual("不是 Parquet 文件", "not a Parquet file")) from error
        self.columns = _header(path, self.file.schema_arrow.names)

    def rows(self) -> Iterator[dict[str, object]]:
        """The rows, batch by batch; raises TableError where the file is damaged."""
        try:
            numbers = count(1)
            for batch in self.file.iter_batches(batch_size=_BATCH):
                for row, number in zip(batch.to_pylist(), numbers, strict=False):
                    yield {
                        name: _without_float(self.path, value, name, number)
                        for name, value in row.items()
                    }
        except (pa.ArrowException, OSError) as error:
            raise _damaged(self.path, Bilingual("文件内容损坏", "damaged content")) from error

    def chunks(
        self, size: int, names: Collection[str] | None = None
    ) -> Iterator[tuple[dict[str, pa.Array], int]]:
        """The same by columns as stored, up to `size` rows at a time, with their number."""
        try:
            chosen = _chosen(self.columns, names)
            stored = dict(zip(self.columns, self.file.schema_arrow.names, strict=True))
            wanted = [stored[name] for name in chosen]
            done = 0
            for batch in self.file.iter_batches(batch_size=size, columns=wanted):
                columns = {name: batch.column(stored[name]) for name in chosen}
                for name, values in columns.items():
                    self._refuse_infinite(values, name, done)
                yield columns, batch.num_rows
                done += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise _damaged(self.path, Bilingual("文件内容损坏", "damaged content")) from error

    def _refuse_infinite(self, values: pa.Array, name: str, done: int) -> None:
        if not pa.types.is_floating(values.type):
            return
        infinite = pc.is_inf(values)
        if pc.any(infinite).as_py():
            raise _infinite(self.path, name, done + pc.index(infinite, True).as_py() + 1)


class JsonReader:
    """JSON: a list of objects; numbers with a point are read as exact decimals."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            document = json.loads(
                path.read_text(encoding="utf-8-sig"),
                parse_float=Decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_each_once,
            )
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problem = Bilingual(f"第 {line} 行不是 UTF-8 编码", f"line {line} is not in UTF-8")
            raise _damaged(path, problem) from error
        except (ValueError, RecursionError) as error:
            raise _damaged(path, Bilingual("不是正确的 JSON", f"not JSON ({error})")) from error
        if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
            raise _damaged(path, Bilingual("应为对象的列表", "a list of objects was expected"))
        self.records: list[dict[str, object]] = document
        self.columns = tuple(dict.fromkeys(key for row in self.records for key in row))

    def rows(self) -> Iterator[dict[str, object]]:
        """The rows, each with every column; a key that a row lacks is None."""
        for record in self.records:
            yield {name: record.get(name) for name in self.columns}

    def chunks(
        self, size: int, names: Collection[str] | None = None
    ) -> Iterator[tuple[dict[str, pa.Array], int]]:
        """The same by columns, up to `size` rows at a time, with their number."""
        yield from _by_columns(_chosen(self.columns, names), self.rows(), size)


def _chosen(columns: Sequence[str], names: Collection[str] | None) -> tuple[str, ...]:
    return tuple(name for name in columns if names is None or name in names)


def _encoding_of(path: Path) -> str:
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as stream:
                while stream.read(_CELL_LIMIT):
                    pass
        except UnicodeDecodeError:
            continue
        if encoding != _ENCODINGS[0]:
            _refuse_mixed(path)
        return encoding
    raise _damaged(path, Bilingual("编码既不是 UTF-8 也不是 GB18030", "neither UTF-8 nor GB18030"))


def _refuse_mixed(path: Path) -> None:
    """Refuse a file that is not UTF-8 and has a line that is: two encodings make nonsense names.

    Two Chinese characters in one line of GB18030 hardly ever are, by chance, two in UTF-8.
    """
    with path.open("rb") as stream:
        for number in count(1):
            line = stream.readline(_CELL_LIMIT)
            if not line:
                return
            text = "" if line.isascii() else line.decode("utf-8", errors="replace")
            if "\ufffd" not in text and sum("\u4e00" <= sign <= "\u9fff" for sign in text) > 1:
                raise _damaged(
                    path,
                    Bilingual(
                        f"编码混杂：第 {number} 行是 UTF-8，别的行不是",
                        f"mixed encodings: line {number} is UTF-8, others are not",
                    ),
                )


def _header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in names)
    if not header or not all(header):
        raise _damaged(path, Bilingual("表头有空的列名", "the header has a column without a name"))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        problem = Bilingual(f"列名重复：{'、'.join(twice)}", f"named twice: {', '.join(twice)}")
        raise _damaged(path, problem)
    return header


def _without_float(path: Path, value: Any, name: str, row: int) -> object:
    if isinstance(value, float):
        if math.isinf(value):
            raise _infinite(path, name, row)
        return Decimal("NaN") if math.isnan(value) else Decimal(repr(value))
    if isinstance(value, list):
        return [_without_float(path, part, name, row) for part in value]
    if isinstance(value, Mapping):
        return {key: _without_float(path, part, name, row) for key, part in value.items()}
    return value


def _by_columns(
    names: Sequence[str], rows: Iterator[dict[str, object]], size: int
) -> Iterator[tuple[dict[str, pa.Array], int]]:
    while chunk := list(islice(rows, size)):
        yield {name: _as_array([row[name] for row in chunk]) for name in names}, len(chunk)


def _as_array(values: list[object]) -> pa.Array:
    """Values as a column: lists as lists of texts, everything else as text."""
    if any(isinstance(value, list) for value in values):
        listed = [
            value if value is None or isinstance(value, list) else [value] for value in values
        ]
        return pa.array([None if one is None else [str(part) for part in one] for one in listed])
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _infinite(path: Path, name: str, row: int) -> TableError:
    return _damaged(
        path,
        Bilingual(
            f"第 {row} 行：“{name}”是无穷大的数值", f"row {row}: {name} is an infinite number"
        ),
    )


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object; of a key that is there twice nobody knows which value is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is there twice in one object")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _damaged(path: Path, problem: Bilingual) -> TableError:
    return TableError(
        Bilingual(f"{path}：{problem.zh}", f"{path}: {problem.en}"),
        Bilingual("请改正文件后再试", "correct the file and try again"),
    )
