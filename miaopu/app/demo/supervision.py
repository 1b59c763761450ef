"""The demo's tasks and duties: in every state, with reports, evidence and months partly met.

Everything through the product's own actions. Deadlines are set on the opening day; what was done
for duties earlier in the year carries its own day, as in a city that enters its register.
"""

from __future__ import annotations

import io
from datetime import date

from django.db import transaction
from docx import Document

from miaopu.app.demo.offices import LEADING_GROUP, PROGRAMME_OFFICE, district_office
from miaopu.app.demo.places import PLACES
from miaopu.core.enums import Role
from miaopu.core.models import Office, Region, User
from miaopu.plans.duty_actions import Done, record_duty
from miaopu.plans.enums import Rank
from miaopu.plans.models import ProgrammeVersion, Task, TaskReport, Unit
from miaopu.plans.task_actions import (
    Said,
    ask_extension,
    close_task,
    note_reports,
    report_task,
    return_reports,
    set_deadline,
)
from miaopu.plans.task_reminders import remind_of_tasks
from miaopu.plans.unit_actions import assign_unit, match_units

SLUG = "guiyang-2018"
_YUNYAN, _NANMING = "520103", "520102"
_DEADLINES = {
    "register": (date(2018, 4, 27), "第一季度台账四月底前建好"),
    "key_groups": (date(2018, 5, 18), "半年检查以前完成摸底"),
}
# Which month's publicity was held where: in March nowhere, in April where it had been already.
_MONTHS = ((1, _YUNYAN), (2, _NANMING), (4, _YUNYAN))
_VENUES = ((1, "贵阳一中"), (2, "花果园社区"), (3, "高新区创业园"), (6, "云岩农贸市场"))


# What every district has reported on, so that these tasks are on track.
_EVERYWHERE = {
    "farm_projects": ("选定一个特色农业项目，正在对接合作社", 35),
    "combine": ("两个社区开始探索", 30),
}


def _reviewer(region: str) -> User | None:
    """Who reviews in a district."""
    there = User.objects.filter(
        memberships__office__code=district_office(region), memberships__role=Role.REVIEWER
    )
    return there.order_by("pk").first()


def paper(title: str) -> tuple[str, bytes]:
    """A Word file as a piece of evidence."""
    document, target = Document(), io.BytesIO()
    document.add_paragraph(title)
    document.add_paragraph("（演示材料）")
    document.save(target)
    return f"{title}.docx", target.getvalue()


def _task(key: str) -> Task:
    return Task.objects.select_related("programme").get(programme__slug=SLUG, key=key)


def _person(username: str) -> User:
    return User.objects.get(username=username)


@transaction.atomic
def open_supervision() -> None:
    """Offices for the plan's units, and the deadlines that the programme office sets itself."""
    version = ProgrammeVersion.objects.current().filter(programme__slug=SLUG).first()
    if version is None:
        return
    programme, chief = version.programme, _person("city-programme")
    match_units(programme, by=None)
    for unit, office in (
        ("all_departments", PROGRAMME_OFFICE),
        ("all_departments", district_office(_YUNYAN)),
        ("group_members", LEADING_GROUP),
    ):
        row = Unit.objects.get(programme=programme, key=unit)
        there = Office.objects.get(code=office)
        if not row.assignments.filter(office=there).exists():
            assign_unit(row, there, by=chief)
    for key, (day, why) in _DEADLINES.items():
        task = _task(key)
        if task.due_on == task.planned_due and task.opened_on <= day:
            set_deadline(task, day, by=chief, reason=why)


@transaction.atomic
def load_supervision() -> int:
    """Reports, answers, an extension and duties, once; returns how many tasks there are."""
    version = ProgrammeVersion.objects.current().filter(programme__slug=SLUG).first()
    if version is None or TaskReport.objects.exists():
        return Task.objects.count()
    _reports()
    _duties(version)
    remind_of_tasks()
    return Task.objects.count()


def _reports() -> None:
    yunyan, nanming = _person("yunyan-reviewer"), _person("nanming-reviewer")
    chief, leader = _person("city-programme"), _person("leading-group")
    finance = _person("city-finance")
    report_task(
        _task("funds"),
        Said("市级配套资金已下达八个区县，其余本月下达", 60, files=[paper("资金下达通知")]),
        by=finance,
    )
    for key, (text, percent) in _EVERYWHERE.items():
        for place in PLACES:
            by = _reviewer(place.code)
            if by is not None:
                report_task(_task(key), Said(text, percent), by=by)
        note_reports(_task(key), by=chief, reason="进度正常")
    report_task(_task("key_groups"), Said("已摸底重点人群创业意向三百余人", 55), by=yunyan)
    note_reports(_task("key_groups"), by=chief, reason="请按月补报")
    report_task(_task("choose_projects"), Said("选定刺绣、辣椒加工两个项目", 30), by=nanming)
    return_reports(_task("choose_projects"), by=chief, reason="缺项目名单和带动户数，请补充")
    schemes = [paper("合作方案"), paper("备案表")]
    report_task(_task("schemes"), Said("合作方案已制定并报备案", 100, files=schemes), by=yunyan)
    close_task(_task("schemes"), by=leader, reason="材料齐全，同意办结")
    report_task(_task("inspection"), Said("一季度督查六个区县，发现问题四个", 50), by=chief)
    report_task(_task("gather"), Said("已采集企业信息一千二百户", 70), by=nanming)
    ask_extension(_task("year_goal"), date(2018, 12, 15), by=yunyan, reason="省级资金下达较晚")


def _duties(version: ProgrammeVersion) -> None:
    duties = {duty.id: duty for duty in version.pack.duties}
    office = Office.objects.get(code=district_office(_YUNYAN))
    by = _person("yunyan-reviewer")
    for month, district in _MONTHS:
        region = Region.objects.get(code=district)
        done = Done(
            "张主任",
            Rank.PRINCIPAL,
            date(2018, month, 12),
            f"{region.name}文化广场",
            region=region,
            text="发放政策手册，现场答疑",
            files=[paper(f"{region.name}{month}月宣传月小结")],
        )
        record_duty(version, duties["publicity_month"], office, done, by=by)
    for venue, place in _VENUES:
        done = Done("杨文静", Rank.OTHER, date(2018, 4, 10 + venue), place, venue=venue)
        record_duty(version, duties["eight_venues"], office, done, by=by)
