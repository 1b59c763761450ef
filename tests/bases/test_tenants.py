"""Tenants come as teams or enterprises, advance, graduate and leave; rooms are never overfull."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from miaopu.bases import admission, tenants
from miaopu.bases.enums import TenancyStage
from miaopu.bases.figures import figures_of, tenant_figures
from miaopu.bases.guards import tenancy_steps
from miaopu.bases.models import Tenancy
from miaopu.bases.states import TENANCY_TABLE
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.parties.facts import known_facts, values
from miaopu.parties.models import Enterprise
from tests.bases.factories import Park, build_park
from tests.factories import FIRST_DAY, City, make_enterprise


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme."""
    found = build_park(city)
    found.admitted()
    return found


def facts(enterprise: Enterprise) -> dict[str, object]:
    """What is known of an enterprise today."""
    return dict(values(known_facts(enterprise, FIRST_DAY)))


def test_from_team_to_graduate(park: Park) -> None:
    tenancy = park.tenant()
    assert tenancy.number == "J520103001-0001"
    assert tenancy_steps(park.runner, tenancy) == ["advance", "incubate", "leave"]
    tenants.advance_tenant(tenancy, by=park.runner)
    company = make_enterprise(name="贵阳苗绣设计有限公司")
    tenants.incubate_tenant(tenancy, company, date(2017, 4, 1), by=park.runner)
    assert facts(company)["incubated_from"] == date(2017, 4, 1)
    assert "graduated_on" not in facts(company)
    graduate = tenants.graduate_tenant(
        tenancy, date(2018, 4, 30), by=park.runner, reason="年收入达到毕业标准"
    )
    assert (graduate.stage, graduate.tenant_name) == (TenancyStage.GRADUATED, company.name)
    assert facts(company)["graduated_on"] == date(2018, 4, 30)
    assert tenancy_steps(park.runner, graduate) == []
    with pytest.raises(Conflict):
        tenants.end_tenancy(graduate, FIRST_DAY, by=park.runner, reason="再来一次")


def test_every_stage_is_reached() -> None:
    assert TENANCY_TABLE.reachable(TenancyStage.TEAM) == set(TenancyStage)


def test_an_enterprise_is_in_incubation_from_its_first_day(park: Park) -> None:
    company = make_enterprise()
    tenancy = park.tenant(enterprise=company, team="")
    assert (tenancy.stage, tenancy.incubated_from) == (TenancyStage.INCUBATING, date(2017, 1, 1))
    assert facts(company)["incubated_from"] == date(2017, 1, 1)
    with pytest.raises(ActionRefused):
        park.tenant(enterprise=company, team="")


def test_days_have_an_order(park: Park) -> None:
    for since in (date(2015, 12, 31), date(2018, 5, 11)):
        with pytest.raises(ActionRefused):
            park.tenant(since=since)
    tenancy = park.tenant(enterprise=make_enterprise(), team="")
    for on in (date(2016, 12, 31), date(2018, 5, 11)):
        with pytest.raises(ActionRefused):
            tenants.graduate_tenant(tenancy, on, by=park.runner, reason="到期")
        with pytest.raises(ActionRefused):
            tenants.end_tenancy(tenancy, on, by=park.runner, reason="到期")
    tenancy.refresh_from_db()
    assert tenancy.stage == TenancyStage.INCUBATING


def test_rooms_and_the_base_are_never_overfull(park: Park) -> None:
    room = park.room(area="80")
    park.tenant(room=room, area=Decimal("50"))
    with pytest.raises(ActionRefused) as refused:
        park.tenant(room=room, area=Decimal("30.01"))
    assert "30" in str(refused.value)
    park.tenant(room=room, area=Decimal("30"))
    with pytest.raises(ActionRefused):
        park.tenant(area=Decimal("920.01"))
    with pytest.raises(ActionRefused):
        park.room("102", "920.01")
    with pytest.raises(ActionRefused):  # the same room once more
        park.room(area="1")


def test_whoever_leaves_makes_room(park: Park) -> None:
    room = park.room(area="50")
    tenancy = park.tenant(room=room)
    tenants.end_tenancy(tenancy, FIRST_DAY, by=park.runner, reason="项目终止")
    park.tenant(room=room)
    assert Tenancy.objects.live().count() == 1


def test_only_who_runs_the_base_admits(park: Park, city: City) -> None:
    for stranger in (city.owner, city.approver, city.programme_officer):
        with pytest.raises(NotAllowed):
            tenants.add_room(
                park.base, building="", floor="", name="9", area=Decimal(9), by=stranger
            )
    other = build_park(city, name="另一个基地")
    with pytest.raises(ActionRefused):  # not admitted yet
        other.tenant()
    with pytest.raises(ActionRefused):  # a room of another base
        park.tenant(room=other.room())


def test_scopes_of_tenancies(park: Park, city: City) -> None:
    tenancy = park.tenant(enterprise=city.enterprise, team="")
    for sees in (park.runner, city.owner, city.reviewer, city.auditor):
        assert list(Tenancy.objects.for_user(sees)) == [tenancy]
    for sees_not in (city.other_owner, city.other_reviewer, city.system_admin):
        assert not Tenancy.objects.for_user(sees_not).exists()


def test_figures_come_from_records(park: Park) -> None:
    assert figures_of([park.base])[park.base.pk].survival is None
    park.tenant()
    stays = park.tenant(enterprise=make_enterprise(employees=7), team="")
    park.tenant(enterprise=make_enterprise(employees=None), team="")
    leaves = park.tenant(enterprise=make_enterprise(employees=90), team="")
    tenants.end_tenancy(leaves, FIRST_DAY, by=park.runner, reason="停业")
    found = figures_of([park.base])[park.base.pk]
    assert (found.teams, found.incubating, found.tenants, found.left) == (1, 2, 3, 1)
    assert (found.occupancy, found.survival) == (Fraction(3, 20), Fraction(2, 3))
    known = tenant_figures(park.base, FIRST_DAY)
    assert (known.enterprises, known.employees) == (2, 7)
    assert known.unknown["employees"] == 1
    tenants.graduate_tenant(stays, FIRST_DAY, by=park.runner, reason="达标")
    assert figures_of([park.base])[park.base.pk].graduated == 1


def test_a_base_leaves_when_its_tenants_have(park: Park, city: City) -> None:
    tenancy = park.tenant()
    tenants.end_tenancy(tenancy, FIRST_DAY, by=park.runner, reason="项目终止")
    left = admission.exit_base(park.base, by=city.programme_officer, reason="运营主体撤销")
    assert left.left_on == FIRST_DAY
