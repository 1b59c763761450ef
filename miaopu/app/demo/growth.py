"""The demo's tenants on their way: growth plans with needs in every state, months, follow-ups."""

from __future__ import annotations

import io
from datetime import date

import xlsxwriter
from django.conf import settings
from django.contrib.auth.hashers import make_password

from miaopu.app.demo.bases import OPERATOR
from miaopu.bases import growth
from miaopu.bases.enums import NeedKind, TenancyStage
from miaopu.bases.models import Base, GrowthPlan, Tenancy
from miaopu.bases.month_sheets import deliver_months
from miaopu.bases.months import (
    MonthRow,
    asked_of,
    follow_ups_of,
    last_month,
    record_follow_up,
    record_months,
)
from miaopu.core import clock
from miaopu.core.enums import Role, UserKind
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.engine.clock import add_months
from miaopu.engine.month_columns import COLUMNS
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Representative

OWNER = "tenant-owner"  # acts for the first tenant of the first base, and can sign in
MONTHS = 3
NEEDS = (
    (NeedKind.FINANCE, "扩大生产需要流动资金贷款30万元", "联系担保公司，开展实地调查"),
    (NeedKind.TRAINING, "财务人员希望参加财税培训", "安排参加区里的财税培训班"),
    (NeedKind.LICENCE, "办理食品经营许可证", "陪同到政务服务中心递交材料"),
    (NeedKind.HIRING, "招聘两名熟练缝纫工", "在招聘会上为企业设摊位"),
)


def load_growth() -> int:
    """Growth plans, months and follow-ups of the first base; again changes nothing."""
    runner = User.objects.filter(username=OPERATOR).first()
    base = Base.objects.filter(filed_by=runner).first() if runner else None
    if runner is None or base is None or GrowthPlan.objects.exists():
        return 0
    staying = base.tenancies.filter(stage=TenancyStage.INCUBATING).order_by("number")
    tenancies = list(staying.select_related("base__region", "enterprise")[: len(NEEDS) + 1])
    for place, tenancy in enumerate(tenancies[:-1]):
        _load_plan(tenancy, place, runner)
    for back in range(MONTHS, 0, -1):
        _load_month(base, add_months(last_month(), 1 - back), back, runner)
    _load_returned(base, runner)
    for graduate in base.tenancies.filter(stage=TenancyStage.GRADUATED).order_by("number"):
        _load_follow_up(graduate, runner)
    return len(tenancies) - 1


def _owner_of(tenancy: Tenancy, username: str) -> User:
    """Who acts for the tenant; made where nobody does, and for the one who can sign in."""
    assert tenancy.enterprise is not None
    acting = Representative.objects.live().filter(enterprise=tenancy.enterprise)
    known = acting.select_related("user").first()
    first = username == OWNER
    if known is not None and not first:  # a survey may have named somebody before
        return known.user
    user = User.objects.create(
        username=username,
        name=tenancy.enterprise.legal_representative,
        kind=UserKind.PARTY,
        password=make_password(settings.DEMO_PASSWORD if first else None),
        demo_note="在孵企业：提出需求，确认是否解决" if first else "",
        demo_note_en="a tenant of a base: needs, and whether they were met" if first else "",
    )
    add_representative(user, tenancy.enterprise, by=None)
    return user


def _load_plan(tenancy: Tenancy, place: int, runner: User) -> None:
    """A plan with a need that has come as far as its place says: open, met, confirmed, again."""
    region = tenancy.base.region_id
    plan = growth.draw_plan(
        tenancy,
        responsible="周导师",
        goals="一年内营业收入增长三成，新增就业两人；每月上门一次，帮助办证、融资和招工。",
        by=runner,
    )
    official = holders(Role.REVIEWER, region)[0]
    growth.attach_officer(plan, official, by=holders(Role.APPROVER, region)[0])
    owner = _owner_of(tenancy, OWNER if place == 0 else f"{OWNER}-{place + 1}")
    kind, wanted, done = NEEDS[place]
    need = growth.raise_need(plan, kind, wanted, by=owner)
    growth.record_service(plan, on=clock.today(), what=done, need=need, by=official)
    if place == 0:  # whoever signs in as the tenant has something to answer
        other = growth.raise_need(plan, *NEEDS[1][:2], by=owner)
        growth.solve_need(other, by=official, reason="已参加培训并取得结业证书")
    if place in (1, 2, 3):
        growth.solve_need(need, by=official, reason=f"{done}，已办好")
    if place == 1:
        growth.confirm_need(need, by=owner)
    if place == 3:
        growth.reopen_need(need, by=owner, reason="只招到一人，还缺一人")


def _load_month(base: Base, month: date, back: int, runner: User) -> None:
    """A month's figures; of the last month some have not been reported yet."""
    asked = asked_of(base, month)
    rows = [
        MonthRow(
            tenancy,
            employees=3 + tenancy.pk % 7,
            revenue_fen=(4_000_000 + tenancy.pk % 11 * 650_000) * (10 - back) // 8,
            tax_fen=(60_000 + tenancy.pk % 5 * 14_000) * (10 - back) // 8,
        )
        for tenancy in (asked if back > 1 else asked[:-2])
    ]
    record_months(base, month, rows, by=runner)


def _load_returned(base: Base, runner: User) -> None:
    """A workbook with two faults, given back coloured."""
    month = last_month()
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet(f"{month:%Y-%m}")
    page.write_row(0, 0, COLUMNS.values())
    for line, tenancy in enumerate(asked_of(base, month)[-2:], start=1):
        assert tenancy.enterprise is not None
        figures = (4, "约三万", 300) if line == 1 else (5, 42000, -20)
        page.write_row(line, 0, [tenancy.enterprise.uscc, tenancy.enterprise.name, *figures])
    book.close()
    deliver_months(base, month, out.getvalue(), by=runner)


def _load_follow_up(tenancy: Tenancy, runner: User) -> None:
    """The first follow-up that is due is done, the later ones wait."""
    due = [one for one in follow_ups_of(tenancy) if one.due_on <= clock.today()]
    if due:
        record_follow_up(
            tenancy,
            due[0].after_months,
            operating=True,
            employees=9,
            revenue_fen=86_000_000,
            note="已迁入园区厂房，订单稳定",
            by=runner,
        )
