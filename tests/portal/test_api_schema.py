"""The API against its own description: made-up requests of every role, within bounded time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from miaopu.app.wsgi import application
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.core.tokens import create_token, secret_of
from miaopu.plans.actions import match_version
from tests.factories import City
from tests.house.url_roles import ROLES
from tests.portal.library_samples import published
from tests.portal.test_url_roles import people_of

pytestmark = pytest.mark.django_db
EXAMPLES = 4  # for each operation, role and mode; more with HYPOTHESIS_MAX_EXAMPLES of one's own
# Who may read of a whole city; everybody else must never meet the other district.
CITY_WIDE = frozenset({"programme_officer", "leading_group", "auditor"})
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(autouse=True)
def _connection_outlives_requests() -> Iterator[None]:
    """The test's transaction goes on from request to request, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def both_districts(city: City) -> City:
    """A granted case here; there one that was only submitted, of which nothing is public."""
    city.submitted(city.other_enterprise, city.other_owner)
    city.granted()
    match_version(city.version, clock.today())
    return city


def operations() -> Iterator[APIOperation[Any, Any, Any, Any, Any]]:
    """Every operation of the description, as the site serves it."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for found in schema.get_all_operations():
        yield found.ok()


def secret_words(role: str, city: City) -> tuple[str, ...]:
    """What no answer to the role may hold."""
    here = (city.enterprise.number, "13800138000", "王小苗")
    there = (city.other_enterprise.uscc, city.other_enterprise.name, city.other_enterprise.number)
    if role in CITY_WIDE:
        return ("13800138000", "王小苗")
    if role.startswith("other_"):
        return (city.enterprise.number,)
    if role in ("enterprise", "reviewer"):
        return there
    if role == "approver":
        return (*there, "13800138000")
    return (*here, *there)


def headers_of(user: User | None) -> dict[str, str]:
    """A token of the user."""
    if user is None:
        return {}
    create_token("测试", 30, f"schema-{user.pk}", by=user)
    return {"Authorization": f"Bearer {secret_of(f'schema-{user.pk}')}"}


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_no_request_breaks_the_promise_or_shows_too_much(role: str, both_districts: City) -> None:
    """No 5xx, no breach of the schema, nobody let in without a token, nothing of others."""
    city = both_districts
    headers = headers_of(people_of(city)[role])
    forbidden = secret_words(role, city)
    known = {
        "slug": "guiyang-2018",
        "number": city.other_enterprise.number,
        "code": published(city).code,
    }
    seen: dict[int, int] = {}
    asked = 0
    for operation in operations():
        for mode in MODES:
            if mode is GenerationMode.NEGATIVE and not operation.query.items:
                continue  # any text is a name that may exist

            @hypothesis.settings(
                max_examples=EXAMPLES,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
                deadline=None,
                database=None,
                derandomize=True,
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal asked
                # A parameter given twice: test_a_parameter_given_twice_is_refused.
                hypothesis.assume(not any(isinstance(one, list) for one in case.query.values()))
                if len(str(case.query.get("after", ""))) % 2 and case.query["after"]:
                    case.query.pop("after")  # a made-up cursor is not found; what lies behind it?
                answer = case.call_and_validate(headers=headers)
                assert not [word for word in forbidden if word in answer.text], case.path
                seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
                asked += 1

            ask()
        if operation.path_parameters.items:  # the thing itself, not only made-up names
            case = operation.Case(
                path_parameters={
                    item.name: known[item.name] for item in operation.path_parameters.items
                }
            )
            answer = case.call_and_validate(headers=headers)
            assert not [word for word in forbidden if word in answer.text], operation.path
    assert asked > 100
    assert seen[200] > 10, seen
    assert 422 in seen, seen
    assert (401 in seen) == (role == "anonymous")


def test_a_parameter_given_twice_is_refused(city: City, client: Client) -> None:
    headers = headers_of(city.reviewer)
    assert client.get("/api/v1/entitlements?item=a", headers=headers).status_code == 200
    assert client.get("/api/v1/entitlements?item=a&item=b", headers=headers).status_code == 422
