"""Messages to the person who is signed in: what is due first, then what happened, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from miaopu.cases.notices import REMINDER
from miaopu.core import clock
from miaopu.core.actions import mark_notices_read
from miaopu.core.models import Notice
from miaopu.portal import care, formats, shapes
from miaopu.portal.views.enterprise_scope import person

PER_PAGE = 20
KINDS: dict[str, Any] = {
    "": gettext_lazy("全部"),
    "due": gettext_lazy("到期提醒"),
    "news": gettext_lazy("办件进展"),
}
REMINDERS = f"{REMINDER}/"


@dataclass(frozen=True)
class Tab:
    """A kind of messages, with how many of them are unread."""

    link: shapes.Link
    unread: int
    current: bool


@dataclass(frozen=True)
class Day:
    """The messages of a day, those about the same thing together."""

    title: str
    groups: list[list[tuple[Notice, str]]]


def _of_kind(rows: Any, kind: str) -> Any:
    if kind == "due":
        return rows.filter(key__startswith=REMINDERS)
    return rows.exclude(key__startswith=REMINDERS) if kind == "news" else rows


def _title(day: date, today: date) -> str:
    return _("今天") if day == today else formats.day(day)


def days_of(rows: Iterable[Notice], today: date) -> list[Day]:
    """Messages, newest first, by day; within a day what leads to the same page stands together."""
    days: dict[date, dict[str, list[tuple[Notice, str]]]] = {}
    for one in rows:
        same = days.setdefault(timezone.localdate(one.at), {})
        same.setdefault(one.link or f"#{one.pk}", []).append((one, _text(one)))
    return [Day(_title(day, today), list(groups.values())) for day, groups in days.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """All messages, or those of a kind, newest first; POST marks them as read."""
    if request.method == "POST":
        mark_notices_read(person(request))
        return redirect("notices")
    mine = Notice.objects.for_user(request.user)
    wanted = request.GET.get("kind", "")
    kind = wanted if wanted in KINDS else ""
    listed = _of_kind(mine, kind).order_by("-pk")
    page = Paginator(listed, care.rows(request, PER_PAGE)).get_page(request.GET.get("page"))
    address = reverse("notices")
    context = {
        "page": page,
        "days": days_of(page, clock.today()),
        "tabs": [
            Tab(
                shapes.Link(text, f"{address}?kind={name}" if name else address),
                _of_kind(mine.unread(), name).count(),
                name == kind,
            )
            for name, text in KINDS.items()
        ],
        "new": mine.unread().exists(),
        "frame": "base.html" if person(request).is_party else "staff.html",
    }
    return render(request, "notices.html", context)


def _text(notice: Notice) -> str:
    return notice.text_en if formats.is_english() and notice.text_en else notice.text
