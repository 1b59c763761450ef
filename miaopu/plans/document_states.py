"""The one table of what may become of a version of a document, and through whom."""

from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.plans.enums import DocumentState as State

SYSTEM = "system"  # no person: a newer version was published
WRITERS = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER)
PUBLISHERS = (Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)

DOCUMENT_TABLE = TransitionTable(
    [
        Transition("edit", frozenset({State.DRAFT}), State.DRAFT, frozenset(WRITERS)),
        Transition("publish", frozenset({State.DRAFT}), State.IN_FORCE, frozenset(PUBLISHERS)),
        Transition("discard", frozenset({State.DRAFT}), State.DISCARDED, frozenset(WRITERS)),
        Transition("amend", frozenset({State.IN_FORCE}), State.AMENDED, frozenset({SYSTEM})),
        Transition("repeal", frozenset({State.IN_FORCE}), State.REPEALED, frozenset(PUBLISHERS)),
    ]
)
