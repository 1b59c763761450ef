"""The API's list of 100 cases against the same rows by plain SQL and orjson, in one run."""

from __future__ import annotations

import statistics

from bench.pages import Probes, compare
from bench.report import Report
from miaopu.core.models import User
from miaopu.core.tokens import create_token, secret_of

LIST, RAW = "/api/v1/cases?limit=100", "/raw/"
GOAL = 0.35


def measure(report: Report, username: str) -> None:
    """Requests per second of both, interleaved; and of the list when nothing has changed."""
    create_token("bench", 1, "bench", by=User.objects.get(username=username))
    token = ["-H", f"Authorization: Bearer {secret_of('bench')}"]
    probes: Probes = {"list": (LIST, token), "raw": (RAW, [])}
    titles = {
        "list": "API: 100 cases by token and scope",
        "raw": "the same rows by plain SQL and orjson, no sign-in",
    }
    found = compare(report, probes, titles).ratios("list", "raw")
    ratio = statistics.median(found)
    shown = f"{ratio:.0%} ({found[0]:.0%}–{found[-1]:.0%})"
    report.add("API list / plain SQL", shown, "≥ 35 %", ratio >= GOAL)
