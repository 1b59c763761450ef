"""The table of a decomposition as somebody types it, and as a workbook; nothing is written here."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from miaopu.engine.targets.cells import read_cell
from miaopu.engine.targets.parts import Sum
from miaopu.engine.targets.periods import total_of
from miaopu.plans.decompositions import BASELINE, DecompositionTable
from miaopu.plans.models import DecompositionMember


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
