"""A tenant's growth plan, its months by workbook, graduating by rule, the follow-up after it."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from miaopu.bases import growth, tenants
from miaopu.bases.enums import NeedKind, NeedState
from miaopu.bases.graduation import graduation_of, incubation_of, time_of
from miaopu.bases.models import Base, GrowthNeed, MonthDelivery, MonthlyFigure
from miaopu.bases.month_figures import month_totals, turnover_of
from miaopu.bases.month_sheets import deliver_months, month_workbook
from miaopu.bases.months import follow_ups_of, record_follow_up
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Notice
from miaopu.parties.actions import record_fact
from tests.bases.factories import Park, build_park
from tests.bases.months import month_file
from tests.factories import FIRST_DAY, City, make_enterprise, make_owner, travel

APRIL = date(2018, 4, 1)


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme."""
    found = build_park(city)
    found.admitted()
    return found


def test_a_need_is_met_when_the_tenant_says_so(park: Park, city: City) -> None:
    company = make_enterprise(name="贵阳苗绣设计有限公司")
    tenancy = park.tenant(enterprise=company, team="")
    tenant = make_owner(company)
    with pytest.raises(NotAllowed):  # the plan is the operator's to draw up
        growth.draw_plan(tenancy, responsible="王导师", goals="收入翻番", by=tenant)
    plan = growth.draw_plan(tenancy, responsible="王导师", goals="收入翻番", by=park.runner)
    with pytest.raises(Conflict):  # changed elsewhere since
        growth.draw_plan(tenancy, responsible="李", goals="别的", by=park.runner, revision=7)
    with pytest.raises(NotAllowed):
        growth.attach_officer(plan, city.reviewer, by=city.reviewer)
    with pytest.raises(ActionRefused):  # of another district
        growth.attach_officer(plan, city.other_reviewer, by=city.approver)
    attached = growth.attach_officer(plan, city.reviewer, by=city.approver)
    assert growth.attach_officer(plan, city.reviewer, by=city.approver) == attached
    need = growth.raise_need(plan, NeedKind.FINANCE, "需要贷款30万元", by=tenant)
    growth.record_service(plan, on=FIRST_DAY, what="联系担保公司", need=need, by=city.reviewer)
    for stranger in (tenant, city.approver, city.owner):
        with pytest.raises(NotAllowed):
            growth.solve_need(need, by=stranger, reason="已获贷款")
    solved = growth.solve_need(need, by=city.reviewer, reason="已获贷款30万元")
    assert Notice.objects.filter(user=tenant, link=f"/my/growth/{tenancy.number}/").count() == 1
    with pytest.raises(NotAllowed):  # only the tenant closes it
        growth.confirm_need(solved, by=park.runner)
    again = growth.reopen_need(solved, by=tenant, reason="只到账10万元")
    assert (again.state, again.solved_by) == (NeedState.OPEN, None)
    growth.solve_need(need, by=park.runner, reason="余款已到账")
    closed = growth.confirm_need(need, by=tenant)
    assert (closed.state, closed.confirmed_by) == (NeedState.CONFIRMED, tenant)
    with pytest.raises(Conflict):
        growth.reopen_need(need, by=tenant, reason="再来")
    with pytest.raises(DatabaseError), transaction.atomic():
        GrowthNeed.objects.filter(pk=need.pk).update(state=NeedState.OPEN)
    growth.detach_officer(attached, by=city.approver, reason="调动")
    with pytest.raises(NotAllowed):
        growth.raise_need(plan, NeedKind.OTHER, "已不是挂点人员", by=city.reviewer)
    for sees in (park.runner, tenant, city.reviewer):
        assert list(GrowthNeed.objects.for_user(sees)) == [need]
    for sees_not in (city.owner, city.other_reviewer):
        assert not GrowthNeed.objects.for_user(sees_not).exists()


def _cells(content: bytes) -> list[list[object]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_months_go_out_prefilled_and_come_back(park: Park) -> None:
    one, other = make_enterprise(employees=7), make_enterprise(employees=None)
    for company in (one, other):
        park.tenant(enterprise=company, team="")
    late = make_enterprise()
    park.tenant(enterprise=late, team="", since=date(2018, 5, 2))
    base: Base = park.base
    sent = _cells(month_workbook(base, APRIL))
    assert [row[0] for row in sent[1:]] == [one.uscc, other.uscc]  # not who came in May
    assert [row[2] for row in sent[1:]] == [7, None]  # what the register knows
    faulty = month_file(
        [
            (one.uscc, one.name, 7, "12.5万元", 300),
            (other.uscc, other.name, "三人", -1, 0),
            (late.uscc, late.name, 1, 1, 1),
            (one.uscc, one.name, 7, 1, 1),
        ]
    )
    returned, faults = deliver_months(base, APRIL, faulty, by=park.runner)
    assert [fault.cell for fault in faults] == ["C3", "D3", "A4", "A5"]
    assert not MonthlyFigure.objects.exists()
    assert returned.returned is not None
    book = openpyxl.load_workbook(io.BytesIO(_content(returned)))
    cells = [cell for row in book.active for cell in row]
    coloured = [cell.coordinate for cell in cells if cell.fill.fgColor.rgb == "FFFFC7CE"]
    assert [cell for cell in coloured if cell[0] in "ABCDE"] == ["C3", "D3", "A4", "A5"]
    good = month_file(
        [(one.uscc, one.name, 7, "12.5万元", 300.5), (other.uscc, other.name, 3, 0, 0)]
    )
    made, faults = deliver_months(base, APRIL, good, by=park.runner)
    assert (made.changed, faults) == (2, [])
    figure = MonthlyFigure.objects.get(tenancy__enterprise=one)
    assert (figure.employees, figure.revenue_fen, figure.tax_fen) == (7, 12_500_000, 30_050)
    back = month_workbook(base, APRIL)
    assert _cells(back)[1][3:5] == [125_000, 300.5]
    assert deliver_months(base, APRIL, back, by=park.runner)[0].changed == 0  # nothing new
    totals = month_totals(base)
    assert totals is not None
    assert (totals.reported, totals.asked, totals.employees) == (2, 2, 10)
    with pytest.raises(ActionRefused):  # not over yet
        deliver_months(base, date(2018, 5, 1), good, by=park.runner)
    with pytest.raises(ActionRefused):  # no such table
        deliver_months(base, APRIL, "名称,金额\n甲,1\n".encode(), by=park.runner)


def _content(delivery: MonthDelivery) -> bytes:
    assert delivery.returned is not None
    with default_storage.open(delivery.returned.storage_name) as kept:
        return bytes(kept.read())


def test_graduating_by_rule_and_the_follow_up(park: Park) -> None:
    company = make_enterprise(employees=4, operating_revenue=None)
    tenancy = park.tenant(enterprise=company, team="", since=date(2017, 5, 10))
    version = incubation_of(park.base, FIRST_DAY)
    assert version is not None
    time = time_of(tenancy, version.pack.incubation, FIRST_DAY)
    assert time is not None and time.stage is not None
    assert (time.months, time.stage.id, time.is_over) == (12, "growing", False)
    found = graduation_of(tenancy, FIRST_DAY)
    assert found is not None
    assert [node["status"] for node in found.nodes] == ["true", "unknown", "false"]
    assert (found.status, found.met, found.needed) == ("unknown", 1, 2)
    with pytest.raises(ActionRefused):  # what is not known does not graduate
        tenants.graduate_tenant(tenancy, FIRST_DAY, by=park.runner, reason="达标")
    record_fact(company, "employees", 5, source="hr", record="n", valid_from=FIRST_DAY, by=None)
    graduate = tenants.graduate_tenant(tenancy, FIRST_DAY, by=park.runner, reason="达标")
    kept = graduate.trail().last()
    assert kept is not None
    assert [node["status"] for node in kept.data["rule"]["nodes"]] == ["true", "unknown", "true"]
    assert Fraction(kept.data["rule"]["needed"]) == 2
    due = follow_ups_of(graduate)
    assert [one.after_months for one in due] == [6, 12, 24]
    assert turnover_of(park.base, FIRST_DAY).graduated == 1

    def follow(after: int) -> None:
        record_follow_up(
            graduate, after, operating=True, employees=6, revenue_fen=None, note="", by=park.runner
        )

    travel(date(2018, 11, 9))
    with pytest.raises(ActionRefused):  # one day early
        follow(6)
    travel(date(2018, 11, 10))
    follow(6)
    with pytest.raises(Conflict):
        follow(6)
    with pytest.raises(ActionRefused):  # none is asked for
        follow(7)
