"""Lists in publicity: which are open, until when, what they hold, and how to object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from miaopu.cases.decisions import digest_of, frozen_bytes
from miaopu.cases.enums import Step
from miaopu.cases.models import Publicity
from miaopu.cases.objections import takes_objections
from miaopu.core import clock
from miaopu.engine.clock import working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.portal import formats, present, shapes
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import open_data, public_json, public_page


@dataclass(frozen=True)
class PublicityClock(shapes.Clock):
    """The clock of a list in publicity: over means that the period has ended."""

    @property
    def headline(self) -> str:
        """How long the list still stands, in one short sentence."""
        return _("公示已结束") if self.state == "done" else super().headline


def left_text(row: Publicity, today: date) -> str:
    """How long a list still stands, in words."""
    if today > row.ends_on:
        return _("已结束")
    left = working_days_left(today, row.ends_on)
    if left == 0:
        return _("今天截止")
    return ngettext("还有 %(count)s 个工作日", "还有 %(count)s 个工作日", left) % {"count": left}


def _row(row: Publicity, today: date) -> dict[str, Any]:
    is_open = today <= row.ends_on
    return {
        "number": row.number,
        "href": reverse("publicity", args=[row.number]),
        "item": present.in_language(row.item.name),
        "region": present.region_name(row.region),
        "enterprises": len(row.lines),
        "amount_fen": row.amount_fen,
        "ends_on": row.ends_on,
        "left": left_text(row, today),
        "tone": "soon" if is_open else "neutral",
    }


@public_page
def publicity_list(request: HttpRequest) -> HttpResponse:
    """All lists, open ones first, then the latest."""
    today = clock.today()
    ended = ExpressionWrapper(Q(ends_on__lt=today), output_field=BooleanField())
    rows = (
        Publicity.objects.public()
        .defer("calculation", "item__version__content")
        .annotate(ended=ended)
        .order_by("ended", "-ends_on", "-pk")
    )
    page = page_of(request, rows)
    table = Table(
        columns=(
            Column("number", _("公示编号"), link="href"),
            Column("item", _("事项")),
            Column("region", _("区县")),
            Column("enterprises", _("企业"), kind="number", unit=_("户")),
            Column("amount_fen", _("金额合计"), kind="money", unit=_("元")),
            Column("ends_on", _("公示至"), kind="date"),
            Column("left", _("状态"), kind="tag", tone="tone"),
        ),
        rows=[_row(row, today) for row in page],
        caption=_("公示名单"),
    )
    return render(request, "public/publicity_list.html", {"page": page, "table": table})


def _office(publicity: Publicity) -> str:
    """The office that published the list and takes objections; its district where none is known."""
    memberships = publicity.published_by.live_memberships
    own = [row for row in memberships if row.office.region_id == publicity.region_id]
    if not own:
        return _("%(region)s承办机构") % {"region": present.region_name(publicity.region)}
    office = own[0].office
    return present.in_language(Bilingual(office.name, office.name_en or office.name))


def _lines(publicity: Publicity) -> Table:
    """The frozen list as one whole, as it was published: it is never cut into pages."""
    version = publicity.item.version
    rows = [
        {**line, "href": present.clause_href(version, line["clause"])} for line in publicity.lines
    ]
    return Table(
        columns=(
            Column("enterprise", _("企业名称")),
            Column("uscc", _("信用代码")),
            Column("legal_representative", _("法定代表人")),
            Column("amount_fen", _("拟扶持金额"), kind="money", unit=_("元")),
            Column("clause", _("依据条款"), kind="clause", link="href"),
            Column("case", _("办件编号")),
        ),
        rows=rows,
        caption=_("公示名单"),
    )


def _period_note(publicity: Publicity) -> str:
    """From when the period counts, and whether the plan or the pack's example sets its length."""
    step = publicity.item.definition.steps_by_id.get(Step.PUBLICITY)
    if step is not None and step.illustrative:
        note = _("自%(day)s发布，发布当日不计；天数为示例时限")
    else:
        note = _("自%(day)s发布，发布当日不计")
    return note % {"day": formats.day(publicity.starts_on)}


@public_page
def publicity(request: HttpRequest, number: str) -> HttpResponse:
    """One list: its frozen lines, its period day by day, its digest, and how to object."""
    row = get_object_or_404(
        Publicity.objects.public().select_related("published_by"), number=number
    )
    today = clock.today()
    is_open = today <= row.ends_on
    version = row.item.version
    content = reverse("publicity_content", args=[number])
    context = {
        "publicity": row,
        "crumbs": [shapes.Link(_("公示"), reverse("publicity_list")), shapes.Link(number)],
        "item": present.in_language(row.item.name),
        "item_href": reverse("item", args=[version.programme.slug, row.item.code])
        if row.item.code in version.programme.current_version.pack.items
        else "",
        "region": present.region_name(row.region),
        "is_open": is_open,
        "objection_href": reverse("objection_make", args=[number]) if takes_objections(row) else "",
        "left": left_text(row, today),
        "clock": PublicityClock(
            state="running" if is_open else "done",
            limit=row.days,
            left=working_days_left(today, row.ends_on) if is_open else None,
            due=row.ends_on,
            why=_period_note(row),
            days=present.days_of(row.calculation),
        ),
        "lines": _lines(row),
        "clause": row.item.definition.clause,
        "clause_href": present.clause_href(version, row.item.definition.clause),
        "digest": row.digest,
        "agrees": digest_of(row) == row.digest,
        "content_href": content,
        "command": f"curl -s {request.build_absolute_uri(content)} | sha256sum",
        "office": _office(row),
    }
    return render(request, "public/publicity.html", context)


@open_data
def publicity_content(request: HttpRequest, number: str) -> HttpResponse:
    """The list's content in canonical form: exactly the bytes that its digest covers."""
    row = get_object_or_404(Publicity.objects.public(), number=number)
    return public_json(request, frozen_bytes(row))
