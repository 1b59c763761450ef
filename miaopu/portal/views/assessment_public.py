"""Published rankings of bases: place, score and class; the points are the bases' own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.monitoring.enums import CampaignState
from miaopu.monitoring.models import (
    AssessmentBulletin,
    AssessmentCampaign,
    AssessmentCertificate,
    AssessmentResult,
)
from miaopu.portal import present, shapes
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.assessment_parts import (
    CAMPAIGN_TONES,
    campaign_title,
    ranking_table,
    scheme_title,
)
from miaopu.portal.views.public_shared import public_page

COLUMNS = (
    Column("title", gettext_lazy("考核"), link="href"),
    Column("programme", gettext_lazy("计划")),
    Column("year", gettext_lazy("年度"), align="end"),
    Column("state", gettext_lazy("状态"), kind="tag", tone="tone"),
    Column("to", gettext_lazy("公示截止"), kind="date"),
)


@public_page
def rankings(request: HttpRequest) -> HttpResponse:
    """Every year's result that is publicised or published."""
    found = AssessmentCampaign.objects.public().select_related("programme", "version")
    page = page_of(request, found)
    rows = [
        {
            "title": scheme_title(one),
            "href": reverse("ranking", args=[one.pk]),
            "programme": present.in_language(one.programme.name),
            "year": str(one.year),
            "state": one.get_state_display(),
            "tone": CAMPAIGN_TONES.get(one.state, "neutral"),
            "to": one.publicity_to,
        }
        for one in page.object_list
    ]
    empty = _("还没有公布的考核结果")
    table = Table(COLUMNS, rows, _("各年度考核结果"), empty=empty)
    return render(request, "assessment/rankings.html", {"page": page, "table": table})


@public_page
def ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranking of one year."""
    rows = AssessmentCampaign.objects.public().select_related("programme", "version")
    found = get_object_or_404(rows, pk=pk)
    results = AssessmentResult.objects.public().filter(freeze__campaign=found)
    freeze = found.freezes.get(number=found.freeze_number)
    bands = [
        f"{present.in_language(one.title) or one.name} ≥ {one.start}"
        for one in found.scheme.bands
        if one.start not in ("0", 0)
    ]
    certificates = dict(
        AssessmentCertificate.objects.public()
        .filter(result__freeze__campaign=found)
        .values_list("result_id", "code")
    )
    context = {
        "campaign": found,
        "bulletin": AssessmentBulletin.objects.public().filter(freeze__campaign=found).first(),
        "title": campaign_title(found),
        "tone": CAMPAIGN_TONES.get(found.state, "neutral"),
        "final": found.state == CampaignState.PUBLISHED,
        "table": ranking_table(
            found,
            results.with_subjects().order_by("rank", "subject_id"),
            lambda one: (
                reverse("certificate", args=[certificates[one.pk]])
                if one.pk in certificates
                else ""
            ),
        ),
        "bands": _("、").join(bands),
        "weights": " + ".join(
            f"{present.in_language(_period(name))} {weight}%"
            for name, weight in found.scheme.periods.items()
        ),
        "clause": found.scheme.clause,
        "clause_href": present.clause_href(found.version, found.scheme.clause or ""),
        "digest": freeze.digest,
        "crumbs": [
            shapes.Link(_("考核结果"), reverse("rankings")),
            shapes.Link(campaign_title(found)),
        ],
    }
    return render(request, "assessment/ranking.html", context)


def _period(name: str) -> str:
    return {"half": _("半年"), "year": _("年终")}[name]
