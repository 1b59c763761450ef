"""The average through random weeks: grants, returns, objections, withdrawals, in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.envelope import DECIDED, Envelope, EnvelopeExceeded, envelope_of
from miaopu.cases.models import Case, Objection, Publicity
from miaopu.cases.objections import answer_objection, make_objection
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import DemoClock
from miaopu.engine.books import verify
from miaopu.engine.money import format_yuan
from miaopu.ledger.audit import audit_payments
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.books import read_books
from miaopu.ledger.models import Award
from miaopu.ledger.returns import return_award
from tests.cases.follow_up import follow_up_accepted, follow_up_item
from tests.cases.test_objections import SAID
from tests.factories import YUNYAN, City, travel

AVERAGE = 5_000_000
CASES = 5
AMOUNTS = (1, 3_999_999, 4_000_000, 5_000_000, 5_000_001, 6_000_000, 9_000_000)
STEPS = ("propose", "publish", "object", "send back", "withdraw", "wait", "decide", "decide",
         "pay", "return", "release")  # fmt: skip
Way = list[tuple[str, int, int]]


class Weeks:
    """What people do with the cases, and what the average must be whatever they do."""

    def __init__(self, city: City, cases: list[Case]) -> None:
        self.city = city
        self.cases = cases
        self.done: list[str] = []

    def case(self, place: int) -> Case:
        """The case at a place, as it stands."""
        return Case.objects.get(pk=self.cases[place % CASES].pk)

    def act(self, name: str, place: int, amount: int) -> None:
        """Do one step; a refusal changes nothing, and one for the average says by how much."""
        granted = list(Case.objects.in_states("granted").values_list("amount_fen", flat=True))
        acts: dict[str, Callable[[], object]] = {
            "propose": lambda: self.propose(self.case(place), amount),
            "publish": lambda: publish_list(
                follow_up_item(), self.cases[0].region, by=self.city.approver
            ),
            "object": lambda: self.objected(self.case(place), upheld=bool(amount % 2)),
            "send back": lambda: actions.send_back(
                self.case(place), by=self.city.approver, reason="重新核定"
            ),
            "withdraw": lambda: actions.withdraw_case(
                self.case(place), by=self.owner(place), reason="不再需要"
            ),
            "wait": lambda: travel(clock.today() + timedelta(days=12)),
            "decide": lambda: decide_case(self.case(place), by=self.city.approver),
            "pay": lambda: pay_award(self.award(place), f"B{len(self.done)}", by=self.city.finance),
            "return": lambda: return_award(
                self.award(place), by=self.city.finance, reason="销户", account_wrong=False
            ),
            "release": lambda: release_award(
                self.award(place), by=self.city.finance, reason="企业已注销"
            ),
        }
        try:
            with transaction.atomic():
                acts[name]()
        except EnvelopeExceeded as refused:
            assert refused.over_fen > 0
            assert format_yuan(refused.over_fen) in str(refused.message)
            if name == "decide":
                new = self.case(place).amount_fen or 0
                over = sum(granted) + new - AVERAGE * (len(granted) + 1)
                assert refused.over_fen == over
        except (ActionRefused, Award.DoesNotExist):
            pass
        else:
            self.done.append(name)
        self.check()

    def owner(self, place: int) -> object:
        """Who acts for the enterprise of the case at a place."""
        return self.cases[place % CASES].enterprise.representatives.get().user

    def award(self, place: int) -> Award:
        """The award of the case at a place; raises where it has none."""
        return Award.objects.get(case=self.cases[place % CASES])

    def propose(self, case: Case, amount: int) -> None:
        """Propose and approve an amount."""
        case = actions.propose_grant(
            case, {"effective": True}, by=self.city.reviewer, amount_fen=AMOUNTS[amount]
        )
        actions.approve_case(case, by=self.city.approver)

    def objected(self, case: Case, *, upheld: bool) -> None:
        """Somebody objects to the case's line while it is published, and is answered."""
        publicity = case.publicity or Publicity.objects.first()
        if publicity is None:
            raise ActionRefused("nothing to object to")
        made = make_objection(publicity, case.number, SAID, by=None)
        assert isinstance(made[0], Objection)
        answer_objection(made[0], upheld=upheld, by=self.city.approver, reason="已核实")

    def check(self) -> None:
        """Granted never exceeds the average, and what pages explain adds up from the cases."""
        listed = Case.objects.filter(item__code="follow_up_support")
        amounts = {
            state: [one.amount_fen or 0 for one in listed.in_states(state)]
            for state in ("published", "granted")
        }
        granted, shown = amounts["granted"], amounts["published"] + amounts["granted"]
        assert sum(granted) <= AVERAGE * len(granted), self.done
        decided = envelope_of(follow_up_item(), DECIDED)
        assert decided == Envelope(AVERAGE, len(granted), sum(granted))
        explained = envelope_of(follow_up_item())
        assert explained == Envelope(AVERAGE, len(shown), sum(shown))
        assert explained is not None and decided is not None
        assert explained.room_fen == AVERAGE * len(shown) - sum(shown)
        assert decided.next_fen == AVERAGE * (len(granted) + 1) - sum(granted)


ways = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, CASES - 1), st.integers(0, len(AMOUNTS) - 1)),
    min_size=10,
    max_size=25,
)


def test_no_way_of_acting_exceeds_the_average(city: City) -> None:
    cases = [follow_up_accepted(city.reviewer, YUNYAN) for _number in range(CASES)]
    done: list[str] = []
    ahead: Way = [("propose", place, amount) for place, amount in enumerate((3, 2, 5, 1))]
    ahead += [("publish", 0, 0), ("object", 1, 0), ("wait", 0, 0), ("decide", 0, 0)]

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(ways)
    def walk(way: Way) -> None:
        offset = DemoClock.objects.values_list("offset_days", flat=True).get()
        point = transaction.savepoint()
        weeks = Weeks(city, cases)
        for step in ahead + way:
            weeks.act(*step)
        done.extend(weeks.done)
        assert verify(read_books()) == [] and audit_payments() == []
        transaction.savepoint_rollback(point)
        assert DemoClock.objects.values_list("offset_days", flat=True).get() == offset

    walk()
    assert {"propose", "publish", "object", "wait", "decide"} <= set(done)
