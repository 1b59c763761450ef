"""Third gate: the process that reads a table file and may die of it.

`python -m miaopu.engine.sheets.child` takes {"path", "titles"} as JSON on standard input, puts
limits of memory and CPU time on itself, and answers on standard output with frames: four bytes of
length and JSON. The first frame describes the table, or refuses the file; the others hold rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.limited import limit_itself
from miaopu.engine.sheets.delimited import decode, records
from miaopu.engine.sheets.header import LINES_LOOKED_AT, TITLES_NEEDED, find_header
from miaopu.engine.sheets.kinds import HEAD_BYTES, kind_of
from miaopu.engine.sheets.limits import CPU_SECONDS, TEXT_MAX
from miaopu.engine.sheets.refusals import HEADER_LINE, SheetError, refuse
from miaopu.engine.sheets.spreadsheet import Opened, open_spreadsheet

_ROWS_A_FRAME = 500

Row = Sequence[Any]


def open_file(path: Path, titles: frozenset[str]) -> Opened:
    """The table in a file of any known kind. Raises SheetError for what is none."""
    with path.open("rb") as stream:
        kind = kind_of(stream.read(HEAD_BYTES))
    if kind != "csv":
        return open_spreadsheet(path, titles, old=kind == "xls")
    rows = [[cell or None for cell in row] for row in records(decode(path.read_bytes()))]
    return Opened("CSV", len(rows), False, (), iter(rows))


def answer(path: Path, titles: frozenset[str]) -> Iterator[bytes]:
    """The frames that describe and hold the table."""
    opened = open_file(path, titles)
    first = list(islice(opened.rows, LINES_LOOKED_AT))
    header, found = find_header(first, titles)
    if found < min(TITLES_NEEDED, len(titles)):
        raise refuse(
            f"“{opened.sheet}”的前 {LINES_LOOKED_AT} 行里没有找到表头",
            f"no line of titles among the first {LINES_LOOKED_AT} lines of {opened.sheet}",
            HEADER_LINE,
        )
    described = {
        "sheet": opened.sheet,
        "rows": opened.height,
        "header_row": header + 1,
        "header": _plain(first[header]),
        "era_1904": opened.era_1904,
        "notes": [[note.zh, note.en] for note in opened.notes],
    }
    yield orjson.dumps({"table": described})
    number = header + 2
    below = first[header + 1 :]
    while below:
        rows = [[number + place, *_plain(row)] for place, row in enumerate(below) if any_cell(row)]
        if rows:
            yield orjson.dumps({"rows": rows})
        number += len(below)
        below = list(islice(opened.rows, _ROWS_A_FRAME))


def any_cell(row: Row) -> bool:
    """Whether a row says anything."""
    return any(cell is not None and cell != "" and not _blank(cell) for cell in row)


def _blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip(" \t\r\n\xa0\u3000\u200b\ufeff")


def _plain(row: Row) -> list[Any]:
    """Cells as JSON has them: empty is null, dates are text, text is not endless."""
    return [
        cell
        if type(cell) is float
        else (cell[:TEXT_MAX] or None)
        if type(cell) is str
        else _plain_cell(cell)
        for cell in row
    ]


def _plain_cell(cell: Any) -> Any:
    if cell is None or type(cell) is bool:
        return cell
    if type(cell) is int:
        return cell if -(2**53) < cell < 2**53 else str(cell)
    return str(cell)  # dates and times


def main() -> int:
    """Answer one request; 0 also where the file was refused."""
    limit_itself(CPU_SECONDS)
    asked = orjson.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    try:
        for frame in answer(Path(asked["path"]), frozenset(asked["titles"])):
            out.write(len(frame).to_bytes(4, "big") + frame)
        last = orjson.dumps({"end": True})
    except SheetError as error:
        message, remedy = error.message, error.remedy
        texts = [message.zh, message.en, remedy.zh, remedy.en]
        last = orjson.dumps({"refused": texts})
    out.write(len(last).to_bytes(4, "big") + last)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
