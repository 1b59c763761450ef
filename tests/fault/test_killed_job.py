"""A worker that is killed in the middle of matching: the job is done once, by somebody else."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.fault.browser import Browser
from tests.fault.site import DemoSite, wait_until

pytestmark = pytest.mark.fault

MATCHES = """
    SELECT e.number, m.item, m.status, m.amount_fen, m.missing::text, m.facts_missing,
           m.priority_points, m.as_of
      FROM plans_match m JOIN parties_enterprise e ON e.id = m.enterprise_id ORDER BY 1, 2"""
ENDS_WITHIN = 120.0  # a job counts as stalled after 30 s; who retries looks every 15 s
Moment = tuple[str, int, int]


def order(site: DemoSite) -> int:
    """Order a match on the page; the number of its job. Everybody is asked: none is up to date."""
    with site.connect() as connection:
        connection.execute("UPDATE plans_matchrun SET software = 'before'")
    officer = Browser(site.port)
    officer.sign_in("city-programme")
    page = "/office/entitlements/"
    answer = officer.post(page + "match/", officer.get(page).the_form(page + "match/").fields)
    assert answer.location.startswith("/jobs/"), (answer.status, answer.location)
    assert officer.get(answer.location).status == 200
    return int(answer.location.strip("/").split("/")[1])


class Watch:
    """Looks at a job again and again, as the page does, and keeps what it saw."""

    def __init__(self, site: DemoSite, job: int) -> None:
        self.seen: list[Moment] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=[site, job])
        self._thread.start()

    def _look(self, site: DemoSite, job: int) -> None:
        with site.connect() as connection:
            while not self._ended.is_set():
                row: Any = connection.execute(
                    "SELECT state, done, total FROM core_job WHERE id = %s", [job]
                ).fetchone()
                if not self.seen or self.seen[-1] != row:
                    self.seen.append(row)
                time.sleep(0.003)

    @property
    def now(self) -> Moment:
        """What it saw last."""
        return self.seen[-1] if self.seen else ("", 0, 0)

    def end(self) -> list[Moment]:
        """Stop looking."""
        self._ended.set()
        self._thread.join(10)
        return self.seen


def finished(watch: Watch) -> bool:
    """Whether the job is done."""
    assert watch.now[0] != "failed"
    return watch.now[0] == "done"


def undisturbed(site: DemoSite) -> list[Any]:
    """The matches after a run that nobody disturbed."""
    watch = Watch(site, order(site))
    try:
        wait_until(lambda: finished(watch), ENDS_WITHIN, "the match ends")
    finally:
        watch.end()
    return site.rows(MATCHES)


def matched_times(site: DemoSite) -> int:
    """How often the matches of the programme were replaced."""
    return int(site.one("SELECT count(*) FROM core_event WHERE verb = 'plans.match_programme'"))


def disturb(site: DemoSite, kill_at: list[int]) -> tuple[list[Moment], int]:
    """Order a match and kill the worker when so many enterprises are done; what was seen."""
    job = order(site)
    watch = Watch(site, job)
    try:
        for mark in kill_at:

            def reached(mark: int = mark) -> bool:
                assert watch.now[0] != "done", "the match was faster than the kill"
                return watch.now[0] == "running" and watch.now[1] >= mark

            wait_until(reached, ENDS_WITHIN, f"{mark} enterprises are matched")
            worker = site.job_worker()
            assert worker is not None
            site.kill(worker)
            assert watch.now[0] == "running"
        wait_until(lambda: finished(watch), ENDS_WITHIN, "the killed match ends")
    finally:
        seen = watch.end()
    return seen, job


def check(site: DemoSite, before: list[Any], times: int, seen: list[Moment], job: int) -> None:
    """Done once, with the same result; progress never went back."""
    done = [entry[1] for entry in seen]
    assert done == sorted(done), f"progress went back: {seen}"
    assert seen[-1][1] == seen[-1][2] == site.enterprises
    assert site.rows(MATCHES) == before
    assert matched_times(site) == times + 1

    def gone() -> bool:  # done jobs leave the queue
        queued = "SELECT count(*) FROM procrastinate_jobs WHERE args->>'job_id' = %s"
        return bool(site.one(queued, [str(job)]) == 0)

    wait_until(gone, 10, "the job leaves the queue")


@pytest.mark.slow
def test_a_killed_match_is_done_once(large_site: DemoSite) -> None:
    before = undisturbed(large_site)
    assert len(before) > 1000
    times = matched_times(large_site)
    seen, job = disturb(large_site, [1000])
    check(large_site, before, times, seen, job)


@pytest.mark.slow
@pytest.mark.parametrize("kill_at", [[500, 2000, 3500], [4000]], ids=str)
def test_a_match_killed_again_and_again(large_site: DemoSite, kill_at: list[int]) -> None:
    before = undisturbed(large_site)
    times = matched_times(large_site)
    seen, job = disturb(large_site, kill_at)
    check(large_site, before, times, seen, job)
