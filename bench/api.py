"""The API's list of 100 cases against the same rows by plain SQL and orjson, in one run."""

from __future__ import annotations

import statistics

from bench.pages import ROUNDS, WARM_UP, rate
from bench.report import Report
from miaopu.app.supervise import listen
from miaopu.app.web import WORKERS, start_web, wait_until_it_answers
from miaopu.core.models import User
from miaopu.core.tokens import create_token, secret_of

LIST, RAW = "/api/v1/cases?limit=100", "/raw/"
GOAL = 0.35


def measure(report: Report, username: str) -> None:
    """Requests per second of both, interleaved; and of the list when nothing has changed."""
    create_token("bench", 1, "bench", by=User.objects.get(username=username))
    token = ["-H", f"Authorization: Bearer {secret_of('bench')}"]
    probes: dict[str, tuple[str, list[str]]] = {"list": (LIST, token), "raw": (RAW, [])}
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
    spread = {name: f"{min(found):.0f}–{max(found):.0f}" for name, found in rates.items()}
    titles = {
        "list": "API: 100 cases by token and scope",
        "raw": "the same rows by plain SQL and orjson, no sign-in",
    }
    for name, title in titles.items():
        report.add(
            f"{title}: requests/s ({WORKERS} workers)", f"{median[name]:.0f} ({spread[name]})"
        )
    ratio = median["list"] / median["raw"]
    report.add("API list / plain SQL", f"{ratio:.0%}", "≥ 35 %", ratio >= GOAL)
