"""The tables of what may follow what in a decomposition and a target letter, and who may do it."""

from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.enums import TargetLetterState as Letter

OFFICER = frozenset({Role.PROGRAMME_OFFICER})
DECIDERS = frozenset({Role.PROGRAMME_OFFICER, Role.LEADING_GROUP})

DECOMPOSITIONS = TransitionTable(
    [
        Transition("submit", frozenset({State.DRAFT}), State.SUBMITTED, OFFICER),
        Transition("discard", frozenset({State.DRAFT}), State.DISCARDED, OFFICER),
        # Whoever submitted may take it back; only another person may approve.
        Transition("send_back", frozenset({State.SUBMITTED}), State.DRAFT, DECIDERS),
        Transition("approve", frozenset({State.SUBMITTED}), State.APPROVED, DECIDERS),
        Transition("supersede", frozenset({State.APPROVED}), State.SUPERSEDED, DECIDERS),
    ]
)

LETTERS = TransitionTable(
    [
        Transition("issue", frozenset({Letter.MADE}), Letter.ISSUED, DECIDERS),
        Transition(
            "acknowledge",
            frozenset({Letter.ISSUED}),
            Letter.ACKNOWLEDGED,
            frozenset({Role.APPROVER}),
        ),
    ]
)
