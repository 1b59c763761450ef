"""The public pages of a programme: home, targets and districts, clauses, items."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from miaopu.cases.actions import accept_case, approve_case, propose_grant, submit_case
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.ledger.models import Award
from miaopu.plans.models import programmes as plans_models
from miaopu.portal.views.public_programme import place_in_plan
from tests.factories import FIRST_DAY, City, travel
from tests.harness.pages import StrictClient
from tests.portal.public import SLUG, text_of

pytestmark = pytest.mark.django_db


def test_home_leads_on(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    text = text_of(client, "/")
    assert "45,000 元" in text
    assert reverse("item", args=[SLUG, "direct_subsidy"]) in text
    assert reverse("publicity", args=[publicity.number]) in text
    assert f'href="{reverse("sign_in")}' in text
    client.force_login(city.reviewer)
    assert "登录申报" not in text_of(client, "/")


def test_figures_of_home_are_those_behind_them(client: StrictClient, paid: Award) -> None:
    response = client.get("/")
    [board] = response.context["boards"]
    assert (board.sums.count, board.sums.committed_fen, board.sums.paid_fen) == (1, 0, 4_500_000)
    behind = client.get(board.paid_href)
    assert behind.context["total_fen"] == board.sums.paid_fen
    assert client.get(board.committed_href).context["total_fen"] == 0
    assert client.get(board.awards_href).context["count"] == board.sums.count


def test_districts_add_up_to_the_total(client: StrictClient, city: City, paid: Award) -> None:
    travel(FIRST_DAY)
    case = submit_case(city.draft(city.other_enterprise, city.other_owner), by=city.other_owner)
    accept_case(case, by=city.other_reviewer)
    propose_grant(case, {"mature": True}, by=city.other_reviewer)
    approve_case(case, by=city.other_approver)
    publicity = publish_list(city.item, case.region, by=city.other_approver)
    travel(publicity.ends_on + timedelta(days=3))
    decide_case(case, by=city.other_approver)
    response = client.get(reverse("programme", args=[SLUG]))
    *rows, total = response.context["districts"].rows
    assert sum(1 for row in rows if row.enterprises) == 2
    assert len(rows) == 14  # every district and zone that bears money
    for name in ("enterprises", "jobs", "committed_fen", "paid_fen"):
        assert sum(getattr(row, name) for row in rows) == getattr(total, name)
    assert (total.enterprises, total.committed_fen, total.paid_fen) == (2, 4_500_000, 4_500_000)
    *levels, all_levels = response.context["levels"].rows
    assert sum(row.paid_fen for row in levels) == all_levels.paid_fen == total.paid_fen
    assert all_levels.funded_fen == (
        all_levels.available_fen + all_levels.committed_fen + all_levels.paid_fen
    )
    for row in rows:
        behind = client.get(row.href).context
        assert behind["total_fen"] == row.committed_fen + row.paid_fen


def test_programme_shows_version_and_all_targets(client: StrictClient, city: City) -> None:
    text = text_of(client, reverse("programme", args=[SLUG]))
    assert city.version.digest in text
    assert "3,500" in text
    assert "1 至 2" in text  # one or two bases in every district, for which nothing is recorded
    for path in city.version.pack.clauses:
        assert f"> {path}<" in text


def test_pages_keep_the_order_of_the_plan(
    client: StrictClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans_models, "_PACKS", {})  # as another process reads it from the database
    clauses = client.get(reverse("programme", args=[SLUG])).context["clauses"]
    places = [place_in_plan(row.path) for row in clauses]
    assert places == sorted(places)
    assert [row.path for row in clauses][:4] == ["一", "二", "三", "三/(一)"]
    shares = client.get(reverse("item", args=[SLUG, "direct_subsidy"])).context["shares"].rows
    assert [share.fen for share in shares] == [3_150_000, 450_000, 900_000]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("一", (1,)),
        ("三/(二)", (3, 2)),
        ("十", (10,)),
        ("十一", (11,)),
        ("二十", (20,)),
        ("二十三", (23,)),
        ("附件", (1000,)),
        ("三/x", (3, 1000)),
    ],
)
def test_place_in_plan(path: str, place: tuple[int, ...]) -> None:
    assert place_in_plan(path) == place


def test_clause_names_what_rests_on_it(client: StrictClient, city: City) -> None:
    response = client.get(reverse("clause", args=[SLUG, "二"]))
    kinds = [row.kind for row in response.context["citations"]]
    assert {"目标", "事项", "条件"} <= set(kinds)
    assert "data-aside-content" in response.content.decode()
    budgets = client.get(reverse("clause", args=[SLUG, "三/(一)"])).context["citations"]
    assert [row.text for row in budgets] == [
        "省级 37,800,000.00 元",
        "市级 14,400,000.00 元",
        "县级 31,800,000.00 元",
    ]
    priorities = client.get(reverse("clause", args=[SLUG, "三/(二)"])).context["citations"]
    assert [row.kind for row in priorities] == ["优先"] * 4  # two of each item
    above = client.get(reverse("clause", args=[SLUG, "三"])).context["below"]
    assert len(above) == 7


def test_item_tells_everything_at_once(client: StrictClient, city: City) -> None:
    text = text_of(client, reverse("item", args=[SLUG, "direct_subsidy"]))
    for said in ("31,500.00", "4,500.00", "9,000.00", "示例时限", "开户银行", "经营计划"):
        assert said in text, said
    assert text.count("示例时限</td>") == 6
    assert f'href="{reverse("sign_in")}' in text
    travel(date(2019, 1, 2))
    closed = text_of(client, reverse("item", args=[SLUG, "direct_subsidy"]))
    assert "现在不在申报期" in closed
    assert "登录申报" not in closed
