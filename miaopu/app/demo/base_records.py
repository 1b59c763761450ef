"""The demo's records of bases: positions, photographs, changes, one that leaves, anomalies."""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from decimal import Decimal

from miaopu.app.demo.bases import OPERATOR
from miaopu.bases import leaving, records
from miaopu.bases.anomaly_actions import clear_anomaly, renew_anomalies
from miaopu.bases.enums import BaseState
from miaopu.bases.models import Anomaly, Base, BaseProfile, Tenancy
from miaopu.bases.record_enums import ChangeKind, TenantFate
from miaopu.bases.tenants import admit_tenant
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.parties.models import Enterprise, Representative

_PLACES = {
    "云岩苗芽微型企业孵化园": ("106.713", "26.604"),
    "南明众创空间": ("106.722", "26.568"),
    "观山湖科技企业孵化器": ("106.622", "26.637"),
    "白云小企业创业基地": ("106.633", "26.680"),
    "清镇农产品微型企业示范村": ("106.402", "26.571"),
}
_SKY, _WALL, _DOOR, _GROUND = (214, 232, 240), (238, 231, 214), (20, 97, 60), (122, 138, 126)


def picture(seed: int, *, faded: bool = False) -> bytes:
    """A drawn front of a house as PNG, a different one for each seed: no photograph of anything.

    `faded`: the same house, as if it had been printed and photographed again.
    """
    width, height = 480, 320
    windows = 4 + seed % 4
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # no filter
        for x in range(width):
            pixel = _SKY if y < 90 else _GROUND
            if 60 < x < 420 and 70 < y < 270:
                pixel = _WALL
                across = (x - 60) * windows * 10 // 360 % 10
                if 3 <= across < 7 and (y - 70) % 66 // 11 in (1, 2, 3):
                    pixel = _DOOR if (x * windows // 360 + y // 66 + seed) % 5 == 0 else _SKY
            rows += bytes(one + (255 - one) // 8 if faded else one for one in pixel)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(bytes(rows), 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def runner_of(base: Base) -> User:
    """Who acts for the base's operator."""
    return Representative.objects.live().filter(enterprise=base.operator_id)[0].user


def load_base_records() -> int:
    """Records in several states; again changes nothing. Returns how many anomalies are open."""
    if BaseProfile.objects.exists():
        return Anomaly.objects.pending().count()
    for name, (longitude, latitude) in _PLACES.items():
        base = Base.objects.get(name=name)
        records.describe_base(
            base, facilities=["meeting", "training", "parking", "streaming"],
            longitude=Decimal(longitude), latitude=Decimal(latitude), by=runner_of(base),
        )  # fmt: skip
    first = Base.objects.get(operator__representatives__user__username=OPERATOR)
    by = runner_of(first)
    for number, caption in enumerate(("园区正面", "二号楼")):
        records.add_photo(
            first, name=f"{caption}.png", content=picture(number), caption=caption, by=by
        )
    second = Base.objects.get(name="观山湖科技企业孵化器")
    records.add_photo(
        second, name="办公楼.png", content=picture(0, faded=True), caption="办公楼",
        by=runner_of(second),
    )  # fmt: skip
    _changes(first, by)
    _leaving(Base.objects.get(name="白云小企业创业基地"))
    _second_base(first)
    renew_anomalies(by=None)
    _cleared()
    return Anomaly.objects.pending().count()


def _changes(base: Base, by: User) -> None:
    """One that was filed late and has been confirmed, one that waits."""
    today = clock.today()
    proof = [("批复.png", picture(7))]
    grown = {
        "floor_area": str(base.floor_area + 400),
        "incubation_area": str(base.incubation_area + 300),
        "workshop_area": str(base.workshop_area),
    }
    late = records.file_change(
        base, ChangeKind.AREA, grown, today - timedelta(days=120), proof, by=by,
        reason="新租三楼，已办理租赁备案",
    )  # fmt: skip
    approver = holders(Role.APPROVER, base.region_id)[0]
    records.confirm_change(late, by=approver, reason="租赁备案与现场一致；提醒按期备案")
    records.file_change(
        base, ChangeKind.NAME, {"name": "云岩苗芽微型企业创业孵化园"}, today - timedelta(days=12),
        proof, by=by, reason="与营业执照上的分支机构名称一致",
    )  # fmt: skip


def _leaving(base: Base) -> None:
    """A base asks to leave; what becomes of its tenants is said one by one."""
    fates = (TenantFate.MOVES, TenantFate.STAYS, TenantFate.ENDS)
    live = Tenancy.objects.live().filter(base=base).order_by("number")
    planned = {
        one.pk: (fates[at % 3], "观山湖科技企业孵化器" if at % 3 == 0 else "")
        for at, one in enumerate(live)
    }
    leaving.file_exit(
        base, clock.today() + timedelta(days=60), planned, by=runner_of(base),
        reason="厂房租期届满，业主不再续租",
    )  # fmt: skip


def _second_base(base: Base) -> None:
    """A tenant of another base takes a room here too, and three tenants share a telephone."""
    other = Tenancy.objects.live().exclude(base=base).filter(enterprise__isnull=False)
    elsewhere = other.select_related("enterprise").order_by("number")[0]
    assert elsewhere.enterprise is not None  # filtered so
    admit_tenant(
        base, team="", enterprise=elsewhere.enterprise, room=None, area=Decimal(20),
        rent_fen=40_000, relief_percent=0, since=max(base.opened_on, date(2018, 3, 1)),
        by=runner_of(base),
    )  # fmt: skip
    own = Tenancy.objects.live().filter(base=base, enterprise__isnull=False).order_by("number")
    shared = list(own.values_list("enterprise", flat=True)[:3])
    phone = Enterprise.objects.get(pk=shared[0]).phone or "0851-85550000"
    Enterprise.objects.filter(pk__in=shared).update(phone=phone)


def _cleared() -> None:
    """One anomaly has been looked into."""
    row = Anomaly.objects.pending().filter(base__state=BaseState.ADMITTED).order_by("pk").last()
    if row is not None:
        reviewer = holders(Role.REVIEWER, row.base.region_id)[0]
        clear_anomaly(
            row,
            fingerprint=row.fingerprint,
            by=reviewer,
            reason="已电话核实并查看合同，情况属实合理",
        )
