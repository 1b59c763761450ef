"""Open data: what files there are, what stands in them, and how to work everything out again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.monitoring import open_data as data
from miaopu.portal import formats, present
from miaopu.portal.shapes import Link
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import (
    answer_with_etag,
    as_json,
    open_data,
    public_json,
    public_page,
)


def _contents() -> dict[str, str]:
    return {
        "programmes.json": _("计划、版本、目标，以及每个指标的定义"),
        "published_cases.csv": _("公示过的每一份名单的每一行，法定代表人姓名已脱敏"),
        "awards.csv": _("每一项有效扶持：企业、金额、状态、日期、从业人员"),
        "entries.csv": _("每一笔资金变动的每一条分录"),
        "accounts.csv": _("每个账户的余额"),
        "target_parts.csv": _("已批准的目标分解；空白表示没有目标，不等于零"),
        "policies.csv": _("政策文库：每份文件已发布的每一版，适用范围和有效期"),
        "policy_citations.csv": _("文件之间的引用；文库里有的写明编号"),
        "fees.csv": _("涉企收费清单已发布的每一版"),
        "figures.json": _("与网页相同的全部数字"),
    }


@public_page
def open_data_index(request: HttpRequest) -> HttpResponse:
    """The files of the open data with their hashes, and the definitions of the indicators."""
    made = data.open_data(clock.today())
    contents = _contents()
    files = Table(
        columns=(
            Column("name", _("文件")),
            Column("content", _("内容")),
            Column("rows", _("行数"), kind="number"),
            Column("sha256", _("SHA-256（开头）")),
        ),
        rows=[
            {
                "name": one.name,
                "content": contents[one.name],
                "rows": one.rows,
                "sha256": f"{one.sha256[:16]}…",
            }
            for one in made.files
        ],
        caption=_("截至%(day)s的数据") % {"day": formats.day(made.as_of)},
    )
    context = {
        "crumbs": [Link(_("账目核验"), reverse("verify")), Link(_("开放数据"))],
        "files": files,
        "archive_href": reverse("open_data_set"),
        "manifest_href": reverse("open_data_manifest"),
        "definitions": [
            (name, present.in_language(text)) for name, text in data.DEFINITIONS.items()
        ],
        "command": "python tools/recompute_open_data.py "
        + request.build_absolute_uri(reverse("home")).rstrip("/"),
    }
    return render(request, "public/open_data.html", context)


@open_data
def open_data_set(request: HttpRequest) -> HttpResponse:
    """All files of one moment as one ZIP."""
    content = data.open_data(clock.today()).archive()
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{data.NAME}"'
    return answer_with_etag(request, response)


@open_data
def open_data_manifest(request: HttpRequest) -> HttpResponse:
    """What files there are, with their columns and hashes."""
    return public_json(request, as_json(data.open_data(clock.today()).manifest()))
