"""The top room as a Django app: management commands and the demo."""

from django.apps import AppConfig as DjangoAppConfig


class AppConfig(DjangoAppConfig):
    """Room `app`."""

    name = "miaopu.app"
    label = "app"
