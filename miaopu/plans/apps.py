"""Room `plans` as a Django app."""

from django.apps import AppConfig

from miaopu.core import verbs
from miaopu.plans.enums import Verb


class PlansConfig(AppConfig):
    """Room `plans`."""

    name = "miaopu.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
