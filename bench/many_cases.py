"""Twenty thousand cases at once, in every state, with clocks, awards and their ledger lines.

Written in bulk: what the actions leave behind, without walking each case through them. The
database's own checks and triggers hold all the same: balances follow from entries, transfers sum to
zero, what is granted is complete.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice

from django.db import transaction
from django.utils import timezone

from bench.data import FORM, officer
from miaopu.cases.decisions import digest_of
from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, CaseClock, Item, Publicity
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Region, User
from miaopu.ledger.actions import account_of
from miaopu.ledger.enums import AccountKind, AwardState, TransferKind
from miaopu.ledger.models import Account, Award, Entry, Transfer
from miaopu.ledger.moves import bearer, shares_of
from miaopu.plans.entitlements import explain_item
from miaopu.plans.models import Match

AMOUNT = 4_500_000
STEPS = {
    CaseState.SUBMITTED: Step.ACCEPT,
    CaseState.ACCEPTED: Step.REVIEW,
    CaseState.PROPOSED: Step.APPROVE,
    CaseState.REFUSAL_PROPOSED: Step.APPROVE,
    CaseState.PUBLISHED: Step.PUBLICITY,
    CaseState.GRANTED: Step.PAY,
}
# Of a hundred cases so many are in each state; as many are granted as the accounts can bear.
SHARES = {
    CaseState.SUBMITTED: 30,
    CaseState.ACCEPTED: 30,
    CaseState.PROPOSED: 10,
    CaseState.APPROVED: 10,
    CaseState.PUBLISHED: 5,
    CaseState.REFUSED: 10,
    CaseState.WITHDRAWN: 5,
}
BATCH = 2000
PAID_OF_TEN = 6
"""So many of ten awards are paid."""


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


class Maker:
    """Makes the cases of one item."""

    def __init__(self, item: Item, first_day: date, days: int) -> None:
        self.item = item
        self.days = cycle(first_day + timedelta(days=passed) for passed in range(days))
        self.today = first_day + timedelta(days=days)
        self.accounts: dict[tuple[str, str, str], Account] = {}
        self.left: Counter[tuple[str, str]] = Counter()
        self.lists: dict[str, Publicity] = {}
        self.staff: dict[str, tuple[User, User, User]] = {}
        self.trace: dict[str, object] = {}

    def _staff(self, region: str) -> tuple[User, User, User]:
        if region not in self.staff:
            self.staff[region] = (
                officer(Role.REVIEWER, region),
                officer(Role.APPROVER, region),
                officer(Role.FINANCE_OFFICER, region),
            )
        return self.staff[region]

    def _list(self, region: str) -> Publicity:
        if region not in self.lists:
            row = Publicity(
                number=f"P-bench-{region}",
                item=self.item,
                region_id=region,
                days=7,
                starts_on=self.today - timedelta(days=10),
                ends_on=self.today,
                calculation=[],
                lines=[],
                published_by=self._staff(region)[1],
                published_at=clock.now(),
            )
            row.digest = digest_of(row)
            row.save()
            self.lists[region] = row
        return self.lists[region]

    def _account(self, case: Case, level: str, kind: AccountKind) -> Account:
        region = bearer_of(case, level)
        key = (level, region.code, str(kind))
        if key not in self.accounts:
            found = account_of(case.programme, self.item.code, level, region, kind)
            self.accounts[key] = found
            if kind == AccountKind.AVAILABLE:
                self.left[level, region.code] = found.balance_fen
        return self.accounts[key]

    def _affordable(self, case: Case) -> bool:
        """Take the shares of a case out of what is left; False where a level has too little."""
        keys = []
        for level, part in shares_of(case):
            self._account(case, level, AccountKind.AVAILABLE)
            keys.append(((str(level), bearer_of(case, level).code), part))
        if any(self.left[key] < part for key, part in keys):
            return False
        for key, part in keys:
            self.left[key] -= part
        return True

    def case(self, match: Match, number: int, state: CaseState) -> Case:
        """A case in the state, not saved yet; granted only where the accounts bear it."""
        enterprise = match.enterprise
        day = next(self.days)
        if not self.trace:
            explained = explain_item(match.version, match.item, enterprise, self.today)
            self.trace = explained.trace()
        case = Case(
            number=f"2018{enterprise.region_id[:4]}B{number:06d}",
            item=self.item,
            programme=self.item.version.programme,
            once_key=self.item.once_key(day),
            enterprise=enterprise,
            region_id=enterprise.region_id,
            form=FORM,
            trace=self.trace,
            amount_fen=AMOUNT,
            opened_at=_moment(day),
            submitted_at=_moment(day),
            priority_points=match.priority_points,
        )
        reviewer, approver, _payer = self._staff(enterprise.region_id)
        case.state = CaseState.GRANTED if self._affordable(case) else state
        if case.state in (CaseState.GRANTED, CaseState.PUBLISHED, CaseState.APPROVED):
            case.proposed_by, case.approved_by = reviewer, approver
        if case.state in (CaseState.GRANTED, CaseState.PUBLISHED):
            case.publicity = self._list(enterprise.region_id)
        if case.state == CaseState.GRANTED:
            case.decided_by, case.decided_at = approver, _moment(day)
        return case

    def clocks(self, cases: list[Case], today: date) -> list[CaseClock]:
        """The clock that runs in each case; half of them are over."""
        return [
            CaseClock(
                case=case,
                step=STEPS[CaseState(case.state)],
                started_on=today - timedelta(days=20),
                days=10,
                due_on=today + timedelta(days=place % 20 - 9),
                calculation=[],
            )
            for place, case in enumerate(cases)
            if case.state in STEPS
        ]

    def awards(self, cases: list[Case]) -> None:
        """The awards of the granted cases, and their ledger lines."""
        granted = [case for case in cases if case.state == CaseState.GRANTED]
        awards = []
        for place, case in enumerate(granted):
            is_paid = place % 10 < PAID_OF_TEN
            awards.append(
                Award(
                    number=f"A{case.number}",
                    case=case,
                    amount_fen=AMOUNT,
                    state=AwardState.PAID if is_paid else AwardState.COMMITTED,
                    approved_by=case.approved_by,
                    decided_by=case.decided_by,
                    committed_at=case.decided_at or clock.now(),
                    paid_by=self._staff(case.region_id)[2] if is_paid else None,
                    paid_at=case.decided_at if is_paid else None,
                    bank_reference=f"B{place}" if is_paid else "",
                )
            )
        Award.objects.bulk_create(awards)
        self._move(awards, TransferKind.COMMIT, AccountKind.AVAILABLE, AccountKind.COMMITTED)
        paid = [award for award in awards if award.state == AwardState.PAID]
        self._move(paid, TransferKind.POST, AccountKind.COMMITTED, AccountKind.PAID)

    def _move(
        self, awards: list[Award], kind: TransferKind, source: AccountKind, target: AccountKind
    ) -> None:
        transfers = Transfer.objects.bulk_create(
            Transfer(key=f"{kind}/{one.number}", kind=kind, award=one, at=one.committed_at)
            for one in awards
        )
        entries = []
        for transfer, award in zip(transfers, awards, strict=True):
            for level, part in shares_of(award.case):
                for account, sign in ((source, -1), (target, 1)):
                    entries.append(
                        Entry(
                            transfer=transfer,
                            account=self._account(award.case, level, account),
                            amount_fen=sign * part,
                        )
                    )
        Entry.objects.bulk_create(entries)


_BEARERS: dict[tuple[str, str], Region] = {}


def bearer_of(case: Case, level: str) -> Region:
    """The region that bears a level's share, looked up once."""
    key = (case.region_id, str(level))
    if key not in _BEARERS:
        _BEARERS[key] = bearer(case, level)
    return _BEARERS[key]


def make_many(count: int, first_day: date, days: int) -> Counter[str]:
    """So many cases over the days from the first on; how many there are in each state."""
    item = Item.objects.select_related("version__programme").get(
        code="direct_subsidy", version__state="current"
    )
    taken = Case.objects.filter(once_key=item.code).values("enterprise")
    matches = (
        Match.objects.filter(version=item.version, item=item.code, facts_missing=False)
        .exclude(enterprise__in=taken)
        .select_related("enterprise", "version__programme")
        .order_by("pk")[:count]
    )
    states = cycle([_state_at(place) for place in range(100)])
    made: Counter[str] = Counter()
    with clock.read_once(), transaction.atomic():
        maker = Maker(item, first_day, days)
        today = clock.today()
        numbered = enumerate(matches)
        while group := list(islice(numbered, BATCH)):
            cases = [maker.case(match, number, next(states)) for number, match in group]
            Case.objects.bulk_create(cases)
            CaseClock.objects.bulk_create(maker.clocks(cases, today))
            maker.awards(cases)
            made.update(case.state for case in cases)
    return made


def _state_at(place: int) -> CaseState:
    """The state that stands at a place of a hundred."""
    states = [state for state, share in SHARES.items() for _time in range(share)]
    return states[place]
