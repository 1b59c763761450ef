"""Open data and proof: the books and the figures as files, and what recomputing them gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.ledger.books import audit_books, export_books
from miaopu.ledger.models import Account, Seal
from miaopu.monitoring.published import figures_document
from miaopu.portal import present
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import (
    as_json,
    open_data,
    public_json,
    public_page,
)

if TYPE_CHECKING:
    pass

ON_THE_SPOT = 20_000  # transfers that a page recomputes itself; more take the command line
SHOWN_OF_HASH = 16


@dataclass(frozen=True)
class Verification:
    """What recomputing the books gave: how much was checked, and every difference."""

    accounts: int
    transfers: int
    awards: int
    seals: int
    differences: Table | None

    @property
    def agrees(self) -> bool:
        """Whether there is no difference."""
        return self.differences is None


def _transfer_count() -> int:
    """How many transfers there are; counted no further than one more than a page recomputes."""
    keys = Account.objects.public().filter(entries__transfer__isnull=False)
    ids = keys.order_by().values_list("entries__transfer", flat=True).distinct()
    return len(ids[: ON_THE_SPOT + 1])


def _verified() -> Verification:
    """The books recomputed from their entries, now."""
    books, found = audit_books()
    rows = [
        {
            "where": finding.where,
            "what": present.in_language(finding.what),
            "stated": str(finding.stated),
            "computed": str(finding.computed),
        }
        for finding in found
    ]
    table = Table(
        columns=(
            Column("where", _("何处")),
            Column("what", _("问题")),
            Column("stated", _("账上")),
            Column("computed", _("重算")),
        ),
        rows=rows,
        caption=_("不符之处"),
        stack=False,
    )
    return Verification(
        accounts=len(books.accounts),
        transfers=len(books.transfers),
        awards=len(books.awards),
        seals=len(books.seals),
        differences=table if rows else None,
    )


def _figures_keys() -> Table:
    """What the keys of figures.json mean."""
    rows = [
        ("as_of", _("数据日期")),
        ("programmes[].programme, version, digest", _("计划标识、版本号、版本内容摘要")),
        ("programmes[].awards", _("有效扶持的件数、待拨付和已拨付金额（分）")),
        (
            "programmes[].targets[]",
            _("目标值、已完成、完成百分比、时间已过百分比，及所据条款"),
        ),
        (
            "programmes[].districts[]",
            _("各区县扶持企业户数、带动和增加的就业人数、待拨付和已拨付金额（分）"),
        ),
        ("programmes[].jobs", _("就业：现有、未知、扶持前后、增加、计划带动的人数")),
        ("programmes[].trend[]", _("各月末累计扶持企业户数和按时间应达户数")),
        ("programmes[].counties[]", _("各区县本级的预算、可用、待拨付、已拨付金额（分）")),
        (
            "programmes[].levels[]",
            _("省、市、县各级的预算、可用、待拨付、已拨付金额（分）"),
        ),
    ]
    return Table(
        columns=(Column("key", _("键名")), Column("meaning", _("含义"))),
        rows=[{"key": key, "meaning": meaning} for key, meaning in rows],
        caption=_("figures.json 的数据项"),
    )


def _short(digest: str) -> str:
    return f"{digest[:SHOWN_OF_HASH]}…"


@public_page
def verify(request: HttpRequest) -> HttpResponse:
    """What is sealed, whether the books agree now, and how anyone computes it again."""
    count = _transfer_count()
    seals = Seal.objects.public()
    page = page_of(request, seals)
    table = Table(
        columns=(
            Column("day", _("日期"), kind="date"),
            Column("count", _("资金变动"), kind="number", unit=_("笔")),
            Column("root", _("默克尔根（开头）")),
            Column("chain", _("链（开头）")),
        ),
        rows=[
            {
                "day": seal.day,
                "count": seal.count,
                "root": _short(seal.root),
                "chain": _short(seal.chain),
            }
            for seal in page
        ],
        caption=_("每日封存"),
    )
    sealed = seals.aggregate(count=Sum("count", default=0))["count"]
    is_small = count <= ON_THE_SPOT
    books_url = request.build_absolute_uri(reverse("books_export"))
    context = {
        "today": clock.today(),
        "count": count,
        "is_small": is_small,
        "result": _verified() if is_small else None,
        "limit": ON_THE_SPOT,
        "newest": seals.first(),
        "unsealed": count - sealed if is_small else None,
        "page": page,
        "table": table,
        "commands": f"curl -s -o books.json {books_url}\nmiaopu verify-books --export books.json",
        "keys": _figures_keys(),
    }
    return render(request, "public/verify.html", context)


@open_data
def books_export(request: HttpRequest) -> HttpResponse:
    """All books as one JSON document, which `miaopu verify-books --export` checks."""
    return public_json(request, as_json(export_books()))


@open_data
def figures(request: HttpRequest) -> HttpResponse:
    """The same figures as on the pages, as data; the page "verify" explains every key."""
    return public_json(request, as_json(figures_document(clock.today())))
