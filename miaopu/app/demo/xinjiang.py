"""The demo's story of 2017: in Urumqi two tenants' recognitions reward them and their operator.

Xinjiang's programme ends with 2017, before the demo's own first day, and applications are taken in
its period only. So the clock starts in that year, and comes to the demo's first day afterwards.
Everybody and every figure here is made up; rules and sums are the plan's (三/(二)/3).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from miaopu.bases import admission, rewards, tenants
from miaopu.bases.enums import CarrierType
from miaopu.bases.models import Base, Tenancy
from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.actions import add_member, load_regions, move_demo_clock
from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.engine import uscc
from miaopu.engine.packs.load import load_pack
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.parties.actions import add_representative, record_fact, register_enterprise
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import load_version

STORY_DAY = date(2017, 11, 27)
_APPLY = date(2017, 12, 1)
_REGION, _CITY, _DISTRICT = "650000", "650100", "650102"
_ENGLISH = {_REGION: "Xinjiang", _CITY: "Urumqi", _DISTRICT: "Tianshan"}
_PACK = Path(__file__).resolve().parents[3] / "programmes" / "xinjiang-2015"
_FORM = {"contact_phone": "13999000000", "bank_account": "6222020300012345678", "commitment": "on"}
# Name, in incubation from, graduated on, recognised on. The second on the last possible day, the
# third one day later.
_TENANTS = (
    ("乌鲁木齐天山云图软件有限公司", date(2015, 5, 4), None, date(2017, 11, 10)),
    ("乌鲁木齐棉田智能装备有限公司", date(2014, 3, 3), date(2016, 11, 24), date(2017, 11, 24)),
    ("乌鲁木齐丝路影像科技有限公司", date(2014, 6, 2), date(2016, 11, 23), date(2017, 11, 24)),
)


def _person(username: str, name: str, note: tuple[str, str] | None, *, party: bool) -> User:
    return User.objects.create(
        username=username,
        name=name,
        kind=UserKind.PARTY if party else UserKind.OFFICE,
        password=make_password(settings.DEMO_PASSWORD if note else None),
        demo_note=note[0] if note else "",
        demo_note_en=note[1] if note else "",
    )


def _official(
    username: str,
    name: str,
    place: tuple[str, OfficeKind, str, str],
    role: Role,
    note: tuple[str, str] | None = None,
) -> User:
    code, kind, zh, en = place
    region = Region.objects.get(code=code)
    office, _created = Office.objects.get_or_create(
        code=f"{code}-start-ups-{kind}",
        defaults={
            "name": f"{region.name}{zh}",
            "name_en": f"{_ENGLISH[code]} {en}",
            "kind": kind,
            "region": region,
        },
    )
    user = _person(username, name, note, party=False)
    add_member(user, office, role, by=None)
    return user


def _enterprise(serial: int, name: str, legal: str, registered_on: date) -> Enterprise:
    return register_enterprise(
        uscc=uscc.make("9", "1", _DISTRICT, 80_000_000 + serial),
        name=name,
        region=Region.objects.get(code=_DISTRICT),
        industry="6513",
        legal_representative=legal,
        registered_on=registered_on,
        phone=f"0991-880000{serial}",
        address=f"天山区创业路{serial}号",
        by=None,
    )


@transaction.atomic
def load_xinjiang(opening_day: date) -> None:
    """A base, three tenants, four rewards paid; then the clock comes to the demo's opening day.

    Does nothing where the clock has moved on already.
    """
    if clock.today() != STORY_DAY or Base.objects.filter(region=_DISTRICT).exists():
        return
    load_regions()
    for code, name in _ENGLISH.items():
        Region.objects.filter(code=code).update(name_en=name)
    version, _created = load_version(load_pack(_PACK), by=None)
    items = {item.code: item for item in actions.publish_items(version)}
    open_budgets(version, by=None)
    base, runner = _base()
    settled = [_tenant(base, runner, serial) for serial in range(len(_TENANTS))]
    move_demo_clock(_APPLY, by=None)
    _rewarded(items, settled[:2], runner)
    move_demo_clock(opening_day, by=None)


def _base() -> tuple[Base, User]:
    operator = _enterprise(0, "乌鲁木齐天山创业基地管理有限公司", "马建新", date(2013, 3, 1))
    record_fact(
        operator, "region", _DISTRICT, source=Source.MARKET, record="region-operator",
        valid_from=operator.registered_on, by=None,
    )  # fmt: skip
    note = ("新疆创业基地运营主体：看在孵企业的奖励", "operator in Xinjiang: rewards for tenants")
    runner = _person("xinjiang-operator", operator.legal_representative, note, party=True)
    add_representative(runner, operator, by=None)
    record = {
        "name": "天山创业孵化基地",
        "carrier_type": CarrierType.TECH_INCUBATOR,
        "region": Region.objects.get(code=_DISTRICT),
        "address": "天山区创业路1号",
        "opened_on": date(2014, 1, 6),
        "floor_area": Decimal(5200),
        "incubation_area": Decimal(3800),
        "workshop_area": Decimal(0),
        "service_staff": 11,
        "coaches": 4,
        "services": "创业辅导、融资对接、知识产权、高企认定辅导",
    }
    county = (_DISTRICT, OfficeKind.DISTRICT_OFFICE, "创业就业办", "Start-up Office")
    city = (_CITY, OfficeKind.PROGRAMME_OFFICE, "创业就业办", "Start-up Office")
    approver = _official("tianshan-approver", "杨晓燕", county, Role.APPROVER)
    officer = _official("urumqi-programme", "孙志刚", city, Role.PROGRAMME_OFFICER)
    base = admission.file_base(operator, record, by=runner)
    admission.propose_base(base, by=runner)
    admission.select_base(base, by=approver, reason="场地和服务符合条件")
    return admission.accept_base(base, by=officer, reason="联合验收通过"), runner


def _tenant(base: Base, runner: User, serial: int) -> Tenancy:
    """The tenant with what departments and officers have stated of it."""
    name, since, graduated_on, recognised_on = _TENANTS[serial]
    legal = ("艾山江", "李文娟", "赵海")[serial]
    enterprise = _enterprise(serial + 1, name, legal, since - timedelta(days=60))
    first = serial == 0
    note = ("新疆在孵企业：自己的一份奖励已拨付", "a tenant in Xinjiang: its own reward is paid")
    owner = _person(
        f"xinjiang-tenant{serial + 1 if serial else ''}", legal, note if first else None, party=True
    )
    add_representative(owner, enterprise, by=None)
    for fact, value, source, day in (
        ("region", _DISTRICT, Source.MARKET, since),
        ("employees", 18 + serial * 7, Source.HR, date(2017, 10, 31)),
        ("operating_revenue", Decimal(5_400_000), Source.TAX, date(2016, 12, 31)),
        ("revenue_two_years", Decimal(9_600_000), Source.TAX, date(2016, 12, 31)),
    ):
        record_fact(
            enterprise, fact, value, source=source, record=f"{fact}-{serial}", valid_from=day,
            by=None,
        )  # fmt: skip
    tenancy = tenants.admit_tenant(
        base, team="", enterprise=enterprise, room=None, area=Decimal(120), rent_fen=240_000,
        relief_percent=50, since=since, contract=f"TS-2014-{serial + 1:02d}", by=runner,
    )  # fmt: skip
    if graduated_on is not None:
        tenants.graduate_tenant(
            tenancy, graduated_on, by=runner, reason="连续两年营业收入达到毕业标准"
        )
    record_fact(
        enterprise, "high_tech_recognised_on", recognised_on, source=Source.OFFICER,
        record=f"GR2017{serial:06d}", valid_from=recognised_on, by=None,
    )  # fmt: skip
    return tenancy


def _rewarded(items: dict[str, Item], settled: list[Tenancy], runner: User) -> None:
    """Both sides of each tenant apply; what is granted is published and paid."""
    place = (_REGION, OfficeKind.PROGRAMME_OFFICE, "创业就业办", "Start-up Office")
    bureau = (_REGION, OfficeKind.FINANCE, "财政厅", "Finance Department")
    reviewer = _official("xinjiang-reviewer", "周敏", place, Role.REVIEWER)
    approver = _official("xinjiang-approver", "阿里木", place, Role.APPROVER)
    payer = _official("xinjiang-finance", "郭丽", bureau, Role.FINANCE_OFFICER)
    cases: list[Case] = []
    for tenancy in settled:
        enterprise = tenancy.enterprise
        assert enterprise is not None  # admitted with one
        owner = enterprise.representatives.get().user
        own = actions.open_case(items["high_tech_enterprise"], enterprise, by=owner)
        operators = rewards.claim_reward(tenancy, items["high_tech_operator"], by=runner)
        for case, by in ((own, owner), (operators, runner)):
            actions.save_form(case, _FORM, revision=case.revision, by=by)
            case = actions.submit_case(case, by=by)
            case = actions.accept_case(case, by=reviewer)
            case = actions.propose_grant(case, {}, by=reviewer)
            cases.append(actions.approve_case(case, by=approver))
    ends = [
        publish_list(item, cases[0].region, by=approver).ends_on
        for item in (items["high_tech_enterprise"], items["high_tech_operator"])
    ]
    move_demo_clock(max(ends) + timedelta(days=1), by=None)
    for case in cases:
        case.refresh_from_db()
        decide_case(case, by=approver)
        pay_award(Award.objects.get(case=case), f"XJ2017-{case.pk:03d}", by=payer)
