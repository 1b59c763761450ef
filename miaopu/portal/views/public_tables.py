"""Tables of a programme's figures, the same wherever they stand: districts, trend, levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from miaopu.monitoring.board import Board, DistrictBoard
from miaopu.monitoring.figures import LevelMoney
from miaopu.monitoring.support import Counts
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import awards_href


@dataclass(frozen=True)
class DistrictRow:
    """A district in the table, or the total."""

    code: str
    name: str
    href: str
    firsts_href: str
    enterprises: int
    jobs: int
    jobs_added: int
    committed_fen: int
    paid_fen: int
    budget_used: Fraction | None
    key: str = ""

    @property
    def keys(self) -> dict[str, str]:
        """Names of the row's figures in the open data; none for the total, which is their sum."""
        names = ("enterprises", "jobs", "jobs_added", "committed_fen", "paid_fen")
        return {name: f"{self.key}.{name}" if self.key else "" for name in names}


def district_rows(slug: str, districts: Sequence[DistrictBoard]) -> list[DistrictRow]:
    """The districts and the total, which is what they add up to; none without districts."""
    if not districts:
        return []

    def row(name: str, code: str, counts: Counts, money: LevelMoney | None) -> DistrictRow:
        return DistrictRow(
            code=code,
            name=name,
            href=awards_href(programme=slug, district=code),
            firsts_href=awards_href(programme=slug, district=code, once="1"),
            enterprises=counts.enterprises,
            jobs=counts.jobs,
            jobs_added=counts.jobs_added,
            committed_fen=counts.committed_fen,
            paid_fen=counts.paid_fen,
            budget_used=used_share(money) if money else None,
            key=f"{slug}.districts.{code}" if code else "",
        )

    rows = [
        row(present.in_language(one.name), one.code, one.counts, one.money) for one in districts
    ]
    whole = sum((one.counts for one in districts), Counts())
    return [*rows, row(_("合计"), "", whole, None)]


def _money(key: str, title: str) -> Column:
    return Column(key, title, kind="money", unit=_("元"), figure=f"keys.{key}")


def used_share(money: LevelMoney) -> Fraction | None:
    """What is committed and paid of a level's budget; None without a budget."""
    if not money.funded_fen:
        return None
    return Fraction(money.committed_fen + money.paid_fen, money.funded_fen)


def district_table(rows: Sequence[DistrictRow], day: date) -> Table:
    """The table twin of the map."""
    return Table(
        columns=(
            Column("name", _("区县"), link="href"),
            Column(
                "enterprises",
                _("扶持企业"),
                kind="number",
                unit=_("户"),
                link="firsts_href",
                figure="keys.enterprises",
            ),
            Column(
                "jobs",
                _("带动就业"),
                kind="number",
                unit=_("人"),
                link="firsts_href",
                figure="keys.jobs",
            ),
            Column(
                "jobs_added",
                _("扶持后增加就业"),
                kind="number",
                unit=_("人"),
                figure="keys.jobs_added",
            ),
            _money("committed_fen", _("待拨付")),
            _money("paid_fen", _("已拨付")),
            Column("budget_used", _("县级资金已用"), kind="percent"),
        ),
        rows=rows,
        caption=_("截至%(day)s各区县进度") % {"day": formats.day(day)},
        empty=_("还没有决定扶持的企业"),
    )


def trend_table(slug: str, board: Board) -> Table | None:
    """The table twin of the trend; each row opens to the enterprises counted by then."""
    rows = [
        {
            "day": point.day,
            "done": point.done,
            "due": point.due,
            "gap": None if point.done is None else point.done - point.due,
            "done_key": f"{slug}.trend.{point.day}.done",
            "due_key": f"{slug}.trend.{point.day}.due",
            "href": awards_href(programme=slug, once="1", until=point.day.isoformat())
            if point.done is not None
            else "",
        }
        for point in board.trend
    ]
    if not rows:
        return None
    return Table(
        columns=(
            Column("day", _("截至"), kind="date"),
            Column(
                "done", _("累计扶持"), kind="number", unit=_("户"), link="href", figure="done_key"
            ),
            Column("due", _("按时间应达"), kind="number", unit=_("户"), figure="due_key"),
            Column("gap", _("差额"), kind="number", unit=_("户")),
        ),
        rows=rows,
        caption=_("累计扶持企业与时间进度"),
        stack=False,
    )


@dataclass(frozen=True)
class LevelRow:
    """Money of a level, or the total, in fen."""

    title: str
    funded_fen: int
    available_fen: int
    committed_fen: int
    paid_fen: int
    key: str = ""

    @property
    def keys(self) -> dict[str, str]:
        """Names of the row's figures in the open data; none for the total, which is their sum."""
        names = ("funded_fen", "available_fen", "committed_fen", "paid_fen")
        return {name: f"{self.key}.{name}" if self.key else "" for name in names}


def level_table(slug: str, levels: Sequence[LevelMoney], day: date) -> Table:
    """Money by level with its total; what is put in is what is free, committed and paid."""
    rows = [
        LevelRow(
            title=row.title,
            funded_fen=row.funded_fen,
            available_fen=row.available_fen,
            committed_fen=row.committed_fen,
            paid_fen=row.paid_fen,
            key=f"{slug}.levels.{row.level}",
        )
        for row in levels
    ]
    if rows:
        rows.append(
            LevelRow(
                _("合计"),
                sum(row.funded_fen for row in rows),
                sum(row.available_fen for row in rows),
                sum(row.committed_fen for row in rows),
                sum(row.paid_fen for row in rows),
            )
        )
    return Table(
        columns=(
            Column("title", _("级次")),
            _money("funded_fen", _("预算")),
            _money("available_fen", _("可用")),
            _money("committed_fen", _("待拨付")),
            _money("paid_fen", _("已拨付")),
        ),
        rows=rows,
        caption=_("截至%(day)s各级资金") % {"day": formats.day(day)},
        empty=_("还没有下达预算"),
    )


@dataclass(frozen=True)
class JobRow:
    """A figure on jobs with its name in the open data."""

    label: str
    value: int
    key: str


def job_rows(slug: str, board: Board) -> list[JobRow]:
    """Every figure on jobs with what it is."""
    total = board.support.total
    numbers = (
        ("now", _("现有从业人员（带动就业）"), total.jobs),
        ("unknown", _("人数未知的企业"), total.jobs_unknown),
        ("before", _("扶持时的从业人员"), total.jobs_before),
        ("after", _("同一批企业现在的从业人员"), total.jobs_after),
        ("added", _("扶持后增加"), total.jobs_added),
        ("planned", _("申报表计划带动"), total.planned_jobs),
    )
    return [JobRow(label, value, f"{slug}.jobs.{key}") for key, label, value in numbers]
