"""Samples for the URL × role table: tasks, duties and feeds of the reviewer's district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from miaopu.plans.duty_actions import Done, record_duty
from miaopu.plans.enums import Rank
from miaopu.plans.feeds import feed_secret, make_feed
from miaopu.plans.models import DutyFile, DutyRecord, TaskFile, Unit, UnitOffice
from miaopu.plans.task_actions import Said, report_task
from tests.factories import City
from tests.plans.supervised import PDF, supervised, task_of

SLUG = "guiyang-2018"


def _task(city: City) -> dict[str, Any]:
    supervised(city)
    return {"pk": task_of(city, "key_groups").pk}


def _own_unit(city: City) -> None:
    """Only the reviewer's office stands for the unit of the duties and of the task."""
    unit = Unit.objects.get(programme=city.version.programme, key="all_departments")
    UnitOffice.objects.get_or_create(
        unit=unit,
        office=city.reviewer.live_memberships[0].office,
        defaults={"assigned_at": city.version.loaded_at},
    )


def _task_open(city: City) -> dict[str, Any]:
    _own_unit(city)
    return {"pk": task_of(city, "publicity").pk}


def _reported(city: City) -> Any:
    _own_unit(city)
    said = Said("已宣传三场", 40, files=[("签到表.pdf", PDF)])
    return report_task(task_of(city, "publicity"), said, by=city.reviewer)


def _record(city: City) -> DutyRecord:
    _own_unit(city)
    duty = next(one for one in city.version.pack.duties if one.id == "eight_venues")
    done = Done(
        "张主任", Rank.PRINCIPAL, date(2018, 5, 2), "一中", venue=1, files=[("合影.pdf", PDF)]
    )
    office = city.reviewer.live_memberships[0].office
    return record_duty(city.version, duty, office, done, by=city.reviewer)


def _duty(city: City) -> dict[str, Any]:
    _own_unit(city)
    return {"slug": SLUG, "key": "eight_venues"}


def _unit_office(city: City) -> dict[str, Any]:
    _own_unit(city)
    return {"pk": UnitOffice.objects.get(unit__key="all_departments").pk}


def _feed_address(city: City) -> dict[str, Any]:
    make_feed(None, "sample", by=city.reviewer)
    return {"secret": feed_secret("sample")}


SAMPLES: dict[str, Callable[[City], dict[str, Any]]] = {
    "task": _task,
    "task_open": _task_open,
    "task_step": lambda city: {"pk": _reported(city).task_id, "step": "answer"},
    "task_file": lambda city: {"pk": TaskFile.objects.get(report=_reported(city)).pk},
    "unit_office": _unit_office,
    "duty": _duty,
    "duty_record": lambda city: {"pk": _record(city).pk},
    "duty_file": lambda city: {"pk": DutyFile.objects.get(record=_record(city)).pk},
    "feed": lambda city: {"pk": make_feed(None, "another", by=city.reviewer).pk},
    "feed_address": _feed_address,
    "summary": lambda city: {"slug": SLUG, "half": "midterm", "kind": "docx"},
}
