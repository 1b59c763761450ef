"""The frame of every page: links by role, the demo's people, signing in and out, language."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import path

from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.models import Membership, Notice, Office, Region, User
from miaopu.portal import context, navigation
from tests.portal import sample_urls

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-test-password"
NOW = datetime(2018, 5, 10, tzinfo=UTC)

# Every route that the navigation may name, so that only roles decide what is shown.
ROUTES = sorted(
    {item.route for section in navigation.SECTIONS for item in section.items}
    | {item.route for item in navigation.FOOT}
    | {"notices", "demo_clock"}
)
_named = {pattern.name for pattern in sample_urls.urlpatterns if hasattr(pattern, "name")}
urlpatterns = [
    *sample_urls.urlpatterns,
    *(path(f"{name}/", sample_urls.open_page, name=name) for name in ROUTES if name not in _named),
]


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Nobody has signed in too often."""
    cache.clear()


@pytest.fixture
def official(db: None) -> Callable[..., User]:
    """Makes a person with roles in an office."""
    region, _ = Region.objects.get_or_create(code="520100", defaults={"name": "贵阳市", "level": 2})
    office = Office.objects.create(
        code="x",
        name="某办公室",
        name_en="An office",
        kind=OfficeKind.DISTRICT_OFFICE,
        region=region,
    )

    def make(*roles: Role) -> User:
        user = User.objects.create_user(f"user-{User.objects.count()}", name="甲")
        for role in roles:
            Membership.objects.create(user=user, office=office, role=role, since=NOW)
        return user

    return make


def links(client: Client) -> set[str]:
    """Routes to which the page's navigation leads."""
    html = client.get("/").content.decode()
    return {name for name in ROUTES if f'href="/{name}/"' in html}


PUBLIC = {
    *("publicity_list", "money", "verify", "open_data", "self_check", "bases"),
    *("policy_list", "fee_list"),
}
LIBRARY = {"policy_library", "fee_lists"}
CASES = {
    *("case_queue", "entitlements", "enterprise_search", "office_bases"),
    *("objections", "batches", "office_offers", "office_board", "rule_list", "fact_doubts"),
    *("target_board", "target_letters", "inspection_board", "office_anomalies", "campaigns"),
}
MONEY = {"finance_home", "payments", "payment_batches"}
PLANS = {"task_board", "duties", "duty_calendar"}


@pytest.mark.urls("tests.portal.test_frame")
@pytest.mark.parametrize(
    ("roles", "more"),
    [
        (
            [Role.REVIEWER],
            {"office_home", "publicity_prepare", "deliveries"} | CASES | PLANS | LIBRARY,
        ),
        ([Role.FINANCE_OFFICER], MONEY | PLANS),
        ([Role.AUDITOR], {"audit_events", "reading_desk"} | CASES | MONEY | PLANS),
        ([Role.SYSTEM_ADMIN], set()),
        (
            [Role.FINANCE_OFFICER, Role.AUDITOR],
            {"audit_events", "reading_desk"} | CASES | MONEY | PLANS,
        ),
        ([], set()),
    ],
)
def test_officials_see_the_links_of_their_roles(
    client: Client, official: Callable[..., User], roles: list[Role], more: set[str]
) -> None:
    client.force_login(official(*roles))
    assert links(client) - {"demo_clock", "gallery", "api_page"} == PUBLIC | more | {"notices"}


@pytest.mark.urls("tests.portal.test_frame")
def test_strangers_and_parties_see_theirs(client: Client) -> None:
    assert links(client) - {"demo_clock", "gallery", "api_page"} == PUBLIC
    client.force_login(User.objects.create_user("p", name="乙", kind=UserKind.PARTY))
    assert links(client) - {"demo_clock", "gallery", "api_page"} == PUBLIC | {
        "my_home",
        "benefits",
        "my_bases",
        "my_assessments",
        "my_cases",
        "notices",
    }


@pytest.mark.urls("tests.portal.test_frame")
def test_the_page_one_is_on_is_marked(client: Client) -> None:
    html = client.get("/money/").content.decode()
    assert 'href="/money/" aria-current="page"' in html
    assert html.count("aria-current") == 1


@pytest.mark.urls("tests.portal.test_frame")
def test_unread_notices_are_counted(client: Client) -> None:
    user = User.objects.create_user("p", name="乙", kind=UserKind.PARTY)
    for key in ("a", "b"):
        Notice.objects.create(user=user, key=key, text="x", text_en="x", at=NOW)
    Notice.objects.create(user=user, key="c", text="x", text_en="x", at=NOW, read_at=NOW)
    client.force_login(user)
    assert '<span class="count">2<' in client.get("/").content.decode()


@pytest.mark.urls("tests.portal.sample_urls")
def test_routes_that_do_not_exist_are_not_linked(client: Client) -> None:
    assert context.href("no_such_route") == ""
    assert 'href=""' not in client.get("/").content.decode()


# ---------------------------------------------------------------- demo


@pytest.fixture
def demo_person(db: None) -> User:
    return User.objects.create_user(
        "reviewer-a",
        password=django_settings.DEMO_PASSWORD,
        name="审核员甲",
        demo_note="审核申请",
        demo_note_en="Reviews applications",
    )


def test_the_demo_offers_its_people(client: Client, demo_person: User) -> None:
    User.objects.create_user("real", name="某人")
    User.objects.create_user("gone", name="某人", demo_note="x", is_active=False)
    page = client.get("/sign-in/").content.decode()
    assert 'value="reviewer-a"' in page
    assert "审核申请" in page
    assert "real" not in page
    assert "gone" not in page
    client.cookies["django_language"] = "en"
    assert "Reviews applications" in client.get("/sign-in/").content.decode()


@pytest.mark.urls("tests.portal.sample_urls")
def test_one_click_signs_in(client: Client, demo_person: User) -> None:
    fields: dict[str, Any] = {"login": "reviewer-a", "password": django_settings.DEMO_PASSWORD}
    response = client.post("/sign-in/", {**fields, "next": "/form/"})
    assert response["Location"] == "/form/"
    assert client.session["_auth_user_id"] == str(demo_person.pk)
    assert client.get("/form/").status_code == 200


def test_outside_the_demo_nobody_is_offered(
    client: Client, demo_person: User, settings: Any
) -> None:
    settings.DEMO = False
    page = client.get("/sign-in/").content.decode()
    assert "reviewer-a" not in page
    assert django_settings.DEMO_PASSWORD not in page
    assert "demo-strip" not in page


# ---------------------------------------------------------------- ways in and out


@pytest.mark.urls("tests.portal.sample_urls")
def test_signing_in_never_leads_away(client: Client) -> None:
    User.objects.create_user("a", password=PASSWORD, name="甲")
    fields = {"login": "a", "password": PASSWORD, "next": "https://example.org/"}
    assert client.post("/sign-in/", fields)["Location"] == "/"


@pytest.mark.urls("tests.portal.sample_urls")
def test_a_closed_account_is_told(client: Client) -> None:
    User.objects.create_user("a", password=PASSWORD, name="甲", is_active=False)
    response = client.post("/sign-in/", {"login": "a", "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert "联系系统管理员" in response.content.decode()


@pytest.mark.urls("tests.portal.sample_urls")
def test_signing_out_takes_a_post(client: Client) -> None:
    client.force_login(User.objects.create_user("a", name="甲"))
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-out/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/signup/", "/accounts/signup/", "/password/reset/", "/email/"]
)
def test_allauths_other_pages_do_not_exist(client: Client, address: str) -> None:
    client.force_login(User.objects.create_user("a", name="甲"))
    assert client.get(address).status_code == 404


def test_the_language_stays(client: Client) -> None:
    assert 'lang="zh-Hans"' in client.get("/gallery/").content.decode()
    response = client.post("/language/", {"language": "en", "next": "/gallery/"})
    assert response["Location"] == "/gallery/"
    page = client.get("/gallery/").content.decode()
    assert '<html lang="en">' in page
    assert "Page components" in page
