"""Who is not entitled, and by which condition: enterprises of the scope without a match."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.parties.facts import known_facts_of
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import explain_known
from miaopu.plans.models import Match
from miaopu.portal import present, shapes
from miaopu.portal.paging import page_of
from miaopu.portal.reasons import reasons_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person

COLUMNS = (
    Column("enterprise", _("企业"), link="href"),
    Column("region", _("区域")),
    Column("item", _("事项")),
    Column("status", _("结果"), kind="tag", tone="tone"),
    Column("why", _("不符合的条件")),
)


def _first_reason(nodes: list[shapes.Reason]) -> str:
    """The first condition that excludes, with the value found."""
    for node in nodes:
        if node.status == "false":
            if node.children and (below := _first_reason(list(node.children))):
                return below
            words = {"condition": node.text, "value": node.value}
            return (
                gettext("%(condition)s（现为%(value)s）") % words if node.value else str(node.text)
            )
    return ""


def _excluded_rows(enterprises: list[Enterprise], item: Item) -> list[dict[str, Any]]:
    """Enterprises that an item's rule excludes today, with the condition that does."""
    today = clock.today()
    rows = []
    for enterprise, known in known_facts_of(enterprises, today):
        found = explain_known(item.version, item.code, enterprise, known, today)
        now = {"false": gettext("不可享"), "unknown": gettext("缺少数据")}
        rows.append(
            {
                "enterprise": enterprise.name,
                "href": reverse("office_enterprise", kwargs={"number": enterprise.number}),
                "region": present.region_name(enterprise.region),
                "item": present.in_language(item.name),
                "status": gettext("可享")
                if found.is_entitled
                else now.get(found.status, gettext("缺少数据")),
                "tone": "good" if found.is_entitled else "late",
                "why": _first_reason(reasons_of(found))
                or gettext("匹配之后数据有变化，请重新匹配"),
            }
        )
    return rows


def excluded_table(request: HttpRequest, wanted: dict[str, Any]) -> tuple[Table, Page[Any]]:
    """Enterprises of the scope without a match, each with the condition that excludes it."""
    items = {item.code: item for item in Item.objects.public()}
    item = items.get(wanted.get("item", "")) or next(iter(items.values()))
    matched = Match.objects.for_user(person(request)).current().filter(item=item.code)
    scope = Enterprise.objects.for_user(person(request)).filter(
        ~Exists(matched.filter(enterprise=OuterRef("pk")))
    )
    if wanted.get("region"):
        scope = scope.filter(region=wanted["region"])
    page = page_of(request, scope.select_related("region").order_by("number"))
    table = Table(
        COLUMNS,
        _excluded_rows(list(page.object_list), item),
        gettext("不可享的企业"),
        empty=gettext("没有符合条件的企业"),
        empty_hint=gettext("请放宽筛选条件；还没有匹配过的，请由计划主管重新匹配。"),
        queue=True,
    )
    return table, page
