"""Two people at once, over real connections: one wins, the other is told; nothing is done twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fault.browser import Browser, Fields, Page
from tests.fault.site import DemoSite
from tests.fault.truth import contradictions

pytestmark = pytest.mark.fault

Entry = dict[str, str]
Officers = dict[str, list[str]]


@dataclass
class Move:
    """A form that a person has filled in and is about to send, and what it does."""

    person: str
    verb: str
    browser: Browser
    path: str
    fields: Fields
    page: Page | None = None
    shown: str = ""

    def send(self) -> None:
        """Send it, and read what the browser shows then."""
        self.page = self.browser.post(self.path, self.fields)
        self.shown = self.page.text
        if self.page.location:
            self.shown = self.browser.get(self.page.location).text


class Room:
    """Signed-in browsers, one for each person."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site
        self.browsers: dict[str, Browser] = {}

    def browser(self, person: str) -> Browser:
        """The person's browser."""
        if person not in self.browsers:
            self.browsers[person] = Browser(self.site.port)
            self.browsers[person].sign_in(person)
        return self.browsers[person]

    def ready(self, person: str, verb: str, page: str, path: str, **typed: str) -> Move:
        """A move whose page was opened and whose form was filled in."""
        browser = self.browser(person)
        form = browser.get(page).the_form(path)
        return Move(person, verb, browser, path, form.filled(**typed))

    def step(self, person: str, case: str, step: str, **typed: str) -> Move:
        """A step of an office in a case."""
        page = f"/office/cases/{case}/"
        return self.ready(person, f"cases.{step}", page, f"{page}{step}/", **typed)

    def money(self, person: str, case: str, verb: str, **typed: str) -> Move:
        """A payment or a release."""
        page = f"/finance/awards/A{case}/"
        return self.ready(person, f"ledger.{verb}", page, f"{page}{verb}/", **typed)


@pytest.fixture(scope="module")
def room(site: DemoSite) -> Room:
    """The people of these tests."""
    return Room(site)


def approve_approve(room: Room, by: Officers, entry: Entry) -> list[Move]:
    return [room.step(person, entry["case"], "approve") for person in by["approver"]]


def approve_send_back(room: Room, by: Officers, entry: Entry) -> list[Move]:
    one, other = by["approver"]
    return [
        room.step(one, entry["case"], "approve"),
        room.step(other, entry["case"], "send_back", reason="请补充说明"),
    ]


def withdraw_propose(room: Room, by: Officers, entry: Entry) -> list[Move]:
    page = f"/my/cases/{entry['case']}/"
    return [
        room.ready(entry["owner"], "cases.withdraw", page, f"{page}withdraw/", reason="不办了"),
        room.step(
            by["reviewer"][0], entry["case"], "propose_grant", decide_mature="yes", signed="on"
        ),
    ]


def grant_refuse(room: Room, by: Officers, entry: Entry) -> list[Move]:
    one, other = by["reviewer"]
    return [
        room.step(one, entry["case"], "propose_grant", decide_mature="yes", signed="on"),
        room.step(other, entry["case"], "propose_refusal", reason="产品尚不成熟"),
    ]


def grant_grant(room: Room, by: Officers, entry: Entry) -> list[Move]:
    return [room.step(person, entry["case"], "grant") for person in by["approver"]]


def pay_pay(room: Room, by: Officers, entry: Entry) -> list[Move]:
    return [
        room.money(person, entry["case"], "pay", bank_reference=f"BANK-{person}")
        for person in by["finance"]
    ]


def pay_release(room: Room, by: Officers, entry: Entry) -> list[Move]:
    one, other = by["finance"]
    return [
        room.money(one, entry["case"], "pay", bank_reference="BANK7"),
        room.money(other, entry["case"], "release", reason="企业已注销"),
    ]


# (state to begin in, where, the two moves, how often): fifty interleavings in all
PAIRS: tuple[tuple[str, str, Callable[[Room, Officers, Entry], list[Move]], int], ...] = (
    ("proposed", "520113", approve_approve, 8),
    ("proposed", "520113", approve_send_back, 8),
    ("accepted", "520181", withdraw_propose, 8),
    ("accepted", "520181", grant_refuse, 6),
    ("ended", "520112", grant_grant, 6),
    ("granted", "520112", pay_pay, 8),
    ("granted", "520112", pay_release, 6),
)


def together(moves: list[Move], dice: random.Random) -> None:
    """Send both at once, or one a little later."""
    start = threading.Barrier(len(moves))
    errors: list[Exception] = []

    def one(move: Move, pause: float) -> None:
        try:
            start.wait(30)
            time.sleep(pause)
            move.send()
        except Exception as error:
            errors.append(error)

    threads = [
        threading.Thread(target=one, args=[move, dice.choice([0, 0, 0, 0.002, 0.01, 0.03])])
        for move in moves
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == [], errors  # a 5xx is one


def done(site: DemoSite, entry: Entry, moves: list[Move]) -> list[tuple[Any, ...]]:
    """Which of the moves the trail holds: verb and person."""
    return site.rows(
        "SELECT e.verb, u.username FROM core_event e JOIN core_user u ON u.id = e.actor_id"
        " JOIN cases_case c ON c.id::text = e.subject_id WHERE e.subject_type = 'cases.case'"
        " AND c.number = %s AND (e.verb, u.username) IN"
        " (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [entry["case"], [move.verb for move in moves], [move.person for move in moves]],
    )


def check_told(loser: Move, winner: Move) -> None:
    """The loser reads that it was not done, and who was faster."""
    assert loser.page is not None
    assert loser.page.status in {302, 403, 409}, loser.page.status
    said = ("可能有人先办理了", "请核对现在的状态", "只有待拨付的扶持可以释放资金")
    assert any(words in loser.shown for words in said), loser.shown[:3000]
    if not loser.verb.endswith("withdraw"):  # enterprises are not told officers' names
        assert winner.person in loser.shown, f"{loser.verb}: who was faster is not said"


@pytest.mark.parametrize(
    ("state", "region", "pair", "times"), PAIRS, ids=[entry[2].__name__ for entry in PAIRS]
)
def test_one_wins_and_the_other_is_told(
    site: DemoSite, room: Room, seed: int, state: str, region: str, pair: Any, times: int
) -> None:
    dice = random.Random(f"{seed} {pair.__name__}")
    prepared = site.prepare(region=region, state=state, count=times)
    winners = []
    for entry in prepared["cases"]:
        moves = pair(room, prepared["officers"], entry)
        dice.shuffle(moves)
        together(moves, dice)
        trail = done(site, entry, moves)
        assert len(trail) == 1, f"{entry['case']}: {trail}"
        [winner] = [move for move in moves if (move.verb, move.person) == trail[0]]
        [loser] = [move for move in moves if move is not winner]
        assert winner.page is not None
        assert winner.page.status == 302, winner.page.status
        check_told(loser, winner)
        winners.append(winner.person)
    with site.connect() as connection:
        assert contradictions(connection) == []
    site.verified_books()


def test_fifty_interleavings() -> None:
    assert sum(entry[-1] for entry in PAIRS) == 50
