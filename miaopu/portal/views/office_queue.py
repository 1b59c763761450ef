"""The queue: cases in the user's scope, those that are due first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item
from miaopu.cases.querysets import CaseQuerySet
from miaopu.cases.states import TABLE
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Office, User
from miaopu.engine.clock import working_days, working_days_left
from miaopu.plans.models import Programme
from miaopu.portal import measures, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS

SHOWN_STATES = [choice for choice in CaseState.choices if choice[0] != CaseState.DRAFT]
NOT_NEEDED_IN_LISTS = ("form", "trace", "decisions", "item__version__content")
SHOWN_IN_LISTS = (
    *("number", "state", "priority_points", "item__title", "item__title_en"),
    *("enterprise__name", "region__name", "region__name_en"),
)
COLUMNS = (
    Column("number", _("办件编号"), link="href"),
    Column("enterprise", _("企业")),
    Column("item", _("事项")),
    Column("region", _("区域")),
    Column("state", _("状态"), kind="tag", tone="state_tone"),
    Column("points", _("优先分"), kind="number"),
    Column("due_on", _("到期日"), kind="date"),
    Column("left", _("时限"), kind="tag", tone="left_tone"),
)


# States in which the next step is another person's than the proposer's.
PROPOSALS = (CaseState.PROPOSED, CaseState.REFUSAL_PROPOSED, CaseState.PUBLISHED)


class QueueFilter(forms.Form):
    """What the queue is narrowed to; it stands in the address."""

    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *SHOWN_STATES], required=False
    )
    due = forms.ChoiceField(
        label=_("时限"),
        choices=[
            ("", _("全部")),
            ("overdue", _("已超期")),
            ("soon", _("3个工作日内到期")),
            ("paused", _("已暂停，待补正")),
            ("lapsed", _("逾期未补正")),
        ],
        required=False,
    )
    todo = forms.ChoiceField(
        label=_("范围"), choices=[("", _("全部")), ("mine", _("我能办的"))], required=False
    )
    q = forms.CharField(label=_("企业或办件编号"), required=False, max_length=60)
    region = forms.CharField(
        label=_("区域"), required=False, max_length=6, widget=forms.HiddenInput
    )
    item = forms.SlugField(label=_("事项"), required=False, max_length=60, widget=forms.HiddenInput)
    programme = forms.SlugField(
        label=_("计划"), required=False, max_length=60, widget=forms.HiddenInput
    )


def states_to_act_on(user: User) -> set[str]:
    """States in which one of the user's roles has a step to take; lists and batches have pages."""
    roles = {membership.role for membership in user.live_memberships}
    return {
        state
        for transition in TABLE
        if transition.roles & roles and transition.name not in ("publish", "select")
        for state in transition.sources
    }


def soon_limit(today: date) -> date:
    """The last day that still counts as soon: three working days from today."""
    limit = working_days(today, measures.SOON_WITHIN).due
    assert limit is not None  # no pause is open
    return limit


def todo(cases: CaseQuerySet, user: User) -> CaseQuerySet:
    """Cases in which the user has the next step.

    Not her own proposals; lists whose publicity has ended; what an enterprise has to correct only
    once it is overdue.
    """
    today = clock.today()
    open_list = Q(state=CaseState.PUBLISHED, publicity__ends_on__gte=today)
    own = Q(state__in=PROPOSALS, proposed_by=user)
    mine = cases.in_states(*states_to_act_on(user)).exclude(open_list).exclude(own)
    corrects = Q(state=CaseState.RETURNED, correction_due_on__gte=today)
    return mine.with_times().exclude(corrects)


def with_due(cases: CaseQuerySet, due: str) -> CaseQuerySet:
    """Cases narrowed by their clock.

    Over ("overdue"), over within three working days ("soon"), paused while the enterprise corrects
    ("paused"), or not corrected in time ("lapsed").
    """
    today = clock.today()
    timed = cases.with_times()
    if due == "paused":
        return timed.filter(correction_due_on__gte=today)  # type: ignore[misc]
    if due == "lapsed":
        return timed.filter(correction_due_on__lt=today)  # type: ignore[misc]
    if due == "overdue":
        return timed.filter(due_on__lt=today)  # type: ignore[misc]
    return timed.filter(due_on__range=(today, soon_limit(today)))  # type: ignore[misc]


def filtered(user: User, wanted: dict[str, Any]) -> CaseQuerySet:
    """The user's cases narrowed by a valid QueueFilter, in the queue's order."""
    cases = Case.objects.for_user(user)
    if wanted.get("todo"):
        cases = todo(cases, user)
    if wanted.get("state"):
        cases = cases.in_states(wanted["state"])
    if wanted.get("region"):
        cases = cases.filter(region=wanted["region"])
    if wanted.get("item"):
        cases = cases.filter(item__code=wanted["item"])
    if wanted.get("programme"):
        cases = cases.filter(programme__slug=wanted["programme"])
    if wanted.get("due"):
        cases = with_due(cases, wanted["due"])
    words = str(wanted.get("q") or "").strip()
    if words:
        cases = cases.filter(
            Q(number__startswith=words)
            | Q(enterprise__name__icontains=words)
            | Q(enterprise__uscc__istartswith=words)
        )
    return listed(cases)


def listed(cases: CaseQuerySet) -> CaseQuerySet:
    """Cases with what `case_rows` shows of them and no more, in the queue's order."""
    parts = cases.select_related("item", "enterprise", "region").only(*SHOWN_IN_LISTS)
    return parts.by_time_left()


def _time_left(case: Any, today: date) -> dict[str, Any]:
    """Until when the case waits, and how long that is; while it is corrected, for its enterprise.

    A step that was overdue before the enterprise was asked stays overdue.
    """
    due_on, corrected_by = case.due_on, case.correction_due_on
    if corrected_by is not None and (due_on is None or due_on >= today):
        late = corrected_by < today
        text = gettext("逾期未补正") if late else gettext("已暂停，待补正")
        return {"due_on": corrected_by, "left": text, "left_tone": "late" if late else "neutral"}
    if due_on is None:
        return {"due_on": None, "left": "", "left_tone": "neutral"}
    left = working_days_left(today, due_on)
    running = shapes.Clock("running", 0, left=left, due=due_on)
    return {"due_on": due_on, "left": running.headline, "left_tone": running.tone}


def case_rows(cases: Iterable[Any], today: date, query: str = "") -> list[dict[str, Any]]:
    """Rows of a table of cases in the queue's order; `query` keeps the queue in the addresses."""
    rows = []
    for case in cases:
        address = reverse("case_packet", kwargs={"number": case.number})
        rows.append(
            {
                "number": case.number,
                "href": f"{address}?{query}" if query else address,
                "enterprise": case.enterprise.name,
                "item": present.in_language(case.item.name),
                "region": present.region_name(case.region),
                "state": str(CaseState(case.state).label),
                "state_tone": present.tone_of(case.state),
                "points": case.priority_points,
                **_time_left(case, today),
            }
        )
    return rows


def query_of(form: forms.Form) -> str:
    """What a valid filter narrows to, as the query of an address."""
    if not form.is_valid():
        return ""
    return urlencode({name: value for name, value in form.cleaned_data.items() if value})


def _named(request: HttpRequest, name: str, value: str) -> str:
    """A region or programme by its name; anything else as it was typed."""
    if name == "region":
        office = Office.objects.for_user(request.user).filter(region=value).first()
        return present.region_name(office.region) if office else value
    if name == "programme":
        programme = Programme.objects.public().filter(slug=value).first()
        return present.in_language(programme.name) if programme else value
    if name == "item":
        items = {item.code: item for item in Item.objects.public()}
        return present.in_language(items[value].name) if value in items else value
    return value


def active_filters(request: HttpRequest, form: forms.Form) -> list[shapes.Link]:
    """What a list is narrowed to, each with the address that lifts it."""
    links = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else None
        if value in (None, ""):
            continue
        query = request.GET.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        choices = dict(getattr(field, "choices", ()))
        shown = choices.get(value) or _named(request, name, value)
        links.append(
            shapes.Link(
                gettext("%(label)s：%(value)s") % {"label": field.label, "value": shown},
                f"{request.path}?{query.urlencode()}",
            )
        )
    return links


@require_safe
@role_required(*CASE_READERS)
def case_queue(request: HttpRequest) -> HttpResponse:
    """All cases in the user's scope, twenty a page, those that are due first."""
    form = QueueFilter(request.GET)
    valid = form.is_valid()
    page = page_of(request, filtered(person(request), form.cleaned_data if valid else {}))
    narrowed = active_filters(request, form)
    table = Table(
        COLUMNS,
        case_rows(page.object_list, clock.today(), query_of(form)),
        gettext("办件"),
        empty=gettext("没有符合条件的办件") if narrowed else gettext("还没有办件"),
        empty_hint=gettext("请放宽筛选条件。") if narrowed else gettext("企业提交后会出现在这里。"),
        queue=True,
    )
    context = {
        "form": form,
        "active": narrowed,
        "page": page,
        "table": table,
        "can_act": person(request).has_role(Role.REVIEWER, Role.APPROVER),
    }
    return render(request, "office/case_queue.html", context)
