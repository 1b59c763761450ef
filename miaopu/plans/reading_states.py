"""The one table of what may follow what in the reading of a plan, and who may do it."""

from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.plans.enums import ReadingState as State

SYSTEM = "system"  # the worker that reads the file

TABLE = TransitionTable(
    [
        # A worker that was killed begins anew.
        Transition(
            "begin",
            frozenset({State.UPLOADED, State.READING}),
            State.READING,
            frozenset({SYSTEM}),
        ),
        Transition("open", frozenset({State.READING}), State.OPEN, frozenset({SYSTEM})),
        Transition("refuse", frozenset({State.READING}), State.REFUSED, frozenset({SYSTEM})),
        Transition(
            "complete",
            frozenset({State.OPEN}),
            State.COMPLETED,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
    ]
)
