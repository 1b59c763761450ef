"""Each error page says what is wrong and what to do next, in both languages."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import translation

from miaopu.core.models import User
from miaopu.portal import errors
from tests.factories import City
from tests.harness.pages import inline_code

pytestmark = [pytest.mark.urls("tests.portal.sample_urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Nobody has signed in too often."""
    cache.clear()


@pytest.fixture
def reader(client: Client) -> Client:
    """A signed-in person who sees error pages instead of exceptions."""
    client.raise_request_exception = False
    client.force_login(User.objects.create_user("reader", name="审核员甲"))
    return client


@pytest.mark.parametrize(
    ("address", "status", "chinese", "english"),
    [
        ("/no-such-page/", 404, "没有找到这个页面", "There is no such page"),
        ("/beaten/", 409, "已被他人办理", "Somebody was faster"),
        ("/barred/", 403, "须由他人批准", "Another must approve"),
        ("/breaks/", 500, "系统出错了", "Something went wrong"),
    ],
)
def test_error_pages(reader: Client, address: str, status: int, chinese: str, english: str) -> None:
    for language, words in (("zh-hans", chinese), ("en", english)):
        reader.cookies["django_language"] = language
        response = reader.post(address)
        page = response.content.decode()
        assert response.status_code == status
        assert words in page
        assert "<h1>" in page
        assert page.count('<a class="btn') >= 1, "no way on"


def test_a_conflict_says_that_nothing_changed_and_leads_back(reader: Client) -> None:
    response = reader.post("/beaten/", headers={"Referer": "http://testserver/form/?step=2"})
    page = response.content.decode()
    assert "什么都没有改变" in page
    assert "请刷新" in page
    assert 'href="/form/?step=2"' in page


def test_leading_back_never_leads_away(reader: Client) -> None:
    response = reader.post("/beaten/", headers={"Referer": "https://example.org/x/"})
    assert "example.org" not in response.content.decode()


@pytest.mark.parametrize(
    ("language", "fault", "misread"),
    [
        ("zh-hans", "系统出错了", "无法识别这次请求"),
        ("en", "Something went wrong", "could not be understood"),
    ],
)
def test_pages_that_come_before_the_frame(language: str, fault: str, misread: str) -> None:
    request = RequestFactory().get("/")  # without user, session and messages
    with translation.override(language):
        answers = [errors.server_error(request), errors.bad_request(request, ValueError())]
    for response, words in zip(answers, (fault, misread), strict=True):
        page = response.content.decode()
        assert words in page
        assert inline_code(page) == []


def test_too_many_wrong_passwords_lock_the_sign_in(client: Client) -> None:
    User.objects.create_user("victim", password="a-long-test-password", name="甲")
    for _ in range(5):
        response = client.post("/sign-in/", {"login": "victim", "password": "wrong"})
    assert response.status_code == 429
    assert "登录已暂时锁定" in response.content.decode()
    response = client.post("/sign-in/", {"login": "victim", "password": "a-long-test-password"})
    assert response.status_code == 429
    assert "_auth_user_id" not in client.session


def test_other_spellings_of_a_name_are_no_further_tries(client: Client) -> None:
    User.objects.create_user("victim", password="a-long-test-password", name="甲")
    for name in ("victim", "VICTIM", "Victim", "vICTIM", "victiM"):
        response = client.post("/sign-in/", {"login": name, "password": "wrong"})
    assert response.status_code == 429
    response = client.post("/sign-in/", {"login": "viCtim", "password": "a-long-test-password"})
    assert response.status_code == 429


def test_a_wrong_password_is_said_without_saying_which(client: Client) -> None:
    User.objects.create_user("somebody", password="a-long-test-password", name="甲")
    for name in ("somebody", "nobody"):
        page = client.post("/sign-in/", {"login": name, "password": "wrong-wrong"}).content.decode()
        assert "用户名或密码不正确" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("care", ["", "1"])
def test_pages_without_the_frame_keep_language_and_view(
    reader: Client, language: str, care: str
) -> None:
    reader.cookies["django_language"] = language
    reader.cookies["care"] = care
    too_large = {"text": "字" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 3 + 1000)}
    answers = {500: reader.post("/breaks/"), 413: reader.post("/form/", too_large)}
    request = RequestFactory().get("/", headers={"Cookie": f"care={care}"})
    with translation.override(language):
        answers[429] = errors.too_many(request)
    for status, answer in answers.items():
        page = answer.content.decode()
        assert answer.status_code == status
        assert ("care.css" in page) == bool(care)
        assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
        assert page.count('<a class="btn') == 1 and 'class="brand"' in page
    assert answers[429]["Retry-After"] == "60"
    assert ("too large" if language == "en" else "太大") in answers[413].content.decode()


def test_officials_keep_their_frame_and_way_home(client: Client, city: City) -> None:
    client.raise_request_exception = False
    for user, home, side in (
        (city.reviewer, "/office/", True),
        (city.finance, "/finance/", True),
        (city.owner, "/my/", False),
    ):
        client.force_login(user)
        for address in ("/no-such-page/", "/beaten/"):
            page = client.post(address).content.decode()
            assert ('class="side"' in page) == side
        page = client.get("/no-such-page/").content.decode()
        assert f'href="{home}"' in page
