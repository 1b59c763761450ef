"""The anonymous survey, as a tenant answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from miaopu.bases.models import SurveyInvitation
from miaopu.bases.survey_actions import count_answer
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.portal import present
from miaopu.portal.access import party_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person

if TYPE_CHECKING:
    from miaopu.engine.packs.base_parts import Survey

CHOICES = [
    ("5", _("5 分，很满意")),
    ("4", _("4 分，满意")),
    ("3", _("3 分，一般")),
    ("2", _("2 分，不满意")),
    ("1", _("1 分，很不满意")),
]


class SurveyForm(forms.Form):
    """One score for each question."""

    use_required_attribute = False

    def __init__(self, survey: Survey, data: Any = None) -> None:
        super().__init__(data)
        for question in survey.questions:
            self.fields[question.id] = forms.TypedChoiceField(
                label=present.in_language(question.title),
                choices=CHOICES,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("请评分")},
            )


@require_http_methods(["GET", "HEAD", "POST"])
@party_required
def my_survey(request: HttpRequest, pk: int) -> HttpResponse:
    """Rate the base; POST counts the scores, once, and keeps nothing else."""
    mine = SurveyInvitation.objects.for_user(person(request))
    asked = get_object_or_404(
        mine.select_related("asked__survey__version", "asked__base", "tenancy"), pk=pk
    )
    survey = asked.asked.survey
    definition = survey.definition
    form, status = SurveyForm(definition), 200
    if request.method == "POST":
        form, status = SurveyForm(definition, request.POST), 422
        if form.is_valid():
            try:
                count_answer(asked, form.cleaned_data, by=person(request))
            except ActionRefused as refused:
                form.add_error(None, in_one_line(refused))
                status = refused.status
            else:
                messages.success(request, gettext("已计入，谢谢您的评价"))
                return redirect("my_survey", pk=pk)
    context = {
        "title": present.in_language(definition.title),
        "base": asked.asked.base,
        "survey": survey,
        "minimum": definition.minimum,
        "form": form,
        "is_open": not asked.answered and clock.today() <= survey.closes_on,
        "answered": asked.answered,
    }
    return render(request, "base/survey.html", context, status=status)
