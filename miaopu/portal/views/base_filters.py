"""The public list of bases, narrowed by city, district, kind and title: list and map agree."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import CarrierType
from miaopu.bases.models import Base
from miaopu.core.models import Region
from miaopu.monitoring.board import in_force
from miaopu.portal import present

EVERYWHERE = "all"


def city_of(region: str) -> str:
    """The city of a district, or the city itself."""
    return f"{region[:4]}00"


def bases_href(city: str, *, region: str = "", title: str = "") -> str:
    """Where the bases of a district, or those that hold a title, are listed."""
    wanted = {"city": city, "region": region, "title": title}
    kept = {key: value for key, value in wanted.items() if value}
    return f"{reverse('bases')}?{urlencode(kept)}"


class PublicBaseFilter(forms.Form):
    """Which bases are listed; stands in the address. Without a city it is the first one's."""

    city = forms.ChoiceField(label=_("城市"), required=False)
    region = forms.ChoiceField(label=_("区域"), required=False)
    carrier_type = forms.ChoiceField(
        label=_("载体类型"), required=False, choices=[("", _("全部")), *CarrierType.choices]
    )
    title = forms.ChoiceField(label=_("称号"), required=False)

    def __init__(self, data: Any) -> None:
        versions = in_force()[1]
        codes = set(Base.objects.public().order_by().values_list("region_id", flat=True))
        near = Region.objects.public().filter(code__in=codes | {city_of(one) for one in codes})
        regions = list(near.order_by("code"))
        # Cities of the programme that began last come first.
        latest = {city_of(one.programme.region_id): one.pack.period.start for one in versions}
        cities = sorted(
            (one for one in regions if one.code in {city_of(code) for code in codes}),
            key=lambda one: latest.get(one.code, date.min),
            reverse=True,
        )
        asked = data.copy()
        if "city" not in asked and cities:
            asked["city"] = cities[0].code
        super().__init__(asked)
        self.schemes = {
            f"{one.programme.slug}/{key}": scheme
            for one in versions
            for key, scheme in one.pack.base_titles.items()
        }
        city = asked.get("city", "")
        beginning = "" if city == EVERYWHERE else city[:4]
        there = [one for one in regions if one.code in codes and one.code.startswith(beginning)]
        names = [(one.code, present.region_name(one)) for one in cities]
        choices: dict[str, list[tuple[str, Any]]] = {
            "city": [*names, (EVERYWHERE, _("全部城市"))],
            "region": [("", _("全部")), *((one.code, present.region_name(one)) for one in there)],
            "title": [
                ("", _("全部")),
                *((key, present.in_language(one.title)) for key, one in self.schemes.items()),
            ],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if len(choices["title"]) == 1:
            del self.fields["title"]
        self.order = [one.code for one in cities]

    def narrowed(self, found: QuerySet[Base], day: date) -> QuerySet[Base]:
        """The bases asked for; everything where the address makes no sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        city = asked.get("city", "")
        if city and city != EVERYWHERE:
            found = found.filter(region__code__startswith=city[:4])
        if asked.get("region"):
            found = found.filter(region=asked["region"])
        if asked.get("carrier_type"):
            found = found.filter(carrier_type=asked["carrier_type"])
        if asked.get("title"):
            scheme = self.schemes[asked["title"]]
            holders = Base.objects.public().holding(scheme.level, scheme.title.zh, day)
            found = found.filter(pk__in=holders.values("pk"))
        return found
