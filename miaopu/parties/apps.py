"""Room `parties` as a Django app."""

from django.apps import AppConfig

from miaopu.core import verbs
from miaopu.parties.enums import Verb


class PartiesConfig(AppConfig):
    """Room `parties`."""

    name = "miaopu.parties"
    label = "parties"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
