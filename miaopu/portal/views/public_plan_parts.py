"""What a programme's plan states beside items: who does what by when, stages, money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.office_duty_parts import every_word

if TYPE_CHECKING:
    from miaopu.engine.packs.plan_parts import Duty, Fund, Task
    from miaopu.engine.packs.schema import Pack


def plan_tables(version: ProgrammeVersion) -> list[Table]:
    """Tasks, recurring duties, stages and stated money, each where the pack has any."""
    pack = version.pack
    tables = (
        _tasks(version, pack.tasks),
        _duties(version, pack.duties),
        _phases(version),
        _funds(version, pack.funds),
    )
    return [table for table in tables if table.rows]


def _names(pack: Pack, ids: Sequence[str]) -> str:
    return _("、").join(present.in_language(pack.units[one].title) for one in ids)


def _who(pack: Pack, task: Task) -> str:
    """The units of a task by their roles, or why there are none."""
    if task.pending is not None:
        return present.in_language(task.pending)
    parts = (
        (_("牵头：%(names)s"), task.lead),
        ("%(names)s", task.responsible),
        (_("配合：%(names)s"), task.cooperate),
    )
    return _("；").join(words % {"names": _names(pack, ids)} for words, ids in parts if ids)


def _tasks(version: ProgrammeVersion, tasks: Sequence[Task]) -> Table:
    rows = [
        {
            "title": present.in_language(one.title),
            "who": _who(version.pack, one),
            "due": one.due or "",
            "clause": one.clause,
            "href": present.clause_href(version, one.clause),
        }
        for one in tasks
    ]
    columns = (
        Column("title", _("任务")),
        Column("who", _("责任单位")),
        Column("due", _("时间要求")),
        Column("clause", _("条款"), kind="clause", link="href"),
    )
    return Table(columns, rows, _("任务分工（%(count)s 项）") % {"count": len(rows)})


def _duties(version: ProgrammeVersion, duties: Sequence[Duty]) -> Table:
    rows = [
        {
            "title": present.in_language(one.title),
            "who": _names(version.pack, one.who),
            "every": _("%(often)s %(times)s 次")
            % {"often": every_word(one.every), "times": one.times},
            "clause": one.clause,
            "href": present.clause_href(version, one.clause),
        }
        for one in duties
    ]
    columns = (
        Column("title", _("职责")),
        Column("who", _("责任单位")),
        Column("every", _("多久一次")),
        Column("clause", _("条款"), kind="clause", link="href"),
    )
    return Table(columns, rows, _("经常性职责（%(count)s 项）") % {"count": len(rows)})


def _phases(version: ProgrammeVersion) -> Table:
    rows = [
        {
            "title": present.in_language(one.title),
            "period": one.period,
            "clause": one.clause,
            "href": present.clause_href(version, one.clause),
        }
        for one in version.pack.phases
    ]
    columns = (
        Column("title", _("阶段")),
        Column("period", _("时间要求")),
        Column("clause", _("条款"), kind="clause", link="href"),
    )
    return Table(columns, rows, _("实施阶段（%(count)s 个）") % {"count": len(rows)})


def _funds(version: ProgrammeVersion, funds: Sequence[Fund]) -> Table:
    """Money that the plan states; it is not in the books, and parts stand beside their sums."""
    rows = [
        {
            "title": present.in_language(one.title),
            "amount": formats.number(Decimal(one.amount)),
            "period": one.period or "",
            "clause": one.clause,
            "href": present.clause_href(version, one.clause),
        }
        for one in funds
    ]
    columns = (
        Column("title", _("用途")),
        Column("amount", _("金额"), align="end", unit=_("元")),
        Column("period", _("期间")),
        Column("clause", _("条款"), kind="clause", link="href"),
    )
    return Table(
        columns, rows, _("方案写明的资金，不在账内（%(count)s 项）") % {"count": len(rows)}
    )
