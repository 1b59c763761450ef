"""The demo as `miaopu demo` loads it: everything dated by its clock, books that agree at once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from miaopu.app.demo.load import FIRST_DAY
from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.enums import CaseState
from miaopu.cases.models import BatchReview, Case, CaseClock, Correction, Item, Offer
from miaopu.cases.ranking import last_ranking
from miaopu.core import clock
from miaopu.core.models import DemoClock, Event, Notice, User
from miaopu.core.people import demo_people
from miaopu.engine.books import verify
from miaopu.ledger.audit import audit_payments
from miaopu.ledger.awards import pay_award
from miaopu.ledger.books import read_books, seal_days
from miaopu.ledger.enums import BatchState, LineState
from miaopu.ledger.models import Award, BankReply, BatchLine, PaymentBatch, Transfer
from miaopu.ledger.result_checks import check_results
from miaopu.ledger.results import results_of
from miaopu.monitoring.open_data import open_data
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match, ProgrammeVersion
from tests.factories import GOOD_FORM, travel
from tools import recompute_open_data

PACK = Path(__file__).resolve().parents[2] / "programmes" / "guiyang-2018"
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(db: None, capsys: Any) -> None:
    """The demo with 200 enterprises, loaded in the verb's order."""
    call_command("start_demo_clock")
    call_command("load_pack", str(PACK))
    call_command("load_demo", enterprises=200)


def test_whole_path_in_the_demo_leaves_books_that_agree(demo: None, capsys: Any) -> None:
    people = {user.username: user for user in User.objects.all()}
    owner = people["enterprise1"]
    item = Item.objects.public().get(code="direct_subsidy")
    enterprise = Enterprise.objects.for_user(owner).get()
    case = actions.open_case(item, enterprise, by=owner)
    assert case.form["contact_name"] == enterprise.legal_representative
    actions.save_form(case, GOOD_FORM, revision=case.revision, by=owner)
    actions.submit_case(case, by=owner)
    actions.accept_case(case, by=people["yunyan-reviewer"])
    actions.propose_grant(case, {"mature": True}, by=people["yunyan-reviewer"])
    actions.approve_case(case, by=people["yunyan-approver"])
    publicity = publish_list(item, case.region, by=people["yunyan-approver"])
    travel(publicity.ends_on + timedelta(days=1))
    decide_case(case, by=people["yunyan-approver"])
    pay_award(Award.objects.get(), "B1", by=people["yunyan-finance"])
    travel(clock.today() + timedelta(days=1))
    assert len(seal_days()) == 2
    assert verify(read_books()) == []
    capsys.readouterr()
    call_command("verify_books", format="json")
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_everything_is_dated_by_the_demo_clock(demo: None) -> None:
    assert clock.today() == FIRST_DAY
    days = {timezone.localdate(at) for at in Transfer.objects.values_list("at", flat=True)}
    days |= {timezone.localdate(at) for at in Event.objects.values_list("at", flat=True)}
    assert days == {FIRST_DAY}


def test_loading_again_changes_nothing(demo: None) -> None:
    before = (Enterprise.objects.count(), User.objects.count(), Match.objects.count())
    DemoClock.objects.update(offset_days=0)
    call_command("start_demo_clock")
    call_command("load_pack", str(PACK))
    call_command("load_demo", enterprises=200)
    after = (Enterprise.objects.count(), User.objects.count(), Match.objects.count())
    assert before == after
    assert clock.today() == timezone.localdate()  # a clock that runs is left alone


def test_outside_the_demo_its_data_is_refused(db: None, settings: Any) -> None:
    settings.DEMO = False
    for command in ("load_demo", "start_demo_clock"):
        with pytest.raises(CommandError, match="MIAOPU_DEMO"):
            call_command(command)
    assert FIRST_DAY == date(2018, 5, 10)


def _check_batches() -> None:
    """Batches in every state, payments of every outcome, one that came back and was paid again."""
    batches = PaymentBatch.objects.all()
    assert set(batches.values_list("state", flat=True)) == set(BatchState)
    lines = BatchLine.objects.all()
    assert set(lines.values_list("state", flat=True)) == set(LineState)
    waiting = batches.filter(state="open").exclude(lines__state__in=["paid", "failed"])
    assert waiting.exists(), "one waits for every result"
    assert batches.filter(state="open", lines__state="failed").exists(), "one is half answered"
    again = Award.objects.filter(state="paid", transfers__kind="return").distinct()
    assert all(one.batch_lines.count() == 2 for one in again) and again.count() == 1
    unbooked = BankReply.objects.filter(booked=0).get()
    assert {one.effect for one in check_results(unbooked.batch, results_of(unbooked))} == {
        "book", "wrong"
    }  # fmt: skip
    for username, district in (("yunyan-finance", "520103"), ("nanming-finance", "520102")):
        officer = User.objects.get(username=username)
        own = PaymentBatch.objects.for_user(officer)
        assert own.count() >= 4
        assert {batch.region_id for batch in own} == {district}
        assert {batch.made_by for batch in own} == {officer}
        assert Award.objects.for_user(officer).payable().exists(), "something to put into a batch"
    owner = User.objects.get(username="enterprise4")
    assert owner.demo_note and owner.check_password(settings.DEMO_PASSWORD)
    assert Award.objects.for_user(owner).get().awaits_account
    assert Notice.objects.filter(user=owner, link__contains="/my/cases/").exists()


def _check_log_ins() -> None:
    """Enterprises first, in the order of their names; whoever has something to correct is there."""
    people = list(demo_people())
    assert [one.username for one in people[:5]] == [f"enterprise{place}" for place in range(1, 6)]
    assert next(one.username for one in people if not one.is_party) == "yunyan-reviewer"
    returned = User.objects.get(username="enterprise5")
    assert returned.check_password(settings.DEMO_PASSWORD)
    assert Correction.objects.for_user(returned).open().get().due_on >= FIRST_DAY
    assert Notice.objects.filter(user=returned, link__contains="correction").exists()


@pytest.mark.long
def test_demo_shows_cases_in_every_state_and_its_books_agree(db: None, capsys: Any) -> None:
    call_command("start_demo_clock", cases=True)
    call_command("load_pack", str(PACK))
    call_command("load_demo", enterprises=2000, cases=True)
    assert clock.today() == FIRST_DAY
    assert set(Case.objects.values_list("state", flat=True)) == set(CaseState)
    assert {one.state for one in Award.objects.all()} >= {"committed", "paid"}
    assert verify(read_books()) == []
    follow_ups = Case.objects.filter(item__code="follow_up_support")
    assert set(follow_ups.values_list("state", flat=True)) >= {"submitted", "proposed", "published"}
    assert set(BatchReview.objects.values_list("state", flat=True)) == {"open", "confirmed"}
    passed_over = [case for case in follow_ups if last_ranking(case) is not None]
    assert len(passed_over) == 1
    open_clocks = CaseClock.objects.running()
    assert open_clocks.overdue(FIRST_DAY).exists(), "something is late"
    for username in ("enterprise1", "enterprise2"):
        assert not Case.objects.for_user(User.objects.get(username=username)).exists()
    _check_batches()
    _check_log_ins()
    assert audit_payments() == []
    figures, problems = recompute_open_data.check(
        recompute_open_data.unpacked(open_data(FIRST_DAY).archive())
    )
    assert problems == []
    own = Award.objects.filter(case__programme__slug="guiyang-2018")
    paid = own.filter(state="paid").total_fen()
    assert figures["guiyang-2018.awards.paid_fen"] == paid > 0
    states = dict(Offer.objects.values_list("state").annotate(n=Count("pk")).order_by())
    assert states["consented"] == 3
    assert states["declined"] == states["withdrawn"] == 2
    assert Offer.objects.for_user(User.objects.get(username="enterprise2")).open().exists()
    for offer in Offer.objects.filter(state="withdrawn"):
        assert offer.changes["conditions"]
        assert offer.changes["facts"]
    rented = Case.objects.filter(item__code="rent_subsidy").values_list("item__version__number")
    assert dict(rented.annotate(n=Count("pk")).order_by()) == {2: 3, 3: 1}, "cases stay"
    district = ProgrammeVersion.objects.current().get(programme__slug="yunyan-2018")
    assert (district.number, district.pack.items["rent_subsidy"].amount) == (4, "8000")
    counts = (Case.objects.count(), Event.objects.count(), User.objects.count())
    call_command("load_demo", enterprises=2000, cases=True)
    assert counts == (Case.objects.count(), Event.objects.count(), User.objects.count())
