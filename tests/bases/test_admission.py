"""A base is filed, selected by the county, accepted by the city, and leaves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from miaopu.bases import admission
from miaopu.bases.enums import BaseState, TitleLevel
from miaopu.bases.guards import base_steps
from miaopu.bases.models import Base, BaseTitle
from miaopu.bases.states import BASE_TABLE
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from tests.bases.factories import build_park, record
from tests.factories import City


def test_the_way_of_a_base_into_the_programme(city: City) -> None:
    park = build_park(city)
    assert park.base.number == "J520103001"
    assert base_steps(park.runner, park.base) == ["propose"]
    base = park.admitted()
    assert (base.state, str(base.admitted_on)) == (BaseState.ADMITTED, "2018-05-10")
    assert list(Event.objects.for_subject(base).order_by("pk").values_list("verb", flat=True)) == [
        "bases.file_base", "bases.propose_base", "bases.select_base", "bases.accept_base",
    ]  # fmt: skip
    assert Notice.objects.filter(user=park.runner, key__endswith="accepted").count() == 1
    assert list(Base.objects.public()) == [base]


def test_every_state_is_reached_and_none_leads_back_from_the_end() -> None:
    assert BASE_TABLE.reachable(BaseState.DRAFT) == set(BaseState)
    assert BASE_TABLE.reachable(BaseState.LEFT) == {BaseState.LEFT}


def test_a_returned_base_is_corrected_and_proposed_again(city: City) -> None:
    park = build_park(city)
    admission.propose_base(park.base, by=park.runner)
    with pytest.raises(Conflict):
        admission.change_base(park.refreshed(), record(), revision=2, by=park.runner)
    admission.return_base(park.base, by=city.approver, reason="缺少房产证明")
    [notice] = Notice.objects.filter(user=park.runner)
    assert "缺少房产证明" in notice.text
    base = park.refreshed()
    changed = admission.change_base(base, record(coaches=3), revision=base.revision, by=park.runner)
    assert changed.coaches == 3
    with pytest.raises(Conflict):  # another tab still shows the older record
        admission.change_base(base, record(coaches=9), revision=base.revision, by=park.runner)
    admission.propose_base(base, by=park.runner)
    assert park.refreshed().state == BaseState.PROPOSED


def test_nobody_takes_a_step_that_is_not_theirs(city: City) -> None:
    park = build_park(city)
    with pytest.raises(NotAllowed):
        admission.propose_base(park.base, by=city.owner)
    admission.propose_base(park.base, by=park.runner)
    for stranger in (city.other_approver, city.reviewer, park.runner, city.programme_officer):
        with pytest.raises(NotAllowed):
            admission.select_base(park.base, by=stranger, reason="想试试")
    with pytest.raises(ActionRefused):
        admission.select_base(park.base, by=city.approver, reason=" ")
    admission.select_base(park.base, by=city.approver, reason="符合条件")
    with pytest.raises(Conflict):  # a second click
        admission.select_base(park.base, by=city.approver, reason="符合条件")


def test_whoever_selected_does_not_accept(city: City) -> None:
    park = build_park(city)
    admission.propose_base(park.base, by=park.runner)
    admission.select_base(park.base, by=city.approver, reason="符合条件")
    Base.objects.filter(pk=park.base.pk).update(selected_by=city.programme_officer)
    assert base_steps(city.programme_officer, park.refreshed()) == ["return"]
    with pytest.raises(NotAllowed):
        admission.accept_base(park.base, by=city.programme_officer, reason="通过")
    admission.accept_base(park.base, by=park.accepter, reason="通过")


@pytest.mark.parametrize(
    "change",
    [
        {"incubation_area": Decimal("1001")},
        {"floor_area": Decimal("0")},
        {"opened_on": date(2018, 5, 11)},
        {"name": ""},
        {"carrier_type": "castle"},
    ],
)
def test_a_record_that_cannot_be_is_refused(city: City, change: dict[str, Any]) -> None:
    with pytest.raises(ActionRefused):
        build_park(city, **change)
    assert not Base.objects.exists()


def test_scopes(city: City) -> None:
    park = build_park(city)
    assert list(Base.objects.for_user(park.runner)) == [park.base]
    assert not Base.objects.for_user(city.owner).exists()
    assert not Base.objects.for_user(city.approver).exists()  # nothing has been proposed yet
    admission.propose_base(park.base, by=park.runner)
    assert list(Base.objects.for_user(city.approver)) == [park.base]
    assert list(Base.objects.for_user(city.auditor)) == [park.base]
    assert not Base.objects.for_user(city.other_approver).exists()
    assert not Base.objects.for_user(city.system_admin).exists()
    assert not Base.objects.public().exists()


def test_titles_are_registered_by_the_city_and_hold_for_a_time(city: City) -> None:
    park = build_park(city)
    base = park.admitted()
    title: dict[str, Any] = {
        "level": TitleLevel.PROVINCIAL,
        "name": "小型微型企业创业创新示范基地",
        "granted_on": date(2017, 6, 1),
        "valid_until": date(2020, 5, 31),
    }
    with pytest.raises(NotAllowed):
        admission.add_title(base, **title, by=park.runner)
    admission.add_title(base, **title, by=city.programme_officer)
    with pytest.raises(ActionRefused):  # the same once more
        admission.add_title(base, **title, by=city.programme_officer)
    with pytest.raises(ActionRefused):
        admission.add_title(
            base, **{**title, "valid_until": date(2017, 5, 31)}, by=city.programme_officer
        )
    assert BaseTitle.objects.public().valid_on(date(2020, 5, 31)).count() == 1
    assert not BaseTitle.objects.public().valid_on(date(2020, 6, 1)).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        BaseTitle.objects.update(name="改名")


def test_a_base_with_tenants_does_not_leave(city: City) -> None:
    park = build_park(city)
    base = park.admitted()
    park.tenant()
    with pytest.raises(ActionRefused) as refused:
        admission.exit_base(base, by=city.programme_officer, reason="运营主体变更")
    assert "1" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Base.objects.filter(pk=base.pk).update(admitted_on=None)
