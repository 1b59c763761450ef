"""Room `ledger` as a Django app."""

from django.apps import AppConfig

from miaopu.cases import outcomes
from miaopu.core import verbs
from miaopu.ledger.enums import Verb


class LedgerConfig(AppConfig):
    """Room `ledger`."""

    name = "miaopu.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Register the room's verbs, and what a decision with outcome `award` causes."""
        verbs.register(Verb)
        outcomes.register("award", "miaopu.ledger.awards.commit_award")
