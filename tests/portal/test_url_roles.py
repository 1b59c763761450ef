"""Every route, asked as every role with every method: the table is the only truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from miaopu.app import urls
from miaopu.cases.actions import attach_file, submit_case
from miaopu.cases.batches import open_batch
from miaopu.cases.corrections import Point, ask_correction
from miaopu.cases.enums import PointKind
from miaopu.cases.models import Case, Offer
from miaopu.cases.objections import Statement, make_objection
from miaopu.cases.offering import renew_offers
from miaopu.core.actions import open_job
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.tokens import create_token
from miaopu.engine.bank_files import Result
from miaopu.ledger.awards import pay_award
from miaopu.ledger.batches import create_batch
from miaopu.ledger.models import Account, Award, PaymentBatch
from miaopu.ledger.results import book_results, keep_reply
from miaopu.parties.doubts import doubt_fact
from miaopu.plans.actions import match_version
from tests.factories import CITY, FIRST_DAY, YUNYAN, City, make_officer
from tests.harness.pages import StrictClient
from tests.house.url_roles import ROLES, all_routes
from tests.parties.sheets import deliver, good_row, table_of, workbook
from tests.plans.proposals import draft_of, proposed, simulated
from tests.portal import (
    library_samples,
    url_rows_assessment_papers,
    url_rows_assessments,
    url_rows_bases,
    url_rows_desk,
    url_rows_inspections,
    url_rows_targets,
)
from tests.portal.url_rows_base_records import THINGS as BASE_RECORDS
from tests.portal.url_rows_growth import THINGS as GROWTH_THINGS
from tests.portal.url_rows_titles import THINGS as TITLES
from tests.portal.url_samples_supervision import SAMPLES as SUPERVISION
from tests.portal.url_table import TABLE

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SLUG = "guiyang-2018"


def people_of(city: City) -> dict[str, User | None]:
    """Who asks, by the table's roles."""
    return {
        "anonymous": None,
        "enterprise": city.owner,
        "other_enterprise": city.other_owner,
        "reviewer": city.reviewer,
        "other_reviewer": city.other_reviewer,
        "approver": city.approver,
        "finance_officer": city.finance,
        "programme_officer": city.programme_officer,
        "leading_group": city.leading_group,
        "auditor": city.auditor,
        "system_admin": city.system_admin,
        "security_admin": make_officer(Role.SECURITY_ADMIN, CITY),
        "audit_admin": make_officer(Role.AUDIT_ADMIN, CITY),
    }


def _paper(city: City) -> dict[str, Any]:
    draft = city.draft()
    material = city.item.definition.materials[0].id
    attached = attach_file(draft, material, "计划.pdf", PDF, by=city.owner)
    return {"number": draft.number, "pk": attached.pk}


def _file(city: City) -> dict[str, Any]:
    paper = _paper(city)
    submit_case(Case.objects.get(number=paper["number"]), by=city.owner)
    return {"pk": paper["pk"]}


def _job(city: City) -> dict[str, Any]:
    job, _created = open_job("test", "匹配", by=city.programme_officer)
    return {"pk": job.pk}


def _awaiting(city: City) -> dict[str, Any]:
    """A case whose payment failed."""
    award = city.granted()
    result = Result(1, award.number, award.amount_fen, "failed", reason="账号户名不符")
    book_results(_payments_of(city, award), [result], by=city.finance)
    return {"number": award.case.number}


def _payments_of(city: City, award: Award) -> PaymentBatch:
    return create_batch([award], by=city.finance, request_key=award.number)


def _payment_batch(city: City) -> dict[str, Any]:
    return {"number": _payments_of(city, city.granted()).number}


def _reply(city: City) -> dict[str, Any]:
    award = city.granted()
    content = f"扶持编号,金额,结果,原因\n{award.number},45000.00,失败,账号户名不符\n".encode()
    reply = keep_reply(_payments_of(city, award), "r.csv", content, by=city.finance)
    return {"number": reply.batch.number, "pk": reply.pk}


def _paid_award(city: City) -> dict[str, Any]:
    return {"number": pay_award(city.granted(), "B1", by=city.finance).number}


def _delivery(city: City) -> dict[str, Any]:
    lines = table_of([good_row(1), good_row(2, uscc="wrong")])
    return {"number": deliver(workbook(lines), city.reviewer).number}


def _offered(city: City) -> dict[str, Any]:
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    return {"pk": Offer.objects.get(enterprise=city.enterprise).pk}


def _batch(city: City) -> dict[str, Any]:
    case = city.proposed()
    return {"number": open_batch(city.item, case.region, by=city.leading_group).number}


def _returned(city: City) -> dict[str, Any]:
    case = city.accepted()
    ask_correction(case, [Point(PointKind.FIELD, "bank_account", "请核对")], by=city.reviewer)
    return {"number": case.number}


def _objection(city: City) -> dict[str, Any]:
    case, publicity = city.published()
    said = Statement("陈邻居", "13900139000", "已经停业", "证明.pdf", PDF)
    return {"number": make_objection(publicity, case.number, said, by=None)[0].number}


def _proposal(city: City) -> dict[str, Any]:
    proposal = proposed(city)
    simulated(proposal, city)
    return {"pk": proposal.pk}


# The samples of the table: they belong to `enterprise` and lie in the district of `reviewer`.
THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    **url_rows_desk.THINGS,
    "programme": lambda city: {"slug": SLUG},
    "clause": lambda city: {"slug": SLUG, "path": "三/(二)"},
    "item": lambda city: {"slug": SLUG, "code": "direct_subsidy"},
    "enterprise": lambda city: {"number": city.enterprise.number},
    "offer": lambda city: {"number": city.enterprise.number, "item_id": city.item.pk},
    "offered": _offered,
    "draft": lambda city: {"number": city.draft().number},
    "question": lambda city: {"number": city.draft().number, "page": "jobs_planned"},
    "paper": _paper,
    "case": lambda city: {"number": city.submitted().number},
    "step": lambda city: {"number": city.submitted().number, "step": "accept"},
    "file": _file,
    "batch": _batch,
    "batch_step": lambda city: {**_batch(city), "step": "cancel"},
    "publicity": lambda city: {"number": city.published()[1].number},
    "returned": _returned,
    "objection": _objection,
    "award": lambda city: {"number": city.granted().number},
    "letter": lambda city: {"number": city.granted().case.number, "kind": "pdf"},
    "awaiting": _awaiting,
    "paid_award": _paid_award,
    "payment_batch": _payment_batch,
    "payment_batch_file": lambda city: {**_payment_batch(city), "kind": "xlsx"},
    "reply": _reply,
    "line": lambda city: {**_payment_batch(city), "position": 1},
    "job": _job,
    "delivery": _delivery,
    "token": lambda city: {"pk": create_token("报表", 30, "nonce", by=city.owner).pk},
    **library_samples.THINGS,
    **url_rows_bases.THINGS,
    **url_rows_inspections.THINGS,
    **TITLES,
    **BASE_RECORDS,
    **GROWTH_THINGS,
    **url_rows_assessment_papers.THINGS,
    **url_rows_assessments.THINGS,
    "account": lambda city: {"pk": Account.objects.filter(region=YUNYAN)[0].pk},
    **SUPERVISION,
    **url_rows_targets.THINGS,
    "doubted": lambda city: {"number": city.enterprise.number, "fact": "employees"},
    "doubt": lambda city: {
        "pk": doubt_fact(city.enterprise, "employees", "三人", "社保", by=city.owner).pk
    },
    "draft_rule": lambda city: {"pk": draft_of(city, "employees <= 20").pk},
    "proposal": _proposal,
    "proposal_step": lambda city: {**_proposal(city), "step": "simulate"},
    "simulation": lambda city: {"pk": simulated(proposed(city), city).pk},
}


def form_of(route: str, city: City) -> dict[str, Any]:
    """What is posted to the route: what its page would have put into the form."""
    if route == "publish":
        case = city.approved()
        return {"item": case.item_id, "region": case.region_id, "seen": case.number}
    if route == "batch_open":
        case = city.proposed()
        return {"group": f"{case.item_id}/{case.region_id}"}
    if route == "objection_make":
        line = Case.objects.get().number
        return {"line": line, "text": "已经停业", "name": "陈邻居", "contact": "13900139000"}
    if route == "case_step":
        return {"revision": Case.objects.get().revision}
    if route == "payment_batch_new":
        return {"award": city.granted().number, "idempotency_key": "k2"}
    return dict(TABLE[route].data)


@pytest.fixture(autouse=True)
def plain_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a refusal only the status matters here; its page is not rendered thousands of times."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponse(status=404))


@dataclass(frozen=True)
class Visitor:
    """A browser of somebody, whose session was begun once."""

    client: StrictClient
    cookies: str

    def ask(
        self, route: str, method: str, kwargs: dict[str, Any], data: dict[str, Any] | None = None
    ) -> Any:
        """The answer to one request; whatever it changed, cookies too, is rolled back."""
        client = self.client
        client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            address = reverse(route, kwargs=kwargs)
            answer = client.get(address) if method == "GET" else client.post(address, data or {})
            for close in answer._resource_closers:  # `answer.close()` would end the transaction
                close()
            transaction.set_rollback(True)
        return answer


def visitors_of(people: dict[str, User | None]) -> dict[str, Visitor]:
    """Everybody at a browser of their own, signed in."""
    found = {}
    for role, user in people.items():
        client = StrictClient()
        if user is not None:
            client.force_login(user)
        found[role] = Visitor(client, client.cookies.output(attrs=[], header="", sep=";"))
    return found


def nothing_like(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of the same address that name nothing."""
    strange = {"slug": "no-such", "path": "九", "code": "x", "step": "accept", "page": "no"}
    return {name: strange.get(name, "9999999") for name in kwargs}


# Routes that are asked for the same thing, which is made once; a route without one stands alone.
GROUPS: dict[str, list[str]] = {}
for name in sorted(TABLE):
    GROUPS.setdefault(TABLE[name].thing or f"none/{name}", []).append(name)


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_route_for_every_role(group: str, city: City, subtests: pytest.Subtests) -> None:
    """Also for a thing that is not there: 404 to those who may see such a thing.

    What is not there gives neither an error page nor a hint that it exists.
    """
    people = people_of(city)
    assert set(people) == set(ROLES)
    thing = TABLE[GROUPS[group][0]].thing
    kwargs = THINGS[thing](city) if thing else {}
    visitors = visitors_of(people_of(city))
    assert set(visitors) == set(ROLES)
    for route in GROUPS[group]:
        with subtests.test(route=route), transaction.atomic():
            surprises = [
                *_surprises(route, city, visitors, kwargs),
                *(_found(route, visitors, nothing_like(kwargs)) if thing else ()),
            ]
            transaction.set_rollback(True)
            assert not surprises, surprises


def _surprises(
    route: str, city: City, visitors: dict[str, Visitor], kwargs: dict[str, Any]
) -> Iterator[str]:
    row = TABLE[route]
    data = form_of(route, city)
    for method in row.methods:
        for role, visitor in visitors.items():
            answer = visitor.ask(route, method, kwargs, data)
            expected = row.expected(role, method)
            if answer.status_code != expected:
                yield f"{method} {role}: {answer.status_code}, not {expected}"
            elif (role, expected, row.open) == ("anonymous", 302, False) and "/sign-in/" not in str(
                answer["Location"]
            ):
                yield f"{method} {role}: led to {answer['Location']}"


def _found(route: str, visitors: dict[str, Visitor], nothing: dict[str, Any]) -> Iterator[str]:
    row = TABLE[route]
    for role in sorted(row.allow) or ["anonymous"]:
        for method in row.methods:
            status = visitors[role].ask(route, method, nothing).status_code
            if status != 404:
                yield f"{method} {role}: {status} for what is not there"


def test_no_route_writes_on_get_or_answers_other_methods(city: City) -> None:
    wrong = []
    taken = {route.name: route.arguments for route in all_routes()}
    client = StrictClient()
    client.force_login(city.reviewer)
    for route, row in TABLE.items():
        if row.methods == ("POST",):
            kwargs = {"number": "1", "pk": 1, "step": "accept", "item_id": 1, "page": "all"}
            kwargs |= {"slug": SLUG, "code": "direct_subsidy", "key": "x"}
            address = reverse(route, kwargs={name: kwargs.get(name, 1) for name in taken[route]})
            if client.get(address).status_code not in (404, 405):
                wrong.append(route)
    assert not wrong
