"""The office's pages: who may open them, what they show, what a step does and refuses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.cases import actions
from miaopu.cases.models import Case, Publicity
from miaopu.core.enums import Role
from miaopu.core.models import Event, Job, User
from miaopu.ledger.actions import Line, make_transfer
from miaopu.ledger.enums import AccountKind, TransferKind
from miaopu.ledger.models import Account, Award
from miaopu.plans.actions import match_version
from tests.factories import (
    CITY,
    FIRST_DAY,
    YUNYAN,
    City,
    make_enterprise,
    make_officer,
    make_owner,
    travel,
)
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def page(client: StrictClient, user: User, name: str, **kwargs: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs))


def text(response: Any) -> str:
    return str(response.content.decode())


def step(client: StrictClient, user: User, case: Case, name: str, **data: Any) -> Any:
    client.force_login(user)
    case.refresh_from_db()
    address = reverse("case_step", kwargs={"number": case.number, "step": name})
    return client.post(address, {"revision": case.revision, **data})


# ---------------------------------------------------------------- who may open what


def test_pages_without_a_thing_are_for_their_roles(client: StrictClient, city: City) -> None:
    readers = {city.reviewer, city.approver, city.programme_officer, city.leading_group}
    allowed = {
        "office_home": readers,
        "case_queue": readers | {city.auditor},
        "entitlements": readers | {city.auditor},
        "enterprise_search": readers | {city.auditor},
        "publicity_prepare": readers | {city.auditor},
        "audit_events": {city.auditor},
    }
    everybody = readers | {city.auditor, city.finance, city.owner, city.system_admin}
    for name, users in allowed.items():
        for user in everybody:
            expected = 200 if user in users else 404
            assert page(client, user, name).status_code == expected, (name, user.username)


def test_things_of_another_district_are_not_found(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    pages: list[tuple[str, dict[str, Any]]] = [
        ("case_packet", {"number": case.number}),
        ("office_enterprise", {"number": city.enterprise.number}),
        ("office_publicity", {"number": publicity.number}),
    ]
    for name, kwargs in pages:
        assert page(client, city.reviewer, name, **kwargs).status_code == 200
        assert page(client, city.auditor, name, **kwargs).status_code == 200
        assert page(client, city.other_reviewer, name, **kwargs).status_code == 404
        assert page(client, city.owner, name, **kwargs).status_code == 404
    for user in (city.other_approver, city.owner, city.auditor, city.finance):
        client.force_login(user)
        address = reverse("decide_list", kwargs={"number": publicity.number})
        assert client.post(address).status_code == 404
    assert step(client, city.other_approver, case, "grant").status_code == 404


def test_auditor_reads_but_has_no_forms(client: StrictClient, city: City) -> None:
    case = city.accepted()
    content = text(page(client, city.auditor, "case_packet", number=case.number))
    assert f"/office/cases/{case.number}/propose" not in content
    assert step(client, city.auditor, case, "propose_refusal", reason="x").status_code == 404


# ---------------------------------------------------------------- the queue


def test_queue_needs_the_same_queries_for_one_row_and_many(
    client: StrictClient, city: City
) -> None:
    city.submitted()
    client.force_login(city.reviewer)
    client.get(reverse("case_queue"))  # what is read once per process is read now
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("case_queue"))
    for _number in range(24):
        enterprise = make_enterprise()
        city.submitted(enterprise, make_owner(enterprise))
    with CaptureQueriesContext(connection) as many:
        response = client.get(reverse("case_queue"))
    assert text(response).count("data-row") == 20
    assert len(many) == len(one)


def test_queue_is_narrowed_by_the_address(client: StrictClient, city: City) -> None:
    case = city.submitted()
    enterprise = make_enterprise(name="云岩晨光面馆")
    other = city.submitted(enterprise, make_owner(enterprise))
    actions.accept_case(other, by=city.reviewer)
    client.force_login(city.reviewer)

    def found(query: str) -> set[str]:
        content = text(client.get(f"{reverse('case_queue')}?{query}"))
        return {number for number in (case.number, other.number) if number in content}

    assert found("") == {case.number, other.number}
    assert found("state=submitted") == {case.number}
    assert found("q=晨光") == {other.number}
    assert found(f"q={case.number}") == {case.number}
    assert found("state=nonsense&page=99") == {case.number, other.number}
    assert found("due=overdue") == set()
    travel(FIRST_DAY + timedelta(days=11))
    assert found("due=overdue") == {case.number}
    assert found("due=soon") == {other.number}


def test_home_counts_what_the_queue_shows(client: StrictClient, city: City) -> None:
    case = city.submitted()
    response = page(client, city.reviewer, "office_home")
    assert case.number in text(response)
    mine = response.context["figures"][2]
    assert (mine["count"], mine["href"]) == ("1", f"{reverse('case_queue')}?todo=mine")
    assert case.number in text(client.get(mine["href"]))
    assert page(client, city.approver, "office_home").context["figures"][2]["count"] == "0"


def test_home_tells_of_lists_to_publish_and_to_decide(client: StrictClient, city: City) -> None:
    case = city.approved()
    assert len(page(client, city.approver, "office_home").context["waiting"]) == 1
    client.force_login(city.approver)
    client.post(
        reverse("publish"),
        {"item": case.item_id, "region": case.region_id, "seen": case.number},
    )
    found = Publicity.objects.get()
    assert page(client, city.approver, "office_home").context["ended"] == []
    travel(found.ends_on + timedelta(days=1))
    [ended] = page(client, city.approver, "office_home").context["ended"]
    assert (ended["number"], ended["undecided"]) == (found.number, 1)


# ---------------------------------------------------------------- the packet and its steps


def test_packet_masks_persons_for_those_who_do_not_need_them(
    client: StrictClient, city: City
) -> None:
    case = city.accepted()
    for_reviewer = text(page(client, city.reviewer, "case_packet", number=case.number))
    assert "13800138000" in for_reviewer
    assert "6222020200012345678" not in for_reviewer
    for user in (city.approver, city.auditor, city.leading_group):
        content = text(page(client, user, "case_packet", number=case.number))
        assert "13800138000" not in content
        assert "138****8000" in content


def test_whole_way_through_the_pages(client: StrictClient, city: City) -> None:
    case = city.submitted()
    assert step(client, city.reviewer, case, "accept").status_code == 302
    answer = {"decide_mature": "yes", "signed": "on", "reason": "已现场核实"}
    assert step(client, city.reviewer, case, "propose_grant", **answer).status_code == 302
    assert step(client, city.approver, case, "approve").status_code == 302
    content = text(page(client, city.approver, "publicity_prepare"))
    assert "王**" in content and "王小苗" not in content
    response = client.post(
        reverse("publish"),
        {"item": case.item_id, "region": case.region_id, "seen": case.number},
    )
    publicity = Publicity.objects.get()
    assert response.url == reverse("office_publicity", kwargs={"number": publicity.number})
    early = client.post(reverse("decide_list", kwargs={"number": publicity.number}), follow=True)
    assert "公示尚未结束" in text(early)
    travel(publicity.ends_on + timedelta(days=1))
    client.post(reverse("decide_list", kwargs={"number": publicity.number}))
    case.refresh_from_db()
    assert case.state == "granted"
    assert Award.objects.get(case=case).amount_fen == 4_500_000
    again = client.post(reverse("decide_list", kwargs={"number": publicity.number}), follow=True)
    assert "无需重复操作" in text(again)
    content = text(page(client, city.approver, "case_packet", number=case.number))
    assert "31,500.00" in content and "已现场核实" in content


def test_proposal_needs_every_answer_and_the_signature(client: StrictClient, city: City) -> None:
    case = city.accepted()
    response = step(client, city.reviewer, case, "propose_grant", reason="看过现场")
    assert response.status_code == 422
    content = text(response)
    assert "error-summary" in content and "看过现场" in content
    assert 'href="#propose_grant_decide_mature_0"' in content
    assert 'id="propose_grant_decide_mature_0"' in content
    no = {"decide_mature": "no", "signed": "on", "reason": "尚在装修"}
    refused = step(client, city.reviewer, case, "propose_grant", **no)
    assert refused.status_code == 409
    assert "还不能提出同意意见" in text(refused) and "尚在装修" in text(refused)
    case.refresh_from_db()
    assert case.state == "accepted"


def test_refusal_without_reason_is_told_at_the_field(client: StrictClient, city: City) -> None:
    case = city.accepted()
    response = step(client, city.reviewer, case, "propose_refusal", reason="  ")
    assert response.status_code == 422
    assert "请写明理由" in text(response)
    assert step(client, city.reviewer, case, "propose_refusal", reason="已停业").status_code == 302
    assert step(client, city.approver, case, "confirm_refusal").status_code == 302
    case.refresh_from_db()
    assert case.state == "refused"


def test_double_click_has_one_effect_and_a_friendly_message(
    client: StrictClient, city: City
) -> None:
    case = city.proposed()
    address = reverse("case_step", kwargs={"number": case.number, "step": "approve"})
    client.force_login(city.approver)
    data = {"revision": case.revision}
    assert client.post(address, data).status_code == 302
    second = client.post(address, data, follow=True)
    assert second.status_code == 200
    assert "无需重复操作" in text(second)
    assert Event.objects.for_subject(case).filter(verb="cases.approve").count() == 1


def test_stale_page_says_who_did_what_instead(client: StrictClient, city: City) -> None:
    case = city.proposed()
    seen = case.revision
    colleague = make_officer(Role.APPROVER, YUNYAN, "钱同事")
    actions.send_back(case, by=colleague, reason="请补充依据")
    client.force_login(city.approver)
    address = reverse("case_step", kwargs={"number": case.number, "step": "approve"})
    response = client.post(address, {"revision": seen, "reason": "同意扶持"})
    assert response.status_code == 409
    content = text(response)
    assert "钱同事" in content and "退回重审" in content and "同意扶持" in content
    # Proposed anew, the state is the same again, but not what she had seen.
    actions.propose_grant(case, {"mature": True}, by=city.reviewer)
    assert client.post(address, {"revision": seen}).status_code == 409
    case.refresh_from_db()
    assert case.state == "proposed"


def test_proposer_is_not_offered_the_approval(client: StrictClient, city: City) -> None:
    both = make_officer(Role.REVIEWER, YUNYAN)
    both.memberships.create(
        office=both.live_memberships[0].office, role=Role.APPROVER, since="2018-01-01T00:00Z"
    )
    case = city.accepted()
    actions.propose_grant(case, {"mature": True}, by=both)
    both = User.objects.get(pk=both.pk)
    content = text(page(client, both, "case_packet", number=case.number))
    assert f"/office/cases/{case.number}/approve/" not in content
    response = step(client, both, case, "approve")
    assert response.status_code == 403
    assert "提出意见的人不能自己批准" in text(response)


def test_unknown_steps_and_get_are_no_way_in(client: StrictClient, city: City) -> None:
    case = city.submitted()
    assert step(client, city.reviewer, case, "publish").status_code == 404
    assert step(client, city.reviewer, case, "withdraw").status_code == 404
    client.force_login(city.reviewer)
    assert client.get(f"/office/cases/{case.number}/accept/").status_code == 405


def test_next_in_the_queue_is_opened_on_request(client: StrictClient, city: City) -> None:
    first = city.submitted()
    enterprise = make_enterprise()
    second = city.submitted(enterprise, make_owner(enterprise))
    response = step(client, city.reviewer, first, "accept", next="queue")
    packet = reverse("case_packet", kwargs={"number": second.number})
    assert response.url == f"{packet}?todo=mine"


def test_stored_reasons_are_shown_where_facts_have_changed(
    client: StrictClient, city: City
) -> None:
    case = city.submitted()
    same = page(client, city.reviewer, "case_packet", number=case.number)
    assert same.context["other_reasons"] == []
    trace = {**case.trace, "tree": {**case.trace["tree"], "status": "false"}}
    Case.objects.filter(pk=case.pk).update(trace=trace)
    other = page(client, city.reviewer, "case_packet", number=case.number)
    assert other.context["other_reasons"]
    assert "留存的依据" in text(other)


def test_files_are_handed_out_as_attachments(client: StrictClient, city: City) -> None:
    case = city.draft()
    material = city.item.definition.materials[0].id
    attached = actions.attach_file(case, material, "证明.exe", PNG, by=city.owner)
    actions.submit_case(case, by=city.owner)
    client.force_login(city.reviewer)
    response = client.get(reverse("office_file", kwargs={"pk": attached.pk}))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Disposition"].endswith(".exe.png")
    assert response["X-Content-Type-Options"] == "nosniff"
    client.force_login(city.other_reviewer)
    assert client.get(reverse("office_file", kwargs={"pk": attached.pk})).status_code == 404


# ---------------------------------------------------------------- publicity and the decision


def test_list_is_published_only_as_it_was_seen(client: StrictClient, city: City) -> None:
    case = city.approved()
    client.force_login(city.approver)
    data = {"item": case.item_id, "region": case.region_id, "seen": "2018-some-other"}
    response = client.post(reverse("publish"), data, follow=True)
    assert "名单没有发布" in text(response)
    assert not Publicity.objects.exists()
    client.force_login(city.other_approver)
    assert client.post(reverse("publish"), {**data, "seen": case.number}).status_code == 404
    client.force_login(city.approver)
    assert client.post(reverse("publish"), {"item": "x", "region": ""}).status_code == 404


def _two_published(city: City) -> Publicity:
    enterprise = make_enterprise()
    owner = make_owner(enterprise)
    for case in (city.submitted(), city.submitted(enterprise, owner)):
        actions.accept_case(case, by=city.reviewer)
        actions.propose_grant(case, {"mature": True}, by=city.reviewer)
        actions.approve_case(case, by=city.approver)
    return _publish_all(city)


def _publish_all(city: City) -> Publicity:
    from_case = Case.objects.filter(state="approved").first()
    assert from_case is not None
    client = StrictClient()
    client.force_login(city.approver)
    numbers = Case.objects.filter(state="approved").order_by(
        "-priority_points", "submitted_at", "pk"
    )
    client.post(
        reverse("publish"),
        {
            "item": from_case.item_id,
            "region": from_case.region_id,
            "seen": ",".join(numbers.values_list("number", flat=True)),
        },
    )
    return Publicity.objects.get()


def test_short_budget_refuses_only_the_last_ones_and_says_which(
    client: StrictClient, city: City
) -> None:
    publicity = _two_published(city)
    available = Account.objects.get(
        purpose="direct_subsidy", region_id=YUNYAN, kind=AccountKind.AVAILABLE
    )
    source = Account.objects.get(
        purpose="direct_subsidy", region_id=YUNYAN, kind=AccountKind.SOURCE
    )
    too_much = available.balance_fen - 900_000 - 899_999  # one fen short for the second
    make_transfer(
        "test/take-back",
        TransferKind.FUND,
        [Line(available, -too_much), Line(source, too_much)],
        by=None,
    )
    travel(publicity.ends_on + timedelta(days=1))
    client.force_login(city.approver)
    response = client.post(reverse("decide_list", kwargs={"number": publicity.number}), follow=True)
    content = text(response)
    assert "已决定扶持 1 件" in content
    assert "1 件没有决定" in content and "县级资金不足" in content
    states = sorted(Case.objects.values_list("state", flat=True))
    assert states == ["granted", "published"]
    assert Award.objects.count() == 1


# ---------------------------------------------------------------- entitlements, register, jobs


def test_entitlements_count_cost_and_missing_facts(client: StrictClient, city: City) -> None:
    make_enterprise(name="缺数据商行", employees=None, operating_revenue=None)
    match_version(city.version, FIRST_DAY)
    response = page(client, city.reviewer, "entitlements")
    item, follow_up = response.context["summary"]
    assert follow_up["entitled"] == "0"  # nobody was paid the direct subsidy yet
    assert (item["entitled"], item["wanting"], item["cost_fen"]) == ("1", "1", 4_500_000)
    assert [fen for _level, fen in item["levels"]] == [3_150_000, 450_000, 900_000]
    missing = client.get(f"{reverse('entitlements')}?status=missing&fact=size")
    assert "缺数据商行" in text(missing)
    assert "营业收入（税务、统计）" in text(missing)
    assert city.enterprise.name not in text(missing)
    whole = page(client, city.programme_officer, "entitlements").context["summary"][0]
    assert whole["entitled"] == "2"


def test_entitlements_by_district_add_up_and_every_no_says_why(
    client: StrictClient, city: City
) -> None:
    small = make_enterprise(name="不小的公司", employees=80, operating_revenue=Decimal(90_000_000))
    make_enterprise(name="缺数据商行", employees=None, operating_revenue=None)
    make_enterprise(name="南明小店", region="520102")
    match_version(city.version, FIRST_DAY)
    response = page(client, city.programme_officer, "entitlements")
    item, follow_up = response.context["summary"]
    assert follow_up["entitled"] == "0"  # nobody was paid the direct subsidy yet
    districts = item["districts"].rows
    for column, whole in (("entitled", item["entitled"]), ("wanting", item["wanting"])):
        assert str(sum(row[column] for row in districts)) == whole
    assert sum(row["excluded"] for row in districts) == int(item["excluded"]) == 1
    assert sum(row["total_fen"] for row in districts) == item["cost_fen"]
    assert [row["fact"] for row in item["facts"].rows] == ["企业规模"]
    one = next(row for row in districts if row["excluded"])
    excluded = client.get(reverse("entitlements") + one["excluded_href"])
    [row] = excluded.context["table"].rows
    assert row["enterprise"] == small.name
    assert row["why"] == "是微型企业（现为中型）"


def test_entitlements_need_the_same_queries_for_one_row_and_many(
    client: StrictClient, city: City
) -> None:
    match_version(city.version, FIRST_DAY)
    client.force_login(city.reviewer)
    client.get(reverse("entitlements"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("entitlements"))
    for _number in range(24):
        make_enterprise()
    match_version(city.version, FIRST_DAY)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("entitlements"))
    assert len(many) == len(one)


def test_excluded_enterprises_need_the_same_queries_for_one_row_and_many(
    client: StrictClient, city: City
) -> None:
    match_version(city.version, FIRST_DAY)
    client.force_login(city.reviewer)
    address = reverse("entitlements") + "?status=excluded"
    big = {"employees": 80, "operating_revenue": Decimal(90_000_000)}
    make_enterprise(**big)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _number in range(24):
        make_enterprise(**big)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(address).context["table"].rows) == 20
    assert len(many) == len(one)


def test_matching_starts_once_and_its_job_is_the_starter_s(
    client: StrictClient, city: City
) -> None:
    client.force_login(city.programme_officer)
    response = client.post(reverse("start_match"))
    job = Job.objects.get()
    assert response.url == reverse("job", kwargs={"pk": job.pk})
    assert client.post(reverse("start_match")).url == response.url
    assert Job.objects.count() == 1
    other = make_officer(Role.PROGRAMME_OFFICER, CITY)
    client.force_login(other)
    assert client.post(reverse("start_match")).url == reverse("entitlements")
    assert client.get(response.url).status_code == 404
    client.force_login(city.reviewer)
    assert client.post(reverse("start_match")).status_code == 404


def test_job_page_survives_reload_and_answers_htmx_with_a_fragment(
    client: StrictClient, city: City
) -> None:
    client.force_login(city.programme_officer)
    address = client.post(reverse("start_match")).url
    whole = text(client.get(address))
    assert "<html" in whole and "刷新进度" in whole and "hx-get" in whole
    part = text(client.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in part and "hx-get" in part
    Job.objects.update(state="done", done=3, total=3, result={"matches": 3})
    done = text(client.get(address))
    assert "刷新进度" not in done and "hx-get" not in done
    assert reverse("entitlements") in done


def test_register_finds_and_explains_with_persons_masked(client: StrictClient, city: City) -> None:
    client.force_login(city.approver)
    found = text(client.get(f"{reverse('enterprise_search')}?q={city.enterprise.name[2:]}"))
    assert city.enterprise.number in found
    assert city.other_enterprise.number not in found
    nothing = text(client.get(f"{reverse('enterprise_search')}?q=没有这家"))
    assert "没有这家企业" in nothing
    number = city.enterprise.number
    for_approver = text(page(client, city.approver, "office_enterprise", number=number))
    assert "王**" in for_approver and "王小苗" not in for_approver
    assert "返乡" not in for_approver
    for_reviewer = text(page(client, city.reviewer, "office_enterprise", number=number))
    assert "王小苗" in for_reviewer and "返乡" in for_reviewer


# ---------------------------------------------------------------- audit


def test_auditor_searches_events(client: StrictClient, city: City) -> None:
    case = city.proposed()
    client.force_login(city.auditor)
    address = reverse("audit_events")

    def rows(query: str) -> list[list[Any]]:
        table = client.get(f"{address}?{query}").context["table"]
        return [[str(cell.text) for cell in row] for row in table.body]

    assert {row[1] for row in rows(f"subject={case.number}")} >= {"受理", "提出同意意见"}
    assert {row[2] for row in rows("actor=李审核")} == {"李审核"}
    assert {row[1] for row in rows("verb=cases.accept")} == {"受理"}
    assert rows("until=2018-05-09") == []
    assert len(rows("since=2018-05-10&kind=cases.case")) >= 4
    wrong = client.get(f"{address}?since=never")
    assert wrong.status_code == 200 and "error-summary" in text(wrong)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(
    client: StrictClient, city: City, language: str
) -> None:
    award = city.granted()
    case = award.case
    client.force_login(city.approver)
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    addresses = [
        reverse("office_home"),
        reverse("case_queue"),
        reverse("case_packet", kwargs={"number": case.number}),
        reverse("entitlements"),
        reverse("enterprise_search"),
        reverse("office_enterprise", kwargs={"number": case.enterprise.number}),
        reverse("publicity_prepare"),
        reverse("office_publicity", kwargs={"number": case.publicity.number}),  # type: ignore[union-attr]
    ]
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_case_sent_back_out_of_publicity_stays_on_its_list(
    client: StrictClient, city: City
) -> None:
    case, publicity = city.published()
    response = step(client, city.approver, case, "send_back", reason="异议成立，须核实")
    assert response.status_code == 302
    address = {"number": publicity.number}
    shown = page(client, city.approver, "office_publicity", **address)
    assert case.number in text(shown)
    assert (shown.context["undecided"], shown.context["may_decide"]) == (0, False)
    assert case.number in text(client.get(reverse("publicity", kwargs=address)))
    after = client.post(reverse("decide_list", kwargs=address), follow=True)
    assert after.status_code == 200
    assert not Award.objects.exists()
