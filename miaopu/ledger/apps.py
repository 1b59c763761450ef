"""Room `ledger` as a Django app."""

from django.apps import AppConfig

from miaopu.cases import means, outcomes
from miaopu.core import verbs
from miaopu.ledger.enums import Verb
from miaopu.plans import followers


class LedgerConfig(AppConfig):
    """Room `ledger`."""

    name = "miaopu.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Register the room's verbs, what a decision with outcome `award` causes, and its money."""
        verbs.register(Verb)
        outcomes.register("award", "miaopu.ledger.awards.commit_award")
        means.register("award", "miaopu.ledger.means.award_means")
        followers.register_for_versions("miaopu.ledger.tasks.budgets_of_version")
