"""The tables of what may become of a base and of a tenant, and through whom."""

from miaopu.bases.enums import BaseState, NeedState, TenancyStage
from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable

TENANT = "tenant"  # somebody who acts for the tenant itself
ATTACHED = "attached"  # an official attached to the tenant (挂点)
OPERATOR = "operator"  # somebody who acts for the enterprise that runs the base

BASE_TABLE = TransitionTable(
    [
        Transition(
            "propose",
            frozenset({BaseState.DRAFT}),
            BaseState.PROPOSED,
            frozenset({OPERATOR}),
        ),
        # The county selects, the programme office of the city accepts (Taiyuan 六/(一)/3).
        Transition(
            "select",
            frozenset({BaseState.PROPOSED}),
            BaseState.SELECTED,
            frozenset({Role.APPROVER}),
        ),
        Transition(
            "return",
            frozenset({BaseState.PROPOSED}),
            BaseState.DRAFT,
            frozenset({Role.APPROVER}),
        ),
        Transition(
            "return",
            frozenset({BaseState.SELECTED}),
            BaseState.DRAFT,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
        Transition(
            "accept",
            frozenset({BaseState.SELECTED}),
            BaseState.ADMITTED,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
        Transition(
            "exit",
            frozenset({BaseState.ADMITTED}),
            BaseState.LEFT,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
        # Only through a delisting case that the province has approved (Ganzhou 五/(四)).
        Transition(
            "delist",
            frozenset({BaseState.ADMITTED}),
            BaseState.DELISTED,
            frozenset({Role.PROGRAMME_OFFICER}),
        ),
    ]
)

TENANCY_TABLE = TransitionTable(
    [
        Transition(
            "advance",
            frozenset({TenancyStage.TEAM}),
            TenancyStage.PROJECT,
            frozenset({OPERATOR}),
        ),
        Transition(
            "incubate",
            frozenset({TenancyStage.TEAM, TenancyStage.PROJECT}),
            TenancyStage.INCUBATING,
            frozenset({OPERATOR}),
        ),
        Transition(
            "graduate",
            frozenset({TenancyStage.INCUBATING}),
            TenancyStage.GRADUATED,
            frozenset({OPERATOR}),
        ),
        Transition(
            "leave",
            frozenset({TenancyStage.TEAM, TenancyStage.PROJECT, TenancyStage.INCUBATING}),
            TenancyStage.LEFT,
            frozenset({OPERATOR}),
        ),
    ]
)

# Who helps says that a need is met; the tenant confirms it or says that it is not.
NEED_TABLE = TransitionTable(
    [
        Transition(
            "solve",
            frozenset({NeedState.OPEN}),
            NeedState.SOLVED,
            frozenset({OPERATOR, ATTACHED}),
        ),
        Transition(
            "confirm",
            frozenset({NeedState.SOLVED}),
            NeedState.CONFIRMED,
            frozenset({TENANT}),
        ),
        Transition(
            "reopen",
            frozenset({NeedState.SOLVED}),
            NeedState.OPEN,
            frozenset({TENANT}),
        ),
    ]
)
