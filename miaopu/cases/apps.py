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
        """Register the room's verbs, and that a match is followed by offers."""
        verbs.register(Verb)
        followers.register("miaopu.cases.tasks.offer_after_match")
