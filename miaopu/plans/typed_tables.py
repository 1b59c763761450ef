"""The table of a decomposition as somebody types, pastes or uploads it; nothing is written here."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.header import plain_title
from miaopu.engine.sheets.reading import read_table
from miaopu.engine.sheets.refusals import SheetError
from miaopu.engine.targets.cells import SUMS, read_block, read_cell
from miaopu.engine.targets.parts import Sum
from miaopu.engine.targets.periods import total_of
from miaopu.plans.decompositions import BASELINE, DecompositionTable
from miaopu.plans.models import DecompositionMember

SHEETS = (".xlsx", ".xls", ".csv")
TITLES = (
    Bilingual("承担单位", "member"),
    Bilingual("单位", "unit"),
    Bilingual("基数", "baseline"),
    Bilingual("目标", "target"),
)
"""What the columns of a workbook may be called; its periods by their names."""


@dataclass(frozen=True)
class TypedTable:
    """A table with what was typed over what is saved; what cannot be read counts as nothing."""

    table: DecompositionTable
    typed: Mapping[str, str]

    @cached_property
    def saved(self) -> dict[str, str]:
        """What is saved, by the address of the cell."""
        return self.table.cells()

    @cached_property
    def shown(self) -> dict[str, str]:
        """What stands in the cells."""
        return {one: self.typed.get(one, text) for one, text in self.saved.items()}

    @cached_property
    def _values(self) -> dict[str, Decimal | None]:
        places = self.table.decomposition.places
        return {one: read_cell(text, places).value for one, text in self.shown.items()}

    def total(self, member: DecompositionMember) -> Decimal | None:
        """What a member is to reach over all periods."""
        return total_of(
            self._values[f"{member.pk}.{place}"]
            for place in range(len(self.table.decomposition.periods))
        )

    def column(self, place: int) -> Decimal | None:
        """What is allocated to a period."""
        return total_of(self._values[f"{one.pk}.{place}"] for one in self.table.members)

    @property
    def sum(self) -> Sum:
        """The parts as typed against the whole."""
        return self.table.sum_with([self.total(member) for member in self.table.members])

    @property
    def baselines(self) -> dict[int, Decimal | None]:
        """The baselines as typed, by member."""
        return {one.pk: self._values[f"{one.pk}.{BASELINE}"] for one in self.table.members}


def pasted_cells(block: str, table: DecompositionTable) -> tuple[dict[str, str], list[str]]:
    """A block from a spreadsheet as cells, and what in it found no place.

    Rows are told by the name or code in their first cell; where no row has one, they are taken in
    order. Titles and lines of sums are left out. Columns are the periods, with the baseline before
    them where the block has one column more.
    """
    rows = [row for row in read_block(block) if plain_title(row[0] if row else "") not in SUMS]
    by_name = {}
    for member in table.members:
        for name in (member.name, member.name_en, member.key):
            if name:
                by_name[plain_title(name)] = member
    named = [row for row in rows if row and plain_title(row[0]) in by_name]
    rows = rows[1:] if rows and rows[0] not in named and not _has_figure(rows[0]) else rows
    if named:
        lost = [row[0] for row in rows if row not in named and any(row)]
        pairs = [(by_name[plain_title(row[0])], row[1:]) for row in named]
    else:
        lost = [" ".join(row) for row in rows[len(table.members) :]]
        pairs = list(zip(table.members, rows, strict=False))
    count = len(table.decomposition.periods)
    cells = {}
    for member, values in pairs:
        head = [BASELINE] if len(values) > count else []
        places = [*head, *map(str, range(count))]
        for place, value in zip(places, values, strict=False):
            cells[f"{member.pk}.{place}"] = value
        lost += [value for value in values[len(places) :] if value]
    return cells, lost


def _has_figure(row: list[str]) -> bool:
    return any(read_cell(cell, 4).value is not None for cell in row)


def uploaded_block(content: bytes, name: str, table: DecompositionTable) -> str:
    """A workbook or CSV as a block. Raises ActionRefused where it is no table or does harm."""
    titles = {text for one in TITLES for text in (one.zh, one.en)}
    wanted = {plain_title(text) for text in (*titles, *table.decomposition.periods)}
    suffix = Path(name).suffix.lower()
    with tempfile.NamedTemporaryFile(suffix=suffix if suffix in SHEETS else ".xlsx") as kept:
        kept.write(content)
        kept.flush()
        try:
            with read_table(Path(kept.name), wanted) as found:
                lines = [found.header, *(row[1:] for row in found.lines)]
        except SheetError as refused:
            raise ActionRefused(refused.message, refused.remedy) from refused
    return "\n".join("\t".join(_plain(cell) for cell in line) for line in lines)


def _plain(value: object) -> str:
    """A cell without what would break the block; a whole number without its .0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str("" if value is None else value).split())


def workbook(table: DecompositionTable, keys: frozenset[str]) -> bytes:
    """The rows of some members as a workbook, to be filled in and uploaded again."""
    made = table.decomposition
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(_("目标分解"))
    bold = book.add_format({"bold": True, "bg_color": "#E2EFDA"})
    number = book.add_format({"num_format": "0" + (f".{'0' * made.places}" if made.places else "")})
    heads = [_("承担单位"), _("基数"), *(made.periods if len(made.periods) > 1 else [_("目标")])]
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 30)
    page.set_column(1, len(heads), 14)
    for place, head in enumerate(heads):
        page.write_string(0, place, head, bold)
    for row, member in enumerate((one for one in table.members if one.key in keys), start=1):
        page.write_string(row, 0, member.name)
        _write_figures(page, row, [member.baseline, *table.row(member).values()], number)
    book.close()
    return out.getvalue()


def _write_figures(page: Any, row: int, values: list[Decimal | None], style: Any) -> None:
    for place, value in enumerate(values, start=1):
        if value is not None:
            page.write_number(row, place, value, style)
