"""The API's lists of the offices' work: offers, objections, batches, deliveries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from miaopu.cases.batches import confirm_batch, open_batch
from miaopu.cases.models import BatchReview, Objection, Offer
from miaopu.cases.objections import Statement, answer_objection, make_objection
from miaopu.cases.offering import renew_offers
from miaopu.cases.offers import consent_offer
from miaopu.cases.ranking import rank_batch
from miaopu.core.models import ApiToken, User
from miaopu.core.tokens import digest_of, secret_of
from miaopu.engine.bank_files import Result
from miaopu.engine.ranking import Fate, Tie
from miaopu.ledger.batches import create_batch
from miaopu.ledger.models import PaymentBatch
from miaopu.ledger.results import book_results
from miaopu.parties.actions import record_fact
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.models import Delivery
from miaopu.plans.actions import match_version
from miaopu.portal.api import working_schemas
from miaopu.portal.api.reviewing import changed_facts
from tests.factories import FIRST_DAY, NANMING, SOURCES, City
from tests.parties.sheets import deliver, good_row, table_of, workbook
from tests.portal.test_api import models, read, token_of
from tests.portal.test_url_roles import people_of

pytestmark = pytest.mark.django_db
ANSWERS = {"bank_name": "贵阳银行", "bank_account": "6222020200012345678", "commitment": "on"}


def as_(user: User) -> dict[str, str]:
    """The headers of a program that reads for the user; one token each."""
    nonce = f"one-{user.pk}"
    if ApiToken.objects.filter(digest=digest_of(secret_of(nonce))).exists():
        return {"authorization": f"Bearer {secret_of(nonce)}"}
    return token_of(user)


def kept_promise(path: str, template: str, user: User) -> Any:
    """The answer, once it was read back by the schema that the description promises."""
    content = read(path, as_(user))
    TypeAdapter(models()[template]).validate_python(content, strict=False)
    return content


def numbers(path: str, user: User) -> list[str]:
    """The numbers of a list's rows."""
    return [row["number"] for row in read(path, as_(user))["rows"]]


# ---------------------------------------------------------------- offers


def test_offers_are_read_by_their_enterprise_and_its_district(city: City) -> None:
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    offer = Offer.objects.get(enterprise=city.enterprise)
    for user in (city.reviewer, city.owner):
        [row] = kept_promise("offers", "/offers", user)["rows"]
        assert row["enterprise"]["uscc"] == city.enterprise.uscc
        assert (row["state"], row["case"], row["amount_fen"]) == ("open", None, offer.amount_fen)
        assert row["expires_on"] == offer.expires_on.isoformat()
    both = read("offers?order=expires_on", as_(city.programme_officer))["rows"]
    assert len(both) == 2
    assert read(f"offers?region={NANMING}", as_(city.reviewer))["rows"] == []
    assert read("offers?state=declined", as_(city.owner))["rows"] == []
    read("offers", as_(city.finance), 404)


def test_a_withdrawn_offer_says_which_facts_have_changed(city: City) -> None:
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    for name, value in (
        ("employees", 80),
        ("operating_revenue", Decimal(9_000_000)),
    ):
        record_fact(
            city.enterprise,
            name,
            value,
            source=SOURCES.get(name, "market"),
            record="new",
            valid_from=date(2018, 4, 1),
            by=None,
        )
    renew_offers(city.version, by=None)
    [row] = kept_promise("offers", "/offers", city.reviewer)["rows"]
    changed = {one["fact"]: one for one in row["changes"]}
    assert (changed["employees"]["before"], changed["employees"]["now"]) == (4, 80)
    assert changed["employees"]["source"] == SOURCES["employees"]
    assert changed["employees"]["as_of"] == "2018-04-01"
    assert changed["employees"]["title"]["zh"] and changed["employees"]["title"]["en"]
    assert not any(one["hidden"] for one in changed.values())


def test_of_facts_about_persons_only_the_change_is_told() -> None:
    was = {"source": "hr", "as_of": "2018-03-31", "record": "1"}
    entry = {"name": "founder_group", "before": {**was, "value": "graduate"}}
    changes = {"facts": [{**entry, "now": {**was, "value": "returning_migrant"}}]}
    assert fact_dictionary()["founder_group"].personal
    [row] = changed_facts(changes)
    assert (row["before"], row["now"], row["hidden"]) == (None, None, True)
    assert changed_facts({"case": "1"}) == []


# ---------------------------------------------------------------- objections


@pytest.fixture
def objected(city: City) -> Objection:
    """An objection that waits for its answer."""
    case, publicity = city.published()
    said = Statement("陈邻居", "13900139000", "已经停业", "", b"")
    return make_objection(publicity, case.number, said, by=None)[0]


def test_who_objected_is_masked_for_those_who_do_not_answer(
    city: City, objected: Objection
) -> None:
    path = f"objections/{objected.number}"
    found = kept_promise(path, "/objections/{number}", city.approver)
    assert (found["name"], found["contact"]) == ("陈邻居", "13900139000")
    for user in (city.reviewer, city.programme_officer, city.auditor):
        found = read(path, as_(user))
        assert (found["name"], found["contact"]) == ("陈**", "139****9000")
        assert found["text"] == "已经停业"
    for user in (city.owner, city.other_reviewer, city.finance):
        read(path, as_(user), 404)


def test_objections_are_listed_with_their_clock(city: City, objected: Objection) -> None:
    [row] = kept_promise("objections?state=open", "/objections", city.reviewer)["rows"]
    assert row["number"] == objected.number
    assert row["due_on"] == objected.due_on.isoformat()
    assert row["publicity"] == objected.publicity.number
    assert "陈" not in str(row) and "139" not in str(row.get("contact", ""))
    assert numbers("objections", city.other_reviewer) == []
    assert numbers("objections?publicity=none", city.reviewer) == []
    answer_objection(objected, upheld=False, by=city.approver, reason="经核实仍在营业")
    assert numbers("objections?state=open", city.reviewer) == []
    answered = read(f"objections/{objected.number}", as_(city.reviewer))
    assert (answered["state"], answered["reply"]) == ("dismissed", "经核实仍在营业")
    assert answered["answered_at"]


# ---------------------------------------------------------------- batch reviews


def test_a_batch_shows_its_ranking_once_it_is_confirmed(city: City) -> None:
    case = city.proposed()
    batch = open_batch(city.item, case.region, by=city.leading_group)
    path = f"batch-reviews/{batch.number}"
    found = kept_promise(path, "/batch-reviews/{number}", city.reviewer)
    assert (found["state"], found["lines"], found["purses"]) == ("open", [], [])
    confirm_batch(batch, seen=rank_batch(batch).digest, by=city.leading_group)
    found = kept_promise(path, "/batch-reviews/{number}", city.reviewer)
    [line] = found["lines"]
    assert (line["case"], line["fate"], line["rank"]) == (case.number, "funded", 1)
    assert found["digest"] == BatchReview.objects.get().digest != ""
    assert set(get_args(working_schemas.Fate)) == {str(one) for one in Fate}
    assert set(get_args(working_schemas.Tie)) == {str(one) for one in Tie}
    assert {purse["level"] for purse in found["purses"]} >= {"city", "county"}
    [row] = kept_promise("batch-reviews", "/batch-reviews", city.leading_group)["rows"]
    assert row["state"] == "confirmed"
    read(path, as_(city.other_reviewer), 404)
    assert numbers("batch-reviews", city.other_reviewer) == []


# ---------------------------------------------------------------- payment batches


def test_accounts_are_whole_for_those_who_pay_and_masked_for_others(city: City) -> None:
    award = city.granted()
    batch = create_batch([award], by=city.finance, request_key="k")
    path = f"payment-batches/{batch.number}"
    [line] = kept_promise(path, "/payment-batches/{number}", city.finance)["lines"]
    whole = line["bank_account"]
    assert "*" not in whole and line["award"] == award.number
    for user in (city.programme_officer, city.leading_group, city.auditor):
        [line] = read(path, as_(user))["lines"]
        assert "*" in line["bank_account"] and whole not in str(line)
    for user in (city.reviewer, city.approver, city.owner):
        read(path, as_(user), 404)
    book_results(
        batch, [Result(1, award.number, award.amount_fen, "failed", reason="户名不符")],
        by=city.finance,
    )  # fmt: skip
    [line] = read(path, as_(city.finance))["lines"]
    assert (line["state"], line["reason"]) == ("failed", "户名不符")
    [row] = kept_promise("payment-batches", "/payment-batches", city.auditor)["rows"]
    assert row["amount_fen"] == award.amount_fen
    assert row["digest"] == PaymentBatch.objects.get().digest
    assert numbers(f"payment-batches?region={NANMING}", city.auditor) == []


# ---------------------------------------------------------------- deliveries


def test_faults_are_told_by_cell_and_without_what_is_personal(city: City) -> None:
    lines = table_of([good_row(1), good_row(2, uscc="wrong"), good_row(3, phone="张三的电话")])
    number = deliver(workbook(lines), city.reviewer).number
    found = kept_promise(f"deliveries/{number}", "/deliveries/{number}", city.reviewer)
    assert (found["new"], found["wrong"], found["refusal"]) == (1, 2, None)
    assert "uscc" in found["columns"]
    path = f"deliveries/{number}/rows"
    rows = kept_promise(path, "/deliveries/{number}/rows", city.reviewer)["rows"]
    assert [row["outcome"] for row in rows] == ["new", "wrong", "wrong"]
    [fault] = rows[1]["faults"]
    assert fault["cell"].endswith(str(rows[1]["number"]))
    assert fault["message"]["zh"] and fault["remedy"]["en"]
    assert "张三" not in str(rows)
    wrong = read(f"{path}?outcome=wrong&limit=1", as_(city.reviewer))
    assert [row["number"] for row in wrong["rows"]] == [rows[1]["number"]]
    assert wrong["next"].startswith(f"/api/v1/{path}?")
    assert numbers("deliveries", city.programme_officer) == [number]
    for user in (city.other_reviewer, city.auditor, city.owner):
        read(path, as_(user), 404)
        read(f"deliveries/{number}", as_(user), 404)
    assert numbers("deliveries", city.other_reviewer) == []


def test_a_refused_file_says_why(city: City) -> None:
    number = deliver(b"not a workbook", city.reviewer).number
    found = kept_promise(f"deliveries/{number}", "/deliveries/{number}", city.reviewer)
    assert found["state"] == "refused" == Delivery.objects.get().state
    assert found["refusal"]["message"]["zh"] and found["refusal"]["remedy"]["en"]


# ---------------------------------------------------------------- roles


def test_each_list_is_for_the_roles_of_its_page(city: City) -> None:
    case_readers = {"reviewer", "other_reviewer", "approver", "programme_officer",
                    "leading_group", "auditor"}  # fmt: skip
    wanted = {
        "offers": case_readers | {"enterprise", "other_enterprise"},
        "objections": case_readers,
        "batch-reviews": case_readers,
        "payment-batches": {"finance_officer", "programme_officer", "leading_group", "auditor"},
        "deliveries": {"reviewer", "other_reviewer", "programme_officer"},
    }
    for role, user in people_of(city).items():
        headers = as_(user) if user is not None else {}
        for path, roles in wanted.items():
            status = 200 if role in roles else 401 if user is None else 404
            read(path, headers, status)


def test_consent_links_an_offer_to_its_case(city: City) -> None:
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    offer = Offer.objects.get(enterprise=city.enterprise)
    case = consent_offer(offer, ANSWERS, by=city.owner)
    [row] = read("offers?state=consented", as_(city.owner))["rows"]
    assert row["case"] == case.number
