"""Kill -9 in the middle of the path: what was confirmed is there, nothing is half."""

from __future__ import annotations

import random
import sys
import threading
import time
from dataclasses import dataclass

import psycopg
import pytest

from tests.fault.browser import Browser
from tests.fault.conftest import running_site
from tests.fault.evidence import lost
from tests.fault.site import OWN_SLOWNESS, DemoSite, slowness, wait_until
from tests.fault.truth import contradictions
from tests.fault.walker import Journal, Walker

pytestmark = pytest.mark.fault

KINDS = ("web worker", "web master", "job worker", "backend", "postmaster")
REGIONS = ("520103", "520102", "520111", "520115")  # a walker each
BACK_WITHIN = 15.0
GRACE = 3.0  # a request that was on its way may still fail so long after the site is back
WAVE = 4


@dataclass(frozen=True)
class Kill:
    """One kill: what, when, and how long until the site was whole again."""

    kind: str
    at: float
    back_after: float


def victims(site: DemoSite, kind: str) -> list[int]:
    """Processes of the kind that run now."""
    if kind == "web worker":
        return site.web_workers()
    if kind == "backend":
        return site.backends()
    one = {
        "web master": site.web_master, "job worker": site.job_worker, "postmaster": site.postmaster,
    }[kind]()  # fmt: skip
    return [one] if one else []


def is_whole(site: DemoSite, killed: int) -> bool:
    """Whether all processes are there again, the killed one replaced, and pages are answered."""
    running = [site.web_master(), site.job_worker(), site.postmaster(), *site.web_workers()]
    if killed in running or None in running or len(site.web_workers()) != 2:
        return False
    return all(site.answers() for _time in range(4))


def kill(site: DemoSite, kind: str, dice: random.Random) -> Kill:
    """Kill one process of the kind and wait until the site has come back by itself."""
    pid = dice.choice(victims(site, kind))
    at = time.monotonic()
    site.kill(pid)
    try:
        wait_until(lambda: is_whole(site, pid), BACK_WITHIN, f"back after a killed {kind}")
    except AssertionError:
        # Fifteen seconds are meant for cores that are the site's and its walkers' alone.
        longer = BACK_WITHIN * (slowness() / OWN_SLOWNESS - 1)
        wait_until(lambda: is_whole(site, pid), longer, f"back after a killed {kind}, +{longer} s")
    return Kill(kind, at, time.monotonic() - at)


def kill_in_turn(site: DemoSite, kinds: list[str], dice: random.Random) -> list[Kill]:
    """Kill one after the other, each at an instant of its own."""
    kills = []
    for kind in kinds:
        time.sleep(dice.uniform(0.1, 1.2))
        kills.append(kill(site, kind, dice))
    return kills


def unexplained(journal: Journal, kills: list[Kill]) -> list[tuple[float, str]]:
    """Requests without an answer that no kill explains."""
    return [
        (at, what)
        for at, what in journal.unanswered
        if not any(one.at <= at <= one.at + one.back_after + GRACE for one in kills)
    ]


def walkers_of(site: DemoSite, journal: Journal, count: int, seed: int) -> list[Walker]:
    """A walker in each region, with enterprises to walk with."""
    return [
        Walker(
            site, region, site.prepare(region=region, state="", count=count), journal, seed + place
        )
        for place, region in enumerate(REGIONS)
    ]


def disturbed(
    site: DemoSite, kinds: list[str], seed: int, enterprises: int
) -> tuple[Journal, list[Kill]]:
    """Walk the path while processes are killed; the walkers finish what they began."""
    journal, dice, go_on = Journal(), random.Random(seed), threading.Event()
    walkers = walkers_of(site, journal, enterprises, seed)
    threads = [
        threading.Thread(target=walker.run, args=[lambda: not go_on.is_set(), WAVE])
        for walker in walkers
    ]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        kills = kill_in_turn(site, kinds, dice)
        walking = any(thread.is_alive() for thread in threads)
    finally:
        go_on.set()
        for thread in threads:
            thread.join(180)
    assert not journal.problems, journal.problems
    assert walking, "the walkers had nothing left to do before the last kill"
    assert not any(thread.is_alive() for thread in threads), "a walker hangs"
    return journal, kills


def check(site: DemoSite, journal: Journal, kills: list[Kill]) -> None:
    """What was confirmed is there, nothing is half, the books agree, jobs are done again."""
    assert lost(site, journal) == []
    with site.connect() as connection:
        assert contradictions(connection) == []
    assert unexplained(journal, kills) == []
    site.verified_books()
    again = sum(entry.sent > 1 for entry in journal.confirmed)
    told = {kind: [f"{one.back_after:.1f}" for one in kills if one.kind == kind] for kind in KINDS}
    sys.stdout.write(
        f"{len(journal.confirmed)} steps confirmed, {again} of them by sending them again, "
        f"{len(journal.unanswered)} requests without an answer; seconds until back: {told}\n"
    )


def a_job_is_done(site: DemoSite) -> None:
    """The worker of background jobs works: a match ordered on the page ends."""
    officer = Browser(site.port)
    officer.sign_in("city-programme")
    page = "/office/entitlements/"
    form = officer.get(page).the_form(page + "match/")
    answer = officer.post(page + "match/", form.fields)
    assert answer.location.startswith("/jobs/"), answer
    job = answer.location.strip("/").split("/")[1]

    def done() -> bool:
        state = site.one("SELECT state FROM core_job WHERE id = %s", [job])
        assert state != "failed"
        return bool(state == "done")

    wait_until(done, 60, "the ordered match ends")


def test_kills_in_the_middle_of_the_path(site: DemoSite, seed: int) -> None:
    kinds = [kind for kind in KINDS for _time in range(4)]
    random.Random(seed).shuffle(kinds)
    journal, kills = disturbed(site, kinds, seed, enterprises=24)
    check(site, journal, kills)
    assert journal.unanswered, "no kill met a request: nothing was tried"
    a_job_is_done(site)


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(5))
def test_many_kills(seed: int, round_: int) -> None:
    """Four of each kind a round; at its end the whole site is stopped and started once more.

    Not twenty in a row: the supervisor waits twice as long after every end within a minute.
    """
    kinds = [kind for kind in KINDS for _time in range(4)]
    random.Random(seed + round_).shuffle(kinds)
    with running_site(1000) as own:
        journal, kills = disturbed(own, kinds, seed + 10 * (round_ + 1), enterprises=48)
        check(own, journal, kills)
        a_job_is_done(own)
        own.stop()
        own.start()
        check(own, journal, kills)


def test_the_evidence_would_notice(site: DemoSite) -> None:
    """The control: a step that was never taken, and a state that is half, are found."""
    region = REGIONS[0]
    prepared = site.prepare(region=region, state="submitted", count=1)
    case = prepared["cases"][0]["case"]
    journal = Journal()
    journal.confirm("accept", case, prepared["officers"]["reviewer"][0], "", 1)
    journal.confirm("pay", case, prepared["officers"]["finance"][0], "BANK1", 1)
    assert [entry.step for entry in lost(site, journal)] == ["accept", "pay"]
    with psycopg.connect(site.url) as connection:
        connection.execute("UPDATE cases_case SET state = 'accepted' WHERE number = %s", [case])
        assert [case in found for found in contradictions(connection)].count(True) >= 2
        connection.rollback()
        assert contradictions(connection) == []
