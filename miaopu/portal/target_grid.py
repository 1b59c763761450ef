"""The table of a decomposition as one types into it: cells, sums, errors and what others wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.header import plain_title
from miaopu.engine.targets.cells import SUMS, read_block, read_cell
from miaopu.engine.targets.parts import Sum
from miaopu.engine.targets.periods import total_of
from miaopu.plans.decompositions import BASELINE, DecompositionTable
from miaopu.portal import formats, present

PREFIX = "cell-"
LONGEST_SEEN = 20_000
MISSING = formats.MISSING


@dataclass(frozen=True)
class GridCell:
    """A cell: its field's name, what stands in it, what is wrong, what another person wrote."""

    name: str
    label: str
    text: str
    error: str = ""
    theirs: str = ""
    is_baseline: bool = False


@dataclass(frozen=True)
class GridRow:
    """A member with its cells and their sum."""

    name: str
    cells: tuple[GridCell, ...]
    total: str


@dataclass
class Grid:
    """The table with what was typed; figures that cannot be read count as nothing."""

    table: DecompositionTable
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Bilingual] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._now = self.table.cells()
        places = self.table.decomposition.places
        self._shown = {one: self.typed.get(one, text) for one, text in self._now.items()}
        self._values = {one: read_cell(text, places).value for one, text in self._shown.items()}

    @property
    def seen(self) -> str:
        """What stands in the database now, for the next save to tell what was changed."""
        return json.dumps(self._now, separators=(",", ":"))

    def _row_values(self, pk: int) -> list[Decimal | None]:
        return [
            self._values[f"{pk}.{place}"] for place in range(len(self.table.decomposition.periods))
        ]

    @property
    def rows(self) -> list[GridRow]:
        """The members in their order."""
        found = []
        for member in self.table.members:
            name = present.in_language(member.title)
            heads = [(BASELINE, _("基数"))]
            heads += [
                (str(place), period)
                for place, period in enumerate(self.table.decomposition.periods)
            ]
            cells = tuple(
                self._cell(f"{member.pk}.{place}", f"{name} {head}") for place, head in heads
            )
            found.append(GridRow(name, cells, self._text(total_of(self._row_values(member.pk)))))
        return found

    def _cell(self, address: str, label: str) -> GridCell:
        error = self.errors.get(address)
        return GridCell(
            name=f"{PREFIX}{address}",
            label=label,
            text=self._shown[address],
            error=present.in_language(error) if error else "",
            theirs=(self.conflicts[address] or MISSING) if address in self.conflicts else "",
            is_baseline=address.endswith(f".{BASELINE}"),
        )

    def _text(self, value: Decimal | None) -> str:
        return MISSING if value is None else f"{value:,.{self.table.decomposition.places}f}"

    @property
    def column_totals(self) -> list[str]:
        """What is allocated to each period."""
        members = self.table.members
        return [
            self._text(total_of(self._values[f"{one.pk}.{place}"] for one in members))
            for place in range(len(self.table.decomposition.periods))
        ]

    @property
    def sum(self) -> Sum:
        """The parts as typed against the whole."""
        return self.table.sum_with(
            [total_of(self._row_values(member.pk)) for member in self.table.members]
        )

    @property
    def baselines(self) -> dict[int, Decimal | None]:
        """The baselines as typed, by member."""
        return {one.pk: self._values[f"{one.pk}.{BASELINE}"] for one in self.table.members}


def sum_words(found: Sum, table: DecompositionTable) -> tuple[str, str]:
    """The parts against the whole in a sentence, and its tone."""
    if not table.adds_up:
        return _("比率类指标，各单位的目标不相加"), "neutral"
    if found.standing == "empty":
        return _("尚未分解"), "neutral"
    if found.standing == "even":
        return _("已全部分解，合计等于目标值"), "good"
    rest = abs(found.remainder or Decimal(0))
    words = _("还有 %(rest)s 未分解") if found.standing == "under" else _("超出目标值 %(rest)s")
    text = words % {"rest": table.text(rest)}
    if found.grade == "possible-rounding":
        return _("%(text)s；各数取整可以解释，写明理由后可以批准") % {"text": text}, "soon"
    return text, "soon"


def typed_cells(posted: Mapping[str, Any], table: DecompositionTable) -> dict[str, str]:
    """What was typed, by the address of the cell; other fields and cells are left out."""
    return {
        address: str(posted[f"{PREFIX}{address}"]).replace("\x00", "")[:200]
        for address in table.cells()
        if f"{PREFIX}{address}" in posted
    }


def seen_cells(posted: Mapping[str, Any]) -> dict[str, str]:
    """What the person saw before typing; nothing where it cannot be read."""
    text = str(posted.get("revision", ""))
    try:
        found = json.loads(text) if len(text) <= LONGEST_SEEN else {}
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if type(found) is dict else {}


def pasted_cells(block: str, table: DecompositionTable) -> tuple[dict[str, str], list[str]]:
    """A block from a spreadsheet as cells, and what in it found no place.

    Rows are told by the name or code in their first cell; where no row has one, they are taken in
    order. A row of titles is left out. Columns are the periods, with the baseline before them where
    the block has one column more.
    """
    rows = [row for row in read_block(block) if plain_title(row[0] if row else "") not in SUMS]
    by_name = {}
    for member in table.members:
        for name in (member.name, member.name_en, member.key):
            if name:
                by_name[plain_title(name)] = member
    named = [row for row in rows if row and plain_title(row[0]) in by_name]
    if named:
        lost = [row[0] for row in rows if row and row[0] and plain_title(row[0]) not in by_name]
        is_title = bool(rows) and bool(lost) and rows[0][0] == lost[0] and not _has_figure(rows[0])
        pairs = [(by_name[plain_title(row[0])], row[1:]) for row in named]
        lost = lost[1:] if is_title else lost
    else:
        rows = rows[1:] if rows and not _has_figure(rows[0]) else rows
        pairs = list(zip(table.members, rows, strict=False))
        lost = [" ".join(row) for row in rows[len(table.members) :]]
    count = len(table.decomposition.periods)
    cells = {}
    for member, values in pairs:
        places = [BASELINE, *map(str, range(count))] if len(values) > count else range(count)
        for place, value in zip(places, values, strict=False):
            cells[f"{member.pk}.{place}"] = value
        lost += [value for value in values[len(places) :] if value]
    return cells, lost


def _has_figure(row: list[str]) -> bool:
    return any(read_cell(cell, 4).value is not None for cell in row)
