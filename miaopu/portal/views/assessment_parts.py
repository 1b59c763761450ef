"""What the pages of assessments share: who may read them, words, tones, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.core.enums import Role
from miaopu.monitoring.enums import (
    AppealState,
    CampaignState,
    DelistingState,
    SheetState,
)
from miaopu.monitoring.models import AssessmentCampaign, AssessmentResult, ScoreSheet
from miaopu.monitoring.sheets import period_words, plain, two_decimals
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import View
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.office_parts import CASE_READERS

if TYPE_CHECKING:
    from miaopu.engine.assessment.scheme import Assessment
    from miaopu.engine.assessment.sensitivity import Way

CAMPAIGN_TONES: dict[str, shapes.Tone] = {
    CampaignState.PUBLISHED: "good",
    CampaignState.PUBLICITY: "soon",
    CampaignState.FROZEN: "soon",
}
SHEET_TONES: dict[str, shapes.Tone] = {SheetState.SETTLED: "good"}
APPEAL_TONES: dict[str, shapes.Tone] = {AppealState.FILED: "soon", AppealState.UPHELD: "good"}
DELISTING_TONES: dict[str, shapes.Tone] = {
    DelistingState.APPROVED: "late",
    DelistingState.REFUSED: "good",
}
SHEET_COLUMNS = (
    Column("base", _("被考核对象"), link="href"),
    Column("region", _("区域")),
    Column("year", _("年度"), align="end"),
    Column("period", _("时段")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("due", _("自评截止"), kind="date"),
)
RANKING_COLUMNS = (
    Column("rank", _("名次"), align="end"),
    Column("base", _("被考核对象"), link="href"),
    Column("region", _("区域")),
    Column("composite", _("综合得分"), align="end"),
    Column("band", pgettext_lazy("assessment", "类别"), kind="tag", tone="tone"),
    Column("follows", _("结果运用")),
)


def assessors_only(view: View) -> View:
    """Let only officials in who work in an office, and parties; scopes do the rest."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and (
            user.is_party or user.has_role(*CASE_READERS, Role.FINANCE_OFFICER)
        ):
            return view(request, *args, **kwargs)
        raise Http404

    return guarded


def scheme_title(campaign: AssessmentCampaign) -> str:
    """What is assessed, in the language of the page."""
    return present.in_language(campaign.scheme.title) or campaign.scheme_key


def campaign_title(campaign: AssessmentCampaign) -> str:
    """What is assessed in which year."""
    return pgettext("assessment", "%(title)s %(year)s 年度") % {
        "title": scheme_title(campaign),
        "year": campaign.year,
    }


def band_tone(scheme: Assessment, band: str) -> shapes.Tone:
    """Green for the first class, red for the last, amber between."""
    names = [one.name for one in scheme.bands]
    if band == names[0]:
        return "good"
    return "late" if band == names[-1] else "soon"


def band_words(scheme: Assessment, band: str) -> str:
    """A class as pages name it: by the title that the scheme gives it, else by its name."""
    titles = {one.name: present.in_language(one.title) for one in scheme.bands}
    if titles.get(band):
        return titles[band]
    return pgettext("assessment", "%(band)s 类") % {"band": band}


def follow_words(scheme: Assessment, names: Iterable[str]) -> str:
    """What follows from a result, in the words of the scheme."""
    titles = {one.do: present.in_language(one.title) or one.do for one in scheme.consequences}
    return gettext("；").join(titles.get(name, name) for name in names)


def points_text(value: Decimal | str | None) -> str:
    """Points in two decimals, half up; a dash for none."""
    return formats.MISSING if value is None else two_decimals(Decimal(value))


def way_words(scheme: Assessment, way: Way | None, *, up: bool) -> str:
    """How far the next class is, and what of the year-end's points that is."""
    if way is None:
        return formats.MISSING
    year = way.in_period.get("year")
    words = {
        "points": plain(way.points.quantize(Decimal("0.0001"))) or "0",
        "band": band_words(scheme, way.band),
        "year": plain(year.quantize(Decimal("0.01"))) if year is not None else formats.MISSING,
    }
    if up:
        return gettext("距%(band)s %(points)s 分（年终 %(year)s 分）") % words
    return gettext("高出 %(points)s 分（年终 %(year)s 分）") % words


def period_name(period: str) -> str:
    """The name of a period in the language of the page."""
    return present.in_language(period_words(period))


def sheet_table(sheets: Iterable[ScoreSheet], caption: str, empty: str) -> Table:
    """Score sheets, each leading to its page."""
    rows = [
        {
            "base": present.in_language(one.subject.title),
            "href": reverse("score_sheet", args=[one.pk]),
            "region": present.region_name(one.subject.region),
            "year": str(one.campaign.year),
            "period": period_name(one.period),
            "state": one.get_state_display(),
            "tone": SHEET_TONES.get(one.state, "soon"),
            "due": one.due_on,
        }
        for one in sheets
    ]
    return Table(SHEET_COLUMNS, rows, caption, empty=empty)


def ranking_table(
    campaign: AssessmentCampaign,
    results: Iterable[AssessmentResult],
    href: Callable[[AssessmentResult], str] = lambda one: "",
) -> Table:
    """The ranking as it was frozen."""
    scheme = campaign.scheme
    rows = [
        {
            "rank": str(one.rank),
            "base": present.in_language(one.subject.title),
            "href": href(one),
            "region": present.region_name(one.subject.region),
            "composite": points_text(one.composite),
            "band": band_words(scheme, one.band),
            "tone": band_tone(scheme, one.band),
            "follows": follow_words(scheme, one.consequences),
        }
        for one in results
    ]
    caption = gettext("%(year)s 年度考核结果") % {"year": campaign.year}
    return Table(RANKING_COLUMNS, rows, caption)
