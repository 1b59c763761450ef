"""The office's first page: what must I do next, and by when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import ENDED, CaseState
from miaopu.cases.models import Case, Objection
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.kept import Kept, database_state
from miaopu.core.models import User
from miaopu.core.scope import scope_key
from miaopu.portal import formats
from miaopu.portal.access import role_required
from miaopu.portal.context import href
from miaopu.portal.paging import first_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_batches import batch_groups
from miaopu.portal.views.office_money import left_by_level
from miaopu.portal.views.office_objections import objection_row
from miaopu.portal.views.office_parts import MONEY_READERS, OFFICE_ROLES
from miaopu.portal.views.office_publicity import ended_lists
from miaopu.portal.views.office_queue import COLUMNS, case_rows, filtered, states_to_act_on
from miaopu.portal.views.office_target_letters import letters_to_acknowledge
from miaopu.portal.views.office_waiting import waiting_counts

SHOWN_FIRST = 10
STATE_COLUMNS = (
    Column("state", _("状态"), link="href"),
    Column("count", _("件数"), kind="number", link="href"),
)


@dataclass(frozen=True)
class _Counts:
    """How many cases are overdue, soon due and waiting in all; how many in each state."""

    by_due: dict[str, int]
    by_state: dict[str, int]


_COUNTS: Kept[_Counts] = Kept(most=500)
DUE = ("overdue", "soon", "")


def _counts(user: User, scope: dict[str, str], today: date, state: str | None) -> _Counts:
    """The figures of the user's cases; kept for as long as the database shows the same."""
    return _COUNTS.get_or(state, (scope_key(user), today), lambda: _counted(user, scope))


def _counted(user: User, scope: dict[str, str]) -> _Counts:
    cases = Case.objects.for_user(user)
    states = cases.values("state").annotate(count=Count("pk")).order_by("state")
    by_state = {row["state"]: row["count"] for row in states}
    by_due = {}
    for due in DUE:
        wanted = {**scope, **({"due": due} if due else {})}
        by_due[due] = (
            filtered(user, wanted).count()
            if wanted
            else sum(count for ended, count in by_state.items() if ended not in ENDED)
        )
    return _Counts(by_due, by_state)


def _urgent(counts: _Counts, scope: dict[str, str]) -> list[dict[str, Any]]:
    """Overdue, soon due and all cases of `scope`, each with its count and its list."""
    labels = {
        "overdue": (gettext("已超期"), "late"),
        "soon": (gettext("3个工作日内到期"), "soon"),
        "": (gettext("等待我办理") if scope else gettext("全部在办"), "neutral"),
    }
    rows = []
    for due, (label, tone) in labels.items():
        wanted = {**scope, **({"due": due} if due else {})}
        count = counts.by_due[due]
        rows.append(
            {
                "label": label,
                "count": formats.number(count),
                "tone": tone if count else "neutral",
                "href": f"{reverse('case_queue')}?{urlencode(wanted)}",
            }
        )
    return rows


def _by_state(counts: _Counts) -> list[dict[str, Any]]:
    return [
        {
            "state": label,
            "count": counts.by_state[state],
            "href": f"{reverse('case_queue')}?state={state}",
        }
        for state, label in CaseState.choices
        if state in counts.by_state
    ]


def _objections(user: User, today: date) -> list[dict[str, Any]]:
    """Objections that the user may answer: an approver's, but for what she proposed herself."""
    if not user.has_role(Role.APPROVER):
        return []
    rows = Objection.objects.for_user(user).open().exclude(case__proposed_by=user).with_parts()
    return [objection_row(row, today) for row in rows.by_time_left()[:SHOWN_FIRST]]


def _batches(user: User) -> list[dict[str, Any]]:
    """What waits for a batch review in the member's regions, with the batch that is open for it."""
    if not user.has_role(Role.LEADING_GROUP):
        return []
    return [group for group in batch_groups(user) if group["batch"] or group["may_open"]]


@require_safe
@role_required(*OFFICE_ROLES)
def office_home(request: HttpRequest) -> HttpResponse:
    """What must I do next, and by when?"""
    user, today = person(request), clock.today()
    acts = bool(states_to_act_on(user))
    scope = {"todo": "mine"} if acts else {}
    first = filtered(user, scope)
    if not acts:
        first = first.exclude(state__in=ENDED).filter(due_on__isnull=False)  # type: ignore[misc]
    state = database_state()
    counts = _counts(user, scope, today, state)
    queue = Table(
        COLUMNS,
        case_rows(first_of(first, SHOWN_FIRST, state), today),
        gettext("先办这些") if acts else gettext("最先到期的办件"),
        empty=gettext("没有等待您办理的办件") if acts else gettext("本区域没有在办的办件"),
        empty_hint=gettext("企业提交后会出现在这里。"),
        queue=True,
    )
    money_href = reverse("finance_home") if user.has_role(*MONEY_READERS) else href("money")
    only_reviews = acts and not user.has_role(Role.APPROVER)  # lists are not a reviewer's matter
    context = {
        "figures": _urgent(counts, scope),
        "queue": queue,
        "states": Table(
            STATE_COLUMNS,
            _by_state(counts),
            gettext("各状态办件"),
            empty=gettext("还没有办件"),
            stack=False,  # two short columns fit everywhere
        ),
        "objections": _objections(user, today),
        "batches": _batches(user),
        "ended": [] if only_reviews else ended_lists(user, today),
        "letters": letters_to_acknowledge(user),
        "waiting": [] if only_reviews else waiting_counts(user),
        "money": left_by_level(user),
        "money_href": money_href,
        "today": today,
    }
    return render(request, "office/home.html", context)
