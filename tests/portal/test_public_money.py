"""The public pages of awards and money."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.cases.models import Publicity
from miaopu.ledger.models import Award
from tests.factories import City
from tests.harness.pages import StrictClient
from tests.portal.public import SLUG, award_of, text_of

pytestmark = pytest.mark.django_db


def test_award_with_its_ledger_lines(client: StrictClient, paid: Award) -> None:
    response = client.get(reverse("award", args=[paid.number]))
    shares = [row["amount_fen"] for row in response.context["shares"].rows]
    assert shares == [3_150_000, 450_000, 900_000, 4_500_000]
    tables = [table for _key, table in response.context["transfers"]]
    assert len(tables) == 2
    for table in tables:
        *lines, total = table.rows
        assert len(lines) == 6
        assert sum(line["amount_fen"] for line in lines) == total["amount_fen"] == 0
    assert paid.case.publicity is not None
    assert reverse("publicity", args=[paid.case.publicity.number]) in response.content.decode()


def test_awards_by_district_and_state(client: StrictClient, paid: Award) -> None:
    address = reverse("awards")
    all_of_them = client.get(address).context
    assert (all_of_them["count"], all_of_them["total_fen"]) == (1, paid.amount_fen)
    for query, count in (
        ("district=520103", 1),
        ("district=520102", 0),
        ("state=paid", 1),
        ("state=committed", 0),
        (f"programme={SLUG}&district=520103&state=paid", 1),
        ("page=99", 1),
        ("page=x", 1),
    ):
        assert client.get(f"{address}?{query}").context["count"] == count, query


@pytest.mark.parametrize("query", ["district=9", "state=released", "programme=none"])
def test_filter_for_what_does_not_exist_is_told(
    client: StrictClient, paid: Award, query: str
) -> None:
    response = client.get(f"{reverse('awards')}?{query}")
    assert response.status_code == 200
    assert response.context["count"] == 0
    assert "没有这样的筛选条件" in response.content.decode()


def test_money_by_account_adds_up_to_levels(client: StrictClient, paid: Award) -> None:
    response = client.get(reverse("money"))
    second = client.get(reverse("money"), {"page": 2})
    accounts = [*response.context["accounts"].rows, *second.context["accounts"].rows]
    [board] = response.context["boards"]
    *levels, total = board.levels.rows
    assert len(accounts) == 16 + 15  # the direct subsidy's, and the follow-up's without province
    assert [row["level"] for row in accounts[:3]] == ["省级", "市级", "县级"]
    for column, name in (
        ("funded", "funded_fen"),
        ("available", "available_fen"),
        ("committed", "committed_fen"),
        ("paid", "paid_fen"),
    ):
        assert sum(row[column] for row in accounts) == getattr(total, name)
    assert {row.title: row.paid_fen for row in levels} == {
        "省级": 3_150_000,
        "市级": 450_000,
        "县级": 900_000,
    }


def test_number_of_queries_does_not_grow(client: StrictClient, city: City) -> None:
    award_of(city)
    client.cookies["django_language"] = "en"

    def counted() -> dict[str, int]:
        counts = {}
        for name in ("home", "publicity_list", "money", "awards"):
            client.get(reverse(name))  # packs are read once per process
            with CaptureQueriesContext(
                connection,
            ) as queries:
                text_of(client, reverse(name))
            counts[name] = len(queries)
        return counts

    before = counted()
    for _ in range(20):
        award_of(city)
    assert Award.objects.count() == Publicity.objects.count() == 21
    assert counted() == before
    assert client.get(reverse("awards")).context["page"].paginator.num_pages == 2
    assert len(client.get(reverse("publicity_list")).context["table"].rows) == 20
