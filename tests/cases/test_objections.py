"""Objections to a published list: each stops its own line, has its own clock, gets an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from miaopu.cases import actions, objections
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.enums import ObjectionState
from miaopu.cases.models import Case, Objection, Publicity
from miaopu.cases.objections import (
    Statement,
    TooMany,
    answer_objection,
    digest_of_code,
    make_objection,
    sender_digest,
)
from miaopu.cases.workflow import AlreadyDone
from miaopu.core.actions import add_member
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from tests.factories import (
    YUNYAN,
    City,
    make_enterprise,
    make_officer,
    make_owner,
    travel,
)

pytestmark = pytest.mark.django_db
SAID = Statement("陈邻居", "13900139000", "该店去年已经停业")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def two_published(city: City) -> tuple[list[Case], Publicity]:
    """Two cases on one list."""
    enterprise = make_enterprise(YUNYAN)
    owner = make_owner(enterprise)
    second = city.submitted(enterprise, owner)
    actions.accept_case(second, by=city.reviewer)
    actions.propose_grant(second, {"mature": True}, by=city.reviewer)
    actions.approve_case(second, by=city.approver)
    first = city.approved()
    publicity = publish_list(city.item, first.region, by=city.approver)
    return [Case.objects.get(pk=one.pk) for one in (first, second)], publicity


def made(city: City) -> Objection:
    """An objection to the city's case in publicity."""
    case, publicity = city.published()
    return make_objection(publicity, case.number, SAID, by=None)[0]


def test_anybody_objects_and_gets_number_code_and_due_date(city: City) -> None:
    case, publicity = city.published()
    said = Statement(SAID.name, SAID.contact, SAID.text, "../照片.png", PNG)
    objection, code = make_objection(publicity, case.number, said, by=None)
    assert objection.number.startswith(publicity.number)
    assert objection.days == 5
    assert [row["counted"] for row in objection.calculation].count(True) == 5
    assert digest_of_code(code.lower().replace("-", " ")) == objection.code_digest
    assert code not in str(objection.__dict__)
    assert (objection.file_name, objection.file and objection.file.extension) == ("照片.png", "png")
    event = Event.objects.for_subject(case).last()
    assert event is not None and (event.verb, event.actor) == ("cases.object", None)
    told = set(Notice.objects.filter(key__contains=objection.number).values_list("user", flat=True))
    assert told == {city.owner.pk, city.approver.pk}
    texts = " ".join(Notice.objects.values_list("text", flat=True))
    assert "陈邻居" not in texts and "13900139000" not in texts


def test_an_open_objection_stops_its_own_line_only(city: City) -> None:
    [first, second], publicity = two_published(city)
    objection, _code = make_objection(publicity, first.number, SAID, by=None)
    travel(publicity.ends_on + timedelta(days=1))
    with pytest.raises(ActionRefused, match=objection.number):
        decide_case(first, by=city.approver)
    assert decide_case(second, by=city.approver).state == "granted"
    answer_objection(objection, upheld=False, by=city.approver, reason="经核实仍在营业")
    assert decide_case(first, by=city.approver).state == "granted"


def test_upheld_sends_the_case_back(city: City) -> None:
    objection = made(city)
    other, _code = make_objection(objection.publicity, objection.case.number, SAID, by=None)
    answer_objection(objection, upheld=True, by=city.approver, reason="确已停业")
    case = Case.objects.get(pk=objection.case_id)
    assert (case.state, case.publicity) == ("accepted", None)
    event = Event.objects.for_subject(case).filter(verb="cases.send_back").last()
    assert event is not None and "确已停业" in event.reason
    # the other objector gets an answer of her own, and the case is not sent back twice
    answer_objection(other, upheld=True, by=city.approver, reason="与另一件相同")
    case.refresh_from_db()
    assert case.state == "accepted"
    with pytest.raises(ActionRefused, match="不在公示中"):
        make_objection(objection.publicity, case.number, SAID, by=None)


def test_who_answers(city: City) -> None:
    objection = made(city)
    both = city.reviewer
    for stranger in (city.reviewer, city.other_approver, city.owner, city.auditor):
        with pytest.raises(NotAllowed):
            answer_objection(objection, upheld=False, by=stranger, reason="x")
    office = city.approver.live_memberships[0].office
    add_member(both, office, Role.APPROVER, by=None)
    with pytest.raises(NotAllowed, match="提出审核意见的人"):
        answer_objection(objection, upheld=False, by=both, reason="x")
    with pytest.raises(ActionRefused, match="答复"):
        answer_objection(objection, upheld=False, by=city.approver, reason="  ")
    answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    with pytest.raises(AlreadyDone):
        answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    with pytest.raises(Conflict):
        other = make_officer(Role.APPROVER, YUNYAN)
        answer_objection(objection, upheld=True, by=other, reason="成立")


def test_after_the_period_it_is_refused_with_what_to_do(city: City) -> None:
    case, publicity = city.published()
    travel(publicity.ends_on)
    make_objection(publicity, case.number, SAID, by=None)
    travel(publicity.ends_on + timedelta(days=1))
    with pytest.raises(ActionRefused) as refused:
        make_objection(publicity, case.number, SAID, by=None)
    assert "结束" in str(refused.value.message)
    assert "书面" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "said",
    [
        Statement("", "1", "x"),
        Statement("a", " ", "x"),
        Statement("a", "1", "\u202e"),
        Statement("a", "1", "x" * 50_000),
        Statement("a" * 51, "1", "x"),
        Statement("a", "1", "x", "empty.pdf", b""),
        Statement("a", "1", "x", "page.pdf", b"<script>alert(1)</script>"),
        Statement("a", "1", "x", "prog.png", b"MZ" + b"\0" * 300),
    ],
)
def test_what_is_refused(city: City, said: Statement) -> None:
    case, publicity = city.published()
    with pytest.raises(ActionRefused):
        make_objection(publicity, case.number, said, by=None)
    assert not Objection.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "9" * 400])
def test_lines_that_are_not_on_the_list(city: City, number: str) -> None:
    _case, publicity = city.published()
    with pytest.raises(ActionRefused):
        make_objection(publicity, number, SAID, by=None)


def test_floods_from_one_address_are_refused(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objections, "MOST_PER_HOUR", 3)
    case, publicity = city.published()
    sender = sender_digest("192.0.2.1")
    assert "192.0.2.1" not in sender
    for _number in range(3):
        make_objection(publicity, case.number, SAID, by=None, sender=sender)
    with pytest.raises(TooMany):
        make_objection(publicity, case.number, SAID, by=None, sender=sender)
    make_objection(publicity, case.number, SAID, by=None, sender=sender_digest("192.0.2.2"))


def test_scope_and_what_the_public_query_reads(city: City) -> None:
    objection = made(city)
    for reader in (city.reviewer, city.approver, city.programme_officer, city.auditor):
        assert Objection.objects.for_user(reader).get() == objection
    for stranger in (city.owner, city.other_owner, city.other_approver, city.finance, None):
        assert not Objection.objects.for_user(stranger).exists()
    public = Objection.objects.public().get()
    assert {"name", "contact", "text"} <= public.get_deferred_fields()


def test_database_keeps_what_was_said(city: City) -> None:
    objection = made(city)
    rows = Objection.objects.filter(pk=objection.pk)
    for change in ({"text": "x"}, {"name": "x"}, {"due_on": objection.due_on + timedelta(days=9)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=ObjectionState.UPHELD)  # without an answer
    answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(reply="其实成立")
