"""One enterprise, one record (一企一档): what the state knows, from whom, and who corrects it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.engine.expressions.words import industry_name
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import yuan_to_fen
from miaopu.parties.dictionary import FactDefinition, FactValue, fact_dictionary
from miaopu.parties.enums import EnterpriseStatus, Source
from miaopu.parties.facts import SIZE_NEEDS, Known, KnownFact, known_facts
from miaopu.parties.models import Enterprise
from miaopu.portal import formats, shapes
from miaopu.portal.access import party_required
from miaopu.portal.present import in_language, region_name
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import enterprise_or_404

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Pack

NOT_DEPARTMENTS = (Source.OFFICER, Source.SYSTEM, Source.COMPUTED)


@dataclass(frozen=True)
class Missing:
    """A fact that nobody has delivered, and the departments that could."""

    title: str
    departments: str


def departments_of(definition: FactDefinition) -> str:
    """The departments that deliver a fact, in their order of precedence."""
    return _("、").join(
        str(Source(source).label) for source in definition.sources if source not in NOT_DEPARTMENTS
    )


def is_computed(definition: FactDefinition) -> bool:
    """Whether a fact is only ever worked out from others: those are wrong, if it is."""
    return definition.sources == (Source.COMPUTED,)


def where_to_ask(names: Iterable[str], known: Known) -> list[Missing]:
    """Missing facts with their departments; for the size class, what it is computed from."""
    dictionary = fact_dictionary()
    wanted: dict[str, None] = {}
    for name in names:
        parts = [part for part in SIZE_NEEDS if part not in known] if name == "size" else []
        wanted |= dict.fromkeys(parts or [name])
    return [
        Missing(in_language(dictionary[name].title), departments_of(dictionary[name]))
        for name in wanted
        if name in dictionary
    ]


def value_text(name: str, value: FactValue, packs: Iterable[Pack]) -> str:
    """A fact's value as people write it, with the unit of the dictionary."""
    definition = fact_dictionary()[name]
    match value:
        case None:
            return formats.MISSING
        case bool():
            return _("是") if value else _("否")
        case date():
            return formats.day(value)
        case Decimal():
            text = formats.yuan_short(yuan_to_fen(value))
        case int():
            text = formats.number(value)
        case str():
            return _code_text(name, definition.type, value, packs)
    return f"{text} {in_language(definition.unit)}" if definition.unit else text


def _code_text(name: str, kind: str, value: str, packs: Iterable[Pack]) -> str:
    if kind == "industry":
        return in_language(industry_name(value))
    if kind == "region":
        zones = {code: zone.title for pack in packs for code, zone in pack.zones_by_code.items()}
        return in_language(zones.get(value, value))
    if name == "status" and value in EnterpriseStatus.values:
        return str(EnterpriseStatus(value).label)
    known: dict[str, Any] = {}
    for pack in packs:
        if name in pack.facts:
            known |= pack.facts[name].codes
    return in_language(known.get(value, Bilingual(value, value)))


def _row(
    definition: FactDefinition, fact: KnownFact | None, enterprise: Enterprise, packs: list[Pack]
) -> dict[str, Any]:
    departments, computed = departments_of(definition), is_computed(definition)
    if fact is not None and fact.source not in NOT_DEPARTMENTS:
        departments = fact.source_label
    value = value_text(definition.name, fact.value, packs) if fact else _("尚无数据")
    if fact is not None and definition.type == "region" and fact.value == enterprise.region_id:
        value = region_name(enterprise.region)
    return {
        "title": in_language(definition.title),
        "value": value,
        "source": fact.source_label if fact else "",
        "as_of": fact.as_of if fact else None,
        "record": fact.record if fact else "",
        "ask": _("更正所依据的数据后自动重算")
        if computed
        else departments or _("所在区县的审核员"),
        "wrong": "" if computed else _("这个数据不对") if fact else _("补上这个数据"),
        "wrong_href": ""
        if computed
        else reverse("fact_doubt", args=[enterprise.number, definition.name]),
    }


def fact_table(enterprise: Enterprise, known: Known, packs: list[Pack], day: date) -> Table:
    """Every fact known or asked for: value, from whom, as of when, and who corrects it."""
    columns = (
        Column("title", _("数据项")),
        Column("value", _("值")),
        Column("source", _("来源")),
        Column("as_of", _("截至"), kind="date"),
        Column("record", _("来源记录")),
        Column("ask", _("有误找谁")),
        Column("wrong", _("请求更正"), link="wrong_href"),
    )
    asked = {name for pack in packs for name in pack.facts}
    rows = [
        _row(entry, known.get(name), enterprise, packs)
        for name, entry in fact_dictionary().items()
        if name in asked or name in known
    ]
    return Table(columns, rows, _("各部门的数据（截至%(date)s）") % {"date": formats.day(day)})


def register_rows(enterprise: Enterprise) -> list[shapes.Answer]:
    """The entry of the register."""
    entries = (
        (_("统一社会信用代码"), enterprise.uscc),
        (_("所在区域"), region_name(enterprise.region)),
        (_("行业"), in_language(industry_name(enterprise.industry))),
        (_("法定代表人"), enterprise.legal_representative),
        (_("联系电话"), enterprise.phone),
        (_("住所"), enterprise.address),
        (_("成立日期"), formats.day(enterprise.registered_on)),
        (_("登记状态"), enterprise.get_status_display()),
    )
    return [shapes.Answer(label, value or formats.MISSING) for label, value in entries]


def size_inputs(enterprise: Enterprise, known: Known, packs: list[Pack]) -> list[shapes.Found]:
    """What the size class is computed from, each with where it is said to be wrong."""
    dictionary = fact_dictionary()
    return [
        shapes.Found(
            in_language(dictionary[name].title),
            value_text(name, fact.value, packs) if fact else _("尚无数据"),
            fact.source_label if fact else "",
            fact.as_of if fact else None,
            reverse("fact_doubt", args=[enterprise.number, name]),
        )
        for name in SIZE_NEEDS
        for fact in [known.get(name)]
    ]


@party_required
@require_safe
def my_enterprise(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that is known of one of the person's enterprises."""
    enterprise = enterprise_or_404(request, number)
    today = clock.today()
    known = known_facts(enterprise, today)
    packs = list({one.version_id: one.version.pack for one in Item.objects.public()}.values())
    size = known.get("size")
    context = {
        "enterprise": enterprise,
        "register": register_rows(enterprise),
        "facts": fact_table(enterprise, known, packs, today),
        "size": value_text("size", size.value, packs) if size else "",
        "size_reasons": [in_language(reason) for reason in size.note] if size else [],
        "size_inputs": size_inputs(enterprise, known, packs),
        "size_missing": [] if size else where_to_ask(["size"], known),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(str(enterprise)),
        ],
    }
    return render(request, "enterprise/enterprise.html", context)
