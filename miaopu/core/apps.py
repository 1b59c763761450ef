"""Room `core` as a Django app."""

from django.apps import AppConfig

from miaopu.core import verbs
from miaopu.core.enums import Verb


class CoreConfig(AppConfig):
    """Room `core`."""

    name = "miaopu.core"
    label = "core"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
