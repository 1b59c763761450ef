"""What a check found in a row, for the reader of a page: faults by cell, and the size class."""

from __future__ import annotations

from dataclasses import dataclass

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.references import column_letters
from miaopu.engine.size import CLASS_NAMES
from miaopu.parties.delivery_columns import delivery_columns
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.models import DeliveryRow
from miaopu.parties.returned import size_of

PERSONAL_ENTRIES = frozenset(("legal_representative", "phone"))
NO_CLASS = Bilingual("不能划型", "no class")


@dataclass(frozen=True)
class Finding:
    """A fault: its cell as Excel names it, what is wrong, what to do."""

    cell: str
    title: Bilingual
    message: Bilingual
    remedy: Bilingual


@dataclass(frozen=True)
class SizeFinding:
    """The size class of a row by its own figures, with the reasons (R4)."""

    name: Bilingual
    reasons: tuple[Bilingual, ...]


def findings_of(row: DeliveryRow, *, personal: bool) -> list[Finding]:
    """The faults of a row; what stands in cells about natural persons only where `personal`."""
    titles = {column.name: column.title for column in delivery_columns()}
    return [
        Finding(
            cell=f"{column_letters(one['c'] + 1)}{row.number}",
            title=titles[one["t"]],
            message=Bilingual(one["zh"], one["en"])
            if personal or not is_personal(one["t"])
            else Bilingual("内容有误", "not valid"),
            remedy=Bilingual(one["fix_zh"], one["fix_en"]),
        )
        for one in row.faults
    ]


def is_personal(column: str) -> bool:
    """Whether a column is about a natural person."""
    fact = fact_dictionary().get(column)
    return fact.personal if fact else column in PERSONAL_ENTRIES


def size_finding(row: DeliveryRow) -> SizeFinding | None:
    """The size class that the row's own figures give; None where it names no industry."""
    result = size_of(row.values)
    if result is None:
        return None
    name = CLASS_NAMES[result.size_class] if result.size_class else NO_CLASS
    return SizeFinding(name, result.reasons)
