"""Tables written as they come, batch after batch: Parquet and CSV without a row in Python."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from miaopu.engine.table_write import moved_when_complete, write_rows

_QUOTED = '[",\r\n]'
_PLAIN = pa_csv.WriteOptions(include_header=False, quoting_style="none")


def write_batches(
    path: Path | str,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    various: Collection[str] = (),
) -> int:
    """Write record batches of one schema to `path`, as `write_rows` writes rows; how many.

    Parquet and CSV need the memory of one batch. `various` names columns whose values hardly come
    twice: Parquet need not look for those that do. A column of a dictionary is written as its
    words. Raises TableError as `write_rows` does.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".parquet":
            with moved_when_complete(path) as unfinished:
                return _write_parquet(unfinished, schema, batches, various)
        case ".csv":
            with moved_when_complete(path) as unfinished:
                return _write_csv(unfinished, schema, batches)
    return write_rows(path, schema.names, _rows(batches))


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[list[Any]]:
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _write_parquet(
    path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], various: Collection[str]
) -> int:
    """Each batch is written by a thread of its own while the next one is made.

    Without least and largest values: those of a table by enterprise lead nobody anywhere.
    """
    recurring = [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in schema
        if field.name not in various
    ]
    count, written = 0, None
    with (
        pq.ParquetWriter(
            path, schema, use_dictionary=recurring, write_statistics=False, store_schema=False
        ) as writer,
        ThreadPoolExecutor(1) as hand,
    ):
        for batch in batches:
            if written is not None:
                written.result()
            written = hand.submit(writer.write_batch, batch)
            count += batch.num_rows
        if written is not None:
            written.result()
    return count


def _write_csv(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    count = 0
    with path.open("wb") as stream:
        stream.write((",".join(schema.names) + "\n").encode())
        for batch in batches:
            flat = _flat(batch)
            if _is_plain(flat):
                pa_csv.write_csv(flat, stream, _PLAIN)
            else:
                stream.write(_quoted(flat))
            count += batch.num_rows
    return count


def _flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same with lists of texts joined by semicolons, and dictionaries as texts."""
    columns = []
    for column in batch.columns:
        if pa.types.is_list(column.type):
            column = pc.binary_join(column, ";")
        elif pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _is_plain(batch: pa.RecordBatch) -> bool:
    """Whether no text has to be put in quotation marks."""
    texts = [column for column in batch.columns if pa.types.is_string(column.type)]
    return not any(pc.any(pc.match_substring_regex(one, _QUOTED)).as_py() for one in texts)


def _quoted(batch: pa.RecordBatch) -> bytes:
    lines: list[str] = []

    class _Lines:
        write = staticmethod(lines.append)

    csv.writer(_Lines, lineterminator="\n").writerows(_rows([batch]))
    return "".join(lines).encode()
