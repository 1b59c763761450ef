"""The list page against a bare one-query view: same middleware, same server, ABAB, medians."""

from __future__ import annotations

import re
import statistics
import subprocess

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


def compare(report: Report, probes: Probes, titles: dict[str, str]) -> dict[str, float]:
    """The median requests per second of each address, asked in turns of one server; reported."""
    with listen("127.0.0.1", 0) as listening:
        port = int(listening.getsockname()[1])
        web = start_web(listening)
        try:
            wait_until_it_answers("127.0.0.1", port, lambda: web.poll() is None)
            for path, headers in probes.values():
                rate(port, path, headers, WARM_UP)
            rates: dict[str, list[float]] = {name: [] for name in probes}
            for _round in range(ROUNDS):
                for name, (path, headers) in probes.items():
                    rates[name].append(rate(port, path, headers))
        finally:
            web.terminate()
            web.wait(30)
    median = {name: statistics.median(found) for name, found in rates.items()}
    for name, title in titles.items():
        spread = f"{min(rates[name]):.0f}–{max(rates[name]):.0f}"
        report.add(f"{title}: requests/s ({WORKERS} workers)", f"{median[name]:.0f} ({spread})")
    return median


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
    median = compare(report, probes, titles)
    ratio = median["list"] / median["bare"]
    report.add("list page / bare view", f"1/{1 / ratio:.1f}", "≥ 1/10", ratio >= GOAL)
    harder = median["list"] / median["anonymous"]
    report.add(
        "list page / bare view, not signed in (nothing but its query)", f"1/{1 / harder:.1f}"
    )
