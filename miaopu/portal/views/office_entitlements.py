"""Who is entitled to what and why, what it would cost, and which facts are missing from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.ledger.enums import Level
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.models import Fact
from miaopu.plans.models import Match, Programme
from miaopu.plans.querysets import MatchQuerySet
from miaopu.plans.tasks import start_matching
from miaopu.portal import formats, present
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import SIZE_NEEDS, where_to_ask
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_money import split_by_level
from miaopu.portal.views.office_parts import CASE_READERS, page_of
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


class EntitlementFilter(forms.Form):
    """What the list is narrowed to."""

    status = forms.ChoiceField(
        label=_("结果"),
        choices=[("", _("全部")), ("entitled", _("可享")), ("missing", _("缺少数据"))],
        required=False,
    )
    fact = forms.ChoiceField(label=_("缺少的数据"), required=False)

    def __init__(self, data: Any, facts: list[str]) -> None:
        super().__init__(data)
        field = self.fields["fact"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((name, _fact_title(name)) for name in facts)]


def _fact_title(name: str) -> str:
    definition = fact_dictionary().get(name)
    return present.in_language(definition.title) if definition else name


def missing_text(missing: Iterable[str], known: Mapping[str, Any]) -> str:
    """Missing facts with the departments that should provide them; discretion is none.

    For the size class, which is computed, the inputs that are not among `known`.
    """
    return gettext("；").join(
        gettext("%(fact)s（%(who)s）") % {"fact": lacking.title, "who": lacking.departments}
        for lacking in where_to_ask(missing, known)
    )


def _known_inputs(user: User, matches: list[Match]) -> dict[int, dict[str, Any]]:
    """Which inputs of the size class are known, by enterprise."""
    facts = (
        Fact.objects.for_user(user)
        .valid_on(clock.today())
        .filter(enterprise__in=[match.enterprise_id for match in matches], name__in=SIZE_NEEDS)
    )
    known: dict[int, dict[str, Any]] = defaultdict(dict)
    for enterprise, name in facts.values_list("enterprise_id", "name"):
        known[enterprise][name] = None
    return known


def _missing_facts(matches: MatchQuerySet) -> list[str]:
    lists = matches.facts_wanting().order_by().values_list("missing", flat=True).distinct()
    names = {name for missing in lists for name in missing if not name.startswith("decide:")}
    return sorted(names)


def _summary(matches: MatchQuerySet) -> list[dict[str, Any]]:
    """Per item: how many are entitled and what that would cost by level; how many lack facts."""
    items = {item.code: item for item in Item.objects.public()}
    counts: dict[str, dict[int | None, int]] = defaultdict(dict)
    wanting: dict[str, int] = defaultdict(int)
    rows = matches.order_by().values("item", "facts_missing", "amount_fen").annotate(n=Count("pk"))
    for row in rows:
        if row["item"] not in items:
            continue
        if row["facts_missing"]:
            wanting[row["item"]] += row["n"]
        else:
            amounts = counts[row["item"]]
            amounts[row["amount_fen"]] = amounts.get(row["amount_fen"], 0) + row["n"]
    return [_item_summary(items[code], counts[code], wanting[code]) for code in items]


def _item_summary(item: Item, amounts: dict[int | None, int], wanting: int) -> dict[str, Any]:
    flat = amount_of(item.definition)
    by_level: dict[str, int] = defaultdict(int)
    unpriced = 0
    for amount, count in amounts.items():
        each = flat if amount is None else amount
        if each is None:
            unpriced += count
            continue
        for level, part in split_by_level(item, each).items():
            by_level[level] += part * count
    return {
        "title": present.in_language(item.name),
        "clause": item.definition.clause,
        "clause_href": present.clause_href(item.version, item.definition.clause),
        "entitled": formats.number(sum(amounts.values())),
        "wanting": formats.number(wanting),
        "unpriced": unpriced,
        "cost_fen": sum(by_level.values()),
        "levels": [
            (gettext("其中%(level)s") % {"level": Level(level).label}, fen)
            for level, fen in by_level.items()
        ],
    }


def _rows(user: User, matches: list[Match]) -> list[dict[str, Any]]:
    items = {item.code: item for item in Item.objects.public()}
    cases = {
        (case.item.code, case.enterprise_id): case
        for case in Case.objects.for_user(user)
        .live()
        .filter(enterprise__in=[match.enterprise_id for match in matches])
        .select_related("item")
        .defer("form", "trace", "decisions")
    }
    known = _known_inputs(user, matches)
    rows = []
    for match in matches:
        item, enterprise = items.get(match.item), match.enterprise
        case = cases.get((match.item, match.enterprise_id))
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
                "case": case.get_state_display() if case else gettext("未申报"),
                "case_href": reverse("case_packet", kwargs={"number": case.number}) if case else "",
            }
        )
    return rows


@require_safe
@role_required(*CASE_READERS)
def entitlements(request: HttpRequest) -> HttpResponse:
    """Who is entitled and why, who lacks which fact, and what it would cost."""
    scope = Match.objects.for_user(person(request)).current()
    form = EntitlementFilter(request.GET, _missing_facts(scope))
    wanted = form.cleaned_data if form.is_valid() else {}
    matches = scope
    if wanted.get("status"):
        matches = matches.filter(facts_missing=wanted["status"] == "missing")
    if wanted.get("fact"):
        matches = matches.filter(missing__contains=[wanted["fact"]])
    page = page_of(request, matches.select_related("enterprise__region").in_order())
    latest = scope.order_by("-pk").values_list("as_of", flat=True).first()  # made together
    context = {
        "form": form,
        "active": active_filters(request, form),
        "page": page,
        "table": Table(
            COLUMNS,
            _rows(person(request), list(page.object_list)),
            gettext("企业与事项"),
            empty=gettext("没有符合条件的企业"),
            empty_hint=gettext("请放宽筛选条件；还没有匹配过的，请由计划主管重新匹配。"),
            queue=True,
        ),
        "summary": _summary(scope),
        "as_of": latest,
        "may_match": person(request).has_role(Role.PROGRAMME_OFFICER),
    }
    return render(request, "office/entitlements.html", context)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def start_match(request: HttpRequest) -> HttpResponse:
    """Match everybody anew in the background; one job at a time for each programme."""
    jobs = []
    for programme in Programme.objects.public():
        version = programme.current_version
        job = perform(request, partial(start_matching, version, by=person(request)))
        if job is not None:
            jobs.append(job)
    own = [job for job in jobs if job.created_by_id == person(request).pk]
    if own:
        return redirect("job", pk=own[0].pk)
    if jobs:
        messages.info(request, gettext("匹配已经在进行，完成后刷新本页即可看到新结果"))
    return redirect("entitlements")
