"""Tasks of the small city: who answers for them, who looks after them."""

from __future__ import annotations

from datetime import date

from miaopu.core.enums import OfficeKind, Role
from miaopu.core.models import Office, User
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.plans.models import Task, Unit
from miaopu.plans.task_actions import Said, report_task
from miaopu.plans.unit_actions import assign_unit, match_units
from tests.factories import CITY, NANMING, ROOT, YUNYAN, City, make_office, make_officer

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def task_of(city: City, key: str) -> Task:
    """A task of the city's programme by its id in the pack."""
    return Task.objects.select_related("programme").get(programme=city.version.programme, key=key)


def supervised(city: City) -> None:
    """Let the districts' offices stand for the units that mean all of them."""
    make_office(YUNYAN, OfficeKind.DISTRICT_OFFICE)
    make_office(NANMING, OfficeKind.DISTRICT_OFFICE)
    match_units(city.version.programme, by=None)


def give_to(city: City, unit: str, office: Office) -> None:
    """Let an office stand for a unit."""
    row = Unit.objects.get(programme=city.version.programme, key=unit)
    assign_unit(row, office, by=city.programme_officer)


def report(
    task: Task, by: User, percent: int = 40, text: str = "已走访二十户", **more: object
) -> None:
    """Report some progress."""
    report_task(task, Said(text, percent, **more), by=by)  # type: ignore[arg-type]


def another_supervisor() -> User:
    """A second programme officer of the city."""
    return make_officer(Role.PROGRAMME_OFFICER, CITY, "另一位主管")


def changed(pack: Pack, **tasks: dict[str, object]) -> Pack:
    """The pack with some keys of some tasks changed; `None` takes a task away."""
    data = pack.to_json()
    kept = []
    for task in data["tasks"]:
        if task["id"] in tasks and tasks[task["id"]] is None:
            continue
        kept.append({**task, **tasks.get(task["id"], {})})
    return Pack.from_json({**data, "tasks": kept})


def taiyuan() -> Pack:
    """The real pack of Taiyuan."""
    return load_pack(ROOT / "programmes" / "taiyuan-2015")


DAY = date(2018, 5, 10)
