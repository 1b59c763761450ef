"""A base's own result to the last point, its appeal, the opinion on what to put right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.core import clock
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.errors import ActionRefused
from miaopu.monitoring.appeal_actions import file_appeal
from miaopu.monitoring.consequences import document
from miaopu.monitoring.enums import CampaignState
from miaopu.monitoring.models import (
    AssessmentCertificate,
    AssessmentOpinion,
    AssessmentResult,
    ScoreSheet,
)
from miaopu.monitoring.papers import PRINTED
from miaopu.monitoring.querysets import READERS
from miaopu.monitoring.score_guards import scores_itself
from miaopu.monitoring.sheets import Line, lines_of
from miaopu.portal import formats, present, shapes
from miaopu.portal.downloads import made_response
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.assessment_board import line_titles
from miaopu.portal.views.assessment_parts import (
    APPEAL_TONES,
    assessors_only,
    band_tone,
    band_words,
    campaign_title,
    follow_words,
    period_name,
    points_text,
)
from miaopu.portal.views.enterprise_scope import person

PART_COLUMNS = (
    Column("line", gettext_lazy("评分项")),
    Column("points", gettext_lazy("得分"), align="end"),
    Column("most", gettext_lazy("满分"), align="end"),
)


class AppealForm(forms.Form):
    """Which line is to be looked at again, and why."""

    line = forms.ChoiceField(label=gettext_lazy("评分项"))
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由")},
    )

    def __init__(self, found: AssessmentResult, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = found.freeze.campaign.scheme
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (f"{period}/{line.key}", f"{period_name(period)} · {present.in_language(line.title)}")
            for period in scheme.periods
            for line in lines_of(scheme)
        ]


def _parts(found: AssessmentResult) -> list[Table]:
    """The points of each period, line by line; they add up to its total."""
    campaign = found.freeze.campaign
    titles = line_titles(campaign)
    most = {leaf.id: leaf.max for _criterion, leaf in campaign.scheme.leaves}
    tables = []
    for period, weight in campaign.scheme.periods.items():
        said = found.parts["periods"][period]
        rows = [
            {
                "line": _part_title(key, titles),
                "points": f"{Decimal(points).normalize():f}",
                "most": most.get(key) or formats.MISSING,
            }
            for key, points in said["parts"]
        ]
        rows.append({"line": _("合计"), "points": points_text(said["total"]), "most": "100"})
        rows += [
            {"line": titles[key], "points": _("一票否决"), "most": formats.MISSING}
            for key in said["vetoes"]
        ]
        caption = _("%(period)s得分，占 %(weight)s%%") % {
            "period": period_name(period),
            "weight": weight,
        }
        tables.append(Table(PART_COLUMNS, rows, caption))
    return tables


def _part_title(key: str, titles: dict[str, str]) -> str:
    if key == "min 0":
        return _("总分不低于 0")
    name, _space, capped = key.partition(" ")
    if capped == "left out":
        named = _("、").join(titles[one] for one in name.split("+"))
        return _("%(lines)s不计分，按其余各项的得分率补足") % {"lines": named}
    if capped:
        return _("%(line)s超过满分的部分") % {"line": titles[name]}
    return titles[name]


def _figures(found: AssessmentResult) -> Table:
    """The figures that points were worked out from, by period."""
    campaign = found.freeze.campaign
    columns = (
        Column("name", gettext_lazy("数据")),
        *(Column(period, period_name(period), align="end") for period in campaign.scheme.periods),
    )
    rows = [
        {
            "name": _named(line),
            **{
                period: _plain(found.parts["periods"][period]["points"].get(line.key))
                for period in campaign.scheme.periods
            },
        }
        for line in lines_of(campaign.scheme)
        if line.kind == "figure"
    ]
    return Table(columns, rows, _("计算得分所用的数据"))


def _named(line: Line) -> str:
    title = present.in_language(line.title)
    if line.unit is None:
        return title
    return _("%(name)s（%(unit)s）") % {"name": title, "unit": present.in_language(line.unit)}


def _plain(text: str | None) -> str:
    return formats.MISSING if text is None else f"{Decimal(text).normalize():,f}"


@require_http_methods(["GET", "HEAD", "POST"])
@assessors_only
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One base's result with every point; POST asks for a line to be looked at again."""
    user = person(request)
    rows = (
        AssessmentResult.objects.for_user(user)
        .with_subjects()
        .select_related("freeze__campaign__version", "freeze__campaign__programme")
    )
    found = get_object_or_404(rows, pk=pk)
    campaign = found.freeze.campaign
    last = campaign.publicity_to
    may_appeal = (
        scores_itself(user, found.subject, found.subject.operator_id)
        and campaign.state == CampaignState.PUBLICITY
        and last is not None
        and clock.today() <= last
    )
    if request.method == "POST" and not may_appeal and not user.is_party:
        raise Http404
    form = AppealForm(found, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            period, _slash, line = form.cleaned_data["line"].partition("/")
            try:
                file_appeal(found, period, line, by=user, reason=form.cleaned_data["reason"])
            except ActionRefused as refused:
                form.add_error(None, in_one_line(refused))
                status = refused.status
            else:
                messages.success(request, _("已申请复核，由没有评过这张表的人员决定"))
                return redirect("base_result", pk)
    titles = line_titles(campaign)
    back = reverse("my_assessments") if user.is_party else ""
    back = reverse("campaigns") if user.has_role(*READERS) else back
    subject = present.in_language(found.subject.title)
    context = {
        "result": found,
        "subject": subject,
        "frame": "base.html" if user.is_party else "staff.html",
        "heading": campaign_title(campaign),
        "composite": points_text(found.composite),
        "band": band_words(campaign.scheme, found.band),
        "tone": band_tone(campaign.scheme, found.band),
        "follows": follow_words(campaign.scheme, found.consequences),
        "sum": _sum(found),
        "tables": _parts(found),
        "figures": _figures(found),
        "newer": AssessmentResult.objects.for_user(user)
        .current()
        .filter(freeze__campaign=campaign, subject=found.subject_id)
        .exclude(freeze=found.freeze_id)
        .first(),
        "sheets": [
            shapes.Link(period_name(one.period), reverse("score_sheet", args=[one.pk]))
            for one in ScoreSheet.objects.for_user(user)
            .filter(campaign=campaign, subject=found.subject_id)
            .order_by("period")
        ],
        "form": form if may_appeal or status != 200 else None,
        "last": last,
        "appeals": [
            {
                "title": f"{period_name(one.period)} · {titles[one.line]}",
                "state": one.get_state_display(),
                "tone": APPEAL_TONES.get(one.state, "neutral"),
                "text": one.text,
                "answer": one.answer,
            }
            for one in found.appeals.order_by("pk")
        ],
        "certificate": AssessmentCertificate.objects.for_user(user).filter(result=found).first(),
        "opinion": AssessmentOpinion.objects.for_user(user).filter(result=found).first(),
        "crumbs": [
            shapes.Link(_("考核"), back),
            shapes.Link(present.in_language(found.subject.title)),
        ],
    }
    return render(request, "assessment/result.html", context, status=status)


def _sum(found: AssessmentResult) -> str:
    """How the composite comes about."""
    terms = [
        f"{points_text(found.totals[name])} × {weight}%"
        for name, weight in found.freeze.campaign.scheme.periods.items()
    ]
    return pgettext("assessment", "%(terms)s ＝ %(composite)s") % {
        "terms": " + ".join(terms),
        "composite": points_text(found.composite),
    }


@require_safe
@assessors_only
def opinion_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The opinion on what to put right (pdf or docx)."""
    if kind not in PRINTED:
        raise Http404
    found = get_object_or_404(AssessmentOpinion.objects.for_user(request.user), pk=pk)
    return made_response(document(found, kind), f"{found.number}.{kind}", MEDIA_TYPES[kind])
