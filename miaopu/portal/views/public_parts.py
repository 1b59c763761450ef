"""Parts of targets against the records, the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from miaopu.monitoring.board import Board
from miaopu.monitoring.decomposed import DecomposedTarget, MemberProgress
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table


def figure(value: Decimal | None, places: int) -> str:
    """A figure with grouped thousands and its decimals; — where there is none."""
    return formats.MISSING if value is None else f"{value:,.{places}f}"


def parts_caption(found: DecomposedTarget, day: date) -> str:
    """What a table of parts shows, and that its figures are made up where they are."""
    words = {"title": present.in_language(found.title), "day": formats.day(day)}
    if found.illustrative:
        return _("%(title)s：截至%(day)s各单位对照目标（分解数为示例）") % words
    return _("%(title)s：截至%(day)s各单位对照目标") % words


def public_parts(slug: str, board: Board) -> list[Table]:
    """The approved parts of every target of a programme, for anyone."""
    return [
        progress_table(one, one.rows, parts_caption(one, board.as_of), slug)
        for one in board.decomposed
    ]


def progress_table(
    found: DecomposedTarget, rows: Sequence[MemberProgress], caption: str, slug: str = ""
) -> Table:
    """Parts against the records: figure, done, what time asks for, the gap.

    With `slug` each figure bears its name in the open data.
    """

    def shown(row: MemberProgress) -> dict[str, Any]:
        key = f"{slug}.decompositions.{found.key}.{row.key}" if slug else ""
        gap = row.gap
        return {
            "name": present.in_language(row.name),
            "target": figure(row.target, found.places),
            "done": formats.number(row.done),
            "due": figure(row.due, found.places),
            "gap": figure(gap, found.places if gap and gap % 1 else 0),
            "percent": formats.percent(row.done_percent, 100),
            "state": _gap_word(gap),
            "tone": "neutral" if gap is None else "good" if gap >= 0 else "soon",
            "target_key": f"{key}.target" if key else "",
            "done_key": f"{key}.done" if key else "",
            "due_key": f"{key}.due" if key else "",
        }

    unit = present.in_language(found.unit)
    return Table(
        (
            Column("name", _("承担单位")),
            Column("target", _("目标"), align="end", unit=unit, figure="target_key"),
            Column("done", _("完成"), align="end", figure="done_key"),
            Column("percent", _("完成率"), align="end"),
            Column("due", _("按时间应达"), align="end", figure="due_key"),
            Column("gap", _("差额"), align="end"),
            Column("state", _("对照时间"), kind="tag", tone="tone"),
        ),
        [shown(row) for row in rows],
        caption,
    )  # fmt: skip


def _gap_word(gap: Decimal | None) -> str:
    if gap is None:
        return ""
    return _("不落后") if gap >= 0 else _("落后")
