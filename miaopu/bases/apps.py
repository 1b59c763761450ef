"""Room `bases` as a Django app."""

from django.apps import AppConfig

from miaopu.bases.enums import Verb
from miaopu.bases.inspection_enums import InspectionVerb
from miaopu.core import verbs


class BasesConfig(AppConfig):
    """Room `bases`."""

    name = "miaopu.bases"
    label = "bases"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
        verbs.register(InspectionVerb)
