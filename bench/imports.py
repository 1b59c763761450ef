"""A delivery of enterprises, checked and written, against a raw read of the same workbook.

Both are taken in turn (ABAB), each import with enterprises of its own, so that every row is new:
the dearest case. The raw read is calamine alone, in this process, into Python lists.
"""

from __future__ import annotations

import gc
import io
import os
import statistics
import time
from dataclasses import dataclass

import xlsxwriter
from django.contrib.auth.hashers import make_password
from python_calamine import load_workbook

from bench.report import Report
from miaopu.app.demo.population import EnterpriseSeed, generate
from miaopu.core import clock
from miaopu.core.actions import add_member
from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.parties.delivery_columns import delivery_columns
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.enums import DeliveryState, Source
from miaopu.parties.models import Delivery
from miaopu.parties.tasks import check_delivery, import_delivery, start_delivery, start_import

ROWS, ROUNDS, WARM_UP_ROWS = 20_000, 5, 500
FAULTS_ROWS, EVERY = 20_000, 20
GOAL, GOAL_FAULTS = 0.08, 1.6
FIRST_SEED = 4_000_000


@dataclass(frozen=True)
class Taken:
    """Seconds of one import: the check, and the writing after a person has confirmed."""

    check: float
    write: float

    @property
    def whole(self) -> float:
        """Both."""
        return self.check + self.write


def _line(seed: EnterpriseSeed) -> list[object]:
    groups = fact_dictionary()["founder_group"].codes
    return [
        *(seed.uscc, seed.name, seed.region, seed.industry, seed.legal_representative),
        *(seed.phone, seed.address, seed.registered_on.isoformat(), "存续"),
        seed.employees,
        None if seed.operating_revenue is None else float(seed.operating_revenue),
        None if seed.total_assets is None else float(seed.total_assets),
        groups[seed.founder_group].zh if seed.founder_group else None,
        seed.key_group_employees,
        "是" if seed.low_income_village else "否",
        *("云岩分局", "2018-04", "无", "A", "已核"),
    ]


def workbook(rows: int, seed: int, *, wrong_every: int = 0) -> bytes:
    """A workbook of 20 columns as Excel writes it: the template's 15 and five of somebody's own."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    page = book.add_worksheet("企业数据")
    titles = [column.heading for column in delivery_columns()]
    page.write_row(0, 0, [*titles, "登记机关", "年月", "备注", "类别", "核对"])
    for number, one in enumerate(generate(rows, seed), start=1):
        line = _line(one)
        if wrong_every and number % wrong_every == 0:
            line[9] = "若干"
        for place, cell in enumerate(line):
            if isinstance(cell, str):
                page.write_string(number, place, cell)
            elif cell is not None:
                page.write_number(number, place, cell)
    book.close()
    return out.getvalue()


def _officer() -> User:
    user, created = User.objects.get_or_create(
        username="bench-importer",
        defaults={"name": "测量", "password": make_password(None), "kind": UserKind.OFFICE},
    )
    if created:
        office = Office.objects.get(region_id="520100", kind=OfficeKind.PROGRAMME_OFFICE)
        add_member(user, office, Role.PROGRAMME_OFFICER, by=None)
    return user


def import_once(content: bytes, by: User, *, rows: int, wrong: int = 0) -> Taken:
    """One delivery from the upload to the last commit, as the worker does it."""
    began = time.perf_counter()
    delivery = start_delivery(
        content,
        "bench.xlsx",
        source=Source.OFFICER,
        region=Region.objects.get(code="520100"),
        as_of=clock.today(),
        by=by,
    )
    assert delivery.job_id is not None
    check_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    checked = time.perf_counter()
    start_import(delivery, by=by)
    delivery = Delivery.objects.get(pk=delivery.pk)
    assert delivery.job_id is not None
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    ended = time.perf_counter()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.IMPORTED, delivery.refusal
    assert (delivery.registered_count, delivery.wrong_count) == (rows - wrong, wrong)
    return Taken(checked - began, ended - checked)


def read_raw(content: bytes) -> float:
    """Seconds that calamine takes for the same workbook."""
    gc.collect()  # what the workbook's making left behind is neither side's to clear away
    began = time.perf_counter()
    lines = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(lines[0]) == 20
    return time.perf_counter() - began


def measure(report: Report) -> None:
    """Import and raw read in turn, then the path on which rows are refused."""
    by = _officer()
    with clock.read_once():
        import_once(workbook(WARM_UP_ROWS, FIRST_SEED), by, rows=WARM_UP_ROWS)
        raw: list[float] = []
        taken: list[Taken] = []
        for place in range(ROUNDS):
            content = workbook(ROWS, FIRST_SEED + 1 + place)
            raw.append(read_raw(content))
            gc.collect()
            taken.append(import_once(content, by, rows=ROWS))
            raw.append(read_raw(content))
        _faults(report, by, statistics.median(one.check for one in taken))
    rate = ROWS / statistics.median(raw)
    whole = ROWS / statistics.median(one.whole for one in taken)
    check = ROWS / statistics.median(one.check for one in taken)
    write = ROWS / statistics.median(one.write for one in taken)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    report.add(f"raw read, {ROWS:,} rows × 20 columns: rows/s (load {load})", f"{rate:,.0f}")
    report.add("import, check only: rows/s", f"{check:,.0f}")
    report.add("import, writing what was checked: rows/s", f"{write:,.0f}")
    report.add("import, check and write, committed: rows/s", f"{whole:,.0f}")
    report.add("import / raw read", f"{whole / rate:.1%}", "≥ 8 %", whole / rate >= GOAL)


def _faults(report: Report, by: User, clean: float) -> None:
    """The check with the workbook that goes back, where every twentieth row is wrong."""
    content = workbook(FAULTS_ROWS, FIRST_SEED + 100, wrong_every=EVERY)
    wrong = FAULTS_ROWS // EVERY
    taken = import_once(content, by, rows=FAULTS_ROWS, wrong=wrong)
    ratio = taken.check / clean
    report.add(
        f"check with {wrong:,} wrong rows and the workbook back / clean check", f"{ratio:.1f}"
    )
