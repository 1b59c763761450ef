"""Offers without application: to whom, what consent does, and what happens when facts change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from miaopu.cases import actions
from miaopu.cases.enums import OfferState
from miaopu.cases.guards import FormRefused
from miaopu.cases.models import Case, Offer
from miaopu.cases.offer_changes import changes_today
from miaopu.cases.offer_states import OFFER_TABLE
from miaopu.cases.offering import CHUNK, expire_offers, issue_offers, renew_offers
from miaopu.cases.offers import (
    OfferChanged,
    choose_offer_notices,
    consent_offer,
    decline_offer,
    withdraw_offer,
)
from miaopu.cases.tasks import offer_programme, start_offering
from miaopu.cases.workflow import AlreadyDone
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Job, Notice, User
from miaopu.engine.packs.schema import Pack
from miaopu.parties.actions import add_representative, record_fact
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.tasks import match_programme
from tests.factories import FIRST_DAY, City, guiyang_pack, make_enterprise, make_owner, travel

pytestmark = pytest.mark.django_db

ANSWERS = {"bank_name": "贵阳银行", "bank_account": "6222020200012345678", "commitment": "on"}


def renew(city: City) -> tuple[int, int]:
    """Match everybody and renew the offers, as the jobs do."""
    match_version(city.version, FIRST_DAY)
    return renew_offers(city.version, by=None)


def offer_of(city: City) -> Offer:
    """The latest offer to the city's enterprise."""
    return Offer.objects.filter(enterprise=city.enterprise).latest("pk")


def grow(city: City, day: date = date(2018, 4, 1), staff: int = 80) -> None:
    """The enterprise is no longer a micro enterprise: more people, more revenue."""
    for name, value, source in (
        ("employees", staff, "hr"),
        ("operating_revenue", Decimal("9000000"), "tax"),
    ):
        record_fact(
            city.enterprise,
            name,
            value,
            source=source,
            record=f"n{day}{name}",
            valid_from=day,
            by=None,
        )


def test_every_entitled_enterprise_gets_one_offer_and_one_message(city: City) -> None:
    make_enterprise(employees=80, operating_revenue=Decimal("9000000"))  # small, not micro
    make_enterprise(employees=None, total_assets=None, operating_revenue=None)  # unknown
    assert renew(city) == (0, 2)
    offer = offer_of(city)
    assert (offer.state, offer.amount_fen, offer.priority_points) == ("open", 4_500_000, 15)
    assert offer.expires_on == date(2018, 12, 31)
    assert offer.facts["employees"] == {
        **{"value": 4, "source": "hr", "as_of": "2018-03-31"},
        "record": offer.facts["employees"]["record"],
    }
    [told] = Notice.objects.filter(user=city.owner)
    assert "45,000.00元" in told.text
    assert told.link == f"/my/offers/{offer.pk}/"
    assert renew(city) == (0, 0)
    assert Notice.objects.filter(user=city.owner).count() == 1


def test_no_offer_beside_a_case_or_outside_the_period(city: City) -> None:
    city.draft()
    assert renew(city) == (0, 1)
    assert Offer.objects.get().enterprise == city.other_enterprise
    travel(date(2019, 1, 2))
    make_enterprise()
    assert renew(city) == (1, 0)  # what was open has expired, nothing new is offered


def test_consent_is_a_submitted_case_with_frozen_sources(city: City) -> None:
    renew(city)
    case = consent_offer(offer_of(city), ANSWERS, by=city.owner)
    assert (case.state, case.channel) == ("submitted", "consent")
    assert case.form["contact_phone"] == city.enterprise.phone
    assert case.form["commitment"] is True
    assert set(case.form) == {"contact_name", "contact_phone", *ANSWERS}
    assert case.sources["contact_phone"] == {
        "text": city.enterprise.phone,
        "source": "market",
        "as_of": None,
        "record": city.enterprise.number,
    }
    assert case.clocks.running().get().step == "accept"
    offer = offer_of(city)
    assert (offer.state, offer.case) == ("consented", case)
    accepted = actions.accept_case(case, by=city.reviewer)  # the review stays
    proposed = actions.propose_grant(accepted, {"mature": True}, by=city.reviewer)
    assert proposed.amount_fen == offer.amount_fen
    assert renew(city) == (0, 0)


def test_consent_twice_is_one_case(city: City) -> None:
    renew(city)
    seen = offer_of(city)
    consent_offer(seen, ANSWERS, by=city.owner)
    with pytest.raises(AlreadyDone):
        consent_offer(seen, ANSWERS, by=city.owner)
    colleague = make_owner(city.enterprise)
    with pytest.raises(Conflict) as told:
        consent_offer(seen, ANSWERS, by=colleague)
    assert not isinstance(told.value, AlreadyDone)
    assert Case.objects.count() == 1


def test_wrong_answers_strangers_and_cases_begun_meanwhile_change_nothing(city: City) -> None:
    renew(city)
    offer = offer_of(city)
    with pytest.raises(FormRefused) as wrong:
        consent_offer(offer, {**ANSWERS, "bank_account": "12x", "commitment": ""}, by=city.owner)
    assert {error.field for error in wrong.value.errors} == {"bank_account", "commitment"}
    for stranger in (city.other_owner, city.reviewer):
        with pytest.raises(NotAllowed):
            consent_offer(offer, ANSWERS, by=stranger)
        with pytest.raises(NotAllowed):
            decline_offer(offer, by=stranger)
    case = city.draft()
    with pytest.raises(OfferChanged) as beaten:
        consent_offer(offer, ANSWERS, by=city.owner)
    assert beaten.value.changes == {"case": case.number}
    assert Case.objects.get() == case
    assert renew(city)[0] == 1
    assert offer_of(city).changes == {"case": case.number}


def test_changed_facts_refuse_consent_and_withdraw_the_offer_in_words(city: City) -> None:
    renew(city)
    offer = offer_of(city)
    assert changes_today(offer) == {}
    grow(city)
    with pytest.raises(OfferChanged) as refused:
        consent_offer(offer, ANSWERS, by=city.owner)
    [condition] = refused.value.changes["conditions"]
    assert condition["title"]["zh"] == "是微型企业"
    assert "微型" in condition["before"]["zh"]
    assert condition["before"] != condition["now"]
    changed = {entry["name"]: entry for entry in refused.value.changes["facts"]}
    assert changed["employees"]["before"]["value"] == 4
    assert changed["employees"]["now"] == {
        **{"value": 80, "source": "hr", "as_of": "2018-04-01"},
        "record": "n2018-04-01employees",
    }
    assert offer_of(city).state == "open"
    assert renew(city) == (1, 0)
    offer = offer_of(city)
    assert (offer.state, offer.closed_by) == ("withdrawn", None)
    assert offer.changes["conditions"] == [condition]
    assert "是微型企业" in Notice.objects.filter(user=city.owner).latest("pk").text
    with pytest.raises(Conflict):
        consent_offer(offer, ANSWERS, by=city.owner)
    assert withdraw_offer(offer, {"gone": True}) is False

    record_fact(  # the facts come back: a new offer
        *(city.enterprise, "employees", 4),
        source="hr", record="back", valid_from=date(2018, 5, 1), by=None,
    )  # fmt: skip
    record_fact(
        *(city.enterprise, "operating_revenue", Decimal("800000")),
        source="tax", record="back", valid_from=date(2018, 5, 1), by=None,
    )  # fmt: skip
    assert renew(city) == (0, 1)
    again = offer_of(city)
    assert again.pk != offer.pk
    assert again.state == "open"
    keys = list(Notice.objects.filter(user=city.owner).values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 3


def test_declined_offers_are_not_repeated(city: City) -> None:
    renew(city)
    decline_offer(offer_of(city), by=city.owner, reason=" 暂不需要 ")
    offer = offer_of(city)
    assert (offer.state, offer.reason, offer.closed_by) == ("declined", "暂不需要", city.owner)
    with pytest.raises(AlreadyDone):
        decline_offer(offer, by=city.owner)
    with pytest.raises(Conflict):
        consent_offer(offer, ANSWERS, by=city.owner)
    assert renew(city) == (0, 0)
    assert city.draft().state == "draft"  # but one may still apply


def test_offers_expire_after_their_last_day(city: City) -> None:
    renew(city)
    assert expire_offers(date(2018, 12, 31)) == 0
    travel(date(2019, 1, 1))
    with pytest.raises(ActionRefused):
        consent_offer(offer_of(city), ANSWERS, by=city.owner)
    assert expire_offers() == 2
    assert expire_offers() == 0
    assert offer_of(city).state == "expired"
    assert not Case.objects.exists()


def test_an_account_given_before_is_known(city: City) -> None:
    first = city.submitted()
    actions.withdraw_case(first, by=city.owner)
    again = actions.open_case(city.item, city.enterprise, by=city.owner)
    assert again.form["bank_account"] == ANSWERS["bank_account"]
    assert again.sources["bank_account"]["source"] == "case"
    assert again.sources["bank_account"]["record"] == first.number
    assert "use_of_funds" not in again.sources


def test_opting_out_of_messages(city: City) -> None:
    colleague = User.objects.create_user("colleague", password="x" * 20, kind="party")
    add_representative(colleague, city.enterprise, by=None)
    choose_offer_notices(city.owner, False, by=city.owner)
    renew(city)
    assert not Notice.objects.filter(user=city.owner).exists()
    assert Notice.objects.filter(user=colleague).count() == 1
    assert offer_of(city).state == "open"
    choose_offer_notices(city.owner, True, by=city.owner)
    withdraw_offer(offer_of(city), {"gone": True})
    assert Notice.objects.filter(user=city.owner).count() == 1


def test_a_new_version_keeps_offers_that_still_hold(city: City) -> None:
    renew(city)
    content: dict[str, Any] = guiyang_pack().to_json()
    content["items"]["direct_subsidy"]["amount"] = "40000"
    version, _created = load_version(Pack.from_json(content), by=None)
    actions.publish_items(version)
    [amounts] = [changes_today(offer_of(city))["amounts"]]
    assert amounts == [4_500_000, 4_000_000]
    content["items"]["direct_subsidy"]["amount"] = "45000"
    content["period"]["to"] = "2018-12-30"
    version, _created = load_version(Pack.from_json(content), by=None)
    actions.publish_items(version)
    case = consent_offer(offer_of(city), ANSWERS, by=city.owner)
    assert case.item.version == version
    content["items"]["direct_subsidy"]["offer"] = None
    version, _created = load_version(Pack.from_json(content), by=None)
    actions.publish_items(version)
    [left] = Offer.objects.open()
    assert changes_today(left) == {"gone": True}


def test_the_database_keeps_offers_whole(city: City) -> None:
    renew(city)
    offer = offer_of(city)
    consent_offer(offer, ANSWERS, by=city.owner)
    for change in ({"state": "open", "closed_at": None, "case": None}, {"amount_fen": 1}):
        with pytest.raises(ProgrammingError, match="update"), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).delete()
    other = Offer.objects.open().get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Offer.objects.filter(pk=other.pk).update(trace={})
    other.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(force_insert=True)


def test_every_state_is_in_the_table() -> None:
    assert OFFER_TABLE.states == set(OfferState.values)
    assert OFFER_TABLE.reachable(OfferState.OPEN) == set(OfferState.values)
    assert len(list(OFFER_TABLE)) == len(OfferState) - 1


# ---------------------------------------------------------------- the job


def test_job_runs_again_after_it_was_broken_off(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miaopu.cases.offering.CHUNK", 2)
    for _number in range(5):
        make_enterprise()
    match_version(city.version, FIRST_DAY)
    job = start_offering(city.version, by=city.programme_officer)
    assert start_offering(city.version, by=city.programme_officer) == job
    calls: list[int] = []

    def broken(item: Any, enterprises: Any, *, by: Any) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return issue_offers(item, enterprises, by=by)

    with monkeypatch.context() as patched:
        patched.setattr("miaopu.cases.offering.issue_offers", broken)
        with pytest.raises(RuntimeError):
            offer_programme(job.pk, city.version.pk)
    assert Offer.objects.count() == 4
    job.refresh_from_db()
    done = job.done
    offer_programme(job.pk, city.version.pk)
    job.refresh_from_db()
    assert Offer.objects.count() == 7
    assert (job.state, job.result["offers"]) == ("done", 3)
    assert job.done >= done
    assert Offer.objects.filter(issued_by=city.programme_officer).count() == 7


def test_a_match_is_followed_by_offers(city: City) -> None:
    job = Job.objects.create(
        key="match/x", title="x", created_by=city.programme_officer, created_at="2018-05-10T00:00Z"
    )
    match_programme(job.pk, city.version.pk, FIRST_DAY.isoformat())
    following = Job.objects.get(key__startswith="offer/")
    assert following.created_by == city.programme_officer
    offer_programme(following.pk, city.version.pk)
    assert Offer.objects.open().count() == 2
    issued = Event.objects.filter(verb="cases.issue_offers").get()
    assert issued.data["offers"] == 2
    assert CHUNK >= 2
