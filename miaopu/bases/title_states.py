"""The tables of what may become of a proposed base and of a motion about a title."""

from miaopu.bases.title_enums import MotionState, NominationState
from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable

N, M = NominationState, MotionState
CITY_ROLES = frozenset({Role.PROGRAMME_OFFICER, Role.LEADING_GROUP})
PROPOSERS = frozenset({Role.APPROVER})  # of the district (Guiyang 三/(六))

NOMINATION_TABLE = TransitionTable(
    [
        Transition("recall", frozenset({N.PROPOSED}), N.RECALLED, PROPOSERS),
        Transition("select", frozenset({N.PROPOSED}), N.SELECTED, CITY_ROLES),
        Transition("decline", frozenset({N.PROPOSED}), N.DECLINED, CITY_ROLES),
        Transition("publish", frozenset({N.SELECTED}), N.PUBLISHED, CITY_ROLES),
        Transition("drop", frozenset({N.PUBLISHED}), N.DROPPED, CITY_ROLES),
        Transition("list", frozenset({N.PUBLISHED}), N.LISTED, CITY_ROLES),
    ]
)
LIVE_NOMINATIONS = (N.PROPOSED, N.SELECTED, N.PUBLISHED, N.LISTED)
"""States that count against the district's quota."""

MOTION_TABLE = TransitionTable(
    [
        Transition("approve", frozenset({M.PROPOSED}), M.APPROVED, CITY_ROLES),
        Transition("decline", frozenset({M.PROPOSED}), M.DECLINED, CITY_ROLES),
        # Only a recommendation goes on: what those above have decided is written down.
        Transition("recognise", frozenset({M.APPROVED}), M.RECOGNISED, CITY_ROLES),
        Transition("refuse", frozenset({M.APPROVED}), M.REFUSED, CITY_ROLES),
    ]
)
