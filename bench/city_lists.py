"""The lists at a city's size against the bare view, by an officer of the whole city.

The same sign-in on both sides, and nothing is written meanwhile: numbers of rows, sums and the keys
of a page are kept as long as the database shows the same (miaopu.portal.paging). What a list costs
right after somebody has written is told beside it, without a goal.
"""

from __future__ import annotations

import statistics
import time

from django.db import connection
from django.test import Client

from bench import cpu
from bench.pages import BARE, Probes, compare, headers_of
from bench.report import Report

LISTS = {
    "office queue": "/office/cases/",
    "office queue, overdue": "/office/cases/?due=overdue",
    "register of enterprises": "/office/enterprises/",
    "entitlements with their figures": "/office/entitlements/",
    "payments": "/finance/payments/",
    "public list of awards": "/money/awards/",
    "public lists in publicity": "/publicity/",
}
HOME = "/office/"
GOAL = 1 / 10
TIMES = 5


def _after_a_write(client: Client, path: str) -> float:
    """Milliseconds of a page in process, each time right after a transaction was written."""
    took = []
    for _time in range(TIMES):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # counts as one: other snapshots follow
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, path
    return statistics.median(took)


def measure(report: Report, officer: Client) -> None:
    """Each list, and the officer's first page, against the bare view in one run."""
    paths = {**LISTS, "office home": HOME}
    for title, path in paths.items():
        report.add(f"{title}: ms in process after a write", f"{_after_a_write(officer, path):.0f}")
    cpu.measure(report, officer, paths)
    connection.close()
    signed_in = headers_of(officer)
    probes: Probes = {title: (path, signed_in) for title, path in paths.items()}
    rates = compare(
        report,
        {**probes, "bare": (BARE, signed_in)},
        {**{title: title for title in paths}, "bare": "bare one-query view (beside the lists)"},
    )
    for title in LISTS:
        rates.report_part(report, f"{title} / bare view", title, "bare", GOAL)
    rates.report_part(report, "office home / bare view", "office home", "bare", 0)
