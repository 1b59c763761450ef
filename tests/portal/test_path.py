"""The whole path by web clients: from the plan's clause to the paid and published yuan."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from miaopu.cases.models import Case, Publicity
from miaopu.core.models import User
from miaopu.engine.books import from_export, verify
from miaopu.ledger.models import Award
from tests.factories import GOOD_FORM, PASSWORD, City, travel
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db


def visitor(user: User | None = None) -> StrictClient:
    """Somebody with a browser of their own, signed in through the sign-in page."""
    client = StrictClient()
    if user is not None:
        answer = client.post(
            reverse("sign_in"), {"login": user.username, "password": PASSWORD}, follow=True
        )
        assert answer.status_code == 200
        assert answer.wsgi_request.user == user
    return client


def read(client: StrictClient, name: str, **kwargs: Any) -> str:
    """The page's words."""
    answer = client.get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200, (name, answer.status_code)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: StrictClient, name: str, data: dict[str, Any], **kwargs: Any) -> str:
    """Post a form as its page would; the address to which it leads."""
    answer = client.post(reverse(name, kwargs=kwargs), data)
    assert answer.status_code == 302, (name, answer.status_code, answer.content.decode()[:3000])
    return str(answer["Location"])


def step(client: StrictClient, case: Case, name: str, **data: Any) -> None:
    """Take a step in a case from its packet."""
    case.refresh_from_db()
    send(
        client,
        "case_step",
        {"revision": case.revision, "reason": "", **data},
        number=case.number,
        step=name,
    )


def test_one_subsidy_from_clause_to_published_yuan(city: City, capsys: Any) -> None:
    public = visitor()
    slug = {"slug": "guiyang-2018"}
    assert "3,500" in read(public, "programme", **slug)
    assert "7:1:2" in read(public, "clause", **slug, path="二").replace("∶", ":")
    assert "31,500.00" in read(public, "item", **slug, code="direct_subsidy")
    assert "已拨付 0" in read(public, "home")

    owner = visitor(city.owner)
    offer = {"number": city.enterprise.number, "item_id": city.item.pk}
    assert "45,000" in read(owner, "my_home")
    assert "是微型企业" in read(owner, "offer", **offer)
    send(owner, "apply", {}, **offer)
    case = Case.objects.get()
    number = {"number": case.number}
    assert "来自市场监管" in read(owner, "case_form", **number)
    for page in ("bank_name", "jobs_planned", "use_of_funds", "commitment"):
        case.refresh_from_db()
        send(
            owner,
            "case_question",
            {**GOOD_FORM, "revision": case.revision},
            **number,
            page=page,
        )
    case.refresh_from_db()
    assert send(owner, "case_check", {"revision": case.revision}, **number) == reverse(
        "case_receipt", kwargs=number
    )
    assert "2018年5月17日" in read(owner, "case_receipt", **number)

    reviewer = visitor(city.reviewer)
    assert case.number in read(reviewer, "case_queue")
    step(reviewer, case, "accept")
    step(reviewer, case, "propose_grant", decide_mature="yes", signed="on")
    assert "批准" in read(visitor(city.approver), "case_packet", **number)

    approver = visitor(city.approver)
    step(approver, case, "approve")
    send(
        approver,
        "publish",
        {"item": case.item_id, "region": case.region_id, "seen": case.number},
    )
    publicity = Publicity.objects.get()
    listed = read(public, "publicity", number=publicity.number)
    assert "王**" in listed
    assert "王小苗" not in listed
    assert publicity.digest in listed

    case.refresh_from_db()
    early = approver.post(
        reverse("case_step", kwargs={**number, "step": "grant"}),
        {"revision": case.revision, "reason": ""},
    )
    assert early.status_code in (404, 409)
    assert not Award.objects.exists()
    travel(publicity.ends_on + timedelta(days=1))
    step(approver, case, "grant")
    award = Award.objects.get()
    assert award.amount_fen == 4_500_000

    refused = approver.post(
        reverse("pay", kwargs={"number": award.number}), {"bank_reference": "B"}
    )
    assert refused.status_code == 404
    send(visitor(city.finance), "pay", {"bank_reference": "B20180522-1"}, number=award.number)

    published = read(public, "award", number=award.number)
    for share in ("31,500.00", "4,500.00", "9,000.00"):
        assert share in published
    assert "已拨付 45,000" in read(public, "home")
    assert "已拨付" in read(owner, "my_case", **number)
    assert "45,000" in read(owner, "notices")

    books = public.get(reverse("books_export"))
    assert verify(from_export(json.loads(books.content))) == []
    capsys.readouterr()
    call_command("verify_books", format="json")
    assert json.loads(capsys.readouterr().out)["ok"] is True
