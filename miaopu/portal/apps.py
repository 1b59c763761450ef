"""Room `portal` as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Room `portal`."""

    name = "miaopu.portal"
    label = "portal"
