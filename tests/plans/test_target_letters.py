"""Target letters: made from what was approved, two people, acknowledgement, versions, reminders."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from docx import Document

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Notice
from miaopu.engine.letters.pdf import printed_pdf
from miaopu.engine.letters.word import printed_docx
from miaopu.engine.seals import digest
from miaopu.plans.enums import MemberKind
from miaopu.plans.enums import TargetLetterState as State
from miaopu.plans.letter_actions import acknowledge_letter, issue_letter, make_letters
from miaopu.plans.letter_reminders import remind_of_letters
from miaopu.plans.models import TargetLetter
from miaopu.plans.target_actions import (
    approve_decomposition,
    save_cells,
    submit_decomposition,
)
from miaopu.plans.target_opening import Opening, open_decomposition
from tests.factories import FIRST_DAY, NANMING, YUNYAN, City, travel
from tests.plans.targets import approved, cells_of, issued, target_of

pytestmark = pytest.mark.django_db


def texts(letter: TargetLetter) -> str:
    document = Document(io.BytesIO(printed_docx(letter.letter.printable())))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_a_letter_says_what_was_approved_and_what_it_is_tied_to(city: City) -> None:
    approved(city)
    letters = make_letters(city.version.programme, by=city.programme_officer)
    assert [(one.key, one.state) for one in letters] == [
        (NANMING, State.MADE), (YUNYAN, State.MADE)
    ]  # fmt: skip
    letter = letters[1]
    assert letter.number == "贵阳目责〔2018〕2号"
    assert letter.digest == digest(letter.content)
    shown = texts(letter)
    assert "2000" in shown
    assert "扶持微型企业" in shown
    assert "2018年微型企业直接补助县级资金1,350,000元" in shown
    assert printed_pdf(letter.letter.printable()).startswith(b"%PDF-")
    assert make_letters(city.version.programme, by=city.programme_officer) == []


def test_issuing_needs_another_person_and_tells_the_district(city: City) -> None:
    approved(city)
    [_other, letter] = make_letters(city.version.programme, by=city.programme_officer)
    assert not TargetLetter.objects.for_user(city.approver).exists()
    with pytest.raises(NotAllowed, match="制作的人"):
        issue_letter(letter, by=city.programme_officer)
    with pytest.raises(NotAllowed):
        issue_letter(letter, by=city.approver)
    issue_letter(letter, by=city.leading_group)
    with pytest.raises(Conflict):
        issue_letter(letter, by=city.leading_group)
    assert TargetLetter.objects.for_user(city.approver).get() == letter
    assert not TargetLetter.objects.for_user(city.other_approver).exists()
    assert Notice.objects.for_user(city.approver).unread().count() == 1


def test_the_districts_approver_acknowledges(city: City) -> None:
    letter = issued(city)
    for user in (city.other_approver, city.reviewer, city.programme_officer):
        with pytest.raises(NotAllowed):
            acknowledge_letter(letter, by=user)
    done = acknowledge_letter(letter, by=city.approver)
    assert (done.state, done.acknowledged_by) == (State.ACKNOWLEDGED, city.approver)
    assert not Notice.objects.for_user(city.approver).unread().exists()


def test_reminders_come_until_it_is_acknowledged(city: City) -> None:
    letter = issued(city)
    assert remind_of_letters() == 0
    travel(FIRST_DAY + timedelta(days=8))  # six working days
    with clock.read_once():
        assert remind_of_letters() == 1
        assert remind_of_letters() == 0
    travel(FIRST_DAY + timedelta(days=15))
    with clock.read_once():
        assert remind_of_letters() == 1
    acknowledge_letter(letter, by=city.approver)
    assert remind_of_letters() == 0
    assert not Notice.objects.for_user(city.approver).unread().exists()


def change(city: City, values: dict[str, str]) -> None:
    officer = city.programme_officer
    second = open_decomposition(target_of(city), Opening(), by=officer, reason="省里调整任务")
    save_cells(second, cells_of(second, values), {}, by=officer)
    submit_decomposition(second, by=officer)
    approve_decomposition(second, by=city.leading_group)


def test_a_new_version_of_the_parts_asks_again_whom_it_concerns(city: City) -> None:
    first = issued(city)
    acknowledge_letter(first, by=city.approver)
    change(city, {YUNYAN: "1900", NANMING: "1600"})
    first.refresh_from_db()
    assert first.state == State.REPLACED
    second = TargetLetter.objects.alive().get(key=YUNYAN)
    assert (second.version, second.state) == (2, State.MADE)
    assert "替代贵阳目责〔2018〕2号" in texts(second)
    assert "省里调整任务" in texts(second)
    issue_letter(second, by=city.leading_group)
    acknowledge_letter(second, by=city.approver)
    change(city, {"520111": "0"})  # concerns neither of the two
    assert TargetLetter.objects.alive().get(key=YUNYAN) == second


def test_letters_to_departments_are_signed_on_paper(city: City) -> None:
    officer = city.programme_officer
    opening = Opening(kind=MemberKind.UNIT, names=("市人社局",))
    made = open_decomposition(target_of(city, "jobs"), opening, by=officer)
    save_cells(made, cells_of(made, {"市人社局": "11000"}), {}, by=officer)
    submit_decomposition(made, by=officer)
    approve_decomposition(made, by=city.leading_group)
    [letter] = make_letters(city.version.programme, by=officer)
    issue_letter(letter, by=city.leading_group)
    with pytest.raises(ActionRefused, match="由谁签收"):
        acknowledge_letter(letter, by=officer)
    assert acknowledge_letter(letter, by=officer, reason="王局长6月1日签收").acknowledged_at


def test_the_database_keeps_a_letter_as_it_was_made(city: City) -> None:
    letter = issued(city)
    for change_of in ({"content": {}}, {"number": "x"}, {"state": State.MADE}):
        with pytest.raises(DatabaseError), transaction.atomic():
            TargetLetter.objects.filter(pk=letter.pk).update(**change_of)
    with pytest.raises(DatabaseError), transaction.atomic():
        TargetLetter.objects.filter(pk=letter.pk).delete()
