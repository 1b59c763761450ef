"""What an officer finds at once: the next step, whose judgement, the cases, the clause."""

from __future__ import annotations

import re

import pytest

from miaopu.cases import actions
from miaopu.cases.batches import open_batch
from miaopu.cases.objections import answer_objection, make_objection
from miaopu.core import clock
from miaopu.plans.actions import match_version
from tests.cases.test_objections import SAID
from tests.factories import City, make_enterprise, make_owner
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
CHIP = re.compile(r'<a class="clause" href="([^"]+)" data-aside hx-get="([^"]+)"')


def test_an_approver_reads_who_judged_what(client: StrictClient, city: City) -> None:
    case = city.proposed()
    client.force_login(city.approver)
    page = client.get(f"/office/cases/{case.number}/").content.decode()
    assert "由人判断的条件" in page
    assert "来自李审核，2018年5月10日" in page


def test_home_names_every_next_step(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    objection, _code = make_objection(publicity, case.number, SAID, by=None)
    client.force_login(city.approver)
    page = client.get("/office/").content.decode()
    assert "有异议等待答复" in page and f"/office/objections/{objection.number}/" in page
    client.force_login(city.reviewer)  # it is not hers to answer
    assert "有异议等待答复" not in client.get("/office/").content.decode()
    answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    client.force_login(city.approver)
    assert "有异议等待答复" not in client.get("/office/").content.decode()


def test_the_leading_group_is_told_what_waits_and_which_batch_is_open(
    client: StrictClient, city: City
) -> None:
    client.force_login(city.leading_group)
    assert "等待评审" not in client.get("/office/").content.decode()
    case = city.proposed()
    page = client.get("/office/").content.decode()
    assert "等待评审" in page and 'href="/office/batches/"' in page
    batch = open_batch(city.item, case.region, by=city.leading_group)
    page = client.get("/office/").content.decode()
    assert f"/office/batches/{batch.number}/" in page and "评审中" in page
    client.force_login(city.approver)
    assert "评审中" not in client.get("/office/").content.decode()


def test_what_waits_for_a_batch_opens_to_these_cases(client: StrictClient, city: City) -> None:
    case = city.proposed()
    client.force_login(city.leading_group)
    groups = client.get("/office/batches/").context["waiting"].rows
    for group in groups:
        queue = client.get(group["waiting_href"])
        assert case.number in queue.content.decode()
        assert group["count"] == 1
    elsewhere = client.get("/office/cases/?item=follow_up_support").content.decode()
    assert case.number not in elsewhere and "微型企业后续补助" in elsewhere


def test_clauses_open_beside_and_as_pages(client: StrictClient, city: City) -> None:
    """Every page of an office that names a clause gives it as a chip that opens either way."""
    case = city.approved()
    other = make_enterprise()
    match_version(city.version, clock.today())
    proposed = city.submitted(other, make_owner(other))
    actions.accept_case(proposed, by=city.reviewer)
    actions.propose_grant(proposed, {"mature": True}, by=city.reviewer)
    batch = open_batch(city.item, case.region, by=city.leading_group)
    client.force_login(city.leading_group)
    pages = [
        f"/office/cases/{case.number}/",
        "/office/publicity/",
        f"/office/batches/{batch.number}/",
        "/office/entitlements/",
        "/office/offers/",
        f"/office/enterprises/{other.number}/",
        "/office/board/",
    ]
    for page in pages:
        chips = CHIP.findall(client.get(page).content.decode())
        assert chips, f"{page} names no clause"
        for href, beside in set(chips):
            assert href == beside
            opened = client.get(href)
            assert opened.status_code == 200
            assert "data-aside-content" in opened.content.decode()
