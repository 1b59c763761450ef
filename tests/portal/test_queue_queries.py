"""The queue sends the same statements whether the table holds 20 cases or 200."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, CaseClock
from tests.factories import FIRST_DAY, YUNYAN, City, make_enterprises

pytestmark = pytest.mark.django_db
QUEUE = "/office/cases/"


def submitted_cases(city: City, count: int) -> None:
    """So many submitted cases of as many enterprises, each with its clock."""
    cases = Case.objects.bulk_create(
        Case(
            number=f"20185201{enterprise.pk:07d}",
            item=city.item,
            programme=city.version.programme,
            once_key=city.item.once_key(FIRST_DAY),
            enterprise=enterprise,
            region_id=YUNYAN,
            state=CaseState.SUBMITTED,
            opened_at=timezone.now(),
            submitted_at=timezone.now(),
        )
        for enterprise in make_enterprises(count)
    )
    CaseClock.objects.bulk_create(
        CaseClock(
            case=case,
            step=Step.ACCEPT,
            started_on=FIRST_DAY,
            days=5,
            due_on=FIRST_DAY,
            calculation=[],
        )
        for case in cases
    )


def fingerprints(client: Client, rows: int) -> list[str]:
    """The statements of one page without their values."""
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(QUEUE)
    assert page.status_code == 200
    assert page.content.count(b"data-row") == rows
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured.captured_queries]


@pytest.fixture
def reviewer(city: City, new_client: Callable[[], Any]) -> Client:
    """The reviewer's browser."""
    client: Client = new_client()
    client.force_login(city.reviewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_as_many_statements_for_200_cases_as_for_20(city: City, reviewer: Client) -> None:
    submitted_cases(city, 1)
    one = fingerprints(reviewer, rows=1)
    submitted_cases(city, 19)
    twenty = fingerprints(reviewer, rows=20)
    submitted_cases(city, 180)
    two_hundred = fingerprints(reviewer, rows=20)
    assert twenty == two_hundred
    assert len(one) == len(twenty) <= 9  # the keys of the page, then its rows
