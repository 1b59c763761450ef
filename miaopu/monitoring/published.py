"""The figures that the public pages show, as one document of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from miaopu.core.kept import database_state
from miaopu.monitoring.board import Board, DistrictBoard, kept_board
from miaopu.monitoring.decomposed import DecomposedTarget
from miaopu.monitoring.figures import (
    LevelMoney,
    TargetProgress,
    by_district,
    money_by_level,
)
from miaopu.plans.models import Programme, ProgrammeVersion

FORMAT = "miaopu-figures-2"


def plain(figure: Decimal) -> str:
    """A figure as text without idle zeros: 3500.0000 is 3500."""
    return f"{figure.normalize():f}"


def level_json(row: LevelMoney) -> dict[str, Any]:
    """Money of a level as plain data, in fen."""
    return {
        "level": row.level,
        "funded_fen": row.funded_fen,
        "available_fen": row.available_fen,
        "committed_fen": row.committed_fen,
        "paid_fen": row.paid_fen,
    }


def _target(row: TargetProgress) -> dict[str, Any]:
    return {
        "id": row.key,
        "indicator": row.computed_from,
        "title": row.title.to_json(),
        "unit": row.unit.to_json(),
        "clause": row.clause,
        "target": plain(row.target),
        "done": row.done,
        "done_percent": str(row.done_percent),
        "time_percent": str(row.time_percent),
    }


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _decomposition(row: DecomposedTarget) -> dict[str, Any]:
    """A target with its parts; a part that is not named is null, which is not zero."""
    return {
        "id": row.key,
        "indicator": row.indicator,
        "version": row.number,
        "illustrative": row.illustrative,
        "value": plain(row.value),
        "allocated": _figure(row.allocated),
        "members": [
            {
                "kind": one.kind,
                "key": one.key,
                "name": one.name.to_json(),
                "target": _figure(one.target),
                "done": one.done,
                "due": _figure(one.due),
            }
            for one in row.rows
        ],
    }


def _county(one: DistrictBoard) -> dict[str, Any]:
    return {
        "region": one.code,
        "funded_fen": one.money.funded_fen,
        "available_fen": one.money.available_fen,
        "committed_fen": one.money.committed_fen,
        "paid_fen": one.money.paid_fen,
    }


def _of_programme(programme: Programme, version: ProgrammeVersion, board: Board) -> dict[str, Any]:
    period, total = version.pack.period, board.support.total
    return {
        "programme": programme.slug,
        "version": version.number,
        "digest": version.digest,
        "title": programme.name.to_json(),
        "period": {"from": period.start.isoformat(), "to": period.end.isoformat()},
        "awards": {
            "count": total.awards,
            "committed_fen": total.committed_fen,
            "paid_fen": total.paid_fen,
        },
        "targets": [_target(row) for row in board.targets],
        "jobs": {
            "now": total.jobs,
            "unknown": total.jobs_unknown,
            "compared": total.compared,
            "before": total.jobs_before,
            "after": total.jobs_after,
            "added": total.jobs_added,
            "planned": total.planned_jobs,
        },
        "districts": [
            {
                "region": row.code,
                "name": row.name.to_json(),
                "enterprises": row.enterprises,
                "jobs": row.jobs,
                "jobs_added": board.support.by_district[row.code][1].jobs_added,
                "committed_fen": row.committed_fen,
                "paid_fen": row.paid_fen,
            }
            for row in by_district(programme, board.support)
        ],
        "trend": [
            {"day": point.day.isoformat(), "done": point.done, "due": point.due}
            for point in board.trend
        ],
        "levels": [level_json(row) for row in money_by_level(programme, board.balances)],
        "counties": [_county(one) for one in board.districts],
        "decompositions": [_decomposition(row) for row in board.decomposed],
    }


def figures_document(day: date) -> Mapping[str, Any]:
    """Every programme in force with its figures as of the day.

    Money is whole fen; shares are per cent as text, exact to one decimal; targets are text.
    """
    state = database_state()
    return {
        "format": FORMAT,
        "as_of": day.isoformat(),
        "programmes": [
            _of_programme(programme, version, kept_board(version, day, state))
            for programme in Programme.objects.public()
            for version in [programme.current_version]
        ],
    }
