"""Where assessments begin: campaigns and waiting sheets for offices, own sheets for operators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.monitoring.campaign_actions import open_campaign
from miaopu.monitoring.enums import CampaignState, DelistingState
from miaopu.monitoring.models import (
    AssessmentCampaign,
    AssessmentResult,
    DelistingCase,
    ScoreSheet,
)
from miaopu.monitoring.score_guards import stage_of
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import present
from miaopu.portal.access import party_required, role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.assessment_parts import (
    CAMPAIGN_TONES,
    DELISTING_TONES,
    band_tone,
    band_words,
    follow_words,
    points_text,
    scheme_title,
    sheet_table,
)
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS

CAMPAIGN_COLUMNS = (
    Column("title", _("考核"), link="href"),
    Column("programme", _("计划")),
    Column("year", _("年度"), align="end"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("to", _("公示截止"), kind="date"),
)
RESULT_COLUMNS = (
    Column("base", _("被考核对象"), link="href"),
    Column("year", _("年度"), align="end"),
    Column("composite", _("综合得分"), align="end"),
    Column("band", pgettext_lazy("assessment", "类别"), kind="tag", tone="tone"),
    Column("rank", _("名次"), align="end"),
    Column("follows", _("结果运用")),
)
DELISTING_COLUMNS = (
    Column("base", _("基地"), link="href"),
    Column("region", _("区域")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("opened", _("启动时间"), kind="moment"),
)


class OpenForm(forms.Form):
    """Which scheme, for which year."""

    scheme = forms.ChoiceField(label=_("考核方案"))
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)

    def __init__(self, versions: list[ProgrammeVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {
            f"{one.pk}/{key}": (one, key) for one in versions for key in one.pack.assessments
        }
        field = self.fields["scheme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (value, present.in_language(version.pack.assessments[key].title) or key)
            for value, (version, key) in self.versions.items()
        ]


def _versions(user: User) -> list[ProgrammeVersion]:
    """Versions in force with schemes, of the programmes that the user runs."""
    if not user.has_role(Role.PROGRAMME_OFFICER):
        return []
    return [
        one
        for one in ProgrammeVersion.objects.public().current()
        if one.pack.assessments and reaches(user, one.programme.region_id, [Role.PROGRAMME_OFFICER])
    ]


def _campaign_rows(found: list[AssessmentCampaign]) -> list[dict[str, Any]]:
    return [
        {
            "title": scheme_title(one),
            "href": reverse("campaign", args=[one.pk]),
            "programme": present.in_language(one.programme.name),
            "year": str(one.year),
            "state": one.get_state_display(),
            "tone": CAMPAIGN_TONES.get(one.state, "neutral"),
            "to": one.publicity_to,
        }
        for one in found
    ]


def delisting_table(found: QuerySet[DelistingCase]) -> Table:
    """Delisting cases, each leading to its page."""
    rows = [
        {
            "base": one.base.name,
            "href": reverse("delisting", args=[one.pk]),
            "region": present.region_name(one.base.region),
            "state": one.get_state_display(),
            "tone": DELISTING_TONES.get(one.state, "soon"),
            "opened": one.opened_at,
        }
        for one in found.select_related("base__region")
    ]
    return Table(DELISTING_COLUMNS, rows, gettext("摘牌程序"))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Campaigns, sheets that wait for the user, delisting cases; POST opens a campaign."""
    user, status = person(request), 200
    versions = _versions(user)
    posted = request.POST if request.method == "POST" else None
    form = OpenForm(versions, posted, initial={"year": clock.today().year})
    if posted is not None:
        status = 422
        if form.is_valid():
            version, key = form.versions[form.cleaned_data["scheme"]]
            try:
                made = open_campaign(version, key, form.cleaned_data["year"], by=user)
            except ActionRefused as refused:
                form.add_error(None, in_one_line(refused))
                status = refused.status
            else:
                messages.success(request, gettext("考核已开展，接着下发评分表"))
                return redirect("campaign", made.pk)
    scope = AssessmentCampaign.objects.for_user(user).select_related("programme", "version")
    page = page_of(request, scope)
    open_sheets = (
        ScoreSheet.objects.for_user(user)
        .filter(campaign__state=CampaignState.OPEN)
        .with_subjects()
        .select_related("campaign__programme", "campaign__version")
    )
    mine = [one for one in open_sheets.order_by("due_on", "pk") if stage_of(user, one)]
    cases = DelistingCase.objects.for_user(user).exclude(
        state__in=(DelistingState.APPROVED, DelistingState.REFUSED)
    )
    context = {
        "form": form if versions else None,
        "page": page,
        "table": Table(
            CAMPAIGN_COLUMNS,
            _campaign_rows(list(page.object_list)),
            gettext("各年度考核"),
            empty=gettext("还没有开展考核"),
            empty_hint=gettext("计划包里写有考核方案的计划，由市级主管开展考核。"),
        ),
        "mine": sheet_table(mine, gettext("等您评分"), "") if mine else None,
        "delistings": delisting_table(cases) if cases.exists() else None,
    }
    return render(request, "assessment/campaigns.html", context, status=status)


@require_safe
@party_required
def my_assessments(request: HttpRequest) -> HttpResponse:
    """The user's own score sheets and results."""
    user = person(request)
    sheets = ScoreSheet.objects.for_user(user).with_subjects().select_related("campaign")
    results = (
        AssessmentResult.objects.for_user(user)
        .current()
        .with_subjects()
        .select_related("freeze__campaign__version", "freeze__campaign__programme")
    )
    rows = [
        {
            "base": present.in_language(one.subject.title),
            "href": reverse("base_result", args=[one.pk]),
            "year": str(one.freeze.campaign.year),
            "composite": points_text(one.composite),
            "band": band_words(one.freeze.campaign.scheme, one.band),
            "tone": band_tone(one.freeze.campaign.scheme, one.band),
            "rank": str(one.rank),
            "follows": follow_words(one.freeze.campaign.scheme, one.consequences),
        }
        for one in results.order_by("-freeze__campaign__year", "subject_id")
    ]
    ordered = sheets.order_by("-campaign__year", "subject_id", "period")
    context = {
        "sheets": sheet_table(ordered, gettext("评分表"), gettext("还没有评分表")),
        "results": Table(RESULT_COLUMNS, rows, gettext("考核结果"), empty=gettext("还没有结果")),
    }
    return render(request, "assessment/mine.html", context)
