"""The decision's letter: frozen with the decision, numbered by office and year, in scope only."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from miaopu.cases import actions
from miaopu.cases.letters import digest_of
from miaopu.cases.models import DecisionLetter
from miaopu.engine.letters.pdf import letter_pdf
from miaopu.ledger.models import Award
from miaopu.parties.models import Enterprise
from tests.factories import NANMING, City
from tests.ledger.test_batches import grant_many

pytestmark = pytest.mark.django_db


def refused(city: City) -> DecisionLetter:
    case = actions.propose_refusal(city.accepted(), by=city.reviewer, reason="项目尚未成熟")
    actions.confirm_refusal(case, by=city.approver)
    return DecisionLetter.objects.get(case=case)


def test_support_has_a_letter_with_its_facts(city: City) -> None:
    award = city.granted()
    frozen = DecisionLetter.objects.get(case=award.case)
    letter = frozen.letter
    assert frozen.number == "云岩扶决〔2018〕1号" == letter.number
    assert (letter.kind, letter.amount_fen) == ("grant", 4_500_000)
    assert [(one.level, one.region, one.amount_fen) for one in letter.shares] == [
        ("province", "贵州省", 3_150_000),
        ("city", "贵阳市", 450_000),
        ("county", "云岩区", 900_000),
    ]
    assert award.case.publicity is not None
    assert letter.publicity_digest == award.case.publicity.digest
    assert letter.clauses[0] == "二" and len(letter.reasons) == 3
    text = str(frozen.content)
    assert "一年内计划带动就业人数：5" in text
    for hidden in ("6222020200012345678", "13800138000", "王小苗", "贵阳银行云岩支行"):
        assert hidden not in text
    assert digest_of(frozen) == frozen.digest


def test_a_refusal_has_a_letter_with_its_reason(city: City) -> None:
    letter = refused(city).letter
    assert letter.kind == "refusal" and letter.reasons == ("项目尚未成熟",)
    assert letter.amount_fen is None and letter.shares == ()


def test_numbers_run_without_gaps(city: City) -> None:
    grant_many(city, 3)
    assert sorted(DecisionLetter.objects.values_list("serial", flat=True)) == [1, 2, 3]
    assert Award.objects.count() == 3


def test_what_changes_later_does_not_change_the_letter(city: City) -> None:
    award = city.granted()
    before = letter_pdf(DecisionLetter.objects.get().letter)
    Enterprise.objects.filter(pk=award.case.enterprise_id).update(name="改名后的商行")
    assert letter_pdf(DecisionLetter.objects.get().letter) == before
    for change in (
        lambda: DecisionLetter.objects.update(number="x"),
        lambda: DecisionLetter.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_letters_are_for_those_who_may_see_the_case(city: City) -> None:
    city.granted()
    allowed = (city.owner, city.reviewer, city.approver, city.finance, city.auditor)
    for person in allowed:
        assert DecisionLetter.objects.for_user(person).count() == 1
    for person in (city.other_owner, city.other_reviewer, city.other_finance, city.system_admin):
        assert not DecisionLetter.objects.for_user(person)
    assert NANMING != city.enterprise.region_id
