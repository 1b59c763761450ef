"""Small tables that people fill in and hand in again: columns are known by their titles."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.engine.sheets.header import plain_title
from miaopu.engine.sheets.reading import Table, read_table
from miaopu.engine.sheets.refusals import SheetError


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, named as Excel does."""

    cell: str
    text: str


@contextmanager
def titled_table(
    content: bytes, columns: Mapping[str, str], optional: Collection[str] = ()
) -> Iterator[tuple[Table, dict[str, int]]]:
    """The table in a workbook or CSV, and where in it each column stands.

    `columns` are titles by name; those in `optional` may be missing. Raises ActionRefused, also
    while the lines are read, where there is no such table.
    """
    titles = {plain_title(title): name for name, title in columns.items()}
    with tempfile.NamedTemporaryFile(prefix="miaopu-table-") as kept:
        kept.write(content)
        kept.flush()
        try:
            with read_table(Path(kept.name), titles) as table:
                places = {
                    titles[plain_title(str(cell))]: place
                    for place, cell in enumerate(table.header)
                    if cell is not None and plain_title(str(cell)) in titles
                }
                wanting = [name for name in columns if name not in places]
                if set(wanting) - set(optional):
                    raise ActionRefused(
                        _("缺少列：%(columns)s")
                        % {"columns": _("、").join(columns[name] for name in wanting)},
                        _("请使用下载的表格"),
                    )
                yield table, places
        except SheetError as error:
            raise ActionRefused(error.message, error.remedy) from error
