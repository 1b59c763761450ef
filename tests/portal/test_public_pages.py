"""The public pages and the demo's clock, opened as the public and as others open them."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.cases.actions import accept_case, approve_case, propose_grant, submit_case
from miaopu.cases.decisions import decide_case, digest_of, publish_list
from miaopu.cases.models import Publicity
from miaopu.core import clock
from miaopu.engine import books as engine_books
from miaopu.engine.masking import find_personal
from miaopu.ledger.awards import pay_award
from miaopu.ledger.books import seal_days
from miaopu.ledger.models import Award
from miaopu.plans import models as plans_models
from miaopu.portal.views import public_books
from miaopu.portal.views.public_programme import place_in_plan
from tests.factories import FIRST_DAY, YUNYAN, City, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
SLUG = "guiyang-2018"


def award_of(city: City) -> Award:
    """An award of another enterprise of the district, granted on a list of its own."""
    enterprise = make_enterprise(YUNYAN)
    owner = make_owner(enterprise)
    case = submit_case(city.draft(enterprise, owner), by=owner)
    accept_case(case, by=city.reviewer)
    propose_grant(case, {"mature": True}, by=city.reviewer)
    approve_case(case, by=city.approver)
    publicity = publish_list(city.item, case.region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    decide_case(case, by=city.approver)
    return Award.objects.get(case=case)


@pytest.fixture
def paid(city: City) -> Award:
    """A granted and paid award, its first days sealed."""
    award = pay_award(city.granted(), "ICBC-2018-0001", by=city.finance)
    travel(clock.today() + timedelta(days=1))
    seal_days()
    return award


def public_addresses(award: Award) -> list[str]:
    """Every public address that shows something of the award's programme."""
    publicity = award.case.publicity
    assert publicity is not None
    pack = award.case.item.version.pack
    clauses = [reverse("clause", args=[SLUG, path]) for path in pack.clauses]
    return [
        *(reverse(name) for name in ("home", "publicity_list", "money", "awards", "verify")),
        *(reverse(name) for name in ("books_export", "figures")),
        reverse("programme", args=[SLUG]),
        reverse("item", args=[SLUG, "direct_subsidy"]),
        reverse("publicity", args=[publicity.number]),
        reverse("publicity_content", args=[publicity.number]),
        reverse("award", args=[award.number]),
        *clauses,
    ]


def text_of(client: StrictClient, address: str) -> str:
    """A page that must be there."""
    response = client.get(address)
    assert response.status_code == 200, address
    text: str = response.content.decode()
    return text


# ---------------------------------------------------------------- everybody may read


def test_public_pages_open_for_everybody(
    client: StrictClient, new_client: Callable[[], StrictClient], city: City, paid: Award
) -> None:
    signed_in = new_client()
    signed_in.force_login(city.owner)
    for address in public_addresses(paid):
        for reader in (client, signed_in):
            assert reader.get(address).status_code == 200, address
        assert client.post(address).status_code in (403, 405), address


def test_pages_in_english(client: StrictClient, paid: Award) -> None:
    client.cookies["django_language"] = "en"
    for address in public_addresses(paid):
        assert client.get(address).status_code == 200, address
    assert "Direct subsidy for micro enterprises" in text_of(client, reverse("home"))


def test_public_pages_hold_no_personal_data(client: StrictClient, city: City, paid: Award) -> None:
    person = city.enterprise.legal_representative
    for address in public_addresses(paid):
        text = text_of(client, address)
        assert find_personal(text) == [], address
        assert person not in text, address
        for official in (city.reviewer, city.approver, city.finance):
            assert official.name not in text, address
        assert "ICBC-2018-0001" not in text, address


def test_pages_without_a_programme(client: StrictClient, db: None) -> None:
    assert "还没有公布的计划" in text_of(client, "/")
    for name in ("publicity_list", "money", "awards", "verify", "books_export", "figures"):
        text_of(client, reverse(name))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("programme", ["none"]),
        ("clause", [SLUG, "九"]),
        ("clause", ["none", "二"]),
        ("item", [SLUG, "none"]),
        ("item", ["none", "direct_subsidy"]),
        ("publicity", ["none"]),
        ("publicity_content", ["none"]),
        ("award", ["none"]),
    ],
)
def test_what_is_not_there_is_not_found(
    client: StrictClient, city: City, name: str, arguments: list[str]
) -> None:
    assert client.get(reverse(name, args=arguments)).status_code == 404


# ---------------------------------------------------------------- asked for again


def test_unchanged_pages_are_not_sent_again(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    for address in (
        reverse("home"),
        reverse("programme", args=[SLUG]),
        reverse("publicity", args=[publicity.number]),
        reverse("publicity_content", args=[publicity.number]),
        reverse("books_export"),
        reverse("figures"),
    ):
        etag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b""), address
    home = client.get(reverse("home"))["ETag"]
    travel(publicity.ends_on + timedelta(days=1))
    changed = client.get(reverse("home"), headers={"If-None-Match": home})
    assert changed.status_code == 200


def test_pages_of_the_signed_in_are_not_stored(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    response = client.get(reverse("home"))
    assert "ETag" not in response
    assert "no-store" in response["Cache-Control"]


# ---------------------------------------------------------------- home, programme, clause, item


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
    assert len(rows) == 2
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


# ---------------------------------------------------------------- publicity


def test_list_in_publicity(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    text = text_of(client, reverse("publicity", args=[publicity.number]))
    assert city.enterprise.name in text
    assert city.enterprise.uscc in text
    assert "王**" in text
    assert publicity.digest in text
    assert "现在重算，摘要一致" in text
    assert "还剩 7 个工作日" in text
    assert "怎样提出异议" in text
    assert case.number in text
    office = city.approver.live_memberships[0].office.name
    assert office in text
    travel(publicity.ends_on)
    assert "今天到期" in text_of(client, reverse("publicity", args=[publicity.number]))
    travel(publicity.ends_on + timedelta(days=1))
    ended = text_of(client, reverse("publicity", args=[publicity.number]))
    assert "公示已结束" in ended
    assert "还剩" not in ended


def test_content_is_what_the_digest_covers(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    response = client.get(reverse("publicity_content", args=[publicity.number]))
    assert response["Content-Type"].startswith("application/json")
    assert hashlib.sha256(response.content).hexdigest() == publicity.digest
    assert digest_of(publicity) == publicity.digest
    assert json.loads(response.content) == publicity.frozen_content()


def test_open_lists_come_first(client: StrictClient, city: City, paid: Award) -> None:
    travel(clock.today() + timedelta(days=10))
    enterprise = make_enterprise(YUNYAN)
    owner = make_owner(enterprise)
    case = submit_case(city.draft(enterprise, owner), by=owner)
    accept_case(case, by=city.reviewer)
    propose_grant(case, {"mature": True}, by=city.reviewer)
    approve_case(case, by=city.approver)
    open_now = publish_list(city.item, case.region, by=city.approver)
    rows = client.get(reverse("publicity_list")).context["table"].rows
    ended = paid.case.publicity
    assert ended is not None
    assert [row["number"] for row in rows] == [open_now.number, ended.number]
    assert [row["left"] for row in rows] == ["还有 7 个工作日", "已结束"]


# ---------------------------------------------------------------- money


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


# ---------------------------------------------------------------- proof


def test_verify_recomputes_the_books(client: StrictClient, paid: Award) -> None:
    response = client.get(reverse("verify"))
    text = response.content.decode()
    assert "账目相符" in text
    newest = response.context["newest"]
    assert newest.root in text
    assert newest.chain in text
    assert response.context["unsealed"] == 0
    assert response.context["result"].transfers == response.context["count"]


def test_verify_tells_what_is_wrong(
    client: StrictClient, paid: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, nothing = public_books.audit_books()
    assert nothing == []
    first = books.transfers[0]
    entry = first.entries[0]
    changed = type(first)(
        first.key,
        first.kind,
        first.day,
        first.award,
        (type(entry)(entry.account, entry.amount_fen + 1), *first.entries[1:]),
    )
    forged = type(books)(books.accounts, (changed, *books.transfers[1:]), books.awards, books.seals)
    audited = (forged, engine_books.verify(forged))
    monkeypatch.setattr(public_books, "audit_books", lambda: audited)
    text = text_of(client, reverse("verify"))
    assert "账目不符" in text
    assert first.key in text


def test_many_transfers_are_left_to_the_command(
    client: StrictClient, paid: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_books, "ON_THE_SPOT", 3)
    response = client.get(reverse("verify"))
    assert response.context["result"] is None
    assert "网页不当场重算" in response.content.decode()


def test_exported_books_verify(client: StrictClient, paid: Award) -> None:
    document = json.loads(client.get(reverse("books_export")).content)
    books = engine_books.from_export(document)
    assert engine_books.verify(books) == []
    assert [award.number for award in books.awards] == [paid.number]


def recomputed(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """Awards and money by level and district of a programme, from an export of the books alone."""
    amounts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    district: dict[str, str] = {}
    for transfer in document["transfers"]:
        for entry in transfer["entries"]:
            programme, _purpose, level, region, kind = entry["account"].split("/")
            if programme == slug:
                amounts[level][kind] += entry["amount_fen"]
                if level == "county":
                    district[transfer["award"]] = region
    standing = [row for row in document["awards"] if row["state"] != "released"]
    standing = [row for row in standing if row["number"] in district]
    by_district: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in standing:
        by_district[district[row["number"]]][row["state"]] += row["amount_fen"]

    def total(state: str) -> int:
        return sum(row["amount_fen"] for row in standing if row["state"] == state)

    return {
        "awards": {
            "count": len(standing),
            "committed_fen": total("committed"),
            "paid_fen": total("paid"),
        },
        "levels": [
            {
                "level": level,
                "funded_fen": -amounts[level]["source"],
                "available_fen": amounts[level]["available"],
                "committed_fen": amounts[level]["committed"],
                "paid_fen": amounts[level]["paid"],
            }
            for level in ("province", "city", "county")
        ],
        "districts": {
            code: (sums["committed"], sums["paid"]) for code, sums in by_district.items()
        },
    }


def test_figures_follow_from_the_books(client: StrictClient, city: City, paid: Award) -> None:
    award_of(city)
    books = json.loads(client.get(reverse("books_export")).content)
    figures = json.loads(client.get(reverse("figures")).content)
    assert figures["as_of"] == clock.today().isoformat()
    [programme] = figures["programmes"]
    expected = recomputed(books, programme["programme"])
    assert programme["awards"] == expected["awards"]
    assert programme["awards"]["count"] == 2
    assert programme["levels"] == expected["levels"]
    assert {
        row["region"]: (row["committed_fen"], row["paid_fen"]) for row in programme["districts"]
    } == expected["districts"]
    # The same numbers as the pages.
    page = client.get(reverse("programme", args=[SLUG])).context
    assert [row["done"] for row in programme["targets"]] == [row.done for row in page["progress"]]
    assert [int(row["target"]) for row in programme["targets"]] == [
        row.target for row in page["progress"]
    ]
    assert programme["digest"] == city.version.digest


# ---------------------------------------------------------------- the demo's clock


def test_demo_clock_is_for_those_signed_in(client: StrictClient, city: City) -> None:
    address = reverse("demo_clock")
    assert client.get(address).status_code == 302
    for user in (city.owner, city.reviewer, city.system_admin):
        client.force_login(user)
        assert client.get(address).status_code == 200


def test_demo_clock_is_for_the_demo_only(client: StrictClient, city: City, settings: Any) -> None:
    settings.DEMO = False
    client.force_login(city.owner)
    address = reverse("demo_clock")
    assert client.get(address).status_code == 404
    assert client.post(address, {"working_days": "1"}).status_code == 404


def test_demo_clock_moves_forward(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    address = reverse("demo_clock")
    assert client.post(address, {"working_days": "2"}).status_code == 302
    assert clock.today() == date(2018, 5, 14)  # a weekend lies between
    client.post(address, {"to": "2018-05-20"})
    assert clock.today() == date(2018, 5, 20)
    assert "2018年5月20日" in text_of(client, address)


def test_demo_clock_offers_the_end_of_a_publicity(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    client.force_login(city.approver)
    shortcuts = client.get(reverse("demo_clock")).context["shortcuts"]
    days = [day for _label, day in shortcuts]
    assert days == [date(2018, 5, 11), publicity.ends_on + timedelta(days=1)]


def test_moving_twice_from_the_same_page_moves_once(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    typed = {"working_days": "1", "seen": "2018-05-10"}
    for _ in range(2):
        assert client.post(reverse("demo_clock"), typed).status_code == 302
    assert clock.today() == date(2018, 5, 11)
    assert "没有再次推进" in text_of(client, reverse("demo_clock"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "两者选一项"),
        ({"working_days": "1", "to": "2018-05-20"}, "两者选一项"),
        ({"to": "2018-05-09"}, "只能向前推进"),
        ({"to": "9999-12-31"}, "一次最多推进一年"),
        ({"to": "soon"}, "soon"),
        ({"working_days": "0"}, 'value="0"'),
        ({"working_days": "61"}, 'value="61"'),
        ({"working_days": "two"}, 'value="two"'),
    ],
)
def test_wrong_dates_are_told_and_kept(
    client: StrictClient, city: City, typed: dict[str, str], said: str
) -> None:
    client.force_login(city.owner)
    response = client.post(reverse("demo_clock"), typed)
    assert response.status_code == 200
    text = response.content.decode()
    assert "error-summary" in text
    assert said in text
    assert clock.today() == FIRST_DAY
