"""What pages cost in processor time, which does not depend on who else uses the machine.

Measured in process: the seconds of this process and of its PostgreSQL backend together, the pages
in turns, each round's ratio to the bare view by itself. Requests per second (bench.pages) say the
same on a quiet machine; this says it on a busy one too.
"""

from __future__ import annotations

import statistics
import time
from http import HTTPStatus
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from bench.pages import BARE
from bench.report import Report

ROUNDS, TIMES = 7, 5


def backend_seconds(pid: int) -> float:
    """Processor seconds that the backend has taken so far (Linux)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def backend() -> int:
    """The process that answers this one, for as long as the measurement takes."""
    connection.ensure_connection()
    connection.close_at = None  # not closed for its age, however busy the machine is
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


class Pages:
    """The site as a web server calls it, with the cookies of a signed-in browser."""

    def __init__(self, client: Client) -> None:
        self._site = WSGIHandler()
        cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
        self._factory = RequestFactory(
            headers={"host": "127.0.0.1", "accept-language": "zh-CN", "cookie": cookies}
        )

    def get(self, path: str) -> int:
        """Ask for a page, as a server does; its status."""
        status: list[int] = []
        environ = self._factory.get(path).environ

        def start(line: str, headers: object, exc_info: object = None) -> None:
            status.append(int(line.split()[0]))

        answer = self._site(environ, start)  # type: ignore[arg-type]
        b"".join(answer)  # type: ignore[arg-type]
        return status[0]

    def milliseconds(self, path: str, pid: int) -> float:
        """Processor milliseconds of one request, on the mean of some."""
        began = time.process_time() + backend_seconds(pid)
        for _time in range(TIMES):
            self.get(path)
        return (time.process_time() + backend_seconds(pid) - began) * 1000 / TIMES


def measure(report: Report, client: Client, paths: dict[str, str]) -> None:
    """Each page's processor time, and how many bare views that is."""
    pid, pages = backend(), Pages(client)
    everything = {**paths, "bare one-query view": BARE}
    rounds: dict[str, list[float]] = {title: [] for title in everything}
    for path in everything.values():
        assert pages.get(path) == HTTPStatus.OK, path
    for _round in range(ROUNDS):
        for title, path in everything.items():
            rounds[title].append(pages.milliseconds(path, pid))
    bare = rounds["bare one-query view"]
    for title, found in rounds.items():
        ratios = [one / other for one, other in zip(found, bare, strict=True)]
        shown = f"{statistics.median(found):.1f} (1/{statistics.median(ratios):.1f})"
        report.add(f"{title}: processor ms, and part of the bare view", shown)
