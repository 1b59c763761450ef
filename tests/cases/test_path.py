"""The path of one case, step by step, and what each step refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from miaopu.cases import actions, guards
from miaopu.cases.decisions import decide_case, digest_of, publish_list, start_decide_clocks
from miaopu.cases.models import Case
from miaopu.cases.offering import candidates
from miaopu.cases.workflow import AlreadyDone, available
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from miaopu.engine.packs.diff import compare
from miaopu.engine.packs.schema import Pack
from miaopu.parties.facts import known_facts
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.entitlements import explain_facts
from miaopu.plans.models import Match
from tests.factories import (
    GOOD_FORM,
    YUNYAN,
    City,
    guiyang_pack,
    make_enterprise,
    make_owner,
    travel,
)

pytestmark = pytest.mark.django_db


def test_draft_is_prefilled_and_one_only(city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    again = actions.open_case(city.item, city.enterprise, by=city.owner)
    assert case == again
    with pytest.raises(NotAllowed):
        actions.open_case(city.item, city.enterprise, by=city.other_owner)


def test_second_live_case_is_refused_by_the_database(city: City) -> None:
    case = city.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="x",
            item=city.item,
            programme=case.programme,
            once_key=case.once_key,
            enterprise=city.enterprise,
            region=case.region,
            opened_at=clock.now(),
        )


def test_a_new_version_is_no_second_chance(city: City) -> None:
    case = city.submitted()
    content = guiyang_pack().to_json()
    content["period"]["to"] = "2018-12-30"
    version, created = load_version(Pack.from_json(content), by=None)
    [item] = [item for item in actions.publish_items(version) if item.code == case.item.code]
    assert created
    assert item != case.item
    assert actions.open_case(item, city.enterprise, by=city.owner) == case
    case.refresh_from_db()
    assert case.item.version == city.version  # a case stays on the version it began under


def test_what_items_pay_for_is_had_once_among_them(city: City) -> None:
    """One live case of a set, and one that counts: before, after and without the set."""
    content = guiyang_pack().to_json()
    content["items"]["second"] = {**content["items"]["direct_subsidy"], "amount": "40000"}
    content["items"]["second"]["examples"] = []
    apart, _created = load_version(Pack.from_json(content), by=None)
    content["counted_once"] = {
        "start": {
            "among": ["direct_subsidy", "second"],
            "title": {"zh": "同一次创业", "en": "the same start"},
            "clause": content["items"]["direct_subsidy"]["clause"],
        }
    }
    together, _created = load_version(Pack.from_json(content), by=None)
    mine = Match.objects.filter(enterprise=city.enterprise)
    for first_under, then_under in ((together, together), (apart, together), (together, apart)):
        items = {one.code: one for one in actions.publish_items(first_under)}
        case = actions.open_case(items["second"], city.enterprise, by=city.owner)
        items = {one.code: one for one in actions.publish_items(then_under)}
        assert actions.open_case(items["second"], city.enterprise, by=city.owner) == case
        first = items["direct_subsidy"]
        if then_under is together:
            with pytest.raises(ActionRefused, match=f"只计一次.*{case.number}"):
                actions.open_case(first, city.enterprise, by=city.owner)
            assert not candidates(mine, first, clock.today()).exists()
        actions.withdraw_case(case, by=city.owner)
        match_version(then_under, clock.today())
        assert candidates(mine, first, clock.today()).exists()
    known = known_facts(city.enterprise, clock.today())
    agreed = {f"{code}.{one.id}": True for code in ("direct_subsidy", "second")
              for one in city.item.definition.conditions if one.decide}  # fmt: skip
    found = {one.rule: one for one in explain_facts(together, known, clock.today(), agreed)}
    assert (found["direct_subsidy"].amount_fen, found["second"].status) == (4_500_000, "false")
    [child] = [one for one in found["second"].tree.children if one.status == "false"]
    assert "45,000.00" in child.text.en
    [change] = compare(apart.pack, together.pack).changes
    assert change.path == ("counted_once", "start")
    assert compare(apart.pack, together.pack).rules == ("direct_subsidy", "second")


def test_excluded_enterprise_cannot_apply(city: City) -> None:
    enterprise = make_enterprise(YUNYAN, employees=80, operating_revenue=9_000_000)
    with pytest.raises(ActionRefused, match="不符合"):
        actions.open_case(city.item, enterprise, by=make_owner(enterprise))


def test_outside_the_period_nobody_applies(city: City) -> None:
    travel(date(2019, 1, 2))
    with pytest.raises(ActionRefused, match="申报期"):
        actions.open_case(city.item, city.enterprise, by=city.owner)


def test_form_keeps_what_was_typed_wrong(city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    typed = {**GOOD_FORM, "bank_account": "12x", "jobs_planned": "many", "contact_name": ""}
    errors = actions.save_form(case, typed, revision=case.revision, by=city.owner)
    assert {error.field for error in errors} == {"bank_account", "jobs_planned", "contact_name"}
    case.refresh_from_db()
    assert case.form["bank_account"] == "12x"
    with pytest.raises(guards.FormRefused):
        actions.submit_case(case, by=city.owner)


def test_two_tabs_never_overwrite_silently(city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    seen = case.revision
    actions.save_form(case, GOOD_FORM, revision=seen, by=city.owner)
    other = {**GOOD_FORM, "jobs_planned": "9"}
    with pytest.raises(guards.FormConflict) as conflict:
        actions.save_form(case, other, revision=seen, by=city.owner)
    assert conflict.value.saved["jobs_planned"] == 5
    actions.save_form(case, other, revision=conflict.value.revision, by=city.owner)
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 9


def test_whole_path_and_its_clocks(city: City) -> None:
    case = city.submitted()
    assert case.running_clock is not None
    assert (case.running_clock.step, case.running_clock.due_on) == ("accept", date(2018, 5, 17))
    actions.accept_case(case, by=city.reviewer)
    case.refresh_from_db()
    del case.running_clock
    assert case.running_clock.step == "review"
    actions.propose_grant(case, {"mature": True}, by=city.reviewer)
    case.refresh_from_db()
    assert case.amount_fen == 4_500_000
    assert case.priority_points == 15  # key-group founder and one key-group employee
    assert case.trace["status"] == "true"
    assert case.trace["facts"]["size"]["source"] == "computed"
    actions.approve_case(case, by=city.approver)
    publicity = publish_list(city.item, case.region, by=city.approver)
    assert publicity.ends_on == date(2018, 5, 21)  # seven working days after 10 May
    assert publicity.lines[0]["legal_representative"] == "王**"
    with pytest.raises(ActionRefused, match="公示尚未结束"):
        decide_case(case, by=city.approver)
    travel(publicity.ends_on)
    with pytest.raises(ActionRefused, match="公示尚未结束"):
        decide_case(case, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    assert start_decide_clocks() == 1
    assert start_decide_clocks() == 0
    granted = decide_case(case, by=city.approver)
    assert granted.state == "granted"
    assert [clock_row.step for clock_row in granted.clocks.order_by("pk")] == [
        *("accept", "review", "approve", "publicity", "decide", "pay"),
    ]
    told = Notice.objects.filter(user=city.owner).order_by("pk")
    assert [notice.key.split("/")[2] for notice in told] == [
        *("submit", "accept", "publish", "granted"),
    ]
    verbs = list(Event.objects.for_subject(granted).values_list("verb", flat=True))
    assert verbs == [
        *("cases.open", "cases.save_form", "cases.submit", "cases.accept"),
        *("cases.propose_grant", "cases.approve", "cases.publish", "cases.grant"),
        *("ledger.commit", "cases.make_letter"),
    ]


def test_proposer_cannot_approve(city: City) -> None:
    case = city.proposed()
    assert "approve" in available(city.approver, case)
    assert "approve" not in available(city.reviewer, case)
    with pytest.raises(NotAllowed):
        actions.approve_case(case, by=city.reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(approved_by=city.reviewer)


def test_officer_of_another_district_can_do_nothing(city: City) -> None:
    case = city.submitted()
    assert not Case.objects.for_user(city.other_reviewer).filter(pk=case.pk).exists()
    with pytest.raises(NotAllowed):
        actions.accept_case(case, by=city.other_reviewer)


def test_undecided_discretion_cannot_be_proposed(city: City) -> None:
    case = city.accepted()
    with pytest.raises(ActionRefused):
        actions.propose_grant(case, {}, by=city.reviewer)
    with pytest.raises(ActionRefused):
        actions.propose_grant(case, {"mature": False}, by=city.reviewer)


def test_double_click_and_second_person(city: City) -> None:
    case = city.proposed()
    actions.approve_case(case, by=city.approver)
    with pytest.raises(AlreadyDone):
        actions.approve_case(case, by=city.approver)
    with pytest.raises(Conflict) as lost:
        actions.approve_case(case, by=city.other_approver)
    assert not isinstance(lost.value, AlreadyDone)


def test_refusal_needs_a_reason_and_a_second_person(city: City) -> None:
    case = city.accepted()
    with pytest.raises(ActionRefused, match="理由"):
        actions.propose_refusal(case, by=city.reviewer, reason="  ")
    actions.propose_refusal(case, by=city.reviewer, reason="项目尚未成熟")
    refused = actions.confirm_refusal(case, by=city.approver)
    assert refused.state == "refused"
    assert refused.decided_by == city.approver


def test_send_back_clears_the_proposal(city: City) -> None:
    case = actions.send_back(city.proposed(), by=city.approver, reason="请补充判断依据")
    assert (case.state, case.proposed_by, case.decisions) == ("accepted", None, {})
    actions.propose_grant(case, {"mature": True}, by=city.reviewer)


def test_withdrawn_enterprise_may_apply_again(city: City) -> None:
    case = city.submitted()
    actions.withdraw_case(case, by=city.owner, reason="改日再报")
    assert actions.open_case(city.item, city.enterprise, by=city.owner) != case


def test_list_is_frozen_with_a_digest(city: City) -> None:
    case, publicity = city.published()
    assert digest_of(publicity) == publicity.digest
    publicity.lines[0]["amount_fen"] += 1
    assert digest_of(publicity) != publicity.digest
    with pytest.raises(DatabaseError), transaction.atomic():
        publicity.save()
    assert case.state == "published"


def test_file_type_is_what_the_content_says(city: City) -> None:
    case = city.draft()
    material = city.item.definition.materials[0].id
    png = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
    attached = actions.attach_file(case, material, "../../证明.exe", png, by=city.owner)
    assert attached.name == "证明.exe"
    assert attached.file.media_type == "image/png"
    for content in (b"", b"<script>alert(1)</script>", b"MZ" + b"\0" * 200):
        with pytest.raises(ActionRefused):
            actions.attach_file(case, material, "x.pdf", content, by=city.owner)
