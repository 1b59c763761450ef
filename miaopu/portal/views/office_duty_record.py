"""Recording that a duty was done, with evidence; one record; declaring it void."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Office, User
from miaopu.plans.duty_actions import (
    Done,
    may_void,
    record_duty,
    recording_offices,
    void_duty_record,
)
from miaopu.plans.duty_reads import DutyView, districts_of, duty_view, in_force
from miaopu.plans.enums import Rank
from miaopu.plans.models import DutyFile, DutyRecord
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_duties import duty_or_404
from miaopu.portal.views.office_duty_parts import often
from miaopu.portal.views.office_parts import in_one_text
from miaopu.portal.views.office_task_forms import day_field, evidence_field
from miaopu.portal.views.office_task_parts import TASK_READERS, office_name


class RecordForm(forms.Form):
    """Who did the duty, in which rank, when and where."""

    use_required_attribute = False
    office = forms.ChoiceField(label=_("机构"))
    done_on = day_field(_("日期"))
    person = forms.CharField(
        label=_("履行人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写姓名")},
    )
    rank = forms.ChoiceField(
        label=_("当时职务"),
        choices=Rank.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择当时的职务")},
    )
    region = forms.ChoiceField(label=_("区县"), error_messages={"required": _("请选择区县")})
    venue = forms.TypedChoiceField(
        label=_("场所类别"), coerce=int, error_messages={"required": _("请选择场所类别")}
    )
    place = forms.CharField(
        label=_("地点"),
        help_text=_("到了哪里，例如基地、学校或社区的名称"),
        max_length=200,
        error_messages={"required": _("请填写地点")},
    )
    text = forms.CharField(
        label=_("情况"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = evidence_field(_("照片、签到表、通报等，可选多个；手机上可以直接拍照"))

    def __init__(self, view: DutyView, offices: list[Office], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._choose("office", [(str(one.pk), office_name(one)) for one in offices])
        if view.duty.each == "region":
            districts = [(one.code, present.region_name(one)) for one in districts_of(view.version)]
            self._choose("region", [("", _("请选择")), *districts])
        else:
            del self.fields["region"]
        if view.duty.venues:
            kinds = [
                (number, present.in_language(venue))
                for number, venue in enumerate(view.duty.venues, 1)
            ]
            self._choose("venue", [("", _("请选择")), *kinds])
        else:
            del self.fields["venue"]
        if len(offices) == 1:
            del self.fields["office"]  # there is nothing to choose
        self.initial.setdefault("done_on", clock.today())

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _recorded(view: DutyView, form: RecordForm, offices: list[Office], user: User) -> DutyRecord:
    data = form.cleaned_data
    chosen = data.get("office", "")
    office = next((one for one in offices if str(one.pk) == chosen), offices[0])
    districts = {one.code: one for one in districts_of(view.version)}
    done = Done(
        person=data["person"],
        rank=Rank(data["rank"]),
        on=data["done_on"],
        place=data["place"],
        region=districts.get(data.get("region", "")),
        venue=data.get("venue") or None,
        text=data["text"],
        files=data["evidence"],
    )
    return record_duty(view.version, view.duty, office, done, by=user)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*TASK_READERS)
def duty_record_new(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What was done? POST keeps the record; what it fulfils is computed."""
    user = person(request)
    view = duty_or_404(user, slug, key, clock.today())
    offices = recording_offices(view.version, view.duty, user)
    if not offices:
        raise NotAllowed(gettext("这项职责不由您的机构履行"), gettext("请由责任单位登记"))
    form, status = RecordForm(view, offices), 200
    if request.method == "POST":
        form, status = RecordForm(view, offices, request.POST, request.FILES), 422
        if form.is_valid():
            try:
                _recorded(view, form, offices, user)
            except ActionRefused as refused:
                form.add_error(None, in_one_text(refused))
            else:
                messages.success(request, gettext("已登记；是否达标由系统按日历计算"))
                return redirect("duty", slug=slug, key=key)
    title = present.in_language(view.duty.title)
    context = {
        "form": form,
        "title": title,
        "often": often(view),
        "lost_files": bool(request.FILES),
        "crumbs": [
            shapes.Link(gettext("经常性职责"), reverse("duties")),
            shapes.Link(title, reverse("duty", args=[slug, key])),
            shapes.Link(gettext("登记履行情况")),
        ],
    }
    return render(request, "office/duty_new.html", context, status=status)


class VoidForm(forms.Form):
    """Why a record is void."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("作废的原因"),
        help_text=_("登记不能修改；有误的作废后重新登记"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请说明作废的原因")},
    )


def _judged(record: DutyRecord) -> tuple[str, str]:
    """The duty's title, and whether the record counts or why not."""
    today = clock.today()
    for version in in_force(record.programme.slug):
        view = duty_view(version, record.duty, today)
        if view is None:
            continue
        title = present.in_language(view.duty.title)
        key = str(record.pk)
        for one in (one for line in view.lines for one in line.periods):
            if key in one.counted:
                return title, gettext("计入%(period)s") % {
                    "period": present.in_language(one.span.title)
                }
            for other, why in one.set_aside:
                if other == key:
                    return title, present.in_language(why)
        return title, gettext("不计入")
    return record.duty, gettext("现行版本没有这项职责")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*TASK_READERS)
def duty_record(request: HttpRequest, pk: int) -> HttpResponse:
    """One record with its evidence, and whether it counts; POST declares it void."""
    user = person(request)
    rows = DutyRecord.objects.for_user(user).select_related(
        "programme", "office", "region", "recorded_by", "voided_by"
    )
    record = get_object_or_404(rows, pk=pk)
    may = record.voided_at is None and may_void(record, user)
    form, refused, status = VoidForm(), None, 200
    if request.method == "POST":
        if not may and record.voided_at is None:
            raise Http404
        form, status = VoidForm(request.POST), 422
        if form.is_valid():
            try:
                void_duty_record(record, by=user, reason=form.cleaned_data["reason"])
            except ActionRefused as error:
                refused, status = error, error.status
            else:
                messages.success(request, gettext("登记已作废"))
                return redirect("duty_record", pk=pk)
    title, counts = _judged(record)
    files = DutyFile.objects.for_user(user).filter(record=record).select_related("file")
    summary = [
        shapes.Answer(gettext("日期"), formats.day(record.done_on)),
        shapes.Answer(gettext("履行人"), record.person),
        shapes.Answer(gettext("当时职务"), record.get_rank_display()),
        shapes.Answer(gettext("机构"), office_name(record.office)),
        shapes.Answer(gettext("地点"), record.place),
        shapes.Answer(
            pgettext("who", "登记"), f"{record.recorded_by} · {formats.moment(record.recorded_at)}"
        ),
    ]
    if record.region is not None:
        summary.insert(4, shapes.Answer(gettext("区县"), present.region_name(record.region)))
    context = {
        "record": record,
        "title": title,
        "counts": gettext("已作废") if record.voided_at else counts,
        "summary": summary,
        "files": files,
        "form": form if may else None,
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("经常性职责"), reverse("duties")),
            shapes.Link(title, reverse("duty", args=[record.programme.slug, record.duty])),
            shapes.Link(formats.day(record.done_on)),
        ],
    }
    return render(request, "office/duty_record.html", context, status=status)


@require_safe
@role_required(*TASK_READERS)
def duty_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A piece of evidence of a duty, as a download."""
    files = DutyFile.objects.for_user(person(request)).select_related("file")
    kept = get_object_or_404(files, pk=pk)
    return download(kept.file, kept.name)
