"""`miaopu size --file`: the size class of every row of a table."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import track

from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.size import CLASSES, SizeResult, classify
from miaopu.engine.tables import TableError, columns_of, read_rows, write_rows

RESULT_COLUMNS = ("class", "group", "missing", "reasons")
UNDECIDED = "undecided"
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,10})?", re.ASCII)


class RowError(EngineError):
    """A cell that does not hold what its column should."""


def parse_number(text: str) -> Decimal:
    """A plain decimal number, without exponent; raises ValueError for anything else."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def classify_file(
    file: Path, out: Path, on: date | None, report: Callable[[str], None]
) -> dict[str, int]:
    """Write `file` with the columns class, group, missing and reasons added to `out`.

    Reads the columns industry, employees, revenue and assets (10,000 yuan) and `on`, where they are
    there; `on` given here holds for rows without their own. A row that cannot be classified keeps
    its place, with the reason, and is told to `report`. Returns how many rows each class has.
    Raises TableError for a file that cannot be read or written or has no column industry.
    """
    columns = columns_of(file)
    if "industry" not in columns:
        raise TableError(
            Bilingual(f"{file} 没有 industry 列", f"{file} has no column industry"),
            Bilingual(
                "请提供 industry、employees、revenue、assets 列",
                "give the columns industry, employees, revenue, assets",
            ),
        )
    counts = dict.fromkeys((*CLASSES, UNDECIDED), 0)
    kept = [name for name in columns if name not in RESULT_COLUMNS]
    rows = _classified(_with_progress(read_rows(file)), on, report, counts)
    write_rows(out, (*kept, *RESULT_COLUMNS), rows, {"class": str, "missing": tuple})
    return counts


def _classified(
    rows: Iterable[Mapping[str, object]],
    on: date | None,
    report: Callable[[str], None],
    counts: dict[str, int],
) -> Iterator[dict[str, object]]:
    for number, row in enumerate(rows, start=1):
        try:
            result = _classify_row(row, on)
        except EngineError as error:
            report(f"第 {number} 行 / row {number}: {error}")
            result = SizeResult(None, "", (), (error.message,))
        counts[result.size_class or UNDECIDED] += 1
        reasons = tuple(str(reason) for reason in result.reasons)
        cells = (result.size_class, result.group, result.missing, reasons)
        yield {**row, **dict(zip(RESULT_COLUMNS, cells, strict=True))}


def _classify_row(row: Mapping[str, object], on: date | None) -> SizeResult:
    employees = _number(row, "employees")
    if employees is not None and employees != employees.to_integral_value():
        raise _bad_cell("employees", employees)
    return classify(
        str(row["industry"] or ""),
        None if employees is None else int(employees),
        _number(row, "revenue"),
        _number(row, "assets"),
        _day(row) or on,
    )


def _number(row: Mapping[str, object], column: str) -> Decimal | None:
    value = row.get(column)
    if value is None:
        return None
    try:
        return parse_number(str(value).strip())
    except ValueError as error:
        raise _bad_cell(column, value) from error


def _day(row: Mapping[str, object]) -> date | None:
    value = row.get("on")
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _bad_cell("on", value) from error


def _bad_cell(column: str, value: object) -> RowError:
    shown = str(value)[:40]
    return RowError(
        Bilingual(f"{column} 列的“{shown}”无效", f'"{shown}" in column {column} is not valid'),
        Bilingual("请改正或留空", "correct it or leave it empty"),
    )


def _with_progress(rows: Iterator[dict[str, object]]) -> Iterable[dict[str, object]]:
    return track(
        rows,
        description="划型 / size classes",
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
