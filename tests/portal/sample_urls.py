"""The portal's own routes and a few pages that misbehave on purpose, for tests of the frame."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path

from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.portal.urls import urlpatterns as portal_urls

handed_in: list[dict[str, list[str]]] = []


def form_page(request: HttpRequest) -> HttpResponse:
    """A page with a form; what is handed in is remembered."""
    if request.method == "POST":
        handed_in.append(dict(request.POST.lists()))
        if request.POST.get("amount") == "wrong":
            return HttpResponse("wrong", status=400)
        return HttpResponse("handed in")
    return render(request, "gallery/clause.html")


@login_not_required
def open_page(request: HttpRequest) -> HttpResponse:
    """A page that anyone may read, in the frame."""
    return render(request, "gallery/clause.html")


@login_not_required
def writes(request: HttpRequest) -> HttpResponse:
    """Changes a row, whatever the method."""
    return HttpResponse(str(User.objects.filter(username="nobody").update(name="x")))


@login_not_required
def streams_writes(request: HttpRequest) -> StreamingHttpResponse:
    """Changes a row while the answer is being sent."""

    def content() -> object:
        yield b"first "
        yield str(User.objects.filter(username="nobody").update(name="x")).encode()

    return StreamingHttpResponse(content())


@login_not_required
def session_in_get(request: HttpRequest) -> HttpResponse:
    """Saves the session in the middle of a GET: on the list of what a GET may write."""
    request.session["seen"] = True
    request.session.save()
    return HttpResponse("ok")


@login_not_required
def raw(request: HttpRequest) -> HttpResponse:
    """Runs the statement that it is given."""
    with connection.cursor() as cursor:
        cursor.execute(request.GET["sql"])
    return HttpResponse("ok")


def beaten(request: HttpRequest) -> HttpResponse:
    """Somebody else was faster."""
    raise Conflict(Bilingual("已被他人办理", "Somebody was faster"), Bilingual("请刷新", "Reload"))


def barred(request: HttpRequest) -> HttpResponse:
    """The role does not allow it."""
    raise NotAllowed(Bilingual("须由他人批准", "Another must approve"))


@login_not_required
def breaks(request: HttpRequest) -> HttpResponse:
    """Our fault."""
    raise ZeroDivisionError


urlpatterns = [
    path("", open_page, name="home"),
    path("form/", form_page, name="form"),
    path("writes/", writes, name="writes"),
    path("streams-writes/", streams_writes, name="streams_writes"),
    path("session-in-get/", session_in_get, name="session_in_get"),
    path("raw/", raw, name="raw"),
    path("beaten/", beaten, name="beaten"),
    path("barred/", barred, name="barred"),
    path("breaks/", breaks, name="breaks"),
    *portal_urls,
]

handler400 = "miaopu.portal.errors.bad_request"
handler403 = "miaopu.portal.errors.permission_denied"
handler404 = "miaopu.portal.errors.not_found"
handler500 = "miaopu.portal.errors.server_error"
handler429 = "miaopu.portal.errors.too_many"
