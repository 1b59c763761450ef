"""The page about the API: what there is to be read, from the same description programs get."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.portal.api.site import openapi
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import public_page


def _operations() -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "who": _("需登录或令牌") if "security" in operations["get"] else _("公开"),
            "parameters": ", ".join(one["name"] for one in operations["get"].get("parameters", ())),
        }
        for path, operations in openapi()["paths"].items()
    ]


@public_page
def api_page(request: HttpRequest) -> HttpResponse:
    """Addresses, who may read them, what they take."""
    document = reverse("api:openapi")
    table = Table(
        columns=(
            Column("path", _("地址")),
            Column("who", _("谁能读取")),
            Column("parameters", _("参数")),
        ),
        rows=_operations(),
        caption=_("可读取的地址"),
    )
    example = request.build_absolute_uri(reverse("api:cases"))
    context = {
        "table": table,
        "document": document,
        "command": f'curl -H "Authorization: Bearer miaopu_…" "{example}?limit=20"',
    }
    return render(request, "public/api.html", context)
