"""The one table of what may become of an offer, and through whom."""

from miaopu.cases.enums import OfferState as State
from miaopu.cases.states import PARTY
from miaopu.engine.transitions import Transition, TransitionTable

SYSTEM = "system"  # no person: facts changed, time passed

OFFER_TABLE = TransitionTable(
    [
        Transition("consent", frozenset({State.OPEN}), State.CONSENTED, frozenset({PARTY})),
        Transition("decline", frozenset({State.OPEN}), State.DECLINED, frozenset({PARTY})),
        Transition("withdraw", frozenset({State.OPEN}), State.WITHDRAWN, frozenset({SYSTEM})),
        Transition("expire", frozenset({State.OPEN}), State.EXPIRED, frozenset({SYSTEM})),
    ]
)
