"""Programmes as anyone may read them: targets, figures, items, clauses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router

from miaopu.core import clock
from miaopu.monitoring.figures import by_district, money_by_level, target_progress
from miaopu.monitoring.published import level_json, plain
from miaopu.monitoring.support import support_of
from miaopu.plans.models import Programme, ProgrammeVersion, Target
from miaopu.portal.api import asked as ask
from miaopu.portal.api import schemas
from miaopu.portal.api.lists import json_answer, whole_answer
from miaopu.portal.views.public_shared import amount_of, award_sums

router = Router(tags=["public"])
FOUND = {404: schemas.Problem}


def _version(slug: str) -> ProgrammeVersion:
    return get_object_or_404(Programme.objects.public(), slug=slug).current_version


def _programme_row(programme: Programme) -> Mapping[str, Any]:
    version = programme.current_version
    period = version.pack.period
    return {
        "slug": programme.slug,
        "title": programme.name.to_json(),
        "region": programme.region_id,
        "version": version.number,
        "digest": version.digest,
        "period": {"start": period.start, "end": period.end},
    }


@router.get("/programmes", response=ask.Rows[schemas.ProgrammeRow], url_name="programmes")
def programmes(request: HttpRequest) -> HttpResponse:
    """Programmes in force."""
    return whole_answer(request, map(_programme_row, Programme.objects.public()), closed=False)


@router.get(
    "/programmes/{slug}",
    response={200: schemas.ProgrammeRow, **FOUND},
    url_name="programme",
)
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme in force."""
    found = get_object_or_404(Programme.objects.public(), slug=slug)
    return json_answer(request, _programme_row(found), closed=False)


@router.get(
    "/programmes/{slug}/targets",
    response={200: ask.Rows[schemas.TargetRow], **FOUND},
    url_name="targets",
)
def targets(request: HttpRequest, slug: str) -> HttpResponse:
    """What the plan wants reached, and what is done by today."""
    version = _version(slug)
    reached = {row.key: row for row in target_progress(version, clock.today())}
    rows = []
    for target in Target.objects.public().filter(version=version).order_by("pk"):
        indicator = version.pack.indicators[target.indicator]
        done = reached.get(target.key)
        rows.append(
            {
                "key": target.key,
                "indicator": target.indicator,
                "title": indicator.title.bilingual.to_json(),
                "unit": indicator.unit.bilingual.to_json(),
                "region": target.region_id,
                "period": target.period,
                "value": plain(target.value),
                "comparator": target.comparator,
                "clause": target.clause,
                "done": done.done if done else None,
                "done_percent": str(done.done_percent) if done else None,
                "time_percent": str(done.time_percent) if done else None,
            }
        )
    return whole_answer(request, rows, closed=False)


@router.get(
    "/programmes/{slug}/figures",
    response={200: schemas.Figures, **FOUND},
    url_name="figures",
)
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Awards, districts and money by level, as on the programme's page."""
    found = _version(slug).programme
    today = clock.today()
    support = support_of(found, today)
    sums = award_sums(support)
    content = {
        "as_of": today,
        "awards": {
            "count": sums.count,
            "committed_fen": sums.committed_fen,
            "paid_fen": sums.paid_fen,
        },
        "districts": [
            {
                "region": row.code,
                "name": row.name.to_json(),
                "enterprises": row.enterprises,
                "jobs": row.jobs,
                "committed_fen": row.committed_fen,
                "paid_fen": row.paid_fen,
            }
            for row in by_district(found, support)
        ],
        "levels": [level_json(row) for row in money_by_level(found)],
    }
    return json_answer(request, content, closed=False)


@router.get(
    "/programmes/{slug}/items",
    response={200: ask.Rows[schemas.ItemRow], **FOUND},
    url_name="items",
)
def items(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be had under the programme, each with its clause."""
    rows = [
        {
            "code": code,
            "title": item.title.bilingual.to_json(),
            "summary": item.summary.bilingual.to_json(),
            "clause": item.clause,
            "outcome": item.outcome,
            "amount_fen": amount_of(item),
            "shares": dict(item.shares),
        }
        for code, item in _version(slug).pack.items.items()
    ]
    return whole_answer(request, rows, closed=False)


@router.get(
    "/programmes/{slug}/clauses",
    response={200: ask.Rows[schemas.ClauseRow], **FOUND},
    url_name="clauses",
)
def clauses(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan's clauses, summarised in the pack's own words."""
    rows = [
        {
            "path": path,
            "title": clause.title.bilingual.to_json(),
            "summary": clause.summary.bilingual.to_json(),
        }
        for path, clause in _version(slug).pack.clauses.items()
    ]
    return whole_answer(request, rows, closed=False)
