"""Room `monitoring` as a Django app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Room `monitoring`."""

    name = "miaopu.monitoring"
    label = "monitoring"
