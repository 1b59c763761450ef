"""Models: foreign keys point downward, lists have a total order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.test.utils import isolate_apps

from tests.house.rows import Model, is_history, models_of_rooms
from tests.house.tree import DJANGO_ROOMS, ROOMS, Source, calls, listed, package

# ---------------------------------------------------------------- foreign keys


@dataclass(frozen=True)
class Relation:
    """A column that names a row of another model."""

    owner: str
    room: str
    target: str
    target_room: str
    is_seen_from_there: bool


def relations(found: Iterable[Model]) -> list[Relation]:
    """The relations that the models hold themselves."""
    rows = []
    for model in found:
        for field in model._meta.get_fields():
            target = field.related_model
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            if isinstance(target, type) and issubclass(target, models.Model):
                rows.append(
                    Relation(
                        f"{model._meta.label}.{field.name}",
                        model._meta.app_label,
                        target._meta.label,
                        target._meta.app_label,
                        not field.remote_field.hidden,
                    )
                )
    return rows


def relation_problems(found: Iterable[Relation]) -> list[str]:
    """Relations that point upward, and those by which a lower room would know a higher one."""
    problems = []
    for one in found:
        if one.room not in ROOMS or one.target_room not in ROOMS:
            continue
        if ROOMS.index(one.target_room) < ROOMS.index(one.room):
            problems.append(f"{one.owner} points upward to {one.target}")
        elif one.target_room != one.room and one.is_seen_from_there:
            problems.append(f'{one.owner}: related_name="+", {one.target} does not know it')
    return problems


def test_foreign_keys_point_downward() -> None:
    found = relations(models_of_rooms())
    rooms = {(one.room, one.target_room) for one in found}
    assert {("ledger", "cases"), ("cases", "plans"), ("plans", "parties")} <= rooms
    problems = relation_problems(found)
    assert not problems, listed(problems)


def test_histories_lie_in_the_room_of_what_they_track() -> None:
    histories = [model for model in models_of_rooms() if is_history(model)]
    assert {"CaseEvent", "AwardEvent"} <= {model.__name__ for model in histories}
    assert relations(histories)
    for model in histories:
        assert model._meta.app_label == model.pgh_tracked_model._meta.app_label  # type: ignore[attr-defined]


@isolate_apps("miaopu.core", "miaopu.ledger")
def test_upward_foreign_keys_are_found() -> None:
    class High(models.Model):
        class Meta:
            app_label = "ledger"

    class Low(models.Model):
        high = models.ForeignKey(High, on_delete=models.PROTECT, related_name="+")
        highs = models.ManyToManyField(High, related_name="+")

        class Meta:
            app_label = "core"

    class Other(models.Model):
        seen = models.ForeignKey(Low, on_delete=models.PROTECT)
        hidden = models.ForeignKey(Low, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "ledger"

    assert relation_problems(relations([High, Low, Other])) == [
        "core.Low.high points upward to ledger.High",
        "core.Low.highs points upward to ledger.High",
        'ledger.Other.seen: related_name="+", core.Low does not know it',
    ]


# ---------------------------------------------------------------- total order


def is_total(model: Model, ordering: Sequence[object]) -> bool:
    """Whether no two rows may change places: the fields hold a unique one or a unique group."""
    names = set()
    for one in ordering:
        name = one.lstrip("-") if isinstance(one, str) else ""
        if name == "pk":
            return True
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            names.add(name)
            continue
        if getattr(field, "unique", False):
            return True
        names.add(field.name)
    groups = [
        set(one.fields)
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and one.condition is None and one.fields
    ]
    return any(group <= names for group in groups)


def test_orders_of_models_are_total() -> None:
    found = [model for model in models_of_rooms() if model._meta.ordering]
    assert len(found) > 8
    loose = [
        model._meta.label for model in found if not is_total(model, model._meta.ordering or ())
    ]
    assert loose == []


def orders(source: Source) -> list[tuple[int, str, list[str]]]:
    """Line, model and fields of every `order_by` in the querysets of a file."""
    found = []
    for node in source.tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        for base in node.bases:
            if isinstance(base, ast.Subscript) and ast.unparse(base.value).endswith("QuerySet"):
                model = node.name.removesuffix("QuerySet")  # the class is named after its model
                for call, name in calls(node):
                    if name == "order_by" and call.args:
                        fields = [
                            str(one.value) if isinstance(one, ast.Constant) else ""
                            for one in call.args
                        ]
                        found.append((call.lineno, model, fields))
    return found


def test_orders_of_querysets_are_total() -> None:
    files = [one for one in package(*DJANGO_ROOMS) if one.parts[-1] == "querysets.py"]
    found = [(source, *order) for source in files for order in orders(source)]
    assert len(found) > 5
    problems = [
        source.at(line, f"{model} by {fields}: end in pk")
        for source, line, model, fields in found
        if not is_total(apps.get_model(source.room, model), fields)
    ]
    assert not problems, listed(problems)


@isolate_apps("miaopu.core")
def test_loose_orders_are_found() -> None:
    class Paper(models.Model):
        number = models.CharField(max_length=9, unique=True)
        year = models.IntegerField()
        place = models.IntegerField()
        title = models.CharField(max_length=9)

        class Meta:
            app_label = "core"
            constraints = [
                models.UniqueConstraint(name="once", fields=["year", "place"]),
                models.UniqueConstraint(
                    name="title_once", fields=["title"], condition=models.Q(year=1)
                ),
            ]

    assert is_total(Paper, ["title", "-pk"])
    assert is_total(Paper, ["-number"])
    assert is_total(Paper, ["-year", "place"])
    assert not is_total(Paper, ["year"])
    assert not is_total(Paper, ["title"])
    assert not is_total(Paper, [""])
    assert not is_total(Paper, [])


def test_orders_are_read_from_querysets() -> None:
    text = (
        "class PaperQuerySet(models.QuerySet[M]):\n"
        "    def in_order(self):\n"
        '        return self.order_by(F("due").asc(), "pk")\n'
        "class B:\n"
        "    def f(self):\n        return x.order_by('y')\n"
    )
    assert orders(Source("miaopu/core/querysets.py", text)) == [(3, "Paper", ["", "pk"])]
