"""Board, lists and public pages at a city's size: 67,699 enterprises, 20,000 cases."""

from __future__ import annotations

import statistics
import time
from datetime import date

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import city_lists
from bench.data import sign_in
from bench.many_cases import make_many
from bench.pages import BARE, Probes, compare, headers_of
from bench.report import Report
from miaopu.app.demo.load import load_enterprises
from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.actions import move_demo_clock
from miaopu.monitoring.board import board_of, case_counts
from miaopu.plans.actions import match_version
from miaopu.plans.models import ProgrammeVersion

BOARD, PUBLIC = "/office/board/", "/programmes/guiyang-2018/"
ENTERPRISES, CASES = 67_699, 20_000
FIRST, DAYS, TODAY = date(2018, 2, 1), 200, date(2018, 9, 20)
GOAL, GOAL_UNCHANGED = 1 / 12, 3.0
TIMES = 5


def prepare() -> None:
    """A city of Taiyuan's size with its cases."""
    move_demo_clock(TODAY, by=None)
    with clock.read_once():
        load_enterprises(ENTERPRISES, lambda line: None)
        for version in ProgrammeVersion.objects.current().select_related("programme"):
            match_version(version, clock.today())
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # the limits of the web are not for loading
        cursor.execute("ANALYZE")
    make_many(CASES - Case.objects.count(), FIRST, DAYS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _queries(client: Client) -> int:
    """Statements of a board whose figures nobody has asked for yet."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(BOARD)
    assert answer.status_code == 200
    return len(captured)


def _anew() -> float:
    """Milliseconds to work the board's figures out from the records, without what is kept."""
    version = ProgrammeVersion.objects.current().select_related("programme").get()
    took = []
    with clock.read_once():
        for _time in range(TIMES):
            began = time.perf_counter()
            board_of(version, clock.today())
            case_counts(Case.objects.filter(programme=version.programme_id), clock.today())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def measure(report: Report) -> None:
    """The board against the bare view; a public page against itself, asked for again."""
    prepare()
    officer = sign_in("city-programme")
    counts = f"{Case.objects.count():,} cases"
    report.add(f"board: statements when worked out anew, {counts}", f"{_queries(officer)}")
    report.add(f"board: figures worked out anew from {counts}: ms", f"{_anew():.0f}")
    city_lists.measure(report, officer)
    signed_in = headers_of(officer)
    etag = Client(headers={"host": "127.0.0.1"}).get(PUBLIC)["ETag"]
    connections.close_all()
    probes: Probes = {
        "board": (BOARD, signed_in),
        "bare": (BARE, signed_in),
        "public": (PUBLIC, []),
        "unchanged": (PUBLIC, ["-H", f"If-None-Match: {etag}"]),
    }
    titles = {
        "board": "programme board",
        "bare": "bare one-query view, same sign-in (beside the board)",
        "public": "public programme page",
        "unchanged": "public programme page, If-None-Match",
    }
    rates = compare(report, probes, titles)
    rates.report_part(report, "programme board / bare view", "board", "bare", GOAL)
    gains = rates.ratios("unchanged", "public")
    gain = statistics.median(gains)
    shown = f"{gain:.1f}× ({gains[0]:.1f}–{gains[-1]:.1f})"
    report.add("unchanged public page / full page", shown, "≥ 3×", gain >= GOAL_UNCHANGED)
