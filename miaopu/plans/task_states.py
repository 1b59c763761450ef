"""The one table of what may follow what in a task, and who may do it."""

from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.plans.enums import TaskState as State
from miaopu.plans.task_querysets import SUPERVISORS

HOLDER = "holder"  # who works in an office that answers for the task
SYSTEM = "system"  # a new version of the programme
SUPERVISING = frozenset(SUPERVISORS)

TABLE = TransitionTable(
    [
        # Several offices may answer for one task: each may report while another's report waits.
        Transition(
            "report",
            frozenset({State.OPEN, State.REPORTED, State.RETURNED}),
            State.REPORTED,
            frozenset({HOLDER}),
        ),
        Transition("note", frozenset({State.REPORTED}), State.OPEN, SUPERVISING),
        Transition("send_back", frozenset({State.REPORTED}), State.RETURNED, SUPERVISING),
        # Closed by somebody else than who reported; also held by the database.
        Transition("close", frozenset({State.REPORTED}), State.CLOSED, SUPERVISING),
        Transition("reopen", frozenset({State.CLOSED}), State.OPEN, SUPERVISING),
        Transition(
            "drop",
            frozenset({State.OPEN, State.REPORTED, State.RETURNED}),
            State.DROPPED,
            frozenset({SYSTEM}),
        ),
        Transition("restore", frozenset({State.DROPPED}), State.OPEN, frozenset({SYSTEM})),
    ]
)
