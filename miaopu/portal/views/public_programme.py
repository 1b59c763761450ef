"""A programme: targets and progress, districts, items, money, clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.kept import database_state
from miaopu.monitoring.board import Board, kept_board
from miaopu.monitoring.figures import COMPUTED, money_by_level
from miaopu.plans.models import Programme, ProgrammeVersion, Target
from miaopu.portal import formats, present
from miaopu.portal.charts import district_map, trend_chart
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_parts import public_parts
from miaopu.portal.views.public_plan_parts import plan_tables
from miaopu.portal.views.public_shared import (
    award_sums,
    awards_href,
    offers_of,
    pays,
    progress_with_clauses,
    public_page,
)
from miaopu.portal.views.public_tables import (
    district_rows,
    district_table,
    job_rows,
    level_table,
    trend_table,
)
from miaopu.portal.views.titled_parts import titled_table

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Target as PackTarget

DIGITS = "一二三四五六七八九"
LAST_CLAUSE = 1_000


def version_of(slug: str) -> ProgrammeVersion:
    """The version in force of a public programme. Raises Http404."""
    programme = get_object_or_404(Programme.objects.public(), slug=slug)
    return programme.current_version


def figure_text(target: PackTarget) -> str:
    """The figure of a target in words: 1 to 2, not less than 11,000."""
    low = formats.number(Decimal(target.value))
    if target.comparator == "range" and target.upper:
        high = formats.number(Decimal(target.upper))
        return _("%(low)s 至 %(high)s") % {"low": low, "high": high}
    words = {
        ">=": _("不少于 %(value)s"),
        "<=": _("不超过 %(value)s"),
        "<": _("低于 %(value)s"),
    }
    return words.get(target.comparator, "%(value)s") % {"value": low}


@dataclass(frozen=True)
class TargetRow:
    """A target in the table of those for which nothing is recorded yet."""

    title: str
    region: str
    figure: str
    unit: str
    period: str
    clause: str
    clause_href: str


def _targets_without_records(version: ProgrammeVersion, figures: Board) -> list[TargetRow]:
    """Targets of single districts, and those of the whole that no record counts yet."""
    pack = version.pack
    by_key = {target.id: target for target in pack.targets}
    titled = {one.key for one in figures.titled}
    stored = Target.objects.public().filter(version=version).select_related("region")
    return [
        TargetRow(
            title=present.in_language(pack.indicators[target.indicator].title),
            region=present.region_name(target.region),
            figure=figure_text(by_key[target.key]),
            unit=present.in_language(pack.indicators[target.indicator].unit),
            period=target.period,
            clause=target.clause,
            clause_href=present.clause_href(version, target.clause),
        )
        for target in stored.order_by("pk")
        if (target.indicator not in COMPUTED or target.region_id != version.programme.region_id)
        and target.key not in titled
    ]


def _targets_table(rows: Sequence[TargetRow]) -> Table:
    return Table(
        columns=(
            Column("title", _("指标")),
            Column("region", _("地区")),
            Column("figure", _("目标"), align="end"),
            Column("unit", _("单位")),
            Column("period", _("期间")),
            Column("clause", _("条款"), kind="clause", link="clause_href"),
        ),
        rows=rows,
        caption=_("还没有记录可计的目标"),
    )


@dataclass(frozen=True)
class ClauseRow:
    """A clause in the list."""

    path: str
    title: str
    summary: str
    href: str


def place_in_plan(path: str) -> tuple[int, ...]:
    """Where a clause stands: 三/(二) is (3, 2). A part without a Chinese number comes last."""
    return tuple(_number_of(part.strip("()")) for part in path.split("/"))


def _number_of(numeral: str) -> int:
    """A Chinese number below a hundred."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or not set(tens + ones) <= set(DIGITS):
        return LAST_CLAUSE
    number = DIGITS.index(ones) + 1 if ones else 0
    many = DIGITS.index(tens) + 1 if tens else 1
    return number + 10 * many if ten else number


def clause_rows(version: ProgrammeVersion) -> list[ClauseRow]:
    """The clauses in the order of the plan (the database keeps no order of keys)."""
    clauses = sorted(version.pack.clauses.items(), key=lambda entry: place_in_plan(entry[0]))
    return [
        ClauseRow(
            path,
            present.in_language(entry.title),
            present.in_language(entry.summary),
            present.clause_href(version, path),
        )
        for path, entry in clauses
    ]


@public_page
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Targets and progress by district, items, money, clauses of one programme."""
    version = version_of(slug)
    today = clock.today()
    figures = kept_board(version, today, database_state())
    districts = district_rows(slug, figures.districts)
    return render(
        request,
        "public/programme.html",
        {
            "today": today,
            "title": present.in_language(version.programme.name),
            "version": version,
            "pack": version.pack,
            "source": present.in_language(version.pack.source.title),
            "progress": progress_with_clauses(version, today, figures.support, figures.targets),
            "targets": _targets_table(_targets_without_records(version, figures)),
            "titled": titled_table(slug, figures.titled),
            "districts": district_table(districts, today),
            "parts": public_parts(slug, figures),
            "offers": offers_of(version),
            "levels": level_table(slug, money_by_level(version.programme, figures.balances), today),
            "pays": pays(version),
            "plan_tables": plan_tables(version),
            "has_budgets": bool(version.pack.budgets),
            "budget_clauses": [
                (path, present.clause_href(version, path))
                for path in dict.fromkeys(
                    budget.clause for budget in version.pack.budgets if budget.clause
                )
            ],
            "illustrative": any(budget.illustrative for budget in version.pack.budgets),
            "sums": award_sums(figures.support),
            "map": district_map(
                version.programme.region_id,
                figures.districts,
                {row.code: row.href for row in districts},
                _("户"),
            ),
            "trend": trend_chart(figures, _("户")),
            "jobs": job_rows(slug, figures),
            "trend_table": trend_table(slug, figures),
            "awards_href": awards_href(programme=slug),
            "money_href": f"{reverse('money')}#{slug}",
            "clauses": clause_rows(version),
        },
    )
