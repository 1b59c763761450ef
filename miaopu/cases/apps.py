"""Room `cases` as a Django app."""

from django.apps import AppConfig

from miaopu.cases.enums import Verb
from miaopu.core import verbs


class CasesConfig(AppConfig):
    """Room `cases`."""

    name = "miaopu.cases"
    label = "cases"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
