"""The public pages of lists in publicity."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from miaopu.cases.actions import accept_case, approve_case, propose_grant, submit_case
from miaopu.cases.decisions import digest_of, publish_list
from miaopu.core import clock
from miaopu.ledger.models import Award
from tests.factories import YUNYAN, City, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient
from tests.portal.public import text_of

pytestmark = pytest.mark.django_db


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
