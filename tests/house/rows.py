"""The models that the house tests look at."""

from django.apps import apps
from django.db import models

from tests.house.tree import DJANGO_ROOMS

Model = type[models.Model]


def models_of_rooms() -> list[Model]:
    """Every model of the rooms; histories of pghistory and join tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in DJANGO_ROOMS
    ]


def is_history(model: Model) -> bool:
    """Whether pghistory made the model."""
    return hasattr(model, "pgh_tracked_model")
