"""The budget: what was put in at each level and region, what is free, promised and paid."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Sum, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.ledger.enums import AccountKind, Level, TransferKind
from miaopu.ledger.models import Account, Award, Transfer
from miaopu.portal import care, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import ROWS
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import MONEY_READERS

KINDS = (AccountKind.SOURCE, AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.PAID)
YUAN = _("元")
COLUMNS = (
    Column("region", _("区域")),
    Column("source", _("已下达"), kind="money", unit=YUAN, link="source_href"),
    Column("available", _("可用"), kind="money", unit=YUAN, link="available_href"),
    Column("committed", _("已承诺"), kind="money", unit=YUAN, link="committed_href"),
    Column("paid", _("已拨付"), kind="money", unit=YUAN, link="paid_href"),
)
ENTRY_COLUMNS = (
    Column("at", _("时间"), kind="moment"),
    Column("kind", _("类别")),
    Column("reason", _("摘要"), link="href"),
    Column("by", _("经办人")),
    Column("amount_fen", _("金额"), kind="money", unit=YUAN),
    Column("balance_fen", _("余额"), kind="money", unit=YUAN),
)


def _shown(kind: str, balance_fen: int) -> int:
    """The source counts down from zero: what was put in is shown as a plus."""
    return -balance_fen if kind == AccountKind.SOURCE else balance_fen


def _region_row(accounts: list[Account]) -> dict[str, Any]:
    row: dict[str, Any] = {"region": present.region_name(accounts[0].region)}
    for kind in KINDS:
        row[kind.value], row[f"{kind.value}_href"] = 0, ""
    for account in accounts:
        row[account.kind] = _shown(account.kind, account.balance_fen)
        row[f"{account.kind}_href"] = reverse("account", kwargs={"pk": account.pk})
    return row


def _total_row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"region": gettext("合计")}
    for kind in KINDS:
        row[kind.value] = sum(other[kind.value] for other in rows)
        row[f"{kind.value}_href"] = ""
    return row


def purpose_names() -> dict[str, str]:
    """Names of the items that accounts are for, by purpose."""
    return {item.code: present.in_language(item.name) for item in Item.objects.public()}


def _tree(user: User) -> list[dict[str, Any]]:
    """Purpose → level → region, each level with its total."""
    accounts = Account.objects.for_user(user).select_related("region", "programme")
    found: dict[tuple[str, str], dict[str, dict[str, list[Account]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for account in accounts.order_by("programme_id", "purpose", "region_id", "pk"):
        purpose = (present.in_language(account.programme.name), account.purpose)
        found[purpose][account.level][account.region_id].append(account)
    names = purpose_names()
    tree = []
    for (programme, code), levels in found.items():
        tables = []
        for level in Level:
            rows = [_region_row(regions) for regions in levels.get(level.value, {}).values()]
            if rows:
                several = [_total_row(rows)] if len(rows) > 1 else []
                tables.append(Table(COLUMNS, [*rows, *several], str(level.label)))
        tree.append({"programme": programme, "title": names.get(code, code), "tables": tables})
    return tree


def _totals(user: User) -> list[tuple[str, int, str]]:
    rows = Account.objects.for_user(user).values("kind").annotate(total=Sum("balance_fen"))
    sums = {row["kind"]: row["total"] for row in rows.order_by()}
    labels = {
        AccountKind.SOURCE: gettext("已下达"),
        AccountKind.AVAILABLE: gettext("可用"),
        AccountKind.COMMITTED: gettext("已承诺"),
        AccountKind.PAID: gettext("已拨付"),
    }
    return [(labels[kind], _shown(kind, sums.get(kind.value, 0)), kind.value) for kind in KINDS]


@require_safe
@role_required(*MONEY_READERS)
def finance_home(request: HttpRequest) -> HttpResponse:
    """Where does the money stand, level by level and region by region?"""
    context = {
        "tree": _tree(person(request)),
        "totals": _totals(person(request)),
        "unpaid": Award.objects.for_user(person(request)).unpaid().count(),
        "today": clock.today(),
    }
    return render(request, "finance/home.html", context)


def _words_of(transfer: Transfer) -> str:
    """What an entry says; the reason of a budget is the name of its entry in the pack."""
    if transfer.kind == TransferKind.FUND and transfer.reason:
        return gettext("方案预算条目 %(name)s") % {"name": transfer.reason}
    return str(transfer.reason or transfer.key)


def _entry_row(entry: Any, may_open: bool) -> dict[str, Any]:
    transfer = entry.transfer
    award = transfer.award
    return {
        "at": transfer.at,
        "kind": transfer.get_kind_display(),
        "reason": _words_of(transfer),
        "href": reverse("finance_award", kwargs={"number": award.number})
        if award is not None and may_open
        else "",
        "by": str(transfer.by) if transfer.by else gettext("系统"),
        "amount_fen": entry.amount_fen,
        "balance_fen": entry.balance_fen,
    }


@require_safe
@role_required(*MONEY_READERS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with its entries, newest first, each with the balance after it."""
    scope = Account.objects.for_user(person(request)).select_related("region", "programme")
    found = get_object_or_404(scope, pk=pk)
    entries = (
        found.entries.annotate(balance_fen=Window(Sum("amount_fen"), order_by=F("pk").asc()))
        .select_related("transfer__award__case", "transfer__by")
        .defer("transfer__award__case__form", "transfer__award__case__trace")
        .order_by("-pk")
    )
    page = Paginator(entries, care.rows(request, ROWS)).get_page(request.GET.get("page"))
    cases = {entry.transfer.award.pk for entry in page.object_list if entry.transfer.award}
    mine = set(
        Award.objects.for_user(person(request)).filter(pk__in=cases).values_list("pk", flat=True)
    )
    rows = [_entry_row(entry, entry.transfer.award_id in mine) for entry in page.object_list]
    names = purpose_names()
    place = f"{found.get_level_display()} · {present.region_name(found.region)}"
    context = {
        "account": found,
        "title": f"{place} · {found.get_kind_display()}",
        "purpose": names.get(found.purpose, found.purpose),
        "programme": present.in_language(found.programme.name),
        "balance_fen": found.balance_fen,
        "is_source": found.kind == AccountKind.SOURCE,
        "page": page,
        "table": Table(ENTRY_COLUMNS, rows, gettext("分录"), empty=gettext("这个科目还没有分录")),
        "today": clock.today(),
        "crumbs": [
            shapes.Link(gettext("资金"), reverse("finance_home")),
            shapes.Link(f"{place} · {found.get_kind_display()}"),
        ],
    }
    return render(request, "finance/account.html", context)
