"""The auditor's search over events: who did what, when and why. It only reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.models import Case, Publicity
from miaopu.core import verbs
from miaopu.core.enums import Role
from miaopu.core.models import Event, Office, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Enterprise
from miaopu.portal import present
from miaopu.portal.access import role_required
from miaopu.portal.context import href
from miaopu.portal.paging import page_of
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_queue import active_filters

CASE = "cases.case"
PUBLICITY = "cases.publicity"
ENTERPRISE = "parties.enterprise"
MEMBERSHIP = "core.membership"
SUBJECTS: dict[str, Text] = {
    CASE: _("办件"),
    PUBLICITY: _("公示名单"),
    "ledger.transfer": _("资金划转"),
    "ledger.seal": _("账目封存"),
    "plans.programmeversion": _("计划版本"),
    ENTERPRISE: _("企业"),
    "parties.fact": _("数据项"),
    "parties.representative": _("企业代表"),
    MEMBERSHIP: _("角色"),
    "core.file": _("文件"),
    "core.job": _("后台任务"),
    "core.democlock": _("演示日期"),
}
COLUMNS = (
    Column("at", _("时间"), kind="moment"),
    Column("verb", _("操作")),
    Column("who", _("操作人")),
    Column("office", _("机构")),
    Column("kind", _("对象类别")),
    Column("subject", _("对象"), link="href"),
    Column("reason", _("理由")),
)


class EventFilter(forms.Form):
    """What the search is narrowed to; it stands in the address."""

    actor = forms.CharField(label=_("人员姓名或账号"), required=False, max_length=60)
    verb = forms.ChoiceField(label=_("操作"), required=False)
    kind = forms.ChoiceField(
        label=_("对象类别"), choices=[("", _("全部")), *SUBJECTS.items()], required=False
    )
    subject = forms.CharField(label=_("办件、名单或对象编号"), required=False, max_length=60)
    since = forms.DateField(
        label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any, known: Iterable[str]) -> None:
        super().__init__(data)
        field = self.fields["verb"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((verb, verbs.label(verb)) for verb in known)]


def _about(user: User, words: str) -> Q:
    """Events about the thing that people know by this number (a case's, a list's, a plain one)."""
    case = Case.objects.for_user(user).filter(number=words).values_list("pk", flat=True).first()
    if case is not None:
        return Q(subject_type=CASE, subject_id=str(case))
    lists = Publicity.objects.for_user(user).filter(number=words)
    found = lists.values_list("pk", flat=True).first()
    if found is not None:
        return Q(subject_type=PUBLICITY, subject_id=str(found))
    return Q(subject_id=words)


def _filtered(user: User, events: EventQuerySet, wanted: dict[str, Any]) -> EventQuerySet:
    if wanted.get("actor"):
        actor = wanted["actor"].strip()
        events = events.filter(Q(actor__name__icontains=actor) | Q(actor__username__iexact=actor))
    if wanted.get("verb"):
        events = events.filter(verb=wanted["verb"])
    if wanted.get("kind"):
        events = events.filter(subject_type=wanted["kind"])
    if wanted.get("subject"):
        events = events.filter(_about(user, wanted["subject"].strip()))
    if wanted.get("since"):
        events = events.filter(at__date__gte=wanted["since"])
    if wanted.get("until"):
        events = events.filter(at__date__lte=wanted["until"])
    return events


def _office_name(office: Office) -> str:
    return present.in_language(Bilingual(office.name, office.name_en or office.name))


def _numbers(
    things: QuerySet[Any], events: Iterable[Event], kind: str
) -> dict[tuple[str, str], tuple[str, str]]:
    """For events about cases or lists in the user's scope: the thing's number and its page."""
    ids = [event.subject_id for event in events if event.subject_type == kind]
    route = {CASE: "case_packet", PUBLICITY: "office_publicity"}[kind]
    found = things.filter(pk__in=ids).order_by("pk").values_list("pk", "number")
    return {
        (kind, str(pk)): (number, reverse(route, kwargs={"number": number})) for pk, number in found
    }


def _enterprises(user: User, events: Iterable[Event]) -> dict[tuple[str, str], tuple[str, str]]:
    """For events about enterprises in the user's scope: the name and the page."""
    ids = [event.subject_id for event in events if event.subject_type == ENTERPRISE]
    found = Enterprise.objects.for_user(user).filter(pk__in=ids).order_by("pk")
    return {
        (ENTERPRISE, str(pk)): (name, reverse("office_enterprise", kwargs={"number": number}))
        for pk, name, number in found.values_list("pk", "name", "number")
    }


def _plain_subject(event: Event) -> str:
    """A subject without a page of its own: a role by its name, anything else by its number."""
    role = event.data.get("role")
    if event.subject_type == MEMBERSHIP and role in Role.values:
        return f"{present.role_name(role)} {event.subject_id}"
    return str(event.subject_id)


def _rows(user: User, events: list[Event]) -> list[dict[str, Any]]:
    cases = _numbers(Case.objects.for_user(user), events, CASE)
    lists = _numbers(Publicity.objects.for_user(user), events, PUBLICITY)
    may_open = user.has_role(*CASE_READERS)
    firms = _enterprises(user, events)
    known = {**cases, **lists, **firms}
    rows = []
    for event in events:
        subject = (event.subject_type, event.subject_id)
        number, address = known.get(subject, (_plain_subject(event), ""))
        rows.append(
            {
                "at": event.at,
                "verb": verbs.label(event.verb),
                "who": str(event.actor) if event.actor else gettext("系统"),
                "office": _office_name(event.office) if event.office else "",
                "kind": SUBJECTS.get(event.subject_type, event.subject_type),
                "subject": number,
                "href": address if may_open else "",
                "reason": event.reason,
            }
        )
    return rows


@require_safe
@role_required(Role.AUDITOR, Role.AUDIT_ADMIN)
def audit_events(request: HttpRequest) -> HttpResponse:
    """Who did what, when and why, in the user's regions; newest first."""
    scope = Event.objects.for_user(person(request))
    known = scope.order_by("verb").values_list("verb", flat=True).distinct()
    form = EventFilter(request.GET, list(known))
    wanted = form.cleaned_data if form.is_valid() else {}
    events = _filtered(person(request), scope, wanted).select_related("actor", "office")
    page = page_of(request, events.order_by("-pk"))
    context = {
        "form": form,
        "active": active_filters(request, form),
        "page": page,
        "table": Table(
            COLUMNS,
            _rows(person(request), list(page.object_list)),
            gettext("操作记录"),
            empty=gettext("没有符合条件的记录"),
            empty_hint=gettext("请放宽筛选条件。"),
        ),
        "verify_href": href("verify"),
    }
    return render(request, "audit/events.html", context)
