"""The tables of what may follow what in a campaign, a score sheet and a delisting, through whom."""

from miaopu.core.enums import Role
from miaopu.engine.transitions import Transition, TransitionTable
from miaopu.monitoring.enums import CampaignState as Campaign
from miaopu.monitoring.enums import DelistingState as Delisting
from miaopu.monitoring.enums import SheetState as Sheet

OPERATOR = "operator"  # somebody who acts for the enterprise that runs the base
DISTRICT = frozenset({Role.REVIEWER})
OFFICER = frozenset({Role.PROGRAMME_OFFICER})
DECIDERS = frozenset({Role.PROGRAMME_OFFICER, Role.LEADING_GROUP})

CAMPAIGNS = TransitionTable(
    [
        Transition("freeze", frozenset({Campaign.OPEN}), Campaign.FROZEN, OFFICER),
        Transition("reopen", frozenset({Campaign.FROZEN}), Campaign.OPEN, DECIDERS),
        Transition("publicise", frozenset({Campaign.FROZEN}), Campaign.PUBLICITY, DECIDERS),
        Transition("publish", frozenset({Campaign.PUBLICITY}), Campaign.PUBLISHED, DECIDERS),
    ]
)

SHEETS = TransitionTable(
    [
        Transition("submit", frozenset({Sheet.SELF}), Sheet.DISTRICT, frozenset({OPERATOR})),
        Transition("submit", frozenset({Sheet.DISTRICT}), Sheet.CITY, DISTRICT),
        Transition("submit", frozenset({Sheet.CITY}), Sheet.SETTLED, OFFICER),
        Transition("return", frozenset({Sheet.DISTRICT}), Sheet.SELF, DISTRICT),
        Transition("return", frozenset({Sheet.CITY}), Sheet.DISTRICT, OFFICER),
        # The preview or an expert shows that a settled sheet wants another look.
        Transition("return", frozenset({Sheet.SETTLED}), Sheet.CITY, OFFICER),
    ]
)

DELISTINGS = TransitionTable(
    [
        Transition("hear", frozenset({Delisting.OPENED}), Delisting.HEARD, OFFICER),
        Transition("report", frozenset({Delisting.HEARD}), Delisting.REPORTED, OFFICER),
        Transition("approve", frozenset({Delisting.REPORTED}), Delisting.APPROVED, OFFICER),
        Transition("refuse", frozenset({Delisting.REPORTED}), Delisting.REFUSED, OFFICER),
    ]
)
