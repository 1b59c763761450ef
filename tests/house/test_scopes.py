"""Models offer scopes to read from, and the scopes are empty for strangers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.test.utils import isolate_apps

from tests.house.rows import Model, is_history, models_of_rooms
from tests.house.tree import listed

# Models without a scope of their own, and where access to their rows is decided instead.
WITHOUT_SCOPE = {
    "core.User": "reached as request.user, or through what the person did",
    "core.Membership": "reached through the user or the office",
    "core.File": "reached through the case that it was handed in with",
    "core.DemoClock": "one number",
    "plans.MatchRun": "what the last match had read, for the next one",
    "parties.Representative": "decides on the scope of others",
    "cases.CaseClock": "reached through its case",
    "core.ApiTokenUse": "reached through its token",
    "plans.TaskUnit": "reached through its task",
    "plans.TaskMilestone": "reached through its task",
    "bases.SurveyTally": "counters, shown only as the results of a base",
    "ledger.Entry": "reached through its transfer",
    "bases.FileSketch": "what the job compares files by; shown nowhere",
    "ledger.PayeeAccount": "reached through its award",
}


def scope_problems(found: Iterable[Model], without: Mapping[str, str]) -> list[str]:
    """Models that offer neither for_user nor public, and exceptions that are none."""
    problems, labels = [], set()
    for model in found:
        if is_history(model) or model._meta.auto_created:
            continue
        label = model._meta.label
        labels.add(label)
        manager = model._default_manager
        is_scoped = hasattr(manager, "for_user") or hasattr(manager, "public")
        if not is_scoped and label not in without:
            problems.append(f"{label}: neither for_user nor public")
        if is_scoped and label in without:
            problems.append(f"{label}: has a scope, needs no exception")
    return problems + [f"{label}: there is no such model" for label in without.keys() - labels]


def test_models_have_a_scope() -> None:
    problems = scope_problems(models_of_rooms(), WITHOUT_SCOPE)
    assert not problems, listed(problems)


class Closed(models.QuerySet[models.Model]):
    """Shows nothing to somebody it does not know."""

    def for_user(self, user: object) -> models.QuerySet[models.Model]:
        return self.none()


class Leaky(models.QuerySet[models.Model]):
    """Shows everything to somebody it does not know."""

    def for_user(self, user: object) -> models.QuerySet[models.Model]:
        return self.filter(pk__gt=0)


@isolate_apps("miaopu.core")
def test_models_without_a_scope_are_found() -> None:
    class Scoped(models.Model):
        objects = Closed.as_manager()

        class Meta:
            app_label = "core"

    class Bare(models.Model):
        class Meta:
            app_label = "core"

    assert scope_problems([Scoped, Bare], {}) == ["core.Bare: neither for_user nor public"]
    assert scope_problems([Scoped, Bare], {"core.Bare": "why"}) == []
    assert len(scope_problems([Scoped], {"core.Scoped": "why", "core.Gone": "why"})) == 2


def lets_in_strangers(model: Model) -> bool:
    """Whether `for_user` of the model may return rows to nobody in particular."""
    for stranger in (None, AnonymousUser()):
        try:
            str(model._default_manager.for_user(stranger).query)  # type: ignore[attr-defined]
        except EmptyResultSet:
            continue
        return True
    return False


SCOPED = [model for model in models_of_rooms() if hasattr(model._default_manager, "for_user")]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_scopes_are_empty_for_strangers(model: Model) -> None:
    assert not lets_in_strangers(model)


@isolate_apps("miaopu.core")
def test_leaky_scopes_are_found() -> None:
    class Tight(models.Model):
        objects = Closed.as_manager()

        class Meta:
            app_label = "core"

    class Loose(models.Model):
        objects = Leaky.as_manager()

        class Meta:
            app_label = "core"

    assert not lets_in_strangers(Tight)
    assert lets_in_strangers(Loose)
