"""Deliveries for tests: files of any size, with faults where a test wants them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from miaopu.core.models import Region, User
from miaopu.engine import uscc
from miaopu.parties.delivery_columns import delivery_columns
from miaopu.parties.enums import Source
from miaopu.parties.models import Delivery
from miaopu.parties.tasks import check_delivery, import_delivery, start_delivery, start_import
from tests.factories import YUNYAN

AS_OF = date(2018, 5, 1)
HEADINGS = {column.name: column.heading for column in delivery_columns()}


def code(serial: int) -> str:
    """A valid credit code that the factories do not use."""
    return uscc.make("9", "1", YUNYAN, 30_000_000 + serial)


def good_row(serial: int, **changed: Any) -> dict[str, Any]:
    """A sound row; `changed` replaces cells by column."""
    return {
        "uscc": code(serial),
        "name": f"云岩第{serial}便利店",
        "region": "云岩区",
        "industry": "5212",
        "legal_representative": "王小苗",
        "phone": "13800138000",
        "address": f"中华北路{serial}号",
        "registered_on": "2017-03-01",
        "status": "存续",
        "employees": 3 + serial % 5,
        "operating_revenue": 500_000 + serial,
        "total_assets": 200_000 + serial,
        "founder_group": "返乡农民工",
        "key_group_employees": 1,
        "low_income_village": "否",
        **changed,
    }


def table_of(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Line of titles and lines of cells."""
    names = list(HEADINGS)
    return [list(HEADINGS.values()), *([row.get(name) for name in names] for row in rows)]


def workbook(lines: Sequence[Sequence[Any]], sheet: str = "企业数据") -> bytes:
    """The lines as a workbook, as Excel writes it: with shared strings."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    page = book.add_worksheet(sheet)
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, line in enumerate(lines):
        for place, cell in enumerate(line):
            if isinstance(cell, date):
                page.write_datetime(row, place, cell, days)
            elif isinstance(cell, str):
                page.write_string(row, place, cell)
            elif cell is not None:
                page.write(row, place, cell)
    book.close()
    return out.getvalue()


def deliver(
    content: bytes,
    by: User,
    *,
    source: Source = Source.OFFICER,
    region: str = YUNYAN,
    as_of: date = AS_OF,
    name: str = "企业.xlsx",
) -> Delivery:
    """Hand a file in and check it, as the worker does."""
    delivery = start_delivery(
        content, name, source=source, region=Region.objects.get(code=region), as_of=as_of, by=by
    )
    check_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery


def confirm(delivery: Delivery, by: User) -> Delivery:
    """Confirm a delivery and write it, as the worker does."""
    start_import(delivery, by=by)
    delivery.refresh_from_db()
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery
