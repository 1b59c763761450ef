"""The read API: who is let in, what a page of a list is, and that the answers keep the schema."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pydantic import BaseModel, TypeAdapter

from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.actions import end_membership
from miaopu.core.errors import ActionRefused
from miaopu.core.models import ApiToken, ApiTokenUse, Event, User
from miaopu.core.tokens import create_token, digest_of, revoke_token, secret_of, user_of
from miaopu.ledger.books import seal_days
from miaopu.parties.models import Representative
from miaopu.plans.actions import match_version
from miaopu.plans.fee_actions import publish_fees
from miaopu.portal.api.site import api
from tests.factories import NANMING, YUNYAN, City, make_enterprise, travel
from tests.harness.pages import StrictClient
from tests.portal import library_samples
from tests.portal.test_url_roles import people_of

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
WORK = ("offers", "objections", "batch-reviews", "payment-batches", "deliveries")
CLOSED = ("me", "enterprises", "cases", "entitlements", "payments", *WORK)


def token_of(user: User, nonce: str = "one") -> dict[str, str]:
    """The headers of a program that reads for the user."""
    create_token("测试", 30, f"{nonce}-{user.pk}", by=user)
    return {"authorization": f"Bearer {secret_of(f'{nonce}-{user.pk}')}"}


def read(path: str, headers: dict[str, str] | None = None, status: int = 200) -> Any:
    """What a program without cookies gets."""
    answer = StrictClient().get(f"{V1}/{path}", headers=headers or {})
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.content[:300]!r}"
    return answer.json()


@pytest.fixture
def busy_city(city: City) -> City:
    """Both districts at work: one granted case, one submitted, entitlements, seals."""
    city.submitted(city.other_enterprise, city.other_owner)
    city.granted()
    match_version(city.version, clock.today())
    travel(clock.today() + timedelta(days=1))
    seal_days()
    return city


# ---------------------------------------------------------------- who is let in


@pytest.mark.parametrize("path", CLOSED)
def test_closed_parts_need_a_token_or_a_session(path: str, city: City) -> None:
    for headers in (
        {},
        {"authorization": "Bearer miaopu_nonsense"},
        {"authorization": "Basic YTpi"},
        {"authorization": "Bearer"},
    ):
        error = read(path, headers, 401)["error"]
        assert error["code"] == "not_signed_in"
        assert error["message"]["zh"] and error["message"]["en"] and error["remedy"]["zh"]
    client = StrictClient()
    client.force_login(city.programme_officer)
    assert client.get(f"{V1}/{path}").status_code == 200
    # A token that is none is not forgiven because of a session.
    assert client.get(f"{V1}/{path}", headers={"authorization": "Bearer x"}).status_code == 401


def test_a_token_reads_in_the_scope_of_its_user(busy_city: City) -> None:
    city = busy_city
    for user, sees, sees_not in (
        (city.reviewer, city.enterprise, city.other_enterprise),
        (city.other_reviewer, city.other_enterprise, city.enterprise),
        (city.owner, city.enterprise, city.other_enterprise),
        (city.other_owner, city.other_enterprise, city.enterprise),
    ):
        headers = token_of(user)
        mine = Case.objects.get(enterprise=sees).number
        other = Case.objects.get(enterprise=sees_not).number
        assert [row["number"] for row in read("cases", headers)["rows"]] == [mine]
        assert [row["uscc"] for row in read("enterprises", headers)["rows"]] == [sees.uscc]
        assert {row["number"] for row in read("entitlements", headers)["rows"]} == {sees.number}
        assert read(f"cases/{mine}", headers)["enterprise"]["uscc"] == sees.uscc
        read(f"cases/{other}", headers, 404)
        read(f"enterprises/{sees_not.number}", headers, 404)
    both = read("cases", token_of(city.programme_officer))["rows"]
    assert len(both) == 2


def test_persons_are_masked_for_those_who_need_not_know(city: City) -> None:
    path = f"enterprises/{city.enterprise.number}"
    for user in (city.reviewer, city.owner):
        found = read(path, token_of(user))
        assert (found["legal_representative"], found["phone"]) == ("王小苗", "13800138000")
        assert not any(fact["hidden"] for fact in found["facts"])
    found = read(path, token_of(city.auditor))
    assert (found["legal_representative"], found["phone"]) == ("王**", "138****8000")
    hidden = {fact["name"]: fact["value"] for fact in found["facts"] if fact["hidden"]}
    assert hidden == {"founder_group": None}


def test_a_token_ends_with_its_time_its_revocation_its_account_and_its_role(city: City) -> None:
    headers = token_of(city.reviewer)
    read("cases", headers)
    end_membership(city.reviewer.live_memberships[0], by=city.system_admin)
    read("cases", headers, 404)  # signed in, but in no role any more

    revoked = token_of(city.approver)
    [token] = ApiToken.objects.for_user(city.approver)
    revoke_token(token, by=city.approver)
    read("me", revoked, 401)

    closed = token_of(city.auditor)
    city.auditor.is_active = False
    city.auditor.save()
    read("me", closed, 401)

    now = timezone.now()
    for name, ends in (("live", now + timedelta(minutes=1)), ("over", now - timedelta(seconds=1))):
        token = ApiToken.objects.create(
            user=city.programme_officer,
            name=name,
            digest=digest_of(secret_of(name)),
            created_at=now - timedelta(days=30),
            expires_at=ends,
        )
        ApiTokenUse.objects.create(token=token)
    read("me", {"authorization": f"Bearer {secret_of('live')}"})
    read("me", {"authorization": f"Bearer {secret_of('over')}"}, 401)

    owner = token_of(city.owner)
    assert read("enterprises", owner)["rows"]
    Representative.objects.filter(user=city.owner).update(ended_at=clock.now())
    assert read("enterprises", owner)["rows"] == []


def test_tokens_are_kept_as_hashes_and_their_use_is_noted(city: City) -> None:
    headers = token_of(city.reviewer)
    secret = headers["authorization"].removeprefix("Bearer ")
    [token] = ApiToken.objects.for_user(city.reviewer).select_related("use")
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert token.use.used_at is None
    read("me", headers)
    token.use.refresh_from_db()
    first = token.use.used_at
    assert first is not None
    read("me", headers)
    token.use.refresh_from_db()
    assert token.use.used_at == first  # noted once a minute at the most
    assert user_of(secret) == city.reviewer
    assert user_of(secret[:-1]) is None
    verbs = Event.objects.for_subject(token).values_list("verb", flat=True)
    assert list(verbs) == ["core.create_token"]


def test_a_token_cannot_write(city: City) -> None:
    headers = token_of(city.reviewer)
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(StrictClient(), method)(f"{V1}/cases", headers=headers)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET"
        assert answer.json()["error"]["code"] == "read_only"
    # A token opens no page: those go by the session alone.
    assert StrictClient().get("/office/cases/", headers=headers).status_code == 302


def test_a_user_has_ten_live_tokens_at_the_most(city: City) -> None:
    for number in range(10):
        create_token(f"第{number}个", 30, f"n{number}", by=city.reviewer)
    with pytest.raises(ActionRefused):
        create_token("再来一个", 30, "more", by=city.reviewer)
    for name, days in (("  ", 30), ("久", 366), ("短", 0)):
        with pytest.raises(ActionRefused):
            create_token(name, days, "x", by=city.approver)


# ---------------------------------------------------------------- the page of one's tokens


def test_a_token_is_shown_once_and_works_until_it_is_revoked(
    city: City, client: StrictClient
) -> None:
    client.force_login(city.owner)
    answer = client.post("/account/tokens/", {"name": "报表系统", "days": "90"})
    assert answer.status_code == 302
    page = client.get("/account/tokens/")
    secret = page.context["new"]
    assert secret.startswith("miaopu_")
    assert secret in page.content.decode()
    assert secret not in client.get("/account/tokens/").content.decode()
    headers = {"authorization": f"Bearer {secret}"}
    assert read("me", headers)["username"] == city.owner.username

    [token] = ApiToken.objects.for_user(city.owner)
    stranger = StrictClient()
    stranger.force_login(city.other_owner)
    assert stranger.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    read("me", headers)
    client.post(f"/account/tokens/{token.pk}/revoke/")
    client.post(f"/account/tokens/{token.pk}/revoke/")  # a second click changes nothing
    read("me", headers, 401)
    verbs = Event.objects.for_subject(token).values_list("verb", flat=True)
    assert list(verbs) == ["core.create_token", "core.revoke_token"]


def test_a_refused_token_keeps_what_was_typed(city: City, client: StrictClient) -> None:
    client.force_login(city.reviewer)
    for number in range(10):
        create_token(f"第{number}个", 30, f"n{number}", by=city.reviewer)
    page = client.post("/account/tokens/", {"name": "第十一个", "days": "30"})
    assert page.status_code == 200
    assert "第十一个" in page.content.decode()
    assert "有效的令牌已达 10 个" in page.content.decode()


# ---------------------------------------------------------------- pages of a list


def test_a_list_is_whole_without_gaps_and_repeats_in_any_order(city: City) -> None:
    for number in range(23):
        make_enterprise(YUNYAN, registered_on=None, name=f"第{number}家")
    make_enterprise(NANMING)
    headers = token_of(city.reviewer)
    for order in ("number", "-number", "registered_on", "-registered_on"):
        address, seen, pages = f"enterprises?limit=5&order={order}&region={YUNYAN}", [], 0
        while address:
            found = read(address, headers)
            seen += [row["number"] for row in found["rows"]]
            pages += 1
            address = (found["next"] or "").removeprefix(f"{V1}/")
            assert len(found["rows"]) <= 5
        assert pages == 5
        assert len(seen) == len(set(seen)) == 24
        if order.endswith("number"):
            assert seen == sorted(seen, reverse=order.startswith("-"))


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "W10", "bnVsbA", "WyItbnVtYmVyIiwiYSIsMV0", "%00", "é", "a" * 500]
)
def test_a_cursor_that_is_none_is_not_found(cursor: str, city: City) -> None:
    read(f"enterprises?after={cursor}", token_of(city.reviewer), 404)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit")),
        *(("order=form", "order"), ("state=open", "state"), ("region=5201", "region")),
        *(("stat=granted", "stat"), ("q=%00", "q"), ("q=" + "a" * 61, "q")),
    ],
)
def test_a_wrong_parameter_is_named(query: str, name: str, city: City) -> None:
    error = read(f"cases?{query}", token_of(city.reviewer), 422)["error"]
    assert error["code"] == "wrong_parameter"
    assert [one["name"] for one in error["parameters"]] == [name]


def test_filters_narrow(busy_city: City) -> None:
    headers = token_of(busy_city.programme_officer)
    granted = read("cases?state=granted", headers)["rows"]
    assert {row["state"] for row in granted} == {"granted"}
    assert len(read("cases?region=520000", headers)["rows"]) == 2
    assert len(read(f"cases?region={NANMING}", headers)["rows"]) == 1
    assert read("cases?region=110000", headers)["rows"] == []
    name = busy_city.other_enterprise.name
    assert [row["enterprise"]["name"] for row in read(f"cases?q={name}", headers)["rows"]] == [name]
    assert read("publicities?open=true")["rows"] == []
    assert len(read("publicities?open=false")["rows"]) == 1
    assert len(read("accounts?kind=available&level=county")["rows"]) > 1
    assert {row["kind"] for row in read("transfers?kind=commit")["rows"]} == {"commit"}


def test_the_same_again_costs_nothing_on_the_way(busy_city: City) -> None:
    client = StrictClient()
    first = client.get(f"{V1}/awards")
    assert first["Cache-Control"] == "no-cache"
    again = client.get(f"{V1}/awards", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    closed = client.get(f"{V1}/cases", headers=token_of(busy_city.reviewer))
    assert "no-store" in closed["Cache-Control"]
    assert "Authorization" in closed["Vary"]


def test_a_list_takes_the_same_queries_for_one_row_and_for_many(city: City) -> None:
    headers = token_of(city.reviewer)
    read("enterprises", headers)  # the token's use is noted

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read("enterprises?limit=200", headers)
        return len(captured)

    few = queries()
    for _number in range(20):
        make_enterprise(YUNYAN)
    assert queries() == few == 2  # the token with its roles, the rows


def test_what_is_not_there_is_told_as_json(city: City) -> None:
    for path in ("nothing", "programmes/no-such", "awards/A0", "publicities/0", "cases/1/2"):
        error = read(path, None, 404)["error"]
        assert error["code"] == "not_found"


# ---------------------------------------------------------------- true to the schema


def models() -> dict[str, type[BaseModel]]:
    """What each operation promises to answer."""
    found = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                model = operation.response_models[200]
                found[path] = model.model_fields["response"].annotation
    return found


def test_every_answer_keeps_its_promise(busy_city: City) -> None:
    """Rows are made without pydantic; here each is read back by the schema, key by key."""
    city = busy_city
    case = Case.objects.get(enterprise=city.enterprise)
    numbers = {
        "/publicities/{number}": case.publicity.number,
        "/awards/{number}": f"A{case.number}",
        "/enterprises/{number}": city.enterprise.number,
        "/cases/{number}": case.number,
    }
    code = library_samples.published(city).code
    publish_fees(library_samples.fee_draft(city), by=city.approver)
    headers = token_of(city.programme_officer)
    promises = models()
    assert len(promises) == 33  # test_api_work.py makes what the work of the offices leaves
    for path, model in promises.items():
        if path.split("/")[1] in WORK:
            continue
        address = path.replace("{number}", numbers.get(path, "")).replace("{slug}", "guiyang-2018")
        address = address.replace("{code}", code)
        client = StrictClient()
        content = client.get(f"{V1}{address}", headers=headers).content
        found = TypeAdapter(model).validate_json(content, strict=False)
        rows = getattr(found, "rows", None)
        assert rows is None or rows, f"{path}: no rows to look at"
        again = TypeAdapter(model).dump_json(found)
        assert TypeAdapter(model).validate_json(again) == found


def test_the_same_sums_as_on_the_pages(busy_city: City) -> None:
    figures = read("programmes/guiyang-2018/figures")
    awards = read("awards")["rows"]
    assert figures["awards"]["count"] == len(awards) == 1
    assert figures["awards"]["committed_fen"] == sum(row["amount_fen"] for row in awards)
    assert sum(row["committed_fen"] for row in figures["districts"]) == 4_500_000
    for transfer in read("transfers?limit=200")["rows"]:
        assert sum(entry["amount_fen"] for entry in transfer["entries"]) == 0
    seals = read("seals")["rows"]
    assert seals and all(len(seal["root"]) == 64 for seal in seals)


def test_payments_are_for_those_who_pay(
    busy_city: City, new_client: Callable[[], StrictClient]
) -> None:
    for role, user in people_of(busy_city).items():
        if user is None:
            continue
        client = new_client()
        client.force_login(user)
        status = client.get(f"{V1}/payments").status_code
        money = {"finance_officer", "programme_officer", "leading_group", "auditor"}
        assert (status == 200) == (role in money), role
