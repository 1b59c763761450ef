"""The bases of the programme: where they are, what they offer, how full they are."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.bases.figures import figures_of
from miaopu.bases.models import Base
from miaopu.core import clock
from miaopu.core.models import Region
from miaopu.monitoring.models import DelistingCase
from miaopu.portal import present, shapes
from miaopu.portal.base_map import CityMap, city_map
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.base_filters import PublicBaseFilter, city_of
from miaopu.portal.views.base_record_parts import described, floor_table, photos_of
from miaopu.portal.views.bases_shared import (
    BASE_COLUMNS,
    base_rows,
    figure_cards,
    record_of,
    titles_of,
)
from miaopu.portal.views.public_shared import public_page

DELISTED_COLUMNS = (
    Column("base", gettext_lazy("基地")),
    Column("region", gettext_lazy("区域")),
    Column("day", gettext_lazy("摘牌日期"), kind="date"),
    Column("document", gettext_lazy("核准文号")),
)


@public_page
def bases(request: HttpRequest) -> HttpResponse:
    """The bases of a city in the programme, on its map and as a list; other cities by choice."""
    form = PublicBaseFilter(request.GET)
    whole = Base.objects.public().select_related("region")
    places = [
        When(region__code__startswith=code[:4], then=Value(at))
        for at, code in enumerate(form.order)
    ]
    by_city = [Case(*places, default=Value(len(places)))] if places else []
    found = form.narrowed(whole, clock.today()).order_by(*by_city, "region_id", "number")
    page = page_of(request, found)
    table = Table(
        BASE_COLUMNS,
        base_rows(page.object_list, "base"),
        _("创业基地"),
        empty=_("没有这样的基地"),
        empty_hint=_("请放宽筛选条件；准入的基地都会列在这里。"),
    )
    context = {
        "form": form,
        "page": page,
        "table": table,
        "maps": _maps(found),
        "delisted": delisted_table(),
    }
    return render(request, "public/bases.html", context)


def delisted_table() -> Table | None:
    """The bases that were taken off the list, the last first; None where there are none."""
    rows = [
        {
            "base": one.base.name,
            "region": present.region_name(one.base.region),
            "day": one.base.left_on,
            "document": one.document,
        }
        for one in DelistingCase.objects.public()
        .select_related("base__region")
        .order_by("-base__left_on", "-pk")
    ]
    return Table(DELISTED_COLUMNS, rows, _("已摘牌的基地")) if rows else None


def _maps(found: QuerySet[Base]) -> list[CityMap]:
    """All bases that are listed, on every page of the list, on the maps of their cities."""
    by_city: dict[str, list[Base]] = defaultdict(list)
    for one in found.select_related("region", "profile"):
        by_city[city_of(one.region_id)].append(one)
    maps = []
    for city, there in by_city.items():
        regions = Region.objects.public().filter(code__startswith=city[:4])
        names = {region.code: region for region in regions}
        hrefs = {one.pk: reverse("base", args=[one.number]) for one in there}
        drawn = city_map(city, there, hrefs, names)
        if drawn is not None:
            maps.append(drawn)
    return maps


@public_page
def base(request: HttpRequest, number: str) -> HttpResponse:
    """One base with its record, titles and figures; tenants are not named."""
    found = get_object_or_404(
        Base.objects.public().select_related("region", "operator"), number=number
    )
    context = {
        "base": found,
        "record": [*record_of(found), *described(found)],
        "photos": photos_of(found),
        "floors": floor_table(found),
        "titles": titles_of(found, clock.today()),
        "cards": figure_cards(figures_of([found])[found.pk]),
        "today": clock.today(),
        "crumbs": [shapes.Link(_("创业基地"), reverse("bases")), shapes.Link(found.name)],
    }
    return render(request, "public/base.html", context)
