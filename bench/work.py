"""What the engine and the ledger do in a second: explanations, matches, decisions."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connections

from bench.data import end_publicity, make_cases, officer
from bench.report import Report
from miaopu.app.demo.load import FIRST_DAY, load_enterprises
from miaopu.cases.decisions import decide_case
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.postgres import EmbeddedPostgres
from miaopu.core.postgres_places import SUPERUSER, installation
from miaopu.engine.matching import explain_one
from miaopu.parties.facts import known_facts, values
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import match_version
from miaopu.plans.entitlements import explain_item
from miaopu.plans.models import ProgrammeVersion

__all__ = ["FIRST_DAY", "measure"]

COUNTIES = ("520102", "520111", "520112", "520113", "520115", "520121", "520123", "520181")
PER_COUNTY = 12
EXPLAINED = 300
PGBENCH_SECONDS = 5


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def explain(report: Report, version: ProgrammeVersion) -> None:
    """Reasons for one enterprise: with its facts from the database, and by the engine alone."""
    enterprises = list(Enterprise.objects.order_by("pk")[:EXPLAINED])
    rules = version.pack.rule_set(FIRST_DAY)
    explain_item(version, "direct_subsidy", enterprises[0], FIRST_DAY)
    whole = [
        _milliseconds(lambda one=one: explain_item(version, "direct_subsidy", one, FIRST_DAY))  # type: ignore[misc]
        for one in enterprises
    ]
    facts = [values(known_facts(one, FIRST_DAY)) for one in enterprises]
    alone = [
        _milliseconds(lambda known=known: explain_one(rules, known, FIRST_DAY))  # type: ignore[misc]
        for known in facts
    ]
    report.add("explain one enterprise: ms, with its facts", f"{statistics.median(whole):.2f}")
    report.add("explain one enterprise: ms, engine alone", f"{statistics.median(alone):.3f}")


def match(report: Report, version: ProgrammeVersion) -> None:
    """Everybody against every item, matches replaced."""
    count = Enterprise.objects.count()
    took = _milliseconds(lambda: match_version(version, FIRST_DAY)) / 1000
    report.add(f"match {count:,} enterprises: s", f"{took:.1f} ({count / took:,.0f}/s)")


def decisions(report: Report) -> None:
    """Decisions one after the other over spread counties, against pgbench with one client."""
    by_county = [(code, make_cases(PER_COUNTY, code, "ended")) for code in COUNTIES]
    end_publicity([case for _code, cases in by_county for case in cases])
    waiting = [
        (case, officer(Role.APPROVER, code))
        for place in range(PER_COUNTY)
        for code, cases in by_county
        for case in cases[place : place + 1]
    ]
    with clock.read_once():
        warm, rest = waiting[:5], waiting[5:]
        for case, by in warm:
            decide_case(case, by=by)
        began = time.perf_counter()
        for case, by in rest:
            decide_case(case, by=by)
        rate = len(rest) / (time.perf_counter() - began)
    report.add(
        f"decisions with their money, one after the other ({len(rest)}): per s", f"{rate:.0f}"
    )
    yardstick = _pgbench()
    if yardstick is not None:
        report.add("pgbench TPC-B, one client: transactions/s", f"{yardstick:.0f}")
        report.add("decisions / pgbench", f"{rate / yardstick:.1%}")


def _pgbench() -> float | None:
    """Transactions per second of pgbench in a database beside ours; None where it is missing."""
    server = EmbeddedPostgres(settings.DATA_DIR)
    program = installation(server.account) / "bin" / "pgbench"
    if not program.exists():
        return None
    server.create_database("bench_pgbench")
    address = server.url("bench_pgbench", SUPERUSER)
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}

    def run(*options: str) -> str:
        return subprocess.run(
            [str(program), *options, address],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    run("-i", "-q", "-s", "5")
    run("-c", "1", "-T", "1")
    found = re.search(r"tps = ([0-9.]+)", run("-c", "1", "-T", str(PGBENCH_SECONDS)))
    return float(found.group(1)) if found else None


def measure(report: Report, large: int | None) -> None:
    """All of it; with `large`, a match of so many enterprises too."""
    version = ProgrammeVersion.objects.current().select_related("programme").get()
    explain(report, version)
    match(report, version)
    decisions(report)
    if large is not None:
        with clock.read_once():
            load_enterprises(large, lambda line: None)
        match(report, version)
    connections.close_all()
