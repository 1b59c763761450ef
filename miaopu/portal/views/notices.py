"""Messages to the person who is signed in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from miaopu.core.actions import mark_notices_read
from miaopu.core.models import Notice
from miaopu.portal import care, formats
from miaopu.portal.views.enterprise_scope import person

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """All messages, newest first; POST marks them as read."""
    if request.method == "POST":
        mark_notices_read(person(request))
        return redirect("notices")
    mine = Notice.objects.for_user(request.user)
    page = Paginator(mine.order_by("-pk"), care.rows(request, PER_PAGE)).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(one, _text(one)) for one in page],
        "new": mine.unread().exists(),
        "frame": "base.html" if person(request).is_party else "staff.html",
    }
    return render(request, "notices.html", context)


def _text(notice: Notice) -> str:
    return notice.text_en if formats.is_english() and notice.text_en else notice.text
