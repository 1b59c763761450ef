"""A process that ends at its n-th statement, for every n: afterwards nothing or everything."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.engine.bank_files import Result
from miaopu.engine.books import verify
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.batches import create_batch
from miaopu.ledger.books import read_books
from miaopu.ledger.models import Award, PaymentBatch
from miaopu.ledger.results import book_results
from miaopu.ledger.returns import correct_account
from miaopu.plans.actions import match_version
from miaopu.plans.models import ProgrammeVersion
from miaopu.plans.tasks import start_matching
from tests.factories import FIRST_DAY, City, build_city, travel
from tests.fault.dying import DIED, DONE, Death, Moment, Run, run
from tests.fault.truth import contradictions
from tests.harness import database
from tests.ledger.test_batches import grant_many

pytestmark = pytest.mark.fault

# What an action may leave behind. Serial numbers and times are not looked at: they may differ.
SEEN = (
    *(
        f"SELECT '{table}', count(*) FROM {table}"
        for table in (
            *("cases_case", "cases_caseevent", "cases_caseclock", "cases_publicity"),
            *("core_event", "core_notice", "core_job", "procrastinate_jobs", "plans_match"),
            *("ledger_award", "ledger_awardevent", "ledger_transfer", "ledger_entry"),
            *("ledger_paymentbatch", "ledger_batchline", "ledger_batchlineevent"),
            *("ledger_payeeaccount", "cases_decisionletter"),
        )
    ),
    "SELECT number, state, revision, proposed_by_id, approved_by_id FROM cases_case ORDER BY 1",
    "SELECT number, state, bank_reference, paid_by_id, awaits_account FROM ledger_award ORDER BY 1",
    "SELECT b.state, l.position, l.state, l.bank_reference FROM ledger_batchline l"
    " JOIN ledger_paymentbatch b ON b.id = l.batch_id ORDER BY b.id, l.position",
    "SELECT code, balance_fen FROM ledger_account WHERE balance_fen <> 0 ORDER BY 1",
    "SELECT case_id, step, stopped_on, due_on FROM cases_caseclock ORDER BY 1, 2",
    "SELECT verb, subject_type, actor_id, data->>'to' FROM core_event ORDER BY id",
)
COMMIT_MOMENTS: tuple[Moment, ...] = ("sent", "after")
_numbers = count(1)
Picture = list[list[tuple[Any, ...]]]


def ended(city: City) -> None:
    """A case whose publicity is over, so that it can be decided."""
    _case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))


def person(role: str) -> User:
    """The first officer with the role: of the district, or of the city where only that has one."""
    return User.objects.filter(username__startswith=f"{role}-5201").earliest("pk")


def case() -> Case:
    """The one case there is."""
    return Case.objects.get()


def publish() -> None:
    """Publish what waits."""
    publish_list(case().item, case().region, by=person("approver"))


def owner() -> User:
    """The person who acts for the enterprise of the case."""
    return User.objects.filter(username__startswith="owner-").earliest("pk")


ACCOUNT = {"bank_name": "贵阳银行", "bank_account": "6222020200099999999"}


def create() -> PaymentBatch:
    """Gather what can be paid."""
    awards = list(Award.objects.order_by("pk"))
    return create_batch(awards, by=person("finance_officer"), request_key="k")


def results(*outcomes: str) -> list[Result]:
    """What the bank says of the awards, in their order."""
    return [
        Result(1, one.number, one.amount_fen, outcome, "B1", clock.today(), "账号户名不符")  # type: ignore[arg-type]
        for one, outcome in zip(Award.objects.order_by("pk"), outcomes, strict=True)
    ]


def at_the_bank(city: City) -> None:
    """Two awards in a batch."""
    grant_many(city, 2)
    create()


def paid_in_batch(city: City) -> None:
    """An award that was paid in a batch."""
    city.granted()
    book_results(create(), results("paid"), by=city.finance)


def failed_in_batch(city: City) -> None:
    """An award whose payment failed."""
    city.granted()
    book_results(create(), results("failed"), by=city.finance)


def book() -> None:
    """Book a payment and a failure in one go."""
    batch = PaymentBatch.objects.get()
    book_results(batch, results("paid", "failed"), by=person("finance_officer"))


def book_return() -> None:
    """Book that the payment came back."""
    batch = PaymentBatch.objects.get()
    book_results(batch, results("returned"), by=person("finance_officer"))


@dataclass(frozen=True)
class Act:
    """An action, how the city is made ready for it, and how it is taken."""

    name: str
    ready: Callable[[City], object]
    take: Callable[[], object]


ACTS = (
    Act("submit_case", City.draft, lambda: actions.submit_case(case(), by=owner())),
    Act(
        "propose_grant",
        City.accepted,
        lambda: actions.propose_grant(case(), {"mature": True}, by=person("reviewer")),
    ),
    Act("approve_case", City.proposed, lambda: actions.approve_case(case(), by=person("approver"))),
    Act("publish_list", City.approved, publish),
    Act("decide_case", ended, lambda: decide_case(case(), by=person("approver"))),
    Act(
        "pay_award",
        City.granted,
        lambda: pay_award(Award.objects.get(), "BANK1", by=person("finance_officer")),
    ),
    Act(
        "release_award",
        City.granted,
        lambda: release_award(Award.objects.get(), by=person("finance_officer"), reason="注销"),
    ),
    Act("create_batch", City.granted, create),
    Act("book_results", at_the_bank, book),
    Act("book_return", paid_in_batch, book_return),
    Act(
        "correct_account",
        failed_in_batch,
        lambda: correct_account(Award.objects.get(), ACCOUNT, by=owner()),
    ),
    Act(
        "match_version",
        City.draft,
        lambda: match_version(ProgrammeVersion.objects.get(), FIRST_DAY),
    ),
    Act(
        "start_matching",
        City.draft,
        lambda: start_matching(ProgrammeVersion.objects.get(), by=person("programme_officer")),
    ),
)


def picture() -> Picture:
    """What can be seen of the database now, once everybody else has left it."""
    with connection.cursor() as cursor:
        until = time.monotonic() + 10
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                break
            assert time.monotonic() < until, "the dead child's connection stays"
            time.sleep(0.005)
        found = []
        for statement in SEEN:
            cursor.execute(statement)
            found.append(cursor.fetchall())
        return found


def half(act: Act, before: Picture, after: Picture, now: Picture) -> str:
    """What is wrong with the picture; "" where nothing is half."""
    if now not in (before, after):
        differing = [
            f"{was} → {is_} (whole: {whole})"
            for was, is_, whole in zip(before, now, after, strict=True)
            if is_ not in (was, whole) or (is_ == was) != (now[0] == before[0])
        ]
        return f"{act.name} is half done: {differing}"
    wrong = contradictions(connection.connection)
    books = verify(read_books())
    return f"{act.name}: {wrong} {books}" if wrong or books else ""


@dataclass
class Place:
    """A city made ready for an action; every copy of it begins where the others began."""

    act: Act
    base: str
    stack: ExitStack = field(default_factory=ExitStack)

    def fresh(self) -> None:
        """Go on in a new copy."""
        self.stack.close()
        connections.close_all()  # a database that somebody uses cannot be copied
        self.stack.enter_context(_copy(self.base))


@contextmanager
def _copy(base: str) -> Iterator[None]:
    """As `database.copy`, for hundreds in a row: waits for autovacuum, which FORCE may not end."""
    name = f"{database.COPY}{os.getpid()}_f{next(_numbers)}"
    database._run("CREATE DATABASE {} TEMPLATE {}", name, base)
    database.use(name)
    try:
        yield
    finally:
        database.use(base)
        database._run("DROP DATABASE {}", name)


@contextmanager
def place_for(act: Act, template: str) -> Iterator[Place]:
    """The city in a database that others can be copied from."""
    with database.copy(template) as base:
        act.ready(build_city())
        place = Place(act, base)
        with place.stack:
            place.fresh()
            yield place


@pytest.fixture(params=ACTS, ids=lambda act: act.name)
def place(
    request: pytest.FixtureRequest, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Place]:
    """A city made ready for each of the actions in turn."""
    with django_db_blocker.unblock(), place_for(request.param, template_database) as made:
        yield made


def whole(place: Place) -> tuple[Picture, Picture, Run]:
    """The pictures before and after an undisturbed run, and what it sent."""
    before = picture()
    undisturbed = run(place.act.take)
    assert undisturbed.status == DONE
    after = picture()
    assert after != before
    assert half(place.act, before, after, after) == ""
    place.fresh()
    return before, after, undisturbed


def deaths(undisturbed: Run) -> list[Death]:
    """Every moment at which the process can end.

    After a statement and before the next one is the same moment to the database, which hears
    nothing in between; only around a COMMIT it matters what the process still hears.
    """
    every = [Death(number, "before") for number in range(1, undisturbed.statements + 1)]
    around = [Death(number, moment) for number in undisturbed.commits for moment in COMMIT_MOMENTS]
    return [*every, *around]


def test_nothing_or_everything(place: Place) -> None:
    before, after, undisturbed = whole(place)
    assert undisturbed.commits, "the action has no transaction"
    wrong, wholes = [], 0
    for death in deaths(undisturbed):
        assert run(place.act.take, death).status == DIED, death
        now = picture()
        problem = half(place.act, before, after, now)
        if problem:
            wrong.append((death, problem))
        if now != before:
            wholes += now == after
            place.fresh()
        if death.moment == "after" and death.number == undisturbed.commits[-1]:
            assert now == after, "acknowledged and not there"
    assert wrong == [], f"{len(wrong)} of {len(deaths(undisturbed))}: {wrong[:2]}"
    assert wholes >= 1
    # After the last death in the middle the action can still be taken, once.
    place.fresh()
    run(place.act.take, Death(undisturbed.commits[-1], "before"))
    assert run(place.act.take).status == DONE
    assert half(place.act, before, after, picture()) == ""


@pytest.mark.parametrize("name", ["decide_case", "create_batch"])
def test_control_without_the_transaction_is_half_done(
    name: str, template_database: str, django_db_blocker: DjangoDbBlocker
) -> None:
    act = next(one for one in ACTS if one.name == name)
    with django_db_blocker.unblock(), place_for(act, template_database) as place:
        before, after, undisturbed = whole(place)
        halves = 0
        for number in range(1, undisturbed.statements + 1, max(1, undisturbed.statements // 20)):
            run(act.take, Death(number, "before"), commit_each=True)
            now = picture()
            if now != before:
                halves += bool(half(act, before, after, now))
                place.fresh()
        assert halves > 3, "a decision without its transaction was not found out"
