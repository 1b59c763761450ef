"""Walks the path through the real pages, and writes down what the server confirmed.

A walker works one region with its own people. Where no answer comes, nobody knows whether the step
was taken: it waits until the site is back, sends the very same bytes again and must be answered.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.fault.browser import Browser, Fields, NoAnswer, Page
from tests.fault.form import FORM
from tests.fault.site import OWN_SLOWNESS, DemoSite, slowness

PATIENCE = 40.0
MOST_THOUGHT = 0.1  # seconds a person looks at a page before sending its form


@dataclass(frozen=True)
class Confirmed:
    """A step that the server acknowledged, and how often it had to be sent."""

    at: float
    step: str
    thing: str
    by: str
    detail: str
    sent: int


@dataclass
class Journal:
    """What was confirmed, where no answer came, and what should not have been answered."""

    confirmed: list[Confirmed] = field(default_factory=list)
    unanswered: list[tuple[float, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def confirm(self, step: str, thing: str, by: str, detail: str, sent: int) -> None:
        """Write down an acknowledged step."""
        with self.lock:
            self.confirmed.append(Confirmed(time.monotonic(), step, thing, by, detail, sent))

    def no_answer(self, what: str) -> None:
        """Write down a request to which no answer came, or 5xx."""
        with self.lock:
            self.unanswered.append((time.monotonic(), what))

    def problem(self, text: str) -> None:
        """Write down what should not have been."""
        with self.lock:
            self.problems.append(text)


class Walker:
    """One region's people: owners, a reviewer, an approver, a finance officer."""

    def __init__(
        self, site: DemoSite, region: str, prepared: dict[str, Any], journal: Journal, seed: int
    ) -> None:
        self.site = site
        self.region = region
        self.item = prepared["item"]
        self.officers: dict[str, str] = {
            role: names[0] for role, names in prepared["officers"].items()
        }
        self.todo: list[dict[str, str]] = list(prepared["cases"])
        self.journal = journal
        self.dice = random.Random(seed)
        self.browsers: dict[str, Browser] = {}

    # ------------------------------------------------------------ asking, and asking again

    def _patiently(self, what: str, ask: Callable[[], Page]) -> tuple[Page, int]:
        """Ask until there is an answer; how often it was asked."""
        until, hurried = time.monotonic() + PATIENCE, True
        for sent in range(1, 100):
            try:
                return ask(), sent
            except NoAnswer as error:
                self.journal.no_answer(f"{what}: {error}")
                if time.monotonic() > until and hurried:  # others may have the cores
                    until, hurried = until + PATIENCE * (slowness() / OWN_SLOWNESS - 1), False
                if time.monotonic() > until:
                    raise AssertionError(f"{what}: no answer till {until}: {error}") from error
                time.sleep(0.3)
        raise AssertionError(what)

    def browser(self, person: str) -> Browser:
        """The person's browser, signed in."""
        if person not in self.browsers:
            browser = Browser(self.site.port)

            def sign_in() -> Page:
                browser.sign_in(person)
                return Page(200, "", "", "")

            self._patiently(f"sign in {person}", sign_in)
            self.browsers[person] = browser
        return self.browsers[person]

    def page(self, person: str, path: str) -> Page:
        """A page, which has to be there."""
        browser = self.browser(person)
        page, _sent = self._patiently(f"{person} reads {path}", lambda: browser.get(path))
        assert page.status == 200, f"{person} reads {path}: {page.status}"
        return page

    def send(self, person: str, path: str, fields: Fields) -> tuple[Page, int]:
        """Send a form, the same again where no answer comes."""
        browser = self.browser(person)
        return self._patiently(f"{person} sends {path}", lambda: browser.post(path, fields))

    def step(
        self,
        name: str,
        thing: str,
        person: str,
        page: str,
        action: str,
        *,
        leads_to: str,
        detail: str = "",
        query: str = "",
        **typed: str,
    ) -> str:
        """Take a step on a page: the form to `action` is filled and sent. Where it leads to."""
        form = self.page(person, page).the_form(action)
        time.sleep(self.dice.uniform(0, MOST_THOUGHT))
        answer, sent = self.send(person, action + query, form.filled(**typed))
        if answer.status != 302 or leads_to not in answer.location:
            raise AssertionError(
                f"{name} {thing} (sent {sent} times): {answer.status} to {answer.location!r}"
            )
        self.journal.confirm(name, thing, person, detail, sent)
        return answer.location

    # ------------------------------------------------------------ the path

    def apply(self, entry: dict[str, str]) -> str:
        """An enterprise applies and submits; the number of its case."""
        owner, enterprise = entry["owner"], entry["enterprise"]
        self.page(owner, "/my/")
        offer = f"/my/enterprises/{enterprise}/items/{self.item}/"
        where = self.step("open", enterprise, owner, offer, offer + "apply/", leads_to="/form/")
        case = where.strip("/").split("/")[2]
        form = f"/my/cases/{case}/form/all/"
        purpose = f"购买设备和原料，第{self.dice.randrange(10**6)}号"
        typed = {**FORM, "use_of_funds": purpose}
        self.step(
            "save", case, owner, form, form, leads_to="/check/", query="?then=check",
            detail=purpose, **typed,
        )  # fmt: skip
        check = f"/my/cases/{case}/check/"
        self.step("submit", case, owner, check, check, leads_to="/receipt/")
        self.page(owner, f"/my/cases/{case}/receipt/")
        return case

    def review(self, case: str) -> None:
        """The reviewer accepts and proposes, the approver approves."""
        packet, step = f"/office/cases/{case}/", "/office/cases/{}/{}/"
        reviewer, approver = self.officers["reviewer"], self.officers["approver"]
        self.step("accept", case, reviewer, packet, step.format(case, "accept"), leads_to=packet)
        self.step(
            "propose_grant", case, reviewer, packet, step.format(case, "propose_grant"),
            leads_to=packet, decide_mature="yes", signed="on",
        )  # fmt: skip
        self.step("approve", case, approver, packet, step.format(case, "approve"), leads_to=packet)

    def publish(self) -> str:
        """The approver publishes what waits in the region; the number of the list."""
        approver, prepare = self.officers["approver"], "/office/publicity/"
        form = self.page(approver, prepare).the_form(prepare + "publish/", region=self.region)
        answer, sent = self.send(approver, prepare + "publish/", form.fields)
        assert answer.status == 302, f"publish: {answer.status}"
        number = answer.location.removeprefix(prepare).strip("/")
        if not number:  # published by the first sending, to which no answer came
            assert sent > 1, "publish: refused at once"
            first = form.value("seen").split(",")[0]
            number = self._list_of(first)
        self.journal.confirm("publish", number, approver, form.value("seen"), sent)
        return number

    def _list_of(self, case: str) -> str:
        """The number of the list that a case is on, from the case's page."""
        page = self.page(self.officers["approver"], f"/office/cases/{case}/")
        found = re.search(r'href="/office/publicity/([^"/]+)/"', page.text)
        assert found is not None, f"{case} is on no list"
        return found.group(1)

    def wait_for_the_end(self, case: str) -> None:
        """Move the demo's clock until the publicity is over, whoever moves it."""
        approver = self.officers["approver"]
        for _try in range(10):
            form = self.page(approver, "/demo/clock/").the_form("/demo/clock/", working_days="")
            today = date.fromisoformat(form.value("seen"))
            ends = self.site.one(
                "SELECT p.ends_on FROM cases_publicity p JOIN cases_case c ON c.publicity_id = p.id"
                " WHERE c.number = %s",
                [case],
            )
            if today > ends:
                return
            target = str(ends + timedelta(days=1))
            self.step(
                "move", target, approver, "/demo/clock/", "/demo/clock/", leads_to="/demo/clock/",
                to=target,
            )  # fmt: skip
        raise AssertionError("the demo's clock does not move")

    def decide(self, publicity: str) -> None:
        """The approver decides all cases of the list."""
        page = f"/office/publicity/{publicity}/"
        self.step(
            "decide", publicity, self.officers["approver"], page, page + "decide/", leads_to=page
        )

    def pay(self, case: str) -> None:
        """The finance officer pays, and everybody can read it."""
        award = f"/finance/awards/A{case}/"
        reference = f"BANK{self.dice.randrange(10**9):09d}"
        self.step(
            "pay", case, self.officers["finance"], award, award + "pay/", leads_to=award,
            detail=reference, bank_reference=reference,
        )  # fmt: skip
        self.browsers.setdefault("", Browser(self.site.port))
        self.page("", f"/money/awards/A{case}/")

    def wave(self, count: int, go_on: Callable[[], bool]) -> None:
        """So many enterprises walk from the offer to the payment, together on one list."""
        cases = []
        for _number in range(count):
            if not self.todo:
                break
            case = self.apply(self.todo.pop(0))
            self.review(case)
            cases.append(case)
            if not go_on():
                break
        if cases:
            publicity = self.publish()
            self.wait_for_the_end(cases[0])
            self.decide(publicity)
            for case in cases:
                self.pay(case)

    def run(self, go_on: Callable[[], bool], wave: int) -> None:
        """Walk wave after wave; what goes wrong is written down."""
        try:
            while go_on() and self.todo:
                self.wave(wave, go_on)
        except Exception as error:
            self.journal.problem(f"{self.region}: {error!r}")
