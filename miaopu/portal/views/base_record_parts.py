"""What pages of a base's record share: photographs, facilities, floors, changes, its exit."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.bases.models import Base, BaseChange, BaseExit, BaseFile, BaseProfile
from miaopu.bases.querysets import LIVE_STAGES
from miaopu.bases.record_enums import BaseFileKind, ChangeState, Facility
from miaopu.portal import formats, shapes
from miaopu.portal.tables import Column, Table

CHANGE_TONES: dict[str, shapes.Tone] = {
    ChangeState.FILED: "soon",
    ChangeState.CONFIRMED: "good",
    ChangeState.RETURNED: "late",
}
FLOOR_COLUMNS = (
    Column("building", gettext_lazy("楼栋")),
    Column("floor", gettext_lazy("楼层")),
    Column("rooms", gettext_lazy("房间"), kind="number", unit=gettext_lazy("间")),
    Column("area", gettext_lazy("面积"), kind="number", unit=gettext_lazy("平方米")),
    Column("let", gettext_lazy("已租"), kind="number", unit=gettext_lazy("平方米")),
)
FIELD_NAMES = {
    "name": gettext_lazy("基地名称"),
    "operator": gettext_lazy("运营主体代码"),
    "floor_area": gettext_lazy("建筑面积（平方米）"),
    "incubation_area": gettext_lazy("孵化面积（平方米）"),
    "workshop_area": gettext_lazy("标准厂房面积（平方米）"),
}
FATE_COLUMNS = (
    Column("name", gettext_lazy("入驻团队或企业")),
    Column("fate", gettext_lazy("安置")),
    Column("note", gettext_lazy("去向")),
)


def profile_of(base: Base) -> BaseProfile | None:
    """Facilities and position of a base, where they have been stated."""
    found: BaseProfile | None = getattr(base, "profile", None)
    return found


def photo_rows(photos: Iterable[BaseFile]) -> list[dict[str, Any]]:
    """Photographs as a page shows them."""
    return [
        {
            "pk": one.pk,
            "src": reverse("base_file", args=[one.pk]),
            "text": one.caption or one.base.name,
        }
        for one in photos
    ]


def facilities_text(profile: BaseProfile | None) -> str:
    """The facilities in words."""
    if profile is None or not profile.facilities:
        return formats.MISSING
    return _("、").join(str(Facility(one).label) for one in profile.facilities)


def position_text(profile: BaseProfile | None) -> str:
    """The position in degrees."""
    if profile is None or profile.longitude is None or profile.latitude is None:
        return formats.MISSING
    where = {"longitude": f"{profile.longitude:.4f}", "latitude": f"{profile.latitude:.4f}"}
    return _("东经 %(longitude)s°，北纬 %(latitude)s°") % where


def described(base: Base) -> list[shapes.Answer]:
    """Facilities and position as answers."""
    profile = profile_of(base)
    return [
        shapes.Answer(_("设施"), facilities_text(profile)),
        shapes.Answer(_("位置"), position_text(profile)),
    ]


def floor_table(base: Base) -> Table:
    """The floors of a base by its rooms: how many, how large, how much of it is let."""
    let = dict(
        base.tenancies.filter(stage__in=LIVE_STAGES, room__isnull=False)
        .order_by("room")
        .values_list("room")
        .annotate(area=Sum("area"))
    )
    floors: dict[tuple[str, str], dict[str, Any]] = {}
    for room in base.rooms.order_by("building", "floor", "name"):
        row = floors.setdefault(
            (room.building, room.floor),
            {
                "building": room.building,
                "floor": room.floor,
                "rooms": 0,
                "area": Decimal(0),
                "let": Decimal(0),
            },
        )
        row["rooms"] += 1
        row["area"] += room.area
        row["let"] += let.get(room.pk, Decimal(0))
    return Table(FLOOR_COLUMNS, list(floors.values()), _("楼层"), empty=_("还没有登记房间"))


def photos_of(base: Base) -> list[dict[str, Any]]:
    """The photographs of a base that are kept."""
    rows = base.files.kept().filter(kind=BaseFileKind.PHOTO).select_related("base")
    return photo_rows(rows)


def change_cards(changes: Iterable[BaseChange]) -> list[dict[str, Any]]:
    """Changes with before and after, evidence, and whether they were filed in time."""
    return [
        {
            "row": one,
            "tone": CHANGE_TONES[one.state],
            "lines": [
                {
                    "field": FIELD_NAMES[name],
                    "before": one.before[name],
                    "after": one.after[name],
                }
                for name in one.after
            ],
            "files": [
                {"href": reverse("base_file", args=[file.pk]), "name": file.name}
                for file in one.files.all()
            ],
        }
        for one in changes
    ]


def exit_table(found: BaseExit) -> Table:
    """What becomes of each tenant."""
    rows = [
        {
            "name": one.tenancy.tenant_name,
            "fate": one.get_fate_display(),
            "note": one.note or formats.MISSING,
        }
        for one in found.plans.select_related("tenancy__enterprise")
    ]
    return Table(FATE_COLUMNS, rows, _("入驻团队和企业的安置"), empty=_("没有入驻团队或企业"))
