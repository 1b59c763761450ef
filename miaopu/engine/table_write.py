"""Writers of table files: CSV, Parquet, JSON and XLSX."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from miaopu.engine.messages import Bilingual
from miaopu.engine.table_errors import TableError

Row = Mapping[str, object] | Sequence[object]
Types = Mapping[str, type]

_ARROW_TYPES: Mapping[type, pa.DataType] = {
    int: pa.int64(),
    str: pa.string(),
    bool: pa.bool_(),
    date: pa.date32(),
    tuple: pa.list_(pa.string()),
}
_EXCEL_ROWS, _EXCEL_COLUMNS, _EXCEL_TEXT, _EXCEL_DIGITS = 1_048_576, 16_384, 32_767, 15


def write_rows(
    path: Path | str, columns: Sequence[str], rows: Iterable[Row], types: Types | None = None
) -> int:
    """Write `rows` as a table to `path` (.csv, .parquet, .json, .xlsx); returns how many.

    A row is a mapping (a missing key is None) or a sequence in the order of `columns`. Decimals are
    written exactly: as text in JSON, as decimals in Parquet. A list is a list in Parquet and JSON
    and joined with ";" elsewhere. `types` gives a column's type (int, str, bool, date, tuple) in
    Parquet where its values may all be None. Raises TableError for an unknown suffix, a folder that
    is not there, a value the format cannot hold, and a sheet larger than Excel's.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise TableError(
            Bilingual(f"不认识的文件类型 {path}", f"{path}: unknown kind of file"),
            Bilingual(
                "输出文件请用 .csv、.parquet、.json 或 .xlsx",
                "name an output file in .csv, .parquet, .json or .xlsx",
            ),
        )
    ordered = (_ordered(row, columns) for row in rows)
    with moved_when_complete(path) as unfinished:
        return writer(unfinished, columns, ordered, types or {})


@contextmanager
def moved_when_complete(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, moved there when all went well; raises TableError."""
    unfinished = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        unfinished.touch()
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise TableError(
            Bilingual(f"无法写入 {path}", f"cannot write {path}"),
            Bilingual(
                "请检查目录是否存在、是否可写", "check that its folder exists, and is writable"
            ),
        ) from error
    finally:
        if path.parent.is_dir():
            unfinished.unlink(missing_ok=True)


def _ordered(row: Row, columns: Sequence[str]) -> list[Any]:
    if isinstance(row, Mapping):
        return [row.get(name) for name in columns]
    if len(row) != len(columns):
        raise _unfit(f"{len(row)} cells for {len(columns)} columns")
    return list(row)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[list[Any]], _: Types) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_as_text(value) for value in row])
            count += 1
    return count


def _write_json(path: Path, columns: Sequence[str], rows: Iterable[list[Any]], _: Types) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for count, row in enumerate(rows, start=1):
            record = dict(zip(columns, row, strict=True))
            stream.write(",\n" if count > 1 else "\n")
            stream.write(json.dumps(record, ensure_ascii=False, default=_json_value))
        stream.write("\n]\n")
    return count


def _write_parquet(
    path: Path, columns: Sequence[str], rows: Iterable[list[Any]], types: Types
) -> int:
    values: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        for column, value in zip(values, row, strict=True):
            column.append(value)
    arrays = [
        _arrow_array(name, column, types.get(name))
        for name, column in zip(columns, values, strict=True)
    ]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    pq.write_table(table, path)
    return int(table.num_rows)


def _arrow_array(name: str, values: list[Any], kind: type | None) -> pa.Array:
    declared = _ARROW_TYPES[kind] if kind is not None else None
    if declared is None and any(isinstance(value, list | tuple) for value in values):
        declared = _ARROW_TYPES[tuple]
    try:
        return pa.array(values, type=declared)
    except (pa.ArrowException, OverflowError) as error:
        raise _unfit(f"column {name}: {error}") from error


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[list[Any]], _: Types) -> int:
    if len(columns) > _EXCEL_COLUMNS:
        raise _unfit(f"a sheet holds {_EXCEL_COLUMNS} columns")
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False})
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet = book.add_worksheet()
    count = 0
    try:
        for position, name in enumerate(columns):
            sheet.write_string(0, position, name)
        for count, row in enumerate(rows, start=1):
            if count >= _EXCEL_ROWS:
                raise _unfit(f"a sheet holds {_EXCEL_ROWS - 1} rows below its header")
            for position, value in enumerate(row):
                _write_cell(sheet, count, position, value, formats)
    finally:
        book.close()
    return count


def _write_cell(
    sheet: Any, row: int, column: int, value: object, formats: Mapping[type[date], object]
) -> None:
    # Text is always written as text, so that nothing a person typed becomes a formula.
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case datetime() if value.tzinfo is None:
            sheet.write_datetime(row, column, value, formats[datetime])
        case date() if not isinstance(value, datetime):
            sheet.write_datetime(row, column, value, formats[date])
        case int() | Decimal() if _fits_excel(value):
            sheet.write_number(row, column, value)
        case _:
            text = _as_text(value)
            if len(text) > _EXCEL_TEXT:
                raise _unfit(f"row {row}: a cell of a sheet holds {_EXCEL_TEXT} characters")
            sheet.write_string(row, column, text)


def _fits_excel(value: int | Decimal) -> bool:
    number = Decimal(value)
    return number.is_finite() and len(number.as_tuple().digits) <= _EXCEL_DIGITS


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return ";".join(_as_text(part) for part in value)
        case date():
            return value.isoformat()
    return str(value)


def _json_value(value: object) -> str:
    if isinstance(value, Decimal | date):
        return _as_text(value)
    raise _unfit(f"{type(value).__name__} in JSON")


def _unfit(detail: str) -> TableError:
    return TableError(
        Bilingual(f"数据无法写入该格式：{detail}", f"the rows do not fit the file: {detail}"),
        Bilingual(
            "请改用 .parquet 或 .csv，或检查数据", "write .parquet or .csv, or check the data"
        ),
    )


_WRITERS: Mapping[str, Callable[[Path, Sequence[str], Iterable[list[Any]], Types], int]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
    ".xlsx": _write_xlsx,
}
