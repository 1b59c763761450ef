"""The list page against a bare one-query view: same middleware, same server, ABAB, medians.

A machine that others use is faster in one minute than in the next. So the addresses are asked in
turns, each round gives a ratio of its own, and the median of those ratios counts, told with the
smallest and the largest: what slows a whole round down is on both sides of its ratio.
"""

from __future__ import annotations

import re
import statistics
import subprocess
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.report import Report
from miaopu.app.supervise import listen
from miaopu.app.web import WORKERS, start_web, wait_until_it_answers

QUEUE, BARE = "/office/cases/", "/bare/"
Probes = dict[str, tuple[str, list[str]]]  # address and headers, by name
ROUNDS, SECONDS, WARM_UP = 5, 4, 2
GOAL = 1 / 10


def queries(client: Client) -> int:
    """How many statements the list page sends."""
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(QUEUE)
    assert answer.status_code == 200
    assert answer.content.count(b"data-row") == 20
    return len(captured)


def rate(port: int, path: str, headers: list[str], seconds: int = SECONDS) -> float:
    """Requests per second, all of them answered well."""
    done = subprocess.run(
        [
            "wrk",
            "-t2",
            "-c8",
            f"-d{seconds}s",
            "--timeout",
            "20s",
            *headers,
            f"http://127.0.0.1:{port}{path}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Non-2xx" not in done, f"{path}: {done}"
    assert "Socket errors" not in done, f"{path}: {done}"
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done)
    assert found is not None, done
    return float(found.group(1))


def headers_of(client: Client) -> list[str]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return ["-H", f"Cookie: {cookies}", "-H", "Accept-Language: zh-CN"]


@dataclass(frozen=True)
class Rates:
    """Requests per second by address, one figure for each round."""

    rounds: dict[str, list[float]]

    def median(self, name: str) -> float:
        """The median of an address."""
        return statistics.median(self.rounds[name])

    def spread(self, name: str) -> str:
        """The slowest and the fastest round of an address."""
        return f"{min(self.rounds[name]):.0f}–{max(self.rounds[name]):.0f}"

    def ratios(self, name: str, base: str) -> list[float]:
        """How an address compares with another in each round, smallest first."""
        pairs = zip(self.rounds[name], self.rounds[base], strict=True)
        return sorted(one / other for one, other in pairs)

    def report_part(self, report: Report, title: str, name: str, base: str, goal: float) -> None:
        """Report a page as a part of the bare view, 1/n; a goal of 0 is none."""
        found = self.ratios(name, base)
        ratio = statistics.median(found)
        shown = f"1/{1 / ratio:.1f} (1/{1 / found[0]:.1f}–1/{1 / found[-1]:.1f})"
        if goal:
            report.add(title, shown, f"≥ 1/{1 / goal:.0f}", ratio >= goal)
        else:
            report.add(title, shown)


def compare(report: Report, probes: Probes, titles: dict[str, str]) -> Rates:
    """The requests per second of each address, asked in turns of one server; reported."""
    with listen("127.0.0.1", 0) as listening:
        port = int(listening.getsockname()[1])
        web = start_web(listening)
        try:
            wait_until_it_answers("127.0.0.1", port, lambda: web.poll() is None)
            for path, headers in probes.values():
                rate(port, path, headers, WARM_UP)
            rounds: dict[str, list[float]] = {name: [] for name in probes}
            for _round in range(ROUNDS):
                for name, (path, headers) in probes.items():
                    rounds[name].append(rate(port, path, headers))
        finally:
            web.terminate()
            web.wait(30)
    rates = Rates(rounds)
    for name, title in titles.items():
        figure = f"{rates.median(name):.0f} ({rates.spread(name)})"
        report.add(f"{title}: requests/s ({WORKERS} workers)", figure)
    return rates


def measure(report: Report, client: Client) -> None:
    """The list page, the bare view with the same sign-in, and the bare view without one."""
    signed_in = headers_of(client)
    probes: Probes = {
        "list": (QUEUE, signed_in),
        "bare": (BARE, signed_in),
        "anonymous": (BARE, []),
    }
    titles = {
        "list": "list page with 20 rows",
        "bare": "bare one-query view, same sign-in",
        "anonymous": "bare one-query view, not signed in",
    }
    rates = compare(report, probes, titles)
    rates.report_part(report, "list page / bare view", "list", "bare", GOAL)
    harder = "list page / bare view, not signed in (nothing but its query)"
    rates.report_part(report, harder, "list", "anonymous", 0)
