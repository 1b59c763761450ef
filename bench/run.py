"""The measurements, inside the environment that `bench.__main__` has made."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connections  # noqa: E402

from bench import api, dashboard, imports, pages, profiling, search, work  # noqa: E402
from bench.data import make_cases, sign_in  # noqa: E402
from bench.report import Report  # noqa: E402
from miaopu.app.demo.load import load_demo  # noqa: E402
from miaopu.app.static_files import collect_static_files  # noqa: E402
from miaopu.core.actions import load_regions, start_demo_clock  # noqa: E402
from miaopu.core.migrating import migrate  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
ENTERPRISES, LARGE = 2_000, 67_699
FEW, MANY = 20, 200


def prepare() -> None:
    """The demo as `make demo` loads it."""
    migrate()
    start_demo_clock(work.FIRST_DAY)
    call_command("load_pack", str(ROOT / "programmes" / "guiyang-2018"), stdout=io.StringIO())
    load_demo(ENTERPRISES, lambda line: None)
    collect_static_files()


def main() -> int:
    """Measure; 1 where a goal is missed."""
    parser = argparse.ArgumentParser()
    only = ("--pages-only", "--dashboard", "--imports-only", "--api-only", "--search")
    for flag in ("--large", "--profile", *only):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args()
    report = Report()
    if asked.search:
        migrate()
        load_regions()
        start_demo_clock(work.FIRST_DAY)
        search.measure(report)
        return _end(report, asked.out)
    prepare()
    if asked.dashboard:
        dashboard.measure(report)
        return _end(report, asked.out)
    if not (asked.pages_only or asked.api_only):
        imports.measure(report)
    if asked.imports_only:
        return _end(report, asked.out)

    make_cases(FEW, "520103", "submitted")
    reviewer = sign_in("yunyan-reviewer")
    few = pages.queries(reviewer)
    make_cases(MANY - FEW, "520103", "submitted")
    many = pages.queries(reviewer)
    report.add(f"list page: queries with {FEW} / {MANY} rows in the table", f"{few} / {many}",
               "equal", few == many)  # fmt: skip
    connections.close_all()
    if not asked.api_only:
        pages.measure(report, reviewer)
    api.measure(report, "yunyan-reviewer")
    if asked.profile:
        profiling.show(reviewer)
    if not (asked.pages_only or asked.api_only):
        work.measure(report, LARGE if asked.large else None)
        if asked.large:
            dashboard.measure(report)

    return _end(report, asked.out)


def _end(report: Report, out: Path | None) -> int:
    report.show()
    if out:
        report.write(out)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
