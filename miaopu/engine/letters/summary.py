"""Mid-term check and year-end summary of a programme: figures in, sections out, for Word and PDF.

Every sentence follows from the figures; nothing is judged that no record says. Texts are Chinese,
as the document is. The layout follows GB/T 9704-2012 (format of official documents).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from miaopu.engine.letters.content import chinese_day, clean

Half = Literal["midterm", "year-end"]
TITLES: dict[Half, str] = {"midterm": "中期检查情况", "year-end": "年终总结"}
_COLOURS = {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "done": "已办结"}
_STATES = {
    "open": "办理中",
    "reported": "已报告，待确认",
    "returned": "报告被退回",
    "closed": "已办结",
}
_PHASES = {"over": "已结束", "in_progress": "进行中", "not_due": "未开始"}
_NUMBERS = "一二三四五六七八九"
_JOIN = "、"
_MOST_UNMET = 6  # periods named of each duty


@dataclass(frozen=True)
class TaskLine:
    """A task as it stands: units in words, colour and state by their keys, and why."""

    title: str
    clause: str
    units: tuple[str, ...]
    due: date
    colour: str
    state: str
    percent: int
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class TargetLine:
    """A target that records can be counted for; shares in percent, in words."""

    title: str
    unit: str
    target: str
    done: str
    done_percent: str
    time_percent: str


@dataclass(frozen=True)
class DutyLine:
    """A recurring duty: how many periods were due, how many of them are met, what is not."""

    title: str
    clause: str
    met: int
    due: int
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhaseLine:
    """A phase with its days and where it stands."""

    title: str
    first: date
    last: date
    state: str


@dataclass(frozen=True)
class MoveLine:
    """A deadline that was moved: from when to when, and why."""

    title: str
    old: date
    new: date
    why: str


@dataclass(frozen=True)
class Summary:
    """All that a summary says, as of a day. `uncounted` targets have no records to count."""

    half: Half
    programme: str
    office: str
    as_of: date
    first: date
    last: date
    time_percent: str
    tasks: tuple[TaskLine, ...] = ()
    targets: tuple[TargetLine, ...] = ()
    uncounted: int = 0
    duties: tuple[DutyLine, ...] = ()
    phases: tuple[PhaseLine, ...] = ()
    moves: tuple[MoveLine, ...] = ()
    escalated: int = 0

    @property
    def title(self) -> str:
        """The document's title."""
        return clean(f"{self.programme}{TITLES[self.half]}")


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, and a table below them if `head` is given."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(summary: Summary) -> tuple[Section, ...]:
    """What the document says, section by section; what a programme has not is left out."""
    made = [
        _whole(summary),
        _targets(summary),
        _tasks(summary),
        _late(summary),
        _duties(summary),
        _phases(summary),
        _moves(summary),
    ]
    kept = (one for one in made if one is not None)
    return tuple(
        Section(
            f"{_NUMBERS[number]}、{one.heading}",
            tuple(clean(text) for text in one.paragraphs),
            one.head,
            tuple(tuple(clean(cell) for cell in row) for row in one.rows),
        )
        for number, one in enumerate(kept)
    )


def _whole(summary: Summary) -> Section:
    colours = Counter(task.colour for task in summary.tasks)
    lines = [
        f"计划期为{chinese_day(summary.first)}至{chinese_day(summary.last)}。"
        f"截至{chinese_day(summary.as_of)}，时间已过{summary.time_percent}%。",
        f"列入督办的任务{len(summary.tasks)}项，其中"
        + "，".join(f"{word}{colours[key]}项" for key, word in _COLOURS.items())
        + "。",
    ]
    met, due = sum(one.met for one in summary.duties), sum(one.due for one in summary.duties)
    if summary.duties:
        lines.append(f"经常性职责{len(summary.duties)}项，到期{due}期，按期履行{met}期。")
    lines.append("本文件的数字全部由系统按记录计算。")
    return Section("总体情况", tuple(lines))


def _targets(summary: Summary) -> Section | None:
    if not summary.targets and not summary.uncounted:
        return None
    said = []
    if summary.uncounted:
        said.append(f"另有{summary.uncounted}项目标还没有可以计算的记录，未列入下表。")
    rows = tuple(
        (one.title, one.unit, one.target, one.done, f"{one.done_percent}%", f"{one.time_percent}%")
        for one in summary.targets
    )
    head = ("目标", "单位", "目标值", "已完成", "完成率", "时间进度") if rows else ()
    return Section("目标完成情况", tuple(said), head, rows)


def _tasks(summary: Summary) -> Section | None:
    if not summary.tasks:
        return None
    states = Counter(task.state for task in summary.tasks)
    words = "，".join(f"{word}{states[key]}项" for key, word in _STATES.items())
    rows = tuple(
        (
            one.title,
            one.clause,
            _JOIN.join(one.units) or "—",
            one.due.isoformat(),
            _STATES.get(one.state, one.state),
            f"{one.percent}%",
        )
        for one in summary.tasks
    )
    return Section(
        "任务办理情况",
        (f"按状态：{words}。",),
        ("任务", "条款", "责任单位", "期限", "状态", "完成"),
        rows,
    )


def _late(summary: Summary) -> Section | None:
    wanting = [one for one in summary.tasks if one.colour in ("red", "yellow")]
    if not wanting:
        return None
    wanting.sort(key=lambda one: (one.colour != "red", one.due))
    said = []
    if summary.escalated:
        said.append(f"因超期已上报{summary.escalated}项。")
    rows = tuple(
        (one.title, _JOIN.join(one.units) or "—", _COLOURS[one.colour], "；".join(one.why))
        for one in wanting
    )
    return Section("需要督办的任务", tuple(said), ("任务", "责任单位", "灯号", "原因"), rows)


def _duties(summary: Summary) -> Section | None:
    if not summary.duties:
        return None
    rows = tuple(
        (
            one.title,
            one.clause,
            str(one.due),
            str(one.met),
            f"{one.met * 100 // one.due}%" if one.due else "—",
            _unmet(one),
        )
        for one in summary.duties
    )
    head = ("职责", "条款", "到期（期）", "履行（期）", "履行率", "未履行")
    return Section("经常性职责履行情况", (), head, rows)


def _unmet(line: DutyLine) -> str:
    """The periods that were not met, the last ones by name where there are many."""
    if len(line.unmet) <= _MOST_UNMET:
        return _JOIN.join(line.unmet) or "—"
    return f"{len(line.unmet)}期，最近为{_JOIN.join(line.unmet[-_MOST_UNMET:])}"


def _phases(summary: Summary) -> Section | None:
    rows = tuple(
        (one.title, f"{one.first.isoformat()} 至 {one.last.isoformat()}", _PHASES[one.state])
        for one in summary.phases
    )
    return Section("阶段", (), ("阶段", "时间", "状态"), rows) if rows else None


def _moves(summary: Summary) -> Section | None:
    rows = tuple(
        (one.title, one.old.isoformat(), one.new.isoformat(), one.why) for one in summary.moves
    )
    return Section("期限调整", (), ("任务", "原期限", "新期限", "理由"), rows) if rows else None
