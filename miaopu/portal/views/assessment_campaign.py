"""One campaign: how far its sheets are, the preview with what would change it, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
    reopen_campaign,
)
from miaopu.monitoring.enums import CampaignState, SubjectKind
from miaopu.monitoring.figure_actions import refresh_figures
from miaopu.monitoring.freezing import freeze_problems
from miaopu.monitoring.models import (
    AssessmentAppeal,
    AssessmentBulletin,
    AssessmentCampaign,
    AssessmentCertificate,
    AssessmentFreeze,
    AssessmentOpinion,
    AssessmentResult,
    DelistingCase,
)
from miaopu.monitoring.querysets import ASSESSORS, SUBJECT
from miaopu.monitoring.reporting import hand_results, handed_over
from miaopu.monitoring.standings import Board, board_of
from miaopu.monitoring.states import CAMPAIGNS, OFFICER
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.tables import Table
from miaopu.portal.views.assessment_board import (
    leaning_table,
    line_titles,
    partial_table,
    preview_table,
    progress_table,
)
from miaopu.portal.views.assessment_lists import delisting_table
from miaopu.portal.views.assessment_parts import (
    CAMPAIGN_TONES,
    campaign_title,
    period_name,
    ranking_table,
    scheme_title,
)
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_forms import day_field


class PeriodForm(forms.Form):
    """Which period's sheets are issued, and until when the bases score themselves."""

    period = forms.ChoiceField(label=gettext_lazy("时段"))
    due_on = day_field(gettext_lazy("自评截止"))

    def __init__(self, campaign: AssessmentCampaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, period_name(one)) for one in campaign.scheme.periods]


Act = Callable[..., object]
STEPS: dict[str, tuple[Act, Any, Any]] = {
    "freeze": (
        freeze_campaign,
        gettext_lazy("冻结结果"),
        gettext_lazy("已冻结，评分和材料不能再改"),
    ),
    "reopen": (reopen_campaign, gettext_lazy("解除冻结"), gettext_lazy("已解除冻结")),
    "publicise": (publicise_campaign, gettext_lazy("公示结果"), gettext_lazy("已公示")),
    "publish": (
        publish_campaign,
        gettext_lazy("公布结果"),
        gettext_lazy("已公布；该有的整改意见和摘牌程序已生成"),
    ),
    "refresh": (
        refresh_figures,
        gettext_lazy("按记录更新数据"),
        gettext_lazy("已按记录更新数据，改动以前的数都保留"),
    ),
    "hand": (hand_results, gettext_lazy("登记已报送"), gettext_lazy("已登记报送")),
}


def campaign_or_404(request: HttpRequest, pk: int) -> AssessmentCampaign:
    """A campaign in the user's scope."""
    rows = AssessmentCampaign.objects.for_user(request.user)
    return get_object_or_404(rows.select_related("programme__region", "version"), pk=pk)


def _open_steps(user: User, found: AssessmentCampaign) -> list[dict[str, Any]]:
    region = found.programme.region_id
    names = [
        one.name
        for one in CAMPAIGNS
        if found.state in one.sources and reaches(user, region, one.roles)
    ]
    if reaches(user, region, OFFICER):
        if found.state == CampaignState.OPEN and found.scheme.figure_names:
            names.append("refresh")
        if found.state == CampaignState.PUBLISHED and found.scheme.handed_to is not None:
            names += [] if handed_over(found) else ["hand"]
    return [{"name": name, "title": STEPS[name][1]} for name in names]


def _show(
    request: HttpRequest,
    found: AssessmentCampaign,
    form: PeriodForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    region = found.programme.region_id
    inside = reaches(user, region, ASSESSORS.get(found.subject_kind, WORKING_ROLES))
    officer = reaches(user, region, [Role.PROGRAMME_OFFICER])
    sheets = found.sheets.for_user(user).with_subjects()
    results = AssessmentResult.objects.for_user(user).current().filter(freeze__campaign=found)
    is_open, handed = found.state == CampaignState.OPEN, found.scheme.handed_to
    board = board_of(found) if inside and is_open else None
    freeze = AssessmentFreeze.objects.for_user(user).filter(
        campaign=found, number=found.freeze_number
    ).first()  # fmt: skip
    verified = freeze is not None and "verify" in request.GET
    appeals = AssessmentAppeal.objects.for_user(user).filter(result__freeze__campaign=found)
    opinions = AssessmentOpinion.objects.for_user(user).filter(result__freeze__campaign=found)
    cases = DelistingCase.objects.for_user(user).filter(result__freeze__campaign=found)
    context = {
        "campaign": found,
        "title": campaign_title(found),
        "tone": CAMPAIGN_TONES.get(found.state, "neutral"),
        "programme": present.in_language(found.programme.name),
        "sheets": progress_table(found, sheets),
        "board": board,
        "preview": _preview(found, board) if board else None,
        "leanings": leaning_table(found) if officer else None,
        "ranking": ranking_table(
            found,
            results.with_subjects().order_by("rank", "subject_id"),
            lambda one: reverse("base_result", args=[one.pk]),
        )
        if not is_open
        else None,
        "form": (form or PeriodForm(found)) if officer and is_open else None,
        "steps": _open_steps(user, found),
        "freeze": freeze,
        "kind": found.get_subject_kind_display(),
        "handed_to": present.in_language(handed.title) if handed else "",
        "reported": inside and found.state == CampaignState.PUBLISHED,
        "open_to_all": found.subject_kind != SubjectKind.STAFF,
        "verified": verified,
        "problems": freeze_problems(freeze) if freeze is not None and verified else [],
        "appeals": _appeals(found, appeals),
        "decides": reaches(user, region, [Role.PROGRAMME_OFFICER, Role.LEADING_GROUP]),
        "opinions": opinions.select_related("result__subject__base").order_by("pk"),
        "bulletin": AssessmentBulletin.objects.for_user(user)
        .filter(freeze__campaign=found)
        .first(),
        "certificates": AssessmentCertificate.objects.for_user(user)
        .filter(result__freeze__campaign=found)
        .select_related("result__subject__base")
        .order_by("pk"),
        "delistings": delisting_table(cases) if cases.exists() else None,
        "trail": present.trail_of(found.trail(), None, None, inside=True) if inside else None,
        "crumbs": [
            shapes.Link(_("考核"), reverse("campaigns")),
            shapes.Link(scheme_title(found)),
        ],
    }
    return render(request, "assessment/campaign.html", context, status=status)


def _preview(found: AssessmentCampaign, board: Board) -> Table:
    """The preview: of the whole year, or of the periods that there are sheets of."""
    issued = set(found.sheets.values_list("period", flat=True).distinct())
    periods = [one for one in found.scheme.periods if one in issued]
    if len(periods) < len(found.scheme.periods) and periods:
        return partial_table(found, board, periods)
    return preview_table(found, board)


def _appeals(found: AssessmentCampaign, rows: Any) -> list[dict[str, Any]]:
    titles = line_titles(found)
    sheets = {
        (subject, period): pk
        for subject, period, pk in found.sheets.values_list("subject", "period", "pk")
    }
    names = [f"result__subject__{one}" for one in SUBJECT]
    return [
        {
            "appeal": one,
            "base": present.in_language(one.result.subject.title),
            "period": period_name(one.period),
            "line": titles.get(one.line, one.line),
            "sheet": sheets.get((one.result.subject_id, one.period)),
        }
        for one in rows.select_related(*names).order_by("pk")
    ]


@require_safe
@role_required(*CASE_READERS)
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign; with ?verify, whether what was frozen is still what is there."""
    return _show(request, campaign_or_404(request, pk))


@require_POST
@role_required(Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
def campaign_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Issue a period's sheets, freeze, reopen, publicise, publish."""
    found = campaign_or_404(request, pk)
    user = person(request)
    if step == "period":
        form = PeriodForm(found, request.POST)
        if not form.is_valid():
            return _show(request, found, form, 422)
        try:
            issued = open_period(
                found, form.cleaned_data["period"], form.cleaned_data["due_on"], by=user
            )
        except ActionRefused as refused:
            form.add_error(None, in_one_line(refused))
            return _show(request, found, form, refused.status)
        messages.success(request, _("已下发 %(count)s 张评分表") % {"count": issued})
    elif step in STEPS:
        act, _title, success = STEPS[step]
        reason = request.POST.get("reason", "").replace("\x00", "")[:500]
        perform(request, lambda: act(found, by=user, reason=reason), success)
    else:
        raise Http404
    return redirect("campaign", pk)
