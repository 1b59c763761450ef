"""Parts of a tenant's page: what it lacks for graduating, rewards for its success, follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.bases.enums import TenancyStage
from miaopu.bases.graduation import graduation_of
from miaopu.bases.models import Tenancy
from miaopu.bases.months import FollowUpDue, follow_ups_of
from miaopu.bases.rewards import Reward, rewards_of
from miaopu.core import clock
from miaopu.portal import formats, present, shapes
from miaopu.portal.reasons import reasons_of, reasons_of_nodes
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.growth_forms import FollowUpForm

TONES: dict[str, shapes.Tone] = {"true": "good", "unknown": "soon", "false": "neutral"}
FOLLOW_UP_COLUMNS = (
    Column("after", gettext_lazy("毕业后")),
    Column("due_on", gettext_lazy("回访日期"), kind="date"),
    Column("state", gettext_lazy("状态"), kind="tag", tone="tone"),
    Column("employees", gettext_lazy("从业人员"), kind="number", unit=gettext_lazy("人")),
    Column("revenue", gettext_lazy("年营业收入"), kind="money", unit=gettext_lazy("元")),
    Column("note", gettext_lazy("说明")),
)


@dataclass(frozen=True)
class Conditions:
    """Conditions of graduating or of a reward, with what they come to."""

    word: Text
    tone: shapes.Tone
    text: Text
    reasons: list[shapes.Reason]
    illustrative: bool = False
    basis: Text = ""


@dataclass(frozen=True)
class RewardView(Conditions):
    """A reward for the tenant's success."""

    title: Text = ""
    item_id: int = 0
    case_href: str = ""
    can_claim: bool = False


@dataclass(frozen=True)
class FollowUpView:
    """A follow-up that is due, with its form; none for what was done or is to come."""

    months: int
    title: Text
    form: FollowUpForm | None


def graduation_view(tenancy: Tenancy) -> Conditions | None:
    """What a tenant in incubation lacks for graduating; None where there is no rule for it."""
    if tenancy.stage != TenancyStage.INCUBATING:
        return None
    found = graduation_of(tenancy, clock.today())
    if found is None:
        return None
    words = {"true": _("可以毕业"), "false": _("还不能毕业"), "unknown": _("缺少数据")}
    clause = found.rule.clause or ""
    clauses = {one.id: one.clause or clause for one in found.rule.graduation.conditions}
    return Conditions(
        words[found.status],
        TONES[found.status],
        _("%(count)s 项条件中须符合 %(needed)s 项，现符合 %(met)s 项。")
        % {"count": len(found.nodes), "needed": found.needed, "met": found.met},
        reasons_of_nodes(found.nodes, found.facts, clauses, found.version, found.changes),
        found.rule.illustrative,
        present.in_language(found.rule.basis),
    )


def reward_views(tenancy: Tenancy) -> list[RewardView]:
    """What the tenant's success may bring to both sides."""
    return [_reward(one) for one in rewards_of(tenancy, clock.today())]


def _reward(found: Reward) -> RewardView:
    status = found.explained.status
    words = {"true": _("符合条件"), "false": _("不符合条件"), "unknown": _("缺少数据")}
    sums = [
        _("运营主体 %(sum)s 元") % {"sum": formats.yuan(found.explained.amount_fen)}
        if found.explained.amount_fen
        else "",
        _("企业 %(sum)s 元") % {"sum": formats.yuan(found.tenant_amount_fen)}
        if found.tenant_amount_fen
        else "",
    ]
    text = _("、").join(one for one in sums if one)
    if found.case is None and not found.is_open:
        until = formats.day(found.item.version.pack.period.end)
        closed = _("计划期到 %(day)s，现在不受理申请。") % {"day": until}
    else:
        closed = ""
    return RewardView(
        found.case.get_state_display() if found.case else words[status],
        present.tone_of(found.case.state) if found.case else TONES[status],
        closed
        or (_("奖励：%(sums)s；企业的一份由企业自己申请。") % {"sums": text} if text else ""),
        reasons_of(found.explained),
        title=present.in_language(found.item.name),
        item_id=found.item.pk,
        case_href=reverse("my_case", args=[found.case.number]) if found.case else "",
        can_claim=found.can_claim,
    )


def follow_up_parts(
    tenancy: Tenancy, bound: tuple[int, FollowUpForm] | None = None
) -> dict[str, Any]:
    """The follow-ups of a graduate as a table, with a form for each that is due."""
    dues = follow_ups_of(tenancy)
    views = [FollowUpView(one.after_months, _after(one), _form(one, bound)) for one in dues]
    return {"follow_ups": views, "follow_up_table": _table(dues) if dues else None}


def _after(due: FollowUpDue) -> str:
    return _("毕业后 %(months)s 个月") % {"months": due.after_months}


def _form(due: FollowUpDue, bound: tuple[int, FollowUpForm] | None) -> FollowUpForm | None:
    if bound is not None and bound[0] == due.after_months:
        return bound[1]
    if due.done is not None or due.due_on > clock.today():
        return None
    return FollowUpForm(prefix=f"after-{due.after_months}")


def _table(dues: list[FollowUpDue]) -> Table:
    rows = []
    for due in dues:
        done = due.done
        if done is not None:
            state = _("仍在经营") if done.operating else _("已停业或迁出")
            tone = "good" if done.operating else "late"
        elif due.due_on <= clock.today():
            state, tone = _("待回访"), "soon"
        else:
            state, tone = _("未到期"), "neutral"
        rows.append(
            {
                "after": _after(due),
                "due_on": done.on if done else due.due_on,
                "state": state,
                "tone": tone,
                "employees": done.employees if done else None,
                "revenue": done.revenue_fen if done else None,
                "note": done.note if done and done.note else formats.MISSING,
            }
        )
    return Table(FOLLOW_UP_COLUMNS, rows, _("毕业后回访"))
