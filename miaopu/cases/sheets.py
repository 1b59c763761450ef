"""Tables of cases as workbooks: text is written as text, so that no cell holds a live formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from miaopu.engine.tables import write_rows


def workbook(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An .xlsx file with one sheet. Raises TableError for what a sheet cannot hold."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        write_rows(path, columns, rows)
        return path.read_bytes()
