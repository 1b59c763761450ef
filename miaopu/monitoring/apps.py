"""Room `monitoring` as a Django app."""

from django.apps import AppConfig

from miaopu.core import verbs
from miaopu.monitoring.enums import Verb


class MonitoringConfig(AppConfig):
    """Room `monitoring`."""

    name = "miaopu.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
