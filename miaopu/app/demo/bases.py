"""The demo's bases: some in the programme with tenants, one before each step of its admission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from django.conf import settings
from django.contrib.auth.hashers import make_password

from miaopu.bases import admission, tenants
from miaopu.bases.enums import CarrierType, TenancyStage, TitleLevel
from miaopu.bases.graduation import graduation_of
from miaopu.bases.models import Base, Tenancy
from miaopu.core import clock
from miaopu.core.enums import Role, UserKind
from miaopu.core.holders import holders
from miaopu.core.models import Region, User
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Enterprise

OPERATOR = "base-operator"  # runs the first base, and can sign in
_COMPANY = 7  # of so many tenants, one is a team and one a project


@dataclass(frozen=True)
class BaseSeed:
    """A base of the demo; areas in m²; `step` is how far its admission has come."""

    name: str
    carrier_type: CarrierType
    region: str
    opened_on: date
    floor_area: int
    tenants: int = 0
    step: str = "accept"
    title: tuple[TitleLevel, str, date, date] | None = None


_CITY_TITLE = "微型企业创业创新示范基地"
SEEDS = (
    BaseSeed(
        "云岩苗芽微型企业孵化园", CarrierType.MICRO_PARK, "520103", date(2015, 9, 1), 3200, 14,
        title=(TitleLevel.CITY, _CITY_TITLE, date(2017, 3, 15), date(2020, 3, 14)),
    ),
    BaseSeed("南明众创空间", CarrierType.MAKERSPACE, "520102", date(2016, 5, 1), 1500, 9),
    BaseSeed(
        "观山湖科技企业孵化器", CarrierType.TECH_INCUBATOR, "520115", date(2014, 3, 1), 8600, 18,
        title=(TitleLevel.PROVINCIAL, "科技企业孵化器", date(2016, 6, 1), date(2018, 5, 31)),
    ),
    BaseSeed("白云小企业创业基地", CarrierType.STARTUP_BASE, "520113", date(2013, 7, 1), 5400, 6),
    BaseSeed(
        "乌当商贸企业集聚区", CarrierType.COMMERCE_CLUSTER, "520112", date(2017, 1, 1), 2400,
        step="select",
    ),
    BaseSeed(
        "云岩众创空间", CarrierType.MAKERSPACE, "520103", date(2017, 10, 1), 900, step="propose",
    ),
    BaseSeed(
        "花溪微型企业孵化园", CarrierType.MICRO_PARK, "520111", date(2018, 2, 1), 1200, step="",
    ),
)  # fmt: skip


def load_bases() -> int:
    """The bases with their operators and tenants; again changes nothing. Returns how many."""
    if Base.objects.filter(region__code__startswith="5201").exists():  # Ganzhou's are another's
        return 0
    for number, seed in enumerate(SEEDS):
        load_base(seed, OPERATOR if number == 0 else f"base-operator-{number + 1}")
    return len(SEEDS)


def _free(region: str, most: int) -> Iterator[Enterprise]:
    """Enterprises of a district that nobody acts for yet, the youngest first."""
    rows = Enterprise.objects.filter(
        region=region, status="active", representatives=None, registered_on__gte=date(2015, 1, 1)
    )
    taken = Tenancy.objects.filter(enterprise__isnull=False).values("enterprise")
    rows = rows.exclude(pk__in=taken)
    return iter(rows.order_by("-registered_on", "pk")[:most])


def _runner(username: str, operator: Enterprise) -> User:
    """Who acts for the operator; only the first can sign in."""
    first = username == OPERATOR
    user = User.objects.create(
        username=username,
        name=operator.legal_representative,
        kind=UserKind.PARTY,
        password=make_password(settings.DEMO_PASSWORD if first else None),
        demo_note="创业基地运营主体：登记入驻、推进孵化、办理毕业" if first else "",
        demo_note_en="operator of a base: tenants, incubation, graduation" if first else "",
    )
    add_representative(user, operator, by=None)
    return user


def load_base(seed: BaseSeed, username: str) -> None:
    """One base with its operator and tenants, as far as its admission has come."""
    free = _free(seed.region, seed.tenants + 1)
    operator = next(free)
    runner = _runner(username, operator)
    record = {
        "name": seed.name,
        "carrier_type": seed.carrier_type,
        "region": Region.objects.get(code=seed.region),
        "address": f"{operator.address}附近",
        "opened_on": seed.opened_on,
        "floor_area": Decimal(seed.floor_area),
        "incubation_area": Decimal(seed.floor_area * 7 // 10),
        "workshop_area": Decimal(0),
        "service_staff": 3 + seed.floor_area // 800,
        "coaches": 1 + seed.floor_area // 2000,
        "services": "创业培训、政策咨询、融资对接、财税代理",
    }
    base = admission.file_base(operator, record, by=runner)
    if not seed.step:
        return
    admission.propose_base(base, by=runner)
    if seed.step == "propose":
        return
    approver = holders(Role.APPROVER, seed.region)[0]
    despite = "公益服务占比在自查时一并核实"  # counts only where a standard is not met
    admission.select_base(base, by=approver, reason="现场查看，场地和服务符合条件", despite=despite)
    if seed.step == "select":
        return
    officer = next(one for one in holders(Role.PROGRAMME_OFFICER, "520100") if one != approver)
    base = admission.accept_base(base, by=officer, reason="联合验收通过", despite=despite)
    if seed.title:
        level, name, granted, until = seed.title
        admission.add_title(
            base, level=level, name=name, granted_on=granted, valid_until=until, by=officer
        )
    _move_in(base, seed, list(islice(free, seed.tenants)), runner)


def _move_in(base: Base, seed: BaseSeed, enterprises: list[Enterprise], runner: User) -> None:
    area = Decimal(seed.floor_area * 6 // 10 // max(seed.tenants, 1))
    for number, enterprise in enumerate(enterprises):
        room = tenants.add_room(
            base, building="A", floor=str(1 + number // 6), name=f"{101 + number}", area=area,
            by=runner,
        )  # fmt: skip
        since = max(seed.opened_on, enterprise.registered_on)
        kind = number % _COMPANY
        team = "" if kind > 1 else f"{enterprise.legal_representative}创业团队"
        tenancy = tenants.admit_tenant(
            base,
            team=team,
            enterprise=None if team else enterprise,
            room=room,
            area=area,
            rent_fen=int(area) * 2000,
            relief_percent=50,
            since=since,
            stage=TenancyStage.PROJECT if kind else TenancyStage.TEAM,
            by=runner,
        )
        rule = graduation_of(tenancy, clock.today())
        if kind in (2, 4) and rule is not None and rule.status == "true":
            on = min(clock.today(), since + timedelta(days=365))
            tenants.graduate_tenant(tenancy, on, by=runner, reason="营业收入和用工达到毕业条件")
        elif kind == 5:
            tenants.end_tenancy(tenancy, clock.today(), by=runner, reason="经营地迁出")
