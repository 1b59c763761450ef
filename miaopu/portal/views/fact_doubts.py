"""Requests to correct a fact: the enterprise's form, the district's list and answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.scope import reaches
from miaopu.parties.dictionary import FactDefinition, FactValue, decode, fact_dictionary
from miaopu.parties.doubts import answer_doubt, doubt_fact
from miaopu.parties.enums import DoubtState, Source
from miaopu.parties.facts import known_facts
from miaopu.parties.models import FactDoubt
from miaopu.plans.duty_reads import in_force
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import party_required, role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import departments_of, value_text
from miaopu.portal.views.enterprise_scope import enterprise_or_404, person
from miaopu.portal.views.office_parts import CASE_READERS, HIDDEN, needs_personal_data

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Pack

COLUMNS = (
    Column("fact", _("数据项"), link="href"),
    Column("enterprise", _("企业")),
    Column("region", _("区域")),
    Column("made_at", _("提出时间"), kind="date"),
    Column("state", _("状态"), kind="tag", tone="tone"),
)
TONES: dict[str, shapes.Tone] = {"open": "soon", "corrected": "good"}


class DoubtForm(forms.Form):
    """What is wrong, and what is right."""

    says = forms.CharField(
        label=_("正确的应是"),
        max_length=200,
        error_messages={"required": _("请写明正确的是什么")},
    )
    why = forms.CharField(
        label=_("依据"),
        help_text=_("例如社保缴费人数、纳税申报表；所在区县的审核员会看到"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明依据")},
    )

    def __init__(
        self, definition: FactDefinition, value: FactValue, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self._type, self._value = definition.type, value
        if definition.unit:
            unit = present.in_language(definition.unit)
            self.fields["says"].help_text = gettext("单位：%(unit)s") % {"unit": unit}

    def clean_says(self) -> str:
        """What is right: another figure than the one on file, and one that can be."""
        says = str(self.cleaned_data["says"]).strip()
        if self._type not in ("integer", "money"):
            return says
        try:
            figure = Decimal(says.replace(",", "").replace("，", ""))
        except InvalidOperation:
            return says  # in words, for a person to read
        if not figure.is_finite() or figure < 0:
            raise forms.ValidationError(gettext("不能是负数"))
        if self._type == "integer" and figure != figure.to_integral_value():
            raise forms.ValidationError(gettext("请填写整数"))
        if isinstance(self._value, int | Decimal) and figure == self._value:
            raise forms.ValidationError(gettext("和现有的数据一样；请写正确的是多少"))
        return says


class AnswerForm(forms.Form):
    """What came of it."""

    state = forms.ChoiceField(
        label=_("结论"),
        choices=[
            (DoubtState.CORRECTED, _("确有错误，提供数据的部门已更正")),
            (DoubtState.KEPT, _("经核实无误，数据不变")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )
    answer = forms.CharField(
        label=_("答复"),
        help_text=_("企业会看到"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明答复")},
    )


def by_system(definition: FactDefinition) -> bool:
    """Whether the system writes the fact down itself, as when a payment has been made."""
    return Source.SYSTEM in definition.sources


def _packs() -> list[Pack]:
    """The packs in force: they know what the codes of facts are called."""
    return [version.pack for version in in_force()]


def _value(doubt: FactDoubt, packs: list[Pack], *, personal: bool) -> str:
    """The value as it stood when it was doubted."""
    if fact_dictionary()[doubt.fact].personal and not personal:
        return HIDDEN
    value = None if doubt.shown is None else decode(doubt.fact, doubt.shown)
    return value_text(doubt.fact, value, packs)


def _rows(doubt: FactDoubt, packs: list[Pack], *, personal: bool = True) -> list[shapes.Answer]:
    source = str(doubt.get_source_display()) if doubt.source else gettext("尚无数据")
    rows = [
        shapes.Answer(gettext("当时的值"), _value(doubt, packs, personal=personal)),
        shapes.Answer(gettext("来源"), source),
        shapes.Answer(gettext("正确的应是"), doubt.says if personal else HIDDEN),
        shapes.Answer(gettext("依据"), doubt.why if personal else HIDDEN),
        shapes.Answer(gettext("提出时间"), formats.moment(doubt.made_at)),
    ]
    if doubt.answer:
        rows.append(shapes.Answer(gettext("答复"), doubt.answer))
    return rows


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def fact_doubt(request: HttpRequest, number: str, fact: str) -> HttpResponse:
    """Say that a fact is wrong, straight from where it was shown; follow the answer."""
    enterprise = enterprise_or_404(request, number)
    definition = fact_dictionary().get(fact)
    if definition is None:
        raise Http404
    known = known_facts(enterprise, clock.today()).get(fact)
    packs = _packs()
    asked = FactDoubt.objects.for_user(request.user).filter(enterprise=enterprise, fact=fact)
    value = known.value if known else None
    form = DoubtForm(definition, value, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            try:
                doubt_fact(enterprise, fact, typed["says"], typed["why"], by=person(request))
            except ActionRefused as refused:
                form.add_error(None, str(refused.message))
                status = refused.status
            else:
                messages.success(request, gettext("已送交所在区县的审核员，答复会发消息告知您"))
                return redirect("fact_doubt", number=number, fact=fact)
    title = present.in_language(definition.title)
    context = {
        "enterprise": enterprise,
        "title": title,
        "value": value_text(fact, known.value, packs) if known else gettext("尚无数据"),
        "source": known.source_label if known else "",
        "as_of": known.as_of if known else None,
        "departments": departments_of(definition),
        "by_system": by_system(definition),
        "form": form,
        "asked": [(one, _rows(one, packs), TONES.get(one.state, "neutral")) for one in asked],
        "waits": asked.open().exists(),
        "crumbs": [
            shapes.Link(str(enterprise), reverse("my_enterprise", args=[number])),
            shapes.Link(title),
        ],
    }
    return render(request, "enterprise/fact_doubt.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def fact_doubts(request: HttpRequest) -> HttpResponse:
    """Which facts enterprises hold to be wrong; those that wait for an answer first."""
    doubts = FactDoubt.objects.for_user(person(request)).select_related("enterprise__region")
    page = page_of(request, doubts.order_by("answered_at", "pk"))
    rows = [
        {
            "fact": present.in_language(fact_dictionary()[one.fact].title),
            "href": reverse("office_fact_doubt", kwargs={"pk": one.pk}),
            "enterprise": one.enterprise.name,
            "region": present.region_name(one.enterprise.region),
            "made_at": one.made_at,
            "state": one.get_state_display(),
            "tone": TONES.get(one.state, "neutral"),
        }
        for one in page.object_list
    ]
    table = Table(
        COLUMNS,
        rows,
        gettext("数据更正请求"),
        empty=gettext("没有数据更正请求"),
        empty_hint=gettext("企业认为数据有误时，会列在这里。"),
        queue=True,
    )
    return render(request, "office/fact_doubts.html", {"table": table, "page": page})


def _context(
    request: HttpRequest, doubt: FactDoubt, form: AnswerForm | None = None
) -> dict[str, Any]:
    user = person(request)
    region = doubt.enterprise.region_id
    title = present.in_language(fact_dictionary()[doubt.fact].title)
    return {
        "doubt": doubt,
        "title": title,
        "departments": departments_of(fact_dictionary()[doubt.fact]),
        "rows": _rows(doubt, _packs(), personal=needs_personal_data(user, region)),
        "tone": TONES.get(doubt.state, "neutral"),
        "form": form or AnswerForm(),
        "may_answer": doubt.state == DoubtState.OPEN and reaches(user, region, [Role.REVIEWER]),
        "crumbs": [
            shapes.Link(gettext("数据更正请求"), reverse("fact_doubts")),
            shapes.Link(title),
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def office_fact_doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, and its answer by a reviewer of the district."""
    user = person(request)
    doubts = FactDoubt.objects.for_user(user).select_related("enterprise__region")
    doubt = get_object_or_404(doubts, pk=pk)
    if request.method != "POST":
        return render(request, "office/fact_doubt.html", _context(request, doubt))
    if not user.has_role(Role.REVIEWER):
        raise Http404
    form = AnswerForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            answer_doubt(doubt, form.cleaned_data["state"], form.cleaned_data["answer"], by=user)
        except ActionRefused as refused:
            form.add_error(None, str(refused.message))
            doubt.refresh_from_db()
            status = refused.status
        else:
            messages.success(request, gettext("已答复，并告知企业"))
            return redirect("fact_doubts")
    return render(request, "office/fact_doubt.html", _context(request, doubt, form), status=status)
