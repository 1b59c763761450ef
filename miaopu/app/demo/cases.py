"""The demo's cases: six weeks of work in every district, so that every state can be seen.

All of it through the product's own actions, day by day on the demo's clock, as in a city.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from django.db import transaction

from miaopu.app.demo.assessments import assessment_agenda
from miaopu.app.demo.bank import DISTRICTS as BATCH_DISTRICTS
from miaopu.app.demo.bank import plan_batches
from miaopu.app.demo.follow_up import plan_follow_ups
from miaopu.app.demo.next_version import next_version_agenda
from miaopu.app.demo.offices import district_office, finance_office
from miaopu.app.demo.places import PLACES
from miaopu.app.demo.side_ways import answer, ask, object_to
from miaopu.app.demo.targets import target_agenda
from miaopu.app.demo.waves import (
    LARGE,
    PAID,
    RETURNED,
    SECOND_PAID,
    SMALL,
    WAITS_FOR_PAYMENT,
    Stop,
    on,
)
from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.actions import add_member, move_demo_clock
from miaopu.core.enums import Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.ledger.awards import pay_award
from miaopu.ledger.books import seal_days
from miaopu.ledger.models import Award
from miaopu.parties.actions import add_representative
from miaopu.parties.facts import known_facts_of
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import explain_known

OPENING_DAY = date(2018, 4, 2)
ITEM = "direct_subsidy"
_BANKS = ("贵阳银行", "贵州银行", "农商银行", "工商银行", "建设银行")
_USES = ("购买设备和原料", "装修门面、添置货架", "支付半年房租", "开发新产品", "改造网店和包装")
_REFUSAL = "现场核实，该企业已停业三个月，经营项目不成熟。"


_LARGE_DISTRICTS = ("520102", "520103")
_CHUNK = 50

Act = Callable[[], object]


@dataclass
class District:
    """Who works in a district."""

    region: Region
    reviewer: User
    approver: User
    finance: User


def load_cases(today: date) -> int:
    """Six weeks of work from the opening day up to `today`, and how many cases that makes.

    Nothing where there are cases already, or where the demo's clock has moved past the opening day.
    """
    ours = Case.objects.filter(region__code__startswith="5201")
    if ours.exists() or clock.today() > OPENING_DAY:
        return 0
    with transaction.atomic():
        agenda: dict[tuple[date, int], list[Act]] = defaultdict(list)
        item = Item.objects.public().get(code=ITEM)
        for place in PLACES:
            _plan_district(_district(place.code), item, agenda)
        known = (*target_agenda(), *assessment_agenda(), *next_version_agenda())
        for day, order, act in known:
            agenda[day, order].append(act)
        for (day, _order), acts in sorted(agenda.items(), key=lambda entry: entry[0]):
            if day > today:
                break
            move_demo_clock(day, by=None)
            with clock.read_once():
                for act in acts:
                    act()
        move_demo_clock(today, by=None)
    with clock.read_once():
        seal_days()
    return Case.objects.count()


def _district(code: str) -> District:
    def officer(role: Role, office: str) -> User:
        there = User.objects.filter(memberships__office__code=office, memberships__role=role)
        known = there.order_by("pk").first()
        if known is not None:
            return known
        region = Region.objects.get(code=code)
        user = User(username=f"{code}-{role}", name=f"{region.name}{role.label}")
        user.set_unusable_password()
        user.save()
        add_member(user, Office.objects.get(code=office), role, by=None)
        return user

    return District(
        Region.objects.get(code=code),
        officer(Role.REVIEWER, district_office(code)),
        officer(Role.APPROVER, district_office(code)),
        officer(Role.FINANCE_OFFICER, finance_office(code)),
    )


def _candidates(district: District, item: Item) -> Iterator[Enterprise]:
    """Enterprises of the district, without a log-in, that are entitled on the opening day."""
    nobody_s = Enterprise.objects.filter(region=district.region, representatives=None)
    last = 0
    while chunk := list(nobody_s.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = chunk[-1].pk
        for enterprise, known in known_facts_of(chunk, OPENING_DAY):
            found = explain_known(item.version, item.code, enterprise, known, OPENING_DAY)
            if found.is_entitled:
                yield enterprise


def _plan_district(
    district: District, item: Item, agenda: dict[tuple[date, int], list[Act]]
) -> None:
    """Enter everything that happens in a district in the agenda, by day and order of steps."""
    stops = LARGE if district.region.code in _LARGE_DISTRICTS else SMALL
    candidates = islice(_candidates(district, item), len(stops))
    in_batches = district.region.code in BATCH_DISTRICTS
    lists, walks = set[date](), defaultdict[Stop, list[_Walk]](list)
    for serial, (stop, enterprise) in enumerate(zip(stops, candidates, strict=False)):
        walk = _Walk(district, item, enterprise, serial)
        _plan_case(walk, replace(stop, paid=None) if in_batches else stop, agenda)
        walks[stop].append(walk)
        if stop.published is not None:
            lists.add(stop.published)
    for published in lists:
        agenda[published, 50].append(
            lambda: publish_list(item, district.region, by=district.approver)
        )

    def enter(day: date, order: int, act: Act) -> None:
        agenda[day, order].append(act)

    if in_batches:
        plan_batches(district, walks[PAID], walks[SECOND_PAID], walks[WAITS_FOR_PAYMENT], enter)
    plan_follow_ups(district, item, walks[PAID], enter)


@dataclass
class _Walk:
    """One enterprise's way through the procedure."""

    district: District
    item: Item
    enterprise: Enterprise
    serial: int

    def owner(self) -> User:
        """The enterprise's representative, made when first asked for."""
        user, created = User.objects.get_or_create(
            username=f"owner-{self.enterprise.number}",
            defaults={
                "name": self.enterprise.legal_representative,
                "kind": UserKind.PARTY,
                "password": "!",  # cannot sign in
            },
        )
        if created:
            add_representative(user, self.enterprise, by=None)
        return user

    def case(self) -> Case:
        """The enterprise's case."""
        return Case.objects.get(item=self.item, enterprise=self.enterprise)

    def open(self) -> None:
        """Open the draft and fill it in."""
        case = actions.open_case(self.item, self.enterprise, by=self.owner())
        bank = _BANKS[self.serial % len(_BANKS)]
        typed = {
            **case.form,
            "contact_phone": self.enterprise.phone or "0851-88888888",
            "bank_name": f"{bank}{self.district.region.name}支行",
            "bank_account": f"6222{self.enterprise.pk:015d}",
            "jobs_planned": str(2 + self.serial % 5),
            "use_of_funds": _USES[self.serial % len(_USES)],
            "commitment": "on",
        }
        actions.save_form(case, typed, revision=case.revision, by=self.owner())

    def submit(self) -> None:
        """Hand it in."""
        self.open()
        actions.submit_case(self.case(), by=self.owner())

    def accept(self) -> None:
        """Accept it."""
        actions.accept_case(self.case(), by=self.district.reviewer)

    def propose(self) -> None:
        """Propose support."""
        actions.propose_grant(self.case(), {"mature": True}, by=self.district.reviewer)

    def propose_refusal(self) -> None:
        """Propose to refuse."""
        actions.propose_refusal(self.case(), by=self.district.reviewer, reason=_REFUSAL)

    def confirm_refusal(self) -> None:
        """Confirm the refusal."""
        actions.confirm_refusal(self.case(), by=self.district.approver)

    def approve(self) -> None:
        """Approve the proposal."""
        actions.approve_case(self.case(), by=self.district.approver)

    def decide(self) -> None:
        """Grant it."""
        decide_case(self.case(), by=self.district.approver)

    def pay(self) -> None:
        """Pay it."""
        award = Award.objects.get(case=self.case())
        pay_award(award, f"PAY{award.pk:08d}", by=self.district.finance)

    def withdraw(self) -> None:
        """Withdraw it."""
        actions.withdraw_case(self.case(), by=self.owner(), reason="改到下半年再申报")


def _plan_case(walk: _Walk, stop: Stop, agenda: dict[tuple[date, int], list[Act]]) -> None:
    steps: list[tuple[date | None, int, Act]] = [
        (stop.submitted, 10, walk.submit),
        (stop.accepted, 20, walk.accept),
        (stop.proposed, 30, walk.propose_refusal if stop.refused else walk.propose),
        (stop.refused, 40, walk.confirm_refusal),
        (stop.approved, 40, walk.approve),
        (stop.decided, 60, walk.decide),
        (stop.paid, 70, walk.pay),
        (stop.withdrawn, 80, walk.withdraw),
        (
            stop.returned,
            25,
            lambda: ask(walk.case(), walk.district.reviewer, stays_open=stop == RETURNED),
        ),
        (stop.answered, 27, lambda: answer(walk.case(), walk.owner())),
        (stop.objected, 55, lambda: object_to(walk.case())),
    ]
    if stop.submitted is None:
        steps.append((on(5, 9), 10, walk.open))
    for day, order, act in steps:
        if day is not None:
            agenda[day, order].append(act)
