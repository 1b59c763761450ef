"""The register of enterprises: search, and everything known about one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.engine.masking import mask_name, mask_phone
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import explain_item
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.reasons import reasons_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import value_text
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_entitlements import missing_text
from miaopu.portal.views.office_parts import CASE_READERS, fact_table, needs_personal_data
from miaopu.portal.views.office_queue import COLUMNS as CASE_COLUMNS
from miaopu.portal.views.office_queue import case_rows, listed

COLUMNS = (
    Column("name", _("企业"), link="href"),
    Column("uscc", _("统一社会信用代码")),
    Column("region", _("区域")),
    Column("industry", _("行业")),
    Column("registered_on", _("成立日期"), kind="date"),
    Column("status", _("登记状态")),
)


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(
        label=_("企业名称或统一社会信用代码"),
        help_text=_("名称可以只写一部分，代码可以只写开头"),
        required=False,
        max_length=60,
    )


@require_safe
@role_required(*CASE_READERS)
def enterprise_search(request: HttpRequest) -> HttpResponse:
    """Enterprises in the user's scope by name or code."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = Enterprise.objects.for_user(person(request)).search(words)
    page = page_of(request, found.select_related("region").order_by("number"))
    rows = [
        {
            "name": enterprise.name,
            "href": reverse("office_enterprise", kwargs={"number": enterprise.number}),
            "uscc": enterprise.uscc,
            "region": present.region_name(enterprise.region),
            "industry": value_text("industry", enterprise.industry, []),
            "registered_on": enterprise.registered_on,
            "status": enterprise.get_status_display(),
        }
        for enterprise in page.object_list
    ]
    table = Table(
        COLUMNS,
        rows,
        gettext("企业"),
        empty=gettext("本区域没有这家企业"),
        empty_hint=gettext("请核对名称，或只输入其中几个字。"),
        queue=True,
    )
    context = {"form": form, "page": page, "table": table}
    return render(request, "office/enterprise_search.html", context)


def _reasons(enterprise: Enterprise) -> list[dict[str, Any]]:
    """For each item of programmes in force whether the enterprise may have it, and why."""
    today = clock.today()
    blocks = []
    for item in Item.objects.public():
        explanation = explain_item(item.version, item.code, enterprise, today)
        if explanation.is_entitled:
            status, tone = gettext("可享"), "good"
        elif explanation.status == "false":
            status, tone = gettext("不可享"), "late"
        else:
            status, tone = gettext("缺少数据"), "soon"
        blocks.append(
            {
                "title": present.in_language(item.name),
                "clause": item.definition.clause,
                "clause_href": present.clause_href(item.version, item.definition.clause),
                "status": status,
                "tone": tone,
                "missing": missing_text(explanation.facts_missing, explanation.known),
                "reasons": reasons_of(explanation),
            }
        )
    return blocks


def _register(user: User, enterprise: Enterprise) -> list[shapes.Answer]:
    """The entry in the register; persons masked for those who do not work with them."""
    open_data = needs_personal_data(user, enterprise.region_id)
    person, phone = enterprise.legal_representative, enterprise.phone
    return [
        shapes.Answer(gettext("统一社会信用代码"), enterprise.uscc),
        shapes.Answer(gettext("区域"), present.region_name(enterprise.region)),
        shapes.Answer(gettext("行业"), value_text("industry", enterprise.industry, [])),
        shapes.Answer(gettext("登记状态"), enterprise.get_status_display()),
        shapes.Answer(gettext("成立日期"), formats.day(enterprise.registered_on)),
        shapes.Answer(gettext("法定代表人"), person if open_data else mask_name(person)),
        shapes.Answer(
            gettext("联系电话"), (phone if open_data else mask_phone(phone)) or formats.MISSING
        ),
        shapes.Answer(gettext("住所"), enterprise.address or formats.MISSING),
    ]


@require_safe
@role_required(*CASE_READERS)
def office_enterprise(request: HttpRequest, number: str) -> HttpResponse:
    """What is known of one enterprise, what it may have and why, and its cases."""
    scope = Enterprise.objects.for_user(person(request)).select_related("region")
    enterprise = get_object_or_404(scope, number=number)
    today = clock.today()
    cases = Case.objects.for_user(person(request)).filter(enterprise=enterprise)
    item = Item.objects.public().first()
    context = {
        "enterprise": enterprise,
        "register": _register(person(request), enterprise),
        "entries": _reasons(enterprise),
        "facts": fact_table(
            known_facts(enterprise, today),
            enterprise,
            item.version if item else None,
            personal=needs_personal_data(person(request), enterprise.region_id),
        ),
        "cases": Table(
            CASE_COLUMNS,
            case_rows(listed(cases), today),
            gettext("办件"),
            empty=gettext("这家企业还没有提交过申报"),
        ),
        "today": today,
        "crumbs": [
            shapes.Link(gettext("查找企业"), reverse("enterprise_search")),
            shapes.Link(enterprise.name),
        ],
    }
    return render(request, "office/enterprise.html", context)
