"""Statements of the API's lists are kept; what they show and to whom is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest import MonkeyPatch

from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.actions import add_member, end_membership
from miaopu.core.enums import Role
from miaopu.core.models import Membership
from miaopu.core.scope import scope_key
from miaopu.core.statements import Statements, compiled
from miaopu.core.tokens import user_of
from miaopu.parties.models import Enterprise, Representative
from miaopu.plans.actions import match_version
from miaopu.portal.api import asked as ask
from miaopu.portal.api import enterprises, handing_over, lists, public, reviewing, scoped
from miaopu.portal.api.lists import Listing, ordered_rows
from tests.factories import City, make_enterprise, travel
from tests.portal.test_api import read, token_of

pytestmark = pytest.mark.django_db
REGION = "520103"
AFTER = "WyItbnVtYmVyIiwiYSIsMV0"  # ["-number","a",1]
# Every list that is read by a kept statement, with everything that it can be asked.
ASKED = {
    "ENTERPRISES": ask.EnterprisesAsked(q="贵", region=REGION, status="active"),
    "CASES": ask.CasesAsked(
        programme="guiyang-2018", q="贵", region=REGION, state="granted", order="-number",
        after=AFTER,
    ),
    "ENTITLEMENTS": ask.EntitlementsAsked(
        programme="guiyang-2018", region=REGION, item="direct_subsidy", status="true"
    ),
    "PAYMENTS": ask.AwardsAsked(programme="guiyang-2018", region=REGION, state="paid"),
    "OFFERS": ask.OffersAsked(
        programme="guiyang-2018", region=REGION, item="direct_subsidy", state="open"
    ),
    "OBJECTIONS": ask.ObjectionsAsked(
        programme="guiyang-2018", region=REGION, state="open", publicity="P1"
    ),
    "BATCH_REVIEWS": ask.BatchReviewsAsked(
        programme="guiyang-2018", region=REGION, item="direct_subsidy", state="open"
    ),
    "PAYMENT_BATCHES": ask.PaymentBatchesAsked(
        programme="guiyang-2018", region=REGION, state="open"
    ),
    "DELIVERIES": ask.DeliveriesAsked(region=REGION, source="tax", state="checked"),
    "AWARDS": ask.AwardsAsked(programme="guiyang-2018", region=REGION, state="paid"),
    "ACCOUNTS": ask.AccountsAsked(region=REGION, level="city", kind="available"),
    "SEALS": ask.SealsAsked(),
}  # fmt: skip


def listings() -> Iterator[tuple[str, Listing]]:
    """Every list of the API that is read by a kept statement."""
    for module in (enterprises, handing_over, public, reviewing, scoped):
        for name, found in vars(module).items():
            if isinstance(found, Listing) and found.columns:
                yield name, found


def test_a_kept_statement_depends_on_nothing_but_its_key(city: City) -> None:
    found = dict(listings())
    assert found.keys() == ASKED.keys()
    for name, listing in found.items():
        for asked in (ASKED[name], type(ASKED[name])()):
            asks = city.finance if name == "PAYMENT_BATCHES" else city.reviewer
            first = compiled(ordered_rows(listing, asked, asks))
            assert first.sql
            travel(clock.today() + timedelta(days=40))
            with translation.override("en"):
                again = compiled(ordered_rows(listing, asked, asks))
            assert (again.sql, again.parameters) == (first.sql, first.parameters), name


def test_roles_count_at_the_next_request_however_often_the_list_was_read(city: City) -> None:
    city.submitted(city.enterprise, city.owner)
    city.submitted(city.other_enterprise, city.other_owner)
    here = Case.objects.get(enterprise=city.enterprise).number
    there = Case.objects.get(enterprise=city.other_enterprise).number
    headers = token_of(city.reviewer)
    for _time in range(3):
        assert [row["number"] for row in read("cases", headers)["rows"]] == [here]
    office = Membership.objects.get(user=city.other_reviewer).office
    add_member(city.reviewer, office, Role.REVIEWER, by=city.system_admin)
    assert {row["number"] for row in read("cases", headers)["rows"]} == {here, there}
    first = Membership.objects.live().filter(user=city.reviewer).order_by("pk")[0]
    end_membership(first, by=city.system_admin)
    assert [row["number"] for row in read("cases", headers)["rows"]] == [there]


def test_new_rows_and_ended_representations_count_at_once(city: City) -> None:
    headers = token_of(city.owner)
    for _time in range(2):
        assert len(read("enterprises", headers)["rows"]) == 1
    Representative.objects.create(
        user=city.owner, enterprise=make_enterprise(REGION), since=clock.now()
    )
    assert len(read("enterprises", headers)["rows"]) == 2
    Representative.objects.filter(user=city.owner).update(ended_at=clock.now())
    assert read("enterprises", headers)["rows"] == []


def test_the_key_tells_apart_whom_the_scope_tells_apart(city: City) -> None:
    people = [city.reviewer, city.approver, city.other_reviewer, city.owner, city.other_owner]
    assert len({scope_key(user) for user in people}) == len(people)
    before = scope_key(city.reviewer)
    city.reviewer.is_active = False
    assert scope_key(city.reviewer) != before


def test_a_token_brings_the_roles_of_this_moment(city: City) -> None:
    headers = token_of(city.reviewer)
    secret = headers["authorization"].removeprefix("Bearer ")
    user_of(secret)  # notes the use
    with CaptureQueriesContext(connection) as captured:
        user = user_of(secret)
        assert user is not None
        found = [
            (one.pk, one.role, one.office.code, one.office.region_id, one.user.pk)
            for one in user.live_memberships
        ]
    assert len(captured) == 1
    wanted = Membership.objects.live().filter(user=city.reviewer).select_related("office")
    assert found == [
        (one.pk, one.role, one.office.code, one.office.region_id, city.reviewer.pk)
        for one in wanted.order_by("pk")
    ]
    assert found
    for one in wanted:
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
    without = user_of(secret)
    assert without is not None
    assert without.live_memberships == []
    assert without == city.reviewer


def test_values_come_as_the_models_give_them(city: City) -> None:
    match_version(city.version, clock.today())
    rows = scoped.ENTITLEMENTS.rows(city.programme_officer, ask.EntitlementsAsked())
    names = ("missing", "as_of", "amount_fen", "priority_points", "enterprise__registered_on")
    ordered = rows.order_by("pk").values_list(*names)
    assert list(ordered) == compiled(ordered).rows() != []
    assert compiled(rows.none().values_list("pk")).rows() == []


def test_the_statements_longest_unused_make_room(city: City, monkeypatch: MonkeyPatch) -> None:
    made: list[int] = []
    kept = Statements(most=2)

    def statement(number: int) -> str:
        def rows() -> object:
            made.append(number)
            return Enterprise.objects.filter(pk=number).values_list("pk")

        return kept.statement_of(number, rows).sql  # type: ignore[arg-type]

    for number in (1, 2, 1, 3, 1, 2):
        assert "parties_enterprise" in statement(number)
    assert made == [1, 2, 3, 2]
    # The API's lists look into the same kind of store: asked twice, compiled once.
    store = Statements(most=5)
    monkeypatch.setattr(lists, "_STATEMENTS", store)
    headers = token_of(city.reviewer)
    compiled_now: list[object] = []
    monkeypatch.setattr(
        "miaopu.core.statements.compiled",
        lambda rows: compiled_now.append(rows) or compiled(rows),
    )
    for _time in range(3):
        read("enterprises?limit=5", headers)
    assert len(compiled_now) == 1
