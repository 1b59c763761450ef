"""Where the money stands: by level and by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.kept import database_state
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AccountKind, AwardState, Level
from miaopu.ledger.models import Account
from miaopu.monitoring.board import kept_board
from miaopu.monitoring.figures import money_by_level
from miaopu.plans.models import Programme
from miaopu.portal import formats, present
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import (
    AwardSums,
    award_sums,
    awards_href,
    pays,
    public_page,
)
from miaopu.portal.views.public_tables import level_table


@dataclass(frozen=True)
class ProgrammeMoney:
    """A programme's money on the page."""

    title: str
    slug: str
    sums: AwardSums
    levels: Table
    awards_href: str
    committed_href: str
    paid_href: str


def _sum_of(kind: AccountKind) -> Sum:
    return Sum("balance_fen", filter=Q(kind=kind), default=0)


def _accounts() -> QuerySet[Account, dict[str, Any]]:
    """Balances by programme, purpose, region and level; the region's code orders the levels."""
    return (
        Account.objects.public()
        .values(
            *("programme__slug", "programme__title", "programme__title_en", "purpose", "level"),
            *("region_id", "region__name", "region__name_en"),
        )
        .annotate(
            source=_sum_of(AccountKind.SOURCE),
            available=_sum_of(AccountKind.AVAILABLE),
            committed=_sum_of(AccountKind.COMMITTED),
            paid=_sum_of(AccountKind.PAID),
        )
        .order_by("programme__slug", "purpose", "region_id", "level")
    )


def _account_row(row: Mapping[str, Any], items: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    slug = row["programme__slug"]
    name = Bilingual(row["region__name"], row["region__name_en"] or row["region__name"])
    county = row["level"] == Level.COUNTY
    return {
        "item": items.get((slug, row["purpose"]), row["purpose"]),
        "level": Level(row["level"]).label,
        "region": present.in_language(name),
        "href": awards_href(programme=slug, district=row["region_id"] if county else ""),
        "funded": -row["source"],
        "available": row["available"],
        "committed": row["committed"],
        "paid": row["paid"],
    }


@public_page
def money(request: HttpRequest) -> HttpResponse:
    """Each programme's money by level, and all accounts by level and region."""
    today, state = clock.today(), database_state()
    boards, items = [], {}
    for programme in Programme.objects.public():
        for code, definition in programme.current_version.pack.items.items():
            items[programme.slug, code] = present.in_language(definition.title)
        if not pays(programme.current_version):
            continue
        figures = kept_board(programme.current_version, today, state)
        boards.append(
            ProgrammeMoney(
                title=present.in_language(programme.name),
                slug=programme.slug,
                sums=award_sums(figures.support),
                levels=level_table(
                    programme.slug, money_by_level(programme, figures.balances), today
                ),
                awards_href=awards_href(programme=programme.slug),
                committed_href=awards_href(programme=programme.slug, state=AwardState.COMMITTED),
                paid_href=awards_href(programme=programme.slug, state=AwardState.PAID),
            )
        )
    page = page_of(request, _accounts())
    table = Table(
        columns=(
            Column("region", _("地区"), link="href"),
            Column("level", _("级次")),
            Column("item", _("用途")),
            Column("funded", _("预算"), kind="money", unit=_("元")),
            Column("available", _("可用"), kind="money", unit=_("元")),
            Column("committed", _("待拨付"), kind="money", unit=_("元")),
            Column("paid", _("已拨付"), kind="money", unit=_("元")),
        ),
        rows=[_account_row(row, items) for row in page],
        caption=_("截至%(day)s各账户余额") % {"day": formats.day(today)},
        empty=_("还没有账户"),
    )
    return render(
        request,
        "public/money.html",
        {"today": today, "boards": boards, "page": page, "accounts": table},
    )
