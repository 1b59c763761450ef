"""Ganzhou in the demo: its officials, and fifteen bases with those who run them. All made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import make_password

from miaopu.bases import admission
from miaopu.bases.enums import CarrierType
from miaopu.bases.models import Base
from miaopu.bases.tenants import admit_tenant
from miaopu.core.actions import add_member
from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.engine import uscc
from miaopu.parties.actions import add_representative, register_enterprise

CITY = "360700"
DISTRICTS = ("360702", "360703", "360722", "360730", "360781")
ENGLISH = {
    CITY: "Ganzhou", "360702": "Zhanggong", "360703": "Nankang", "360722": "Xinfeng",
    "360730": "Ningdu", "360781": "Ruijin",
}  # fmt: skip
_KINDS = ("工业园", "返乡", "城区")
_NAMES = ("刘志远", "钟文斌", "曾小兰", "谢国平", "赖春梅", "黄建军", "温秀英", "邱海波")


@dataclass(frozen=True)
class Park:
    """A base, who runs it and who reviews it."""

    base: Base
    runner: User
    reviewer: User


@dataclass(frozen=True)
class Cast:
    """The officials of the city and the bases."""

    officer: User
    leader: User
    expert: User
    parks: tuple[Park, ...]


def _office(region: str, kind: OfficeKind, zh: str, en: str) -> Office:
    place = Region.objects.get(code=region)
    made, _created = Office.objects.get_or_create(
        code=f"{region}-bases-{kind}",
        defaults={
            "name": f"{place.name}{zh}",
            "name_en": f"{ENGLISH[region]} {en}",
            "kind": kind,
            "region": place,
        },
    )
    return made


def _user(username: str, name: str, note: tuple[str, str] | None, kind: UserKind) -> User:
    return User.objects.create(
        username=username,
        name=name,
        kind=kind,
        password=make_password(settings.DEMO_PASSWORD if note else None),
        demo_note=note[0] if note else "",
        demo_note_en=note[1] if note else "",
    )


def _officer(
    username: str, name: str, office: Office, role: Role, note: tuple[str, str] | None
) -> User:
    user = _user(username, name, note, UserKind.OFFICE)
    add_member(user, office, role, by=None)
    return user


def cast() -> Cast:
    """Make everybody: offices, officials, operators, and the bases through their admission."""
    for code, name in ENGLISH.items():
        Region.objects.filter(code=code).update(name_en=name)
    bureau = _office(CITY, OfficeKind.PROGRAMME_OFFICE, "创业基地主管局", "Bureau of Bases")
    group = _office(CITY, OfficeKind.LEADING_GROUP, "创业基地领导小组", "Leading Group on Bases")
    officer = _officer(
        "ganzhou-bases", _NAMES[0], bureau, Role.PROGRAMME_OFFICER,
        ("赣州市：开展考核、市级评分、冻结、公布", "Ganzhou: runs assessments of bases"),
    )  # fmt: skip
    second = _officer(
        "ganzhou-bases2", _NAMES[1], bureau, Role.PROGRAMME_OFFICER,
        ("赣州市：登记省级核准、摘牌", "Ganzhou: enters the province's approval, delists"),
    )  # fmt: skip
    leader = _officer(
        "ganzhou-leading", _NAMES[2], group, Role.LEADING_GROUP,
        ("赣州市领导小组：公示结果、决定复核", "Ganzhou leading group: decides appeals"),
    )  # fmt: skip
    parks = []
    for place, code in enumerate(DISTRICTS):
        office = _office(code, OfficeKind.DISTRICT_OFFICE, "创业基地办", "Office of Bases")
        first = place == 0
        reviewer = _officer(
            "zhanggong-bases" if first else f"{code}-bases", _NAMES[3 + place], office,
            Role.REVIEWER,
            ("章贡区：复核基地自评", "Zhanggong: reviews the bases' own scores") if first else None,
        )  # fmt: skip
        approver = _officer(f"{code}-bases-approver", _NAMES[place], office, Role.APPROVER, None)
        for number in range(3):
            parks.append(_park(code, place, number, reviewer, approver, second))
    expert = parks[3].reviewer
    # By rank the bases lie over all districts.
    return Cast(officer, leader, expert, tuple(sorted(parks, key=lambda one: one.base.number[-1])))


def _park(
    code: str, place: int, number: int, reviewer: User, approver: User, accepter: User
) -> Park:
    region = Region.objects.get(code=code)
    short = region.name[:-1]
    serial = place * 3 + number
    operator = register_enterprise(
        uscc=uscc.make("9", "1", code, 70_000_000 + serial),
        name=f"赣州{short}{_KINDS[number]}创业服务有限公司",
        region=region,
        industry="7299",
        legal_representative=_NAMES[serial % len(_NAMES)],
        registered_on=date(2011, 3, 1),
        phone="07970000000",
        by=None,
    )
    first = serial == 0
    note = ("赣州创业基地运营主体：自评、看得分、申请复核", "Ganzhou operator: scores its own base")
    runner = _user(
        "ganzhou-operator" if first else f"ganzhou-operator-{serial + 1}",
        operator.legal_representative,
        note if first else None,
        UserKind.PARTY,
    )
    add_representative(runner, operator, by=None)
    record = {
        "name": f"{short}{_KINDS[number]}小企业创业基地",
        "carrier_type": CarrierType.STARTUP_BASE,
        "region": region,
        "address": f"{region.name}创业路{serial + 1}号",
        "opened_on": date(2012, 1, 1),
        "floor_area": Decimal(3000 + 400 * serial),
        "incubation_area": Decimal(2000 + 300 * serial),
        "workshop_area": Decimal(0),
        "service_staff": 10,
        "coaches": 3,
        "services": "证照代办、培训、融资、招聘",
    }
    base = admission.file_base(operator, record, by=runner)
    admission.propose_base(base, by=runner)
    admission.select_base(base, by=approver, reason="五有齐全，符合条件")
    base = admission.accept_base(base, by=accepter, reason="验收通过")
    return Park(base, runner, reviewer)


def add_tenants(park: Park, since: date) -> None:
    """An enterprise and a team in a base, so that its delisting concerns somebody."""
    region = park.base.region
    enterprise = register_enterprise(
        uscc=uscc.make("9", "1", region.code, 70_000_900),
        name=f"{region.name[:-1]}红土地工艺有限公司",
        region=region,
        industry="2432",
        legal_representative=_NAMES[5],
        registered_on=since,
        phone="07970000001",
        by=None,
    )
    note = ("赣州：基地正在摘牌的入驻企业", "Ganzhou: tenant of a base that may be delisted")
    owner = _user("ganzhou-tenant", _NAMES[5], note, UserKind.PARTY)
    add_representative(owner, enterprise, by=None)
    for team, company in (("", enterprise), ("客家米酒团队", None)):
        admit_tenant(
            park.base, team=team, enterprise=company, room=None, area=Decimal(60),
            rent_fen=90_000, relief_percent=50, since=since, by=park.runner,
        )  # fmt: skip
