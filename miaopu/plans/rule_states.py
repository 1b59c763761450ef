"""The one table of what may become of a proposed rule, and through whom."""

from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.plans.enums import ProposalState as State

MAKER = "maker"  # the person who drafted it
MAKERS = (Role.PROGRAMME_OFFICER,)
PUBLISHERS = (Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
"""Who may draft a rule, and who may publish another's: in an office that covers the programme."""

_EDITABLE = frozenset({State.DRAFT, State.RETURNED})
_WAITING = frozenset({State.PROPOSED})
_MAKER = frozenset({MAKER})
_OTHERS = frozenset(PUBLISHERS)

RULE_TABLE = TransitionTable(
    [
        Transition("save", frozenset({State.DRAFT}), State.DRAFT, _MAKER),
        Transition("save", frozenset({State.RETURNED}), State.RETURNED, _MAKER),
        Transition("propose", _EDITABLE, State.PROPOSED, _MAKER),
        Transition("rebase", _EDITABLE | _WAITING, State.DRAFT, _MAKER),
        Transition("withdraw", _EDITABLE | _WAITING, State.WITHDRAWN, _MAKER),
        Transition("return", _WAITING, State.RETURNED, _OTHERS),
        Transition("publish", _WAITING, State.PUBLISHED, _OTHERS),
    ]
)
