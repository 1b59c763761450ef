"""Writes of what tenants report month by month, and of the follow-up of graduates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import TenancyStage, Verb
from miaopu.bases.graduation import incubation_of
from miaopu.bases.guards import check_row, check_runs, locked_base
from miaopu.bases.models import Base, FollowUp, MonthlyFigure, Tenancy
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.engine.clock import add_months


@dataclass(frozen=True)
class MonthRow:
    """A tenant's figures of a month; money in fen."""

    tenancy: Tenancy
    employees: int
    revenue_fen: int
    tax_fen: int


def month_open(base: Base, month: date) -> bool:
    """Whether figures of the month may be reported: it is over, and the base was running."""
    return base.opened_on.replace(day=1) <= month and add_months(month, 1) <= clock.today()


def last_month() -> date:
    """The first day of the last month that is over."""
    return add_months(clock.today().replace(day=1), -1)


def asked_of(base: Base, month: date) -> list[Tenancy]:
    """The tenants of whom the month is asked: enterprises in incubation in it, by their number."""
    rows = base.tenancies.filter(incubated_from__lt=add_months(month, 1)).select_related(
        "enterprise"
    )
    return [
        one
        for one in rows.order_by("number")
        if one.enterprise is not None
        and (one.graduated_on is None or one.graduated_on >= month)
        and (one.left_on is None or one.left_on >= month)
    ]


@transaction.atomic
def record_months(base: Base, month: date, rows: Iterable[MonthRow], *, by: User) -> int:
    """Keep the tenants' figures of a month, all or none; later figures replace earlier ones.

    Returns how many rows are new or changed. Raises ActionRefused where the month is not over, or
    a row is of no tenant of whom the month is asked.
    """
    locked = locked_base(base)
    check_runs(by, locked)
    if month.day != 1 or not month_open(locked, month):
        raise ActionRefused(_("这个月还不能填报"), _("请选择已经结束的月份"))
    asked = {one.pk for one in asked_of(locked, month)}
    known = {
        one.tenancy_id: one
        for one in MonthlyFigure.objects.filter(tenancy__base=locked, month=month)
    }
    changed = []
    for row in rows:
        if row.tenancy.pk not in asked:
            raise ActionRefused(
                _("%(name)s这个月不在孵") % {"name": row.tenancy.tenant_name}, _("请删去这一行")
            )
        figures = {name: getattr(row, name) for name in ("employees", "revenue_fen", "tax_fen")}
        kept = known.get(row.tenancy.pk)
        if kept is not None and all(getattr(kept, one) == value for one, value in figures.items()):
            continue
        kept = kept or MonthlyFigure(tenancy=row.tenancy, month=month)
        for name, value in figures.items():
            setattr(kept, name, value)
        kept.entered_by, kept.entered_at = by, clock.now()
        check_row(kept)
        kept.save()
        changed.append(row.tenancy.number)
    if changed:
        data = {"month": f"{month:%Y-%m}", "rows": len(changed)}
        record_event(locked, Verb.RECORD_MONTHS, by=by, region=locked.region_id, data=data)
    return len(changed)


@dataclass(frozen=True)
class FollowUpDue:
    """A follow-up that the programme asks for: so many months after graduating, from the day on."""

    after_months: int
    due_on: date
    done: FollowUp | None


def follow_ups_of(tenancy: Tenancy) -> list[FollowUpDue]:
    """The follow-ups of a graduate by the programme's rule, with those that were made."""
    if tenancy.stage != TenancyStage.GRADUATED or tenancy.graduated_on is None:
        return []
    version = incubation_of(tenancy.base, clock.today())
    rule = version.pack.incubation if version else None
    made = {one.after_months: one for one in tenancy.follow_ups.select_related("made_by")}
    return [
        FollowUpDue(months, add_months(tenancy.graduated_on, months), made.get(months))
        for months in (rule.follow_up_months if rule else ())
    ]


@transaction.atomic
def record_follow_up(
    tenancy: Tenancy,
    after_months: int,
    *,
    operating: bool,
    employees: int | None,
    revenue_fen: int | None,
    note: str,
    by: User,
) -> FollowUp:
    """Enter how a graduate fares; from the day on which the follow-up is due, once.

    Raises Conflict where it was entered already, ActionRefused before it is due.
    """
    base = locked_base(tenancy.base)
    check_runs(by, base)
    locked = Tenancy.objects.select_related("base", "enterprise").get(pk=tenancy.pk)
    due = next((one for one in follow_ups_of(locked) if one.after_months == after_months), None)
    if due is None:
        raise ActionRefused(_("没有这一次回访"), _("请从列出的回访中选择"))
    if due.done is not None:
        raise Conflict(_("这一次回访已经登记"), _("请刷新页面"))
    if due.due_on > clock.today():
        raise ActionRefused(
            _("这一次回访从 %(day)s 起登记") % {"day": due.due_on}, _("请到期后再登记")
        )
    made = FollowUp(
        tenancy=locked, after_months=after_months, on=clock.today(), operating=operating,
        employees=employees, revenue_fen=revenue_fen, note=note.strip(),
        made_by=by, made_at=clock.now(),
    )  # fmt: skip
    check_row(made)
    made.save()
    data = {"base": base.number, "after_months": after_months, "operating": operating}
    record_event(locked, Verb.FOLLOW_UP, by=by, region=base.region_id, data=data)
    return made
