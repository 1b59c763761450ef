"""The demo's clock: time is moved forward, so that one sitting walks a case from end to end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from miaopu.cases.models import Publicity
from miaopu.core import clock
from miaopu.core.actions import move_demo_clock
from miaopu.engine.clock import working_days
from miaopu.portal import formats
from miaopu.portal.performing import perform

MOST_WORKING_DAYS = 60
FARTHEST_DAYS = 366  # at a time
LAST_DAY = date(2099, 12, 31)


class MoveForm(forms.Form):
    """By how many working days, or to which day; and the day that the page showed."""

    working_days = forms.IntegerField(
        label=gettext_lazy("推进几个工作日"),
        required=False,
        min_value=1,
        max_value=MOST_WORKING_DAYS,
    )
    to = forms.DateField(
        label=gettext_lazy("或推进到哪一天"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    seen = forms.DateField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_to(self) -> date | None:
        """A day that lies ahead, and not so far that the demo makes no sense any more."""
        day: date | None = self.cleaned_data["to"]
        if day is None:
            return None
        if day < self.today:
            raise forms.ValidationError(_("演示日期只能向前推进，请选择今天以后的日期"))
        if day > self.today + timedelta(days=FARTHEST_DAYS):
            raise forms.ValidationError(_("一次最多推进一年，请选择近一些的日期"))
        return day

    def clean(self) -> dict[str, Any]:
        """One of the two ways is chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and (cleaned["working_days"] is None) == (cleaned["to"] is None):
            raise forms.ValidationError(_("请填写工作日数，或者选择日期，两者选一项"))
        if not self.errors and self.target > LAST_DAY:
            raise forms.ValidationError(_("演示日期不能再推进了，请用 --fresh 重新开始演示"))
        return cleaned

    @property
    def target(self) -> date:
        """The day that the valid form asks for."""
        days: int | None = self.cleaned_data["working_days"]
        to: date | None = self.cleaned_data["to"]
        if days is not None:
            to = working_days(self.today, days).due
        assert to is not None  # clean() saw to it, and no pause is open
        return to


def _shortcuts(today: date) -> list[tuple[str, date]]:
    """The days that the path of a case needs most."""
    following = working_days(today, 1).due
    assert following is not None  # no pause is open
    found = [(_("下一个工作日"), following)]
    open_now = Publicity.objects.public().open_on(today).order_by("ends_on", "pk").first()
    if open_now is not None:
        after = open_now.ends_on + timedelta(days=1)
        found.append((_("公示 %(number)s 结束的次日") % {"number": open_now.number}, after))
    return found


def _move(request: HttpRequest, form: MoveForm) -> None:
    """Move the clock, unless another tab or a double click has done so since the page was shown."""
    seen = form.cleaned_data["seen"]
    if seen is not None and seen != form.today:
        text = _("演示日期已经是%(day)s，没有再次推进")
        messages.info(request, text % {"day": formats.day(form.today)})
        return
    target, user = form.target, request.user
    assert user.is_authenticated  # the route is not open
    perform(
        request,
        lambda: move_demo_clock(target, by=user),
        _("演示日期已推进到%(day)s") % {"day": formats.day(target)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Show the demo's date and move it forward. Exists in the demo only."""
    if not settings.DEMO:
        raise Http404
    today = clock.today()
    sent = request.POST if request.method == "POST" else None
    form = MoveForm(sent, today=today, initial={"seen": today.isoformat()})
    if sent is not None and form.is_valid():
        _move(request, form)
        return redirect("demo_clock")
    context = {"form": form, "today": today, "shortcuts": _shortcuts(today)}
    return render(request, "demo/clock.html", context)
