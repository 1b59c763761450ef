"""Who is entitled to what and why, what it would cost, and which facts are missing from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case
from miaopu.cases.offering import candidates
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.parties.facts import SIZE_NEEDS
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.models import Match
from miaopu.plans.querysets import MatchQuerySet
from miaopu.plans.tasks import start_matching
from miaopu.portal import present
from miaopu.portal.access import role_required
from miaopu.portal.kept_parts import kept, kept_part, reader
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import where_to_ask
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.jobs import start_for_programmes
from miaopu.portal.views.office_entitlement_figures import fact_title, summaries
from miaopu.portal.views.office_excluded import excluded_table
from miaopu.portal.views.office_parts import CASE_READERS, items_in_force, offered_today
from miaopu.portal.views.office_queue import active_filters
from miaopu.portal.views.public_shared import amount_of

COLUMNS = (
    Column("enterprise", _("企业"), link="href"),
    Column("region", _("区域")),
    Column("item", _("事项")),
    Column("status", _("结果"), kind="tag", tone="tone"),
    Column("missing", _("缺少的数据（应由何部门提供）")),
    Column("points", _("优先分"), kind="number"),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("case", _("办件"), link="case_href"),
)
OFFER_DUE = "offer_due"


class EntitlementFilter(forms.Form):
    """What the list is narrowed to."""

    status = forms.ChoiceField(
        label=_("结果"),
        choices=[
            ("", _("全部")),
            ("entitled", _("可享")),
            ("missing", _("缺少数据")),
            ("excluded", _("不可享")),
            (OFFER_DUE, _("可以发出邀约")),
        ],
        required=False,
    )
    item = forms.ChoiceField(label=_("事项"), required=False)
    region = forms.ChoiceField(label=_("区域"), required=False)
    fact = forms.ChoiceField(label=_("缺少的数据"), required=False)

    def __init__(self, data: Any, figures: list[dict[str, Any]]) -> None:
        super().__init__(data)
        choices = {
            "item": {one["code"]: one["title"] for one in figures},
            "region": {row["code"]: row["region"] for one in figures for row in one["regions"]},
            "fact": {name: fact_title(name) for one in figures for name in one["missing"]},
        }
        for name, known in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("全部")), *known.items()]


def missing_text(missing: Iterable[str], known: Mapping[str, Any]) -> str:
    """Missing facts with the departments that should provide them; discretion is none.

    For the size class, which is computed, the inputs that are not among `known`.
    """
    return gettext("；").join(
        gettext("%(fact)s（%(who)s）") % {"fact": lacking.title, "who": lacking.departments}
        for lacking in where_to_ask(missing, known)
    )


def _known_inputs(user: User, matches: list[Match]) -> dict[int, dict[str, Any]]:
    """Which inputs of the size class are known, by enterprise, where the class is missing."""
    known: dict[int, dict[str, Any]] = defaultdict(dict)
    unsized = [match.enterprise_id for match in matches if "size" in match.missing]
    if not unsized:
        return known
    facts = (
        Fact.objects.for_user(user)
        .valid_on(clock.today())
        .filter(enterprise__in=unsized, name__in=SIZE_NEEDS)
    )
    for enterprise, name in facts.values_list("enterprise_id", "name"):
        known[enterprise][name] = None
    return known


def _live_cases(user: User, matches: list[Match]) -> dict[tuple[str, int], tuple[str, str]]:
    """Number and state of the case that an enterprise has for an item, by both."""
    cases = Case.objects.for_user(user).live().order_by("pk")
    rows = cases.filter(enterprise__in=[match.enterprise_id for match in matches]).values_list(
        "item__code", "enterprise_id", "number", "state"
    )
    return {(item, enterprise): (number, state) for item, enterprise, number, state in rows}


def _rows(user: User, matches: list[Match]) -> list[dict[str, Any]]:
    items = {item.code: item for item in items_in_force()}
    cases = _live_cases(user, matches)
    known = _known_inputs(user, matches)
    rows = []
    for match in matches:
        item, enterprise = items.get(match.item), match.enterprise
        number, state = cases.get((match.item, match.enterprise_id), ("", ""))
        amount = match.amount_fen
        if amount is None and match.is_entitled and item is not None:
            amount = amount_of(item.definition)
        rows.append(
            {
                "enterprise": enterprise.name,
                "href": reverse("office_enterprise", kwargs={"number": enterprise.number}),
                "region": present.region_name(enterprise.region),
                "item": present.in_language(item.name) if item else match.item,
                "status": gettext("可享") if match.is_entitled else gettext("缺少数据"),
                "tone": "good" if match.is_entitled else "soon",
                "missing": missing_text(match.missing, known[match.enterprise_id]),
                "points": match.priority_points,
                "amount_fen": amount,
                "case": str(CaseState(state).label) if state else gettext("未申报"),
                "case_href": reverse("case_packet", kwargs={"number": number}) if number else "",
            }
        )
    return rows


def _to_be_offered(matches: MatchQuerySet) -> MatchQuerySet:
    """Those of the matches to whom an offer is due today: entitled, without case or offer."""
    today = clock.today()
    due = Q(pk__in=[])
    for item in offered_today(today):
        due |= Q(pk__in=candidates(matches, item, today).values("pk"))
    return matches.filter(due)


def _matched_table(
    request: HttpRequest, matches: MatchQuerySet, wanted: dict[str, Any]
) -> tuple[Table, Page[Any]]:
    """Matches that are left by the filter, entitled ones first."""
    if wanted.get("status") == OFFER_DUE:
        matches = _to_be_offered(matches)
    elif wanted.get("status"):
        matches = matches.filter(facts_missing=wanted["status"] == "missing")
    if wanted.get("item"):
        matches = matches.filter(item=wanted["item"])
    if wanted.get("region"):
        matches = matches.filter(enterprise__region=wanted["region"])
    if wanted.get("fact"):
        matches = matches.filter(missing__contains=[wanted["fact"]])
    page = page_of(request, matches.select_related("enterprise__region").in_order())
    table = Table(
        COLUMNS,
        _rows(person(request), list(page.object_list)),
        gettext("企业与事项"),
        empty=gettext("没有符合条件的企业"),
        empty_hint=gettext("请放宽筛选条件；还没有匹配过的，请由计划主管重新匹配。"),
        queue=True,
    )
    return table, page


def _summary(request: HttpRequest, scope: MatchQuerySet) -> tuple[list[dict[str, Any]], Any]:
    """The figures of each item, and the day they are of; for as long as nothing was written."""

    def made() -> tuple[list[dict[str, Any]], Any]:
        enterprises = Enterprise.objects.for_user(person(request))
        # All matches of a version are made together: the latest tells the day of all.
        as_of = scope.order_by("-pk").values_list("as_of", flat=True).first()
        return summaries(scope, enterprises), as_of

    return kept(("entitlements", reader(request)), made)


def _figures(request: HttpRequest, summary: list[dict[str, Any]], as_of: Any, is_open: bool) -> str:
    """The finished section with the figures; its tables are open where nothing is filtered."""
    shown = {"summary": summary, "as_of": as_of, "is_open": is_open}
    return kept_part(
        request,
        "entitlements",
        is_open,
        lambda: render_to_string("office/entitlements.html#figures", shown),
    )


@require_safe
@role_required(*CASE_READERS)
def entitlements(request: HttpRequest) -> HttpResponse:
    """Who is entitled and why, who is not, who lacks which fact, and what it would cost."""
    scope = Match.objects.for_user(person(request)).current()
    summary, as_of = _summary(request, scope)
    form = EntitlementFilter(request.GET, summary)
    wanted = form.cleaned_data if form.is_valid() else {}
    active = active_filters(request, form)
    if wanted.get("status") == "excluded" and summary:
        table, page = excluded_table(request, wanted)
    else:
        table, page = _matched_table(request, scope, wanted)
    context = {
        "form": form,
        "active": active,
        "page": page,
        "table": table,
        "summary": summary,
        "figures": partial(_figures, request, summary, as_of, not active) if as_of else "",
        "may_match": person(request).has_role(Role.PROGRAMME_OFFICER),
    }
    return render(request, "office/entitlements.html", context)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def start_match(request: HttpRequest) -> HttpResponse:
    """Match everybody anew in the background; one job at a time for each programme."""
    told = gettext("匹配已经在进行，完成后刷新本页即可看到新结果")
    return start_for_programmes(request, start_matching, told, back="entitlements")
