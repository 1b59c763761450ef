"""This fact is wrong: straight to a request, told to the district, answered once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from miaopu.core.models import Event, Notice
from miaopu.parties.models import FactDoubt
from tests.factories import City
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
TYPED = {"says": "三人", "why": "社保缴费三人"}
ANSWER = {"state": "corrected", "answer": "人社部门已更正为三人"}


def browser(user: Any) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def test_from_the_record_to_the_answer(city: City) -> None:
    owner, number = browser(city.owner), city.enterprise.number
    here = reverse("fact_doubt", args=[number, "employees"])
    assert here in owner.get(reverse("my_enterprise", args=[number])).content.decode()
    assert owner.post(here, {"says": "三人"}).status_code == 422
    for says, why in (("-5", "不能是负数"), ("3.5", "请填写整数"), ("4", "和现有的数据一样")):
        wrong = owner.post(here, {**TYPED, "says": says})
        assert wrong.status_code == 422 and why in wrong.content.decode()
        assert "社保缴费三人" in wrong.content.decode()  # what was typed stays
    assert owner.post(here, TYPED).status_code == 302
    again = owner.post(here, TYPED)
    assert again.status_code == 409 and "等待答复" in again.content.decode()
    doubt = FactDoubt.objects.get()
    assert (doubt.shown, doubt.source) == (4, "hr")
    link = reverse("office_fact_doubt", kwargs={"pk": doubt.pk})
    assert Notice.objects.get(user=city.reviewer).link == link
    assert "苗岭" in browser(city.reviewer).get(reverse("fact_doubts")).content.decode()
    assert "三人" not in browser(city.leading_group).get(link).content.decode()  # personal
    assert browser(city.reviewer).post(link, {"state": "kept"}).status_code == 422
    assert browser(city.reviewer).post(link, ANSWER).status_code == 302
    assert browser(city.reviewer).post(link, ANSWER).status_code == 409
    assert "人社部门已更正为三人" in owner.get(here).content.decode()
    assert Notice.objects.get(user=city.owner).link == here
    assert (
        Event.objects.filter(verb__in=["parties.doubt_fact", "parties.answer_doubt"]).count() == 2
    )
    with pytest.raises(ProgrammingError), transaction.atomic():
        FactDoubt.objects.update(answer="x")


def test_only_ones_own_facts_and_facts_there_are(city: City) -> None:
    other = reverse("fact_doubt", args=[city.other_enterprise.number, "employees"])
    assert browser(city.owner).post(other, TYPED).status_code == 404
    nothing = reverse("fact_doubt", args=[city.enterprise.number, "no_such"])
    assert browser(city.owner).get(nothing).status_code == 404
    assert not FactDoubt.objects.exists()
