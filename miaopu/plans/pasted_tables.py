"""A decomposition pasted or uploaded as a block: its cells, what found no place, and it marked."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.header import plain_title
from miaopu.engine.sheets.reading import read_table
from miaopu.engine.sheets.refusals import SheetError
from miaopu.engine.sheets.returned import Mark, write_returned
from miaopu.engine.targets.cells import SUMS, read_block, read_cell
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
ADDED = (Bilingual("检查结果", "result"), Bilingual("错误和改法", "faults and what to do"))
"""The columns of a workbook that goes back; they are no part of the table."""


@dataclass(frozen=True)
class PlacedLine:
    """A line of a block: its cells, and by their place the address in the table.

    A line that is not `expected` (no member is called so) has no addresses; titles and lines of
    sums are expected to have none.
    """

    cells: tuple[str, ...]
    addresses: Mapping[int, str]
    expected: bool = True
    is_head: bool = False

    @property
    def lost(self) -> list[int]:
        """The places of what found no place in the table."""
        if not self.expected:
            return [0] if any(self.cells) else []
        if not self.addresses:
            return []
        last = max(self.addresses)
        return [place for place, text in enumerate(self.cells) if place > last and text]


def placed_lines(block: str, table: DecompositionTable) -> list[PlacedLine]:
    """The lines of a block from a spreadsheet with their places in the table.

    Rows are told by the name or code in their first cell; where no row has one, they are taken in
    order. Titles and lines of sums are left out. Columns are the periods, with the baseline before
    them where the block has one column more.
    """
    rows = read_block(block)
    by_name: dict[str, DecompositionMember] = {}
    for member in table.members:
        for name in (member.name, member.name_en, member.key):
            if name:
                by_name[plain_title(name)] = member
    named = any(row and plain_title(row[0]) in by_name for row in rows)
    left = iter(table.members)
    found: list[PlacedLine] = []
    for row in rows:
        first = plain_title(row[0] if row else "")
        head = not found and first not in by_name and not _has_figure(row)
        if head or first in SUMS:
            found.append(PlacedLine(tuple(row), {}, is_head=head))
            continue
        owner = by_name.get(first) if named else next(left, None)
        if owner is None:
            found.append(PlacedLine(tuple(row), {}, expected=False))
        else:
            found.append(PlacedLine(tuple(row), _addresses(row, owner, table, shift=int(named))))
    return found


def _addresses(
    row: list[str], member: DecompositionMember, table: DecompositionTable, *, shift: int
) -> dict[int, str]:
    count = len(table.decomposition.periods)
    head = [BASELINE] if len(row) - shift > count else []
    places = [*head, *map(str, range(count))]
    return {
        place + shift: f"{member.pk}.{name}"
        for place, name in enumerate(places)
        if place + shift < len(row)
    }


def _has_figure(row: list[str]) -> bool:
    return any(read_cell(cell, 4).value is not None for cell in row)


def pasted_cells(block: str, table: DecompositionTable) -> tuple[dict[str, str], list[str]]:
    """A block as cells by their address, and what in it found no place."""
    cells: dict[str, str] = {}
    lost: list[str] = []
    for line in placed_lines(block, table):
        cells |= {address: line.cells[place] for place, address in line.addresses.items()}
        named = line.expected or line.cells[0]
        lost += [line.cells[place] for place in line.lost] if named else [" ".join(line.cells)]
    return cells, lost


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
                lines = [list(found.header), *(row[1:] for row in found.lines)]
        except SheetError as refused:
            raise ActionRefused(refused.message, refused.remedy) from refused
    ours = {plain_title(text) for one in ADDED for text in (one.zh, one.en)}
    extra = {place for place, title in enumerate(lines[0]) if plain_title(title) in ours}
    lines = [[cell for place, cell in enumerate(line) if place not in extra] for line in lines]
    return "\n".join("\t".join(_plain(cell) for cell in line) for line in lines)


def _plain(value: object) -> str:
    """A cell without what would break the block; a whole number without its .0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str("" if value is None else value).split())


def marked_workbook(block: str, table: DecompositionTable) -> bytes:
    """The block as a workbook with its wrong cells coloured and every fault told beside them.

    Put right and handed in again, the column with the faults is left out by itself.
    """
    lines = placed_lines(block, table)
    head = lines[0] if lines and lines[0].is_head else None
    body = lines[1:] if head else lines
    width = max((len(line.cells) for line in lines), default=0)
    heads = list(head.cells) if head else []
    out, language = io.BytesIO(), get_language() or ""
    write_returned(
        out,
        _("目标分解"),
        [*heads, *[""] * (width - len(heads))],
        [one.in_language(language) for one in ADDED],
        [(_typed(line, table), _mark(line, heads, table)) for line in body],
    )
    return out.getvalue()


def _typed(line: PlacedLine, table: DecompositionTable) -> list[object]:
    """The cells as Excel has them: figures as numbers, everything else as it was."""
    cells: list[object] = list(line.cells)
    for place in line.addresses:
        read = read_cell(line.cells[place], table.decomposition.places)
        if read.value is not None:
            whole = read.value == read.value.to_integral_value()
            cells[place] = int(read.value) if whole else float(read.value)
    return cells


def _mark(line: PlacedLine, heads: list[str], table: DecompositionTable) -> Mark:
    faults: dict[int, str] = {}
    for place in line.lost:
        faults[place] = _("表中没有这个单位") if not line.expected else _("多出的一格")
    for place in line.addresses:
        error = read_cell(line.cells[place], table.decomposition.places).error
        if error is not None:
            faults[place] = error.in_language(get_language() or "")
    told = [
        _("%(title)s：%(fault)s") % {"title": _title(heads, place), "fault": faults[place]}
        for place in sorted(faults)
    ]
    return Mark(frozenset(faults), (_("有误") if told else "", _("；").join(told)))


def _title(heads: list[str], place: int) -> str:
    title = heads[place] if place < len(heads) else ""
    return title or _("第 %(number)s 列") % {"number": place + 1}
