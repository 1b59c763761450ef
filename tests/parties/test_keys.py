"""What bulk writing relies on: keys looked at per statement, and history of many rows at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from miaopu.core import clock
from miaopu.parties.bulk import copy_rows
from miaopu.parties.models import Enterprise, Fact
from tests.factories import City, make_enterprise

COLUMNS = ("enterprise_id", "name", "value", "valid_from", "source", "record", "recorded_at")


def fact(pk: int, value: str = "7") -> tuple[Any, ...]:
    """A fact's row as COPY takes it."""
    return (pk, "employees", value, date(2018, 5, 1), "officer", "K", clock.now())


def test_facts_name_enterprises_that_exist(city: City) -> None:
    known = make_enterprise().pk
    before = Fact.objects.count()
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        copy_rows(Fact, COLUMNS, [fact(known), fact(known + 1_000_000)])
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        Fact.objects.create(**dict(zip(COLUMNS, fact(known + 1_000_000), strict=True)))
    assert Fact.objects.count() == before
    assert copy_rows(Fact, COLUMNS, [fact(known)]) == 1


def test_an_enterprise_stays_and_keeps_its_id(city: City) -> None:
    enterprise = make_enterprise()
    for statement in ("DELETE FROM", "UPDATE"):
        change = " SET id = id + 1000000" if statement == "UPDATE" else ""
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{statement} parties_enterprise{change} WHERE id = %s", [enterprise.pk])
    assert Enterprise.objects.filter(pk=enterprise.pk).exists()


def test_history_keeps_every_row_of_a_statement(city: City) -> None:
    events = Enterprise.pgh_event_model.objects  # type: ignore[attr-defined]
    pks = [make_enterprise().pk for _ in range(3)]
    said = events.filter(pgh_obj_id__in=pks)
    assert sorted(said.values_list("pgh_obj_id", "pgh_label")) == [(pk, "insert") for pk in pks]
    Enterprise.objects.filter(pk__in=pks[:2]).update(phone="0851-1")
    Enterprise.objects.filter(pk__in=pks).update(phone="0851-1")  # the third alone changes
    assert sorted(said.filter(pgh_label="update").values_list("pgh_obj_id", "phone")) == [
        (pk, "0851-1") for pk in pks
    ]


def test_signs_that_copy_reads_otherwise_are_kept(city: City) -> None:
    names = ["甲\\店", "乙\t店", "丙\n店", "\\N", "\\."]
    pks = [make_enterprise().pk for _ in names]
    columns = (*COLUMNS, "valid_to")
    rows = [(*fact(pk)[:5], name, clock.now(), None) for pk, name in zip(pks, names, strict=True)]
    copy_rows(Fact, columns, rows)
    kept = Fact.objects.filter(enterprise__in=pks, record__in=names)
    assert list(kept.order_by("pk").values_list("record", flat=True)) == names


def test_rows_that_ask_the_database_while_they_are_written_are_refused(city: City) -> None:
    pks = [make_enterprise().pk for _ in range(2)]
    with pytest.raises(RuntimeError, match="must not ask"), transaction.atomic():
        copy_rows(Fact, COLUMNS, (fact(pk, str(Enterprise.objects.count())) for pk in pks))
