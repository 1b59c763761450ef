"""The tables of what may become of a self-inspection form and of a problem to be put right."""

from miaopu.bases.inspection_enums import RectificationState, SheetState
from miaopu.bases.states import OPERATOR
from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable

SYSTEM = "system"
CHECKERS = frozenset({Role.REVIEWER, Role.APPROVER})

SHEET_TABLE = TransitionTable(
    [
        Transition(
            "hand_in",
            frozenset({SheetState.OPEN, SheetState.SILENT}),
            SheetState.HANDED_IN,
            frozenset({OPERATOR}),
        ),
        Transition("silence", frozenset({SheetState.OPEN}), SheetState.SILENT, frozenset({SYSTEM})),
        # What the pack's rule of silence does once the second chance is over.
        Transition(
            "on_site", frozenset({SheetState.SILENT}), SheetState.ON_SITE, frozenset({SYSTEM})
        ),
        Transition("zero", frozenset({SheetState.SILENT}), SheetState.ZERO, frozenset({SYSTEM})),
        Transition("check", frozenset({SheetState.ON_SITE}), SheetState.CHECKED, CHECKERS),
        Transition(
            "undo",
            frozenset({SheetState.ON_SITE, SheetState.ZERO}),
            SheetState.SILENT,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
    ]
)

RECTIFICATION_TABLE = TransitionTable(
    [
        Transition(
            "report",
            frozenset({RectificationState.OPEN}),
            RectificationState.REPORTED,
            frozenset({OPERATOR}),
        ),
        # The district looks for itself whether it was put right.
        Transition(
            "confirm",
            frozenset({RectificationState.REPORTED}),
            RectificationState.CLOSED,
            CHECKERS,
        ),
        Transition(
            "send_back",
            frozenset({RectificationState.REPORTED}),
            RectificationState.OPEN,
            CHECKERS,
        ),
        Transition(
            "second_chance",
            frozenset({RectificationState.OPEN}),
            RectificationState.OPEN,
            CHECKERS,
        ),
        Transition(
            "consequence",
            frozenset({RectificationState.OPEN}),
            RectificationState.FAILED,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
        Transition(
            "reopen",
            frozenset({RectificationState.CLOSED, RectificationState.FAILED}),
            RectificationState.OPEN,
            CHECKERS,
        ),
    ]
)
