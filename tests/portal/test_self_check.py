"""The self-check: the same answer as the rules give, for anyone, and nothing of it is kept."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection

from miaopu.core.kept import database_state
from miaopu.parties.facts import SIZE_NEEDS
from miaopu.parties.industries import industry_codes
from miaopu.plans.self_check import ELSEWHERE, facts_asked
from miaopu.portal.self_check import ASK
from tests.factories import FIRST_DAY, YUNYAN, City
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
CHECK = "/self-check/"
ASKED = f"{ASK}direct_subsidy_paid_on"
MICRO = {
    "region": YUNYAN,
    "industry": "52",
    "employees": "4",
    "operating_revenue": "800000",
    "total_assets": "300000",
    "founder_group": "returning_migrant",
    "key_group_employees": "1",
    "low_income_village": "yes",
}


def result_of(client: StrictClient, **changed: str) -> Any:
    answer = client.post(CHECK, {**MICRO, **changed})
    assert answer.status_code == 200
    return subsidy(answer)


def subsidy(answer: Any) -> Any:
    """The direct subsidy among the items answered for."""
    [result] = [one for one in answer.context["results"] if "/direct_subsidy/" in one.href]
    return result


def test_asks_what_the_rules_read(client: StrictClient, city: City) -> None:
    answer = client.get(CHECK)
    asked = list(answer.context["form"].fields)
    assert [name for name in asked if not name.startswith(ASK)] == facts_asked(
        [city.version], FIRST_DAY
    )
    assert set(SIZE_NEEDS) < set(asked)
    assert "size" not in asked
    assert answer["Cache-Control"] == "no-store"
    assert CHECK in client.get("/").content.decode()


def test_answers_with_reasons_and_amount(client: StrictClient, city: City) -> None:
    result = result_of(client)
    assert (result.tone, result.amount_fen, result.points) == ("good", 4_500_000, 17)
    assert [reason.status for reason in result.reasons] == ["true", "true", "unknown"]
    assert [reason.clause for reason in result.reasons] == ["二", "二", "二"]
    page = client.post(CHECK, MICRO).content.decode()
    for text in ("45,000", "微型", "可以申报", "条件成熟", 'value="800000"'):
        assert text in page, text


def follow_up(client: StrictClient, **changed: str) -> Any:
    """What the follow-up support's answer is, and the page."""
    answer = client.post(CHECK, {**MICRO, **changed})
    [result] = [one for one in answer.context["results"] if "/follow_up_support/" in one.href]
    return result.tone, answer.content.decode()


def test_a_plain_question_comes_before_a_date(client: StrictClient, city: City) -> None:
    page = client.get(CHECK).content.decode()
    assert "收到过直接补助吗" in page and "什么时候" in page
    assert page.index(f'name="{ASKED}"') < page.index('name="direct_subsidy_paid_on"')
    assert follow_up(client)[0] == "late"
    assert follow_up(client, **{ASKED: "no"})[0] == "late"
    tone, page = follow_up(client, **{ASKED: "yes"})  # she does not remember when
    assert tone == "good"
    assert 'value="yes"' in page and "checked" in page
    assert follow_up(client, **{ASKED: "yes", "direct_subsidy_paid_on": "2018-04-20"})[0] == "good"
    left = {"direct_subsidy_paid_on": "2018-04-20"}
    assert follow_up(client, **left, **{ASKED: "no"})[0] == "late"  # the no counts
    assert follow_up(client, **left)[0] == "good"  # a browser that shows the date to everybody
    assert follow_up(client, **{ASKED: "no", "direct_subsidy_paid_on": "soon"})[0] == "late"
    wrong = client.post(CHECK, {**MICRO, ASKED: "yes", "direct_subsidy_paid_on": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.content.decode()
    strange = client.post(CHECK, {**MICRO, ASKED: "perhaps"})
    assert strange.status_code == 422


def test_every_question_says_what_is_meant(client: StrictClient, city: City) -> None:
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        form = client.get(CHECK).context["form"]
        silent = [field.name for field in form if not field.help_text]
        assert silent == [ASKED]  # a yes or no needs none


@pytest.mark.parametrize(
    ("changed", "tone", "told"),
    [
        (
            {"employees": "90", "operating_revenue": "40000000", "total_assets": "1"},
            "late",
            "是微型企业",
        ),
        ({"region": ELSEWHERE}, "late", "在贵阳市"),
        ({"region": ""}, "soon", "所在区域"),
        ({"employees": "", "operating_revenue": ""}, "soon", "营业收入"),
        ({"industry": ""}, "soon", "行业"),
    ],
)
def test_no_and_unknown_say_why(
    client: StrictClient, city: City, changed: dict[str, str], tone: str, told: str
) -> None:
    result = result_of(client, **changed)
    assert result.tone == tone
    assert told in result.sentence
    assert (result.amount_fen is None) == (tone == "late")


def test_nothing_at_all_is_unknown(client: StrictClient, city: City) -> None:
    answer = client.post(CHECK, {})
    assert subsidy(answer).tone == "soon"
    assert len(answer.context["results"]) == len(city.version.pack.items)
    assert answer.context["size_missing"] == "行业"


def test_same_answer_in_english(client: StrictClient, city: City) -> None:
    client.cookies["django_language"] = "en"
    page = client.post(CHECK, MICRO).content.decode()
    for text in ("Direct subsidy for micro enterprises", "micro", "Size class", "45,000"):
        assert text in page, text


def test_nothing_is_stored_or_logged(
    client: StrictClient, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    def counts() -> dict[str, int]:
        tables = connection.introspection.table_names()
        with connection.cursor() as cursor:
            found = {}
            for table in tables:
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
        return found

    before = counts()
    assert len(before) > len(list(apps.get_models())) / 2
    caplog.set_level(logging.DEBUG)
    secret = {**MICRO, "employees": "7654321", "operating_revenue": "987654321.12"}
    assert client.post(CHECK, secret).status_code == 200
    assert client.post(CHECK, {**secret, "employees": "7654321x"}).status_code == 422
    assert counts() == before
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies
    assert database_state() is None  # the test's own transaction: nothing would be kept in memory
    application = [one for one in caplog.records if not one.name.startswith("django.db")]
    for record in application:
        assert "7654321" not in record.getMessage()
        assert "987654321" not in record.getMessage()


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE core_user; --",
        "\x00",
        "9" * 5000,
        "-1",
        "1e999999",
        "NaN",
        "Infinity",
        "٣",
        "\u202e4",
        "{{ 7*7 }}",
    ],
)
def test_hostile_input_is_told_and_kept(client: StrictClient, city: City, nasty: str) -> None:
    answer = client.post(CHECK, dict.fromkeys(MICRO, nasty))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert "请先改正以下问题" in page
    assert answer.context["results"] is None


def test_industries_to_choose_from_can_be_sized() -> None:
    codes = [code for _section, below in industry_codes() for code in below]
    assert len(codes) == len(set(codes))
    assert {"52", "65"} < set(codes)
    assert "70" not in codes  # developers and agents of property have different bounds


def test_without_a_programme(client: StrictClient, db: None) -> None:
    assert "还没有公布的计划" in client.get(CHECK).content.decode()
