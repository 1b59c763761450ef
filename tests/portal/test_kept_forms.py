"""Nothing typed is lost when a sign-in expires in mid-form; nothing is offered to somebody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from miaopu.core.models import User
from miaopu.portal import kept_forms
from tests.portal import sample_urls

pytestmark = [pytest.mark.urls("tests.portal.sample_urls"), pytest.mark.django_db]

PASSWORD = "a-long-test-password"
OWN = {"Origin": "http://testserver", "Referer": "http://testserver/form/?step=2"}
TYPED = {"reason": "现场核实无误", "amount": "45000", "tags": ["a", "b"]}


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Nothing was handed in, and nobody has signed in too often."""
    sample_urls.handed_in.clear()
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("reviewer", password=PASSWORD, name="审核员甲")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("approver", password=PASSWORD, name="批准人乙")


def expire(client: Client) -> None:
    """The session ends on the server; the browser does not know."""
    client.session.flush()


def sign_in(client: Client, user: User, **more: Any) -> Any:
    return client.post(
        "/sign-in/", {"login": user.username, "password": PASSWORD, **more}, headers=OWN
    )


@pytest.fixture
def expired(client: Client, user: User) -> Client:
    """A browser whose sign-in has expired."""
    sign_in(client, user)
    client.get("/form/")
    expire(client)
    return client


def test_an_expired_form_is_kept_and_offered_after_sign_in(expired: Client, user: User) -> None:
    response = expired.post("/form/", TYPED, headers=OWN)
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fform%2F%3Fstep%3D2"
    assert sample_urls.handed_in == []
    assert "您填写的内容已保留" in expired.get(response["Location"]).content.decode()

    back = sign_in(expired, user, next="/form/?step=2")
    assert back["Location"] == "/form/?step=2"
    page = expired.get(back["Location"]).content.decode()
    assert "现场核实无误" in page
    assert 'name="tags" value="a"' in page
    assert 'name="tags" value="b"' in page
    assert 'action="/form/"' in page

    kept = kept_forms.offered(_request(expired, user))[0]
    again = expired.post("/form/", {**TYPED, "kept_form": kept.key}, headers=OWN)
    assert again.content == b"handed in"
    assert sample_urls.handed_in[0]["tags"] == ["a", "b"]
    assert "现场核实无误" not in expired.get("/form/").content.decode()


def test_a_refused_form_stays_kept(expired: Client, user: User) -> None:
    expired.post("/form/", {"amount": "wrong"}, headers=OWN)
    sign_in(expired, user)
    kept = kept_forms.offered(_request(expired, user))[0]
    expired.post("/form/", {"amount": "wrong", "kept_form": kept.key}, headers=OWN)
    assert len(kept_forms.offered(_request(expired, user))) == 1


def test_views_can_fill_their_own_form(expired: Client, user: User) -> None:
    expired.post("/form/", TYPED, headers=OWN)
    sign_in(expired, user)
    request = _request(expired, user)
    request.path = "/form/"
    data = kept_forms.kept_data(request)
    assert data is not None
    assert data.getlist("tags") == ["a", "b"]
    request.path = "/other/"
    assert kept_forms.kept_data(request) is None


def test_other_pages_say_that_something_waits(expired: Client, user: User) -> None:
    expired.post("/form/", TYPED, headers=OWN)
    sign_in(expired, user)
    page = expired.get("/").content.decode()
    assert "有 1 份内容尚未提交" in page
    assert "现场核实无误" not in page
    assert "现场核实无误" in expired.get("/kept-forms/").content.decode()


def test_somebody_else_is_not_offered_the_form(expired: Client, other: User) -> None:
    expired.post("/form/", TYPED, headers=OWN)
    sign_in(expired, other)
    for address in ("/form/?step=2", "/", "/kept-forms/"):
        page = expired.get(address).content.decode()
        assert "现场核实无误" not in page, address
        assert "尚未提交" not in page, address


def test_dropping_it(expired: Client, user: User) -> None:
    expired.post("/form/", TYPED, headers=OWN)
    sign_in(expired, user)
    kept = kept_forms.offered(_request(expired, user))[0]
    response = expired.post("/kept-forms/discard/", {"kept_form": kept.key, "next": "/form/"})
    assert response["Location"] == "/form/"
    assert kept_forms.offered(_request(expired, user)) == []
    response = expired.post("/kept-forms/discard/", {"next": "https://example.org/"})
    assert response["Location"] == "/kept-forms/"


def test_passwords_and_files_are_not_kept(expired: Client, user: User) -> None:
    paper = SimpleUploadedFile("a.txt", b"secret content")
    posted = {
        "reason": "理由一",
        "new_password": "hunter2-hunter2",
        "api_token": "t",
        "paper": paper,
    }
    expired.post("/form/", posted, headers=OWN)
    stored = str(dict(expired.session.items()))
    assert "理由一" in stored
    for secret in ("hunter2", "secret content"):
        assert secret not in stored
    sign_in(expired, user)
    page = expired.get("/form/?step=2").content.decode()
    assert "new_password" in page  # named, so that the person knows what is missing
    assert "paper" in page


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Referer": "https://example.org/form/"},
        {"Referer": "http://testserver.example.org/form/"},
        {"Origin": "https://example.org", "Referer": "http://testserver/form/"},
    ],
)
def test_forms_of_other_sites_are_not_kept(expired: Client, headers: dict[str, str]) -> None:
    expired.post("/form/", TYPED, headers=headers)
    assert kept_forms.SESSION_KEY not in expired.session


def test_who_was_never_signed_in_keeps_nothing(client: Client) -> None:
    response = client.post("/form/", TYPED, headers=OWN)
    assert response.status_code == 302
    assert kept_forms.SESSION_KEY not in client.session


def test_a_forged_owner_keeps_nothing(client: Client, user: User) -> None:
    client.cookies[kept_forms.OWNER_COOKIE] = f"{user.pk}:forged"
    client.post("/form/", TYPED, headers=OWN)
    assert kept_forms.SESSION_KEY not in client.session


@pytest.mark.parametrize(
    "posted",
    [
        {"reason": "x" * (kept_forms.MAX_CHARACTERS + 1)},
        {f"field-{number}": "x" for number in range(kept_forms.MAX_FIELDS + 1)},
        {"password": "only-a-secret"},
    ],
)
def test_what_cannot_be_kept_is_said(expired: Client, posted: dict[str, str]) -> None:
    response = expired.post("/form/", posted, headers=OWN)
    assert response.status_code == 403
    assert "无法代为保留" in response.content.decode()
    assert kept_forms.SESSION_KEY not in expired.session


def test_only_the_last_forms_are_kept(expired: Client, user: User) -> None:
    for number in range(5):
        expired.post(f"/form/?n={number}", {"reason": str(number)}, headers=OWN)
    expired.post("/form/?n=4", {"reason": "again"}, headers=OWN)
    sign_in(expired, user)
    kept = kept_forms.offered(_request(expired, user))
    assert [entry.pairs[0][1] for entry in kept] == ["2", "3", "again"]


def test_signing_out_ends_the_ownership(client: Client, user: User) -> None:
    sign_in(client, user)
    assert client.cookies[kept_forms.OWNER_COOKIE]["httponly"]
    client.post("/sign-out/")
    client.post("/form/", TYPED, headers=OWN)
    assert kept_forms.SESSION_KEY not in client.session


# ---------------------------------------------------------------- tokens that do not fit


@pytest.fixture
def careful(user: User) -> Client:
    """A signed-in browser whose forms' tokens are checked."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get("/form/")
    return client


def test_a_stale_token_gives_the_form_back(careful: Client) -> None:
    response = careful.post("/form/", {**TYPED, "csrfmiddlewaretoken": "x" * 64}, headers=OWN)
    page = response.content.decode()
    assert response.status_code == 403
    assert "现场核实无误" in page
    assert sample_urls.handed_in == []
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    again = careful.post("/form/", {**TYPED, "csrfmiddlewaretoken": token}, headers=OWN)
    assert again.content == b"handed in"


def test_a_stale_token_of_another_site_gives_nothing_back(careful: Client) -> None:
    response = careful.post("/form/", TYPED, headers={"Origin": "https://example.org"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "现场核实无误" not in page
    assert 'action="/form/"' not in page


def test_a_stale_token_without_sign_in_keeps_the_form(careful: Client, user: User) -> None:
    expire(careful)
    response = careful.post("/form/", TYPED, headers=OWN)
    page = response.content.decode()
    assert response.status_code == 403
    assert "/sign-in/?next=%2Fform%2F%3Fstep%3D2" in page
    careful.handler.enforce_csrf_checks = False
    sign_in(careful, user)
    assert "现场核实无误" in careful.get("/form/?step=2").content.decode()


def test_a_stale_sign_in_page_never_echoes_the_password(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, user)
    assert response.status_code == 403
    assert PASSWORD not in response.content.decode()
    assert "重新打开登录页" in response.content.decode()


def _request(client: Client, user: User) -> Any:
    """What a view would see."""

    class Request:
        session = client.session

    request: Any = Request()
    request.user = user
    return request


def test_the_helper_sees_what_a_view_sees(
    expired: Client, user: User, new_client: Callable[[], Client]
) -> None:
    assert kept_forms.offered(_request(expired, user)) == []
    assert kept_forms.offered(_request(new_client(), user)) == []
