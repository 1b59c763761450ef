"""The one table of what may follow what in a case, and who may do it."""

from miaopu.cases.enums import CaseState as State
from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable

PARTY = "party"  # the enterprise itself, through its representative

TABLE = TransitionTable(
    [
        Transition("submit", frozenset({State.DRAFT}), State.SUBMITTED, frozenset({PARTY})),
        Transition(
            "withdraw",
            frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.ACCEPTED}),
            State.WITHDRAWN,
            frozenset({PARTY}),
        ),
        Transition(
            "accept", frozenset({State.SUBMITTED}), State.ACCEPTED, frozenset({Role.REVIEWER})
        ),
        Transition(
            "ask_correction",
            frozenset({State.SUBMITTED, State.ACCEPTED}),
            State.RETURNED,
            frozenset({Role.REVIEWER}),
        ),
        # Completed is accepted: the review's clock starts, or goes on where it was paused.
        Transition(
            "answer_correction", frozenset({State.RETURNED}), State.ACCEPTED, frozenset({PARTY})
        ),
        Transition(
            "propose_grant", frozenset({State.ACCEPTED}), State.PROPOSED, frozenset({Role.REVIEWER})
        ),
        Transition(
            "propose_refusal",
            frozenset({State.ACCEPTED, State.RETURNED}),
            State.REFUSAL_PROPOSED,
            frozenset({Role.REVIEWER}),
        ),
        Transition(
            "approve", frozenset({State.PROPOSED}), State.APPROVED, frozenset({Role.APPROVER})
        ),
        # The leading group's batch review approves at once what it selects (cases/batches.py).
        Transition(
            "select", frozenset({State.PROPOSED}), State.APPROVED, frozenset({Role.LEADING_GROUP})
        ),
        Transition(
            "confirm_refusal",
            frozenset({State.REFUSAL_PROPOSED}),
            State.REFUSED,
            frozenset({Role.APPROVER}),
        ),
        Transition(
            "send_back",
            frozenset({State.PROPOSED, State.REFUSAL_PROPOSED, State.PUBLISHED}),
            State.ACCEPTED,
            frozenset({Role.APPROVER}),
        ),
        Transition(
            "publish", frozenset({State.APPROVED}), State.PUBLISHED, frozenset({Role.APPROVER})
        ),
        Transition(
            "grant", frozenset({State.PUBLISHED}), State.GRANTED, frozenset({Role.APPROVER})
        ),
    ]
)

# Which step's clock runs in a state; ended states have none.
STEP_OF_STATE = {
    State.SUBMITTED: "accept",
    State.ACCEPTED: "review",
    State.PROPOSED: "approve",
    State.REFUSAL_PROPOSED: "approve",
    State.PUBLISHED: "publicity",
    State.GRANTED: "pay",
}
