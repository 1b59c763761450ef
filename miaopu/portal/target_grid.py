"""The table of a decomposition as one types into it: cells, sums, errors and what others wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from miaopu.engine.messages import Bilingual
from miaopu.plans.decompositions import BASELINE, DecompositionTable
from miaopu.plans.typed_tables import TypedTable
from miaopu.portal import formats, present

if TYPE_CHECKING:
    from miaopu.engine.targets.parts import Sum

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
    """The table with what was typed, and what is told of its cells."""

    table: DecompositionTable
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Bilingual] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _typed(self) -> TypedTable:
        return TypedTable(self.table, self.typed)

    @property
    def seen(self) -> str:
        """What is saved now, for the next save to tell what was changed."""
        return json.dumps(self._typed.saved, separators=(",", ":"))

    @property
    def rows(self) -> list[GridRow]:
        """The members in their order."""
        periods = enumerate(self.table.decomposition.periods)
        heads = [(BASELINE, _("基数")), *((str(place), name) for place, name in periods)]
        found = []
        for member in self.table.members:
            name = present.in_language(member.title)
            cells = tuple(
                self._cell(f"{member.pk}.{place}", f"{name} {head}") for place, head in heads
            )
            found.append(GridRow(name, cells, self._text(self._typed.total(member))))
        return found

    def _cell(self, address: str, label: str) -> GridCell:
        error = self.errors.get(address)
        return GridCell(
            name=f"{PREFIX}{address}",
            label=label,
            text=self._typed.shown[address],
            error=present.in_language(error) if error else "",
            theirs=(self.conflicts[address] or MISSING) if address in self.conflicts else "",
            is_baseline=address.endswith(f".{BASELINE}"),
        )

    def _text(self, value: Decimal | None) -> str:
        return MISSING if value is None else f"{value:,.{self.table.decomposition.places}f}"

    @property
    def column_totals(self) -> list[str]:
        """What is allocated to each period."""
        count = len(self.table.decomposition.periods)
        return [self._text(self._typed.column(place)) for place in range(count)]

    @property
    def sum(self) -> Sum:
        """The parts as typed against the whole."""
        return self._typed.sum

    @property
    def baselines(self) -> dict[int, Decimal | None]:
        """The baselines as typed, by member."""
        return self._typed.baselines


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
