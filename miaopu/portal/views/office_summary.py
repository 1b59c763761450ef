"""Mid-term check and year-end summary as documents, for whoever looks after a programme."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.events import acting_office
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.monitoring.summaries import HALVES, MAKERS, Half, Summary, summary_of
from miaopu.plans.duty_reads import in_force
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_task_parts import COLOUR_WORDS, TASK_READERS, TONES


def _version_or_404(user: User, slug: str) -> ProgrammeVersion:
    """The programme's version in force, if the whole programme lies in the user's regions."""
    for version in in_force(slug):
        if reaches(user, version.programme.region_id):
            return version
    raise Http404


def half_name(half: Half) -> str:
    """Mid-term or year-end, in a word."""
    return _("中期检查") if half == "midterm" else _("年终总结")


def _summary(user: User, version: ProgrammeVersion, half: Half) -> Summary:
    office = acting_office(user, version.programme.region_id)
    assert office is not None  # the programme lies in one of her offices' regions
    return summary_of(version, half, office, clock.today())


@require_safe
@role_required(*TASK_READERS)
def programme_summary(request: HttpRequest, slug: str) -> HttpResponse:
    """What do the records say today? The same as Word and PDF, for the check and the summary."""
    user = person(request)
    version = _version_or_404(user, slug)
    made = _summary(user, version, "midterm")
    name = present.in_language(version.programme.name)
    query = f"{reverse('task_board')}?programme={slug}"
    figures: list[dict[str, Any]] = [
        {
            "label": word,
            "count": formats.number(sum(one.colour == colour for one in made.tasks)),
            "tone": TONES[colour],
            "href": f"{query}&light={colour}",
        }
        for colour, word in COLOUR_WORDS.items()
    ]
    context = {
        "name": name,
        "today": made.as_of,
        "time_percent": made.time_percent,
        "figures": figures,
        "targets": len(made.targets),
        "uncounted": made.uncounted,
        "duties_met": sum(one.met for one in made.duties),
        "duties_due": sum(one.due for one in made.duties),
        "documents": [
            {
                "name": half_name(half),
                "files": [
                    (kind, reverse("summary_file", args=[slug, half, kind])) for kind in MAKERS
                ],
            }
            for half in HALVES
        ],
        "crumbs": [shapes.Link(_("任务督办"), reverse("task_board")), shapes.Link(name)],
    }
    return render(request, "office/summary.html", context)


@require_safe
@role_required(*TASK_READERS)
def summary_file(request: HttpRequest, slug: str, half: str, kind: str) -> HttpResponse:
    """The check or the summary as a document (docx or pdf), as of today."""
    user = person(request)
    version = _version_or_404(user, slug)
    chosen = next((one for one in HALVES if one == half), None)
    if chosen is None or kind not in MAKERS:
        raise Http404
    made = _summary(user, version, chosen)
    name = f"{made.title}-{made.as_of.isoformat()}.{kind}"
    return made_response(MAKERS[kind](made), name, MEDIA_TYPES[kind])
