"""Room `cases` as a Django app."""

from django.apps import AppConfig

from miaopu.cases.enums import Verb
from miaopu.core import verbs
from miaopu.plans import followers


class CasesConfig(AppConfig):
    """Room `cases`."""

    name = "miaopu.cases"
    label = "cases"

    def ready(self) -> None:
        """Register the room's verbs, what follows a match, and what follows a new version."""
        verbs.register(Verb)
        followers.register("miaopu.cases.tasks.offer_after_match")
        followers.register_for_versions("miaopu.cases.tasks.items_of_version")
