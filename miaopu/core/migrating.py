"""Applying migrations without rendering half of the models anew for every constraint.

Django keeps the models as a migration sees them, and renders a model and all that are related to it
again after each operation that touches it. With some hundred constraints and triggers that is most
of the time an empty database takes. A constraint, an index or a trigger changes no field, so that
here the rendered model is told of it and stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, obj: object
) -> None:
    """As `ProjectState._append_option`, but for what is rendered already."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options.get(option_name, []), obj]
    if "apps" in state.__dict__:
        meta: Any = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name, []), obj])


def _add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    _append_option(state, app_label, operation.model_name, "triggers", operation.trigger)


@contextmanager
def _models_stay() -> Iterator[None]:
    with (
        mock.patch.object(ProjectState, "_append_option", _append_option),
        mock.patch.object(AddTrigger, "state_forwards", _add_trigger),
    ):
        yield


def migrate() -> None:
    """Apply the migrations that the database lacks."""
    with _models_stay():
        call_command("migrate", interactive=False, verbosity=0)
