"""The workbook that goes back to the department: what is wrong, cell by cell, and what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from miaopu.core.actions import keep_file
from miaopu.core.models import File
from miaopu.engine.messages import EngineError
from miaopu.engine.sheets.reading import Table, read_table
from miaopu.engine.sheets.references import column_letters
from miaopu.engine.sheets.returned import Mark, write_returned
from miaopu.engine.size import CLASS_NAMES, SizeResult, classify
from miaopu.parties.delivery_columns import known_titles, workbook_words
from miaopu.parties.models import Delivery

_WAN = Decimal(10_000)
_READ_AHEAD = 2000


def size_of(values: Mapping[str, Any]) -> SizeResult | None:
    """The size class (R4) by what the row itself says; None where it names no industry."""
    industry = values.get("industry")
    if not industry:
        return None

    def wan(name: str) -> Decimal | None:
        return Decimal(values[name]) / _WAN if name in values else None

    try:
        return classify(
            industry, values.get("employees"), wan("operating_revenue"), wan("total_assets")
        )
    except EngineError:  # a figure that no enterprise can have
        return None


def size_text(values: Mapping[str, Any]) -> str:
    """The size class with its reasons, in Chinese as the file is."""
    result = size_of(values)
    if result is None:
        return ""
    words = workbook_words()
    name = CLASS_NAMES[result.size_class].zh if result.size_class else words["no_class"]
    reasons = str(words["between_reasons"]).join(reason.zh for reason in result.reasons)
    return str(words["size"]).format(name=name, reasons=reasons)


def faults_text(faults: list[dict[str, Any]]) -> str:
    """Every fault with its cell's column and what to do."""
    pattern = str(workbook_words()["fault"])
    return "\n".join(
        pattern.format(column=column_letters(one["c"] + 1), message=one["zh"], remedy=one["fix_zh"])
        for one in faults
    )


def keep_returned(delivery: Delivery, path: Path) -> File:
    """Make and keep the workbook that goes back. Raises SheetError where the file is unreadable.

    Where the whole table would be too large to keep, the wrong rows alone go back.
    """
    content = _workbook(delivery, path, whole=True)
    if len(content) > settings.FILE_MAX_BYTES:
        content = _workbook(delivery, path, whole=False)
    return keep_file(content, by=delivery.delivered_by, table="xlsx")


def _workbook(delivery: Delivery, path: Path, *, whole: bool) -> bytes:
    out = io.BytesIO()
    with read_table(path, known_titles()) as table:
        lines = _lines(delivery, table, whole=whole)
        write_returned(out, table.sheet, table.header, workbook_words()["added"], lines)
    return out.getvalue()


def _lines(delivery: Delivery, table: Table, *, whole: bool) -> Iterator[tuple[list[Any], Mark]]:
    """The file's lines with what was found, which stands in the same order."""
    labels = workbook_words()["outcomes"]
    found = (
        delivery.lines.order_by("delivery_id", "number")
        .values_list("number", "outcome", "values", "faults")
        .iterator(chunk_size=_READ_AHEAD)
    )
    for line, (number, outcome, values, faults) in zip(table.lines, found, strict=True):
        if line[0] != number:
            raise AssertionError(f"row {line[0]} of the file is row {number} of the check")
        if whole or faults:
            remarks = (labels[outcome], faults_text(faults), size_text(values))
            yield line[1:], Mark({one["c"] for one in faults}, remarks)
