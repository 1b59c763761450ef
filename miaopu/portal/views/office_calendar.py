"""The duty calendar: a month of deadlines, and feeds for calendar programs."""

from __future__ import annotations

import calendar
import secrets
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Office, User
from miaopu.engine.calendar import day as day_info
from miaopu.engine.clock import add_months
from miaopu.plans.agenda import Entry, agenda, own_offices
from miaopu.plans.feeds import feed_content, feed_of, feed_rows, feed_secret, make_feed, revoke_feed
from miaopu.plans.models import CalendarFeed
from miaopu.portal import formats, present
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_task_parts import TASK_READERS, TONES, office_name

KINDS = {
    "task": pgettext_lazy("one", "任务"),
    "milestone": _("节点"),
    "duty": _("职责"),
    "phase": _("阶段"),
}
WORDS = {
    "red": _("逾期"),
    "yellow": _("需注意"),
    "green": _("正常"),
    "done": _("已完成"),
    "neutral": "",
}
WAITS_TO_BE_SHOWN = "new_calendar_feed"  # in the session: the nonce, never the address itself
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 1)


class CalendarFilter(forms.Form):
    """What the calendar shows; it stands in the address."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[("", _("全部")), *KINDS.items()], required=False
    )
    office = forms.ChoiceField(label=_("机构"), required=False)
    month = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)

    def __init__(self, offices: list[Office], data: Any) -> None:
        super().__init__(data)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("全部看得到的")),
            *((str(one.pk), office_name(one)) for one in offices),
        ]


class FeedForm(forms.Form):
    """A feed of everything, or of one office."""

    use_required_attribute = False
    office = forms.ChoiceField(label=pgettext_lazy("calendar", "内容"), required=False)

    def __init__(self, offices: list[Office], data: Any = None) -> None:
        super().__init__(data, auto_id="feed_%s")
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("我看得到的全部")),
            *((str(one.pk), office_name(one)) for one in offices),
        ]


def _month(text: str, today: date) -> date:
    """The first day of the month that the address asks for; this month for anything else."""
    year, _dash, month = text.partition("-")
    digits = text.isascii() and year.isdigit() and month.isdigit()
    if digits and len(year) == 4 and 1 <= int(month) <= 12:
        first = date(max(int(year), 1), int(month), 1)
        if EARLIEST <= first <= LATEST:
            return first
    return today.replace(day=1)


def _entry(one: Entry) -> dict[str, Any]:
    if one.task is not None:
        href = reverse("task", args=[one.task])
    elif one.duty:
        href = reverse("duty", args=[one.programme, one.duty])
    else:
        href = reverse("duties")
    return {
        "kind": KINDS[one.kind],
        "title": present.in_language(one.title),
        "note": present.in_language(one.note),
        "href": href,
        "word": WORDS[one.state],
        "tone": TONES[one.state],
    }


def _weeks(
    first: date, by_day: dict[date, list[dict[str, Any]]], today: date
) -> list[list[dict[str, Any]]]:
    """The month in weeks from Monday on, with what falls due and which days are worked."""
    weeks = []
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        row = []
        for one in week:
            info = day_info(one)
            late = [entry for entry in by_day.get(one, []) if entry["tone"] == "late"]
            row.append(
                {
                    "date": one,
                    "inside": one.month == first.month,
                    "today": one == today,
                    "off": not info.working,
                    "special": info.working != (one.weekday() < calendar.SATURDAY),
                    "why": present.in_language(info.why),
                    "count": len(by_day.get(one, [])),
                    "late": bool(late),
                }
            )
        weeks.append(row)
    return weeks


def _href(month: date, wanted: dict[str, Any]) -> str:
    kept = {name: wanted[name] for name in ("kind", "office") if wanted.get(name)}
    return f"?{urlencode({'month': f'{month:%Y-%m}', **kept})}"


def _feed_made(request: HttpRequest, form: FeedForm, offices: list[Office], user: User) -> bool:
    if not form.is_valid():
        return False
    nonce = secrets.token_urlsafe(32)
    chosen = form.cleaned_data["office"]
    office = next((one for one in offices if str(one.pk) == chosen), None)
    try:
        make_feed(office, nonce, by=user)
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return False
    request.session[WAITS_TO_BE_SHOWN] = nonce
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*TASK_READERS)
def duty_calendar(request: HttpRequest) -> HttpResponse:
    """What falls due this month? POST makes a feed and comes back to show its address once."""
    user, today = person(request), clock.today()
    offices = own_offices(user)
    feed_form = FeedForm(offices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _feed_made(request, feed_form, offices, user):
        return redirect(f"{reverse('duty_calendar')}#feeds")
    form = CalendarFilter(offices, request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    first = _month(str(wanted.get("month") or ""), today)
    last = add_months(first, 1) - timedelta(days=1)
    chosen = next((one for one in offices if str(one.pk) == wanted.get("office")), None)
    entries = [
        one
        for one in agenda(user, first, last, today, chosen)
        if wanted.get("kind") in (None, "", one.kind)
    ]
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in entries:
        by_day[one.last].append(_entry(one))
    nonce = request.session.pop(WAITS_TO_BE_SHOWN, "") if request.method == "GET" else ""
    context = {
        "form": form,
        "month": first,
        "month_text": formats.month(first),
        "before": _href(add_months(first, -1), wanted),
        "after": _href(add_months(first, 1), wanted),
        "now": _href(today, wanted),
        "weekdays": [
            gettext("周一"),
            gettext("周二"),
            gettext("周三"),
            gettext("周四"),
            gettext("周五"),
            gettext("周六"),
            gettext("周日"),
        ],
        "weeks": _weeks(first, by_day, today),
        "days": sorted(by_day.items()),
        "feed_form": feed_form,
        "feeds": feed_rows(user),
        "new_feed": _address(request, feed_secret(nonce)) if nonce else "",
    }
    status = 422 if feed_form.is_bound else 200
    return render(request, "office/calendar.html", context, status=status)


def _address(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("calendar_feed", args=[secret]))


@require_POST
@role_required(*TASK_READERS)
def feed_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's feeds: its address answers no more."""
    feed = get_object_or_404(CalendarFeed.objects.for_user(person(request)), pk=pk)
    revoke_feed(feed, by=person(request))
    messages.success(request, gettext("订阅地址已撤销"))
    return redirect(f"{reverse('duty_calendar')}#feeds")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address, for calendar programs; 404 once it is revoked."""
    feed = feed_of(secret)
    if feed is None:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    content = feed_content(feed, clock.today(), clock.now(), site)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="miaopu.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
