"""Objecting to a line of a list in publicity without signing in, and following the objection."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Objection, Publicity
from miaopu.cases.objections import (
    LONGEST_CONTACT,
    LONGEST_NAME,
    LONGEST_TEXT,
    Statement,
    digest_of_code,
    make_objection,
    sender_digest,
    takes_objections,
)
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.portal import present, shapes
from miaopu.portal.objection_receipts import FollowForm, Receipts
from miaopu.portal.views.enterprise_files import ACCEPT
from miaopu.portal.views.office_objections import TONES, objection_clock

RECEIPTS = Receipts("objections")


class ObjectionForm(forms.Form):
    """Who objects to which line, and why. `website` is for machines: people do not see it."""

    use_required_attribute = False
    line = forms.ChoiceField(
        label=_("对哪一户有异议"),
        help_text=_("一次对一户；对其他企业有异议的，请另提一次"),
        error_messages={"required": _("请选择名单上的一户")},
    )
    text = forms.CharField(
        label=_("哪里不对"),
        help_text=_("请写明事实和依据；不要写身份证号、银行卡号"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("请写明哪里不对")},
    )
    name = forms.CharField(
        label=_("您的姓名或单位"),
        help_text=_("只有办理异议的机构能看到，不会公开，也不会告知企业"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("请填写姓名或单位")},
    )
    contact = forms.CharField(
        label=_("联系方式"),
        help_text=_("电话或电子邮箱，用于核实情况"),
        max_length=LONGEST_CONTACT,
        error_messages={"required": _("请填写联系方式")},
    )
    file = forms.FileField(
        label=_("证明材料"),
        help_text=_("PDF、PNG、JPG、Word（docx）或 Excel（xlsx），不超过20兆"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT}),
    )
    website = forms.CharField(
        label=_("请不要填写此项"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, publicity: Publicity, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        still = set(publicity.cases.in_states(CaseState.PUBLISHED).values_list("number", flat=True))
        lines = [
            (line["case"], f"{line['enterprise']} · {line['uscc']}")
            for line in publicity.lines
            if line["case"] in still
        ]
        self.fields["line"].choices = [("", gettext("请选择")), *lines]  # type: ignore[attr-defined]


def _statement(form: ObjectionForm) -> Statement:
    cleaned = form.cleaned_data
    upload = cleaned["file"]
    return Statement(
        name=cleaned["name"],
        contact=cleaned["contact"],
        text=cleaned["text"],
        file_name=(upload.name or "file") if upload else "",
        content=upload.read(settings.FILE_MAX_BYTES + 1) if upload else b"",
    )


def _show(
    request: HttpRequest,
    publicity: Publicity,
    form: ObjectionForm,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    step = publicity.item.definition.side_steps_by_id.get("objection")
    address = reverse("publicity", args=[publicity.number])
    context = {
        "publicity": publicity,
        "item": present.in_language(publicity.item.name),
        "region": present.region_name(publicity.region),
        "form": form,
        "refused": refused,
        "is_open": clock.today() <= publicity.ends_on and takes_objections(publicity),
        "days": step.working_days if step else 0,
        "href": address,
        "crumbs": [
            shapes.Link(gettext("公示"), reverse("publicity_list")),
            shapes.Link(publicity.number, address),
            shapes.Link(gettext("提出异议")),
        ],
    }
    return render(request, "public/objection.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection_make(request: HttpRequest, number: str) -> HttpResponse:
    """Object to a line of a list; POST keeps it and leads to its receipt."""
    rows = Publicity.objects.public()
    publicity = get_object_or_404(rows, number=number)
    if request.method != "POST":
        return _show(request, publicity, ObjectionForm(publicity))
    form = ObjectionForm(publicity, request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, publicity, form, status=422)
    if form.cleaned_data["website"]:
        messages.info(request, gettext("没有收到异议：请不要填写隐藏的栏目"))
        return redirect("objection_make", number)
    sender = sender_digest(str(get_adapter().get_client_ip(request)))
    try:
        made, code = make_objection(
            # Also who is signed in objects as herself alone: the trail must not name her.
            publicity,
            form.cleaned_data["line"],
            _statement(form),
            by=None,
            sender=sender,
        )
    except ActionRefused as refused:
        return _show(request, publicity, form, refused, refused.status)
    RECEIPTS.remember(request, made.number, code)
    messages.success(request, gettext("异议已收到"))
    return redirect("objection_follow")


def _followed(request: HttpRequest) -> list[dict[str, Any]]:
    """What this browser may follow: state, due date and reply of each objection, the latest first.

    What was said, and by whom, is shown to nobody here.
    """
    known = RECEIPTS.codes(request)
    rows = (
        Objection.objects.public()
        .filter(number__in=list(known))
        .select_related("publicity__region", "publicity__item__version__programme", "case")
        .defer("case__form", "case__trace", "name", "contact", "text", "file_name", "sender")
        .order_by("-pk")
    )
    today = clock.today()
    return [
        {
            "row": row,
            "code": known[row.number],
            "tone": TONES[row.state],
            "clock": objection_clock(row, today),
            "href": reverse("publicity", args=[row.publicity.number]),
        }
        for row in rows
        if digest_of_code(known[row.number]) == row.code_digest
    ]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection_follow(request: HttpRequest) -> HttpResponse:
    """Receipts of this browser's objections, and the way to follow another by number and code."""
    form, status = FollowForm(), 200
    if request.method == "POST":
        asked = RECEIPTS.ask(request, Objection.objects.public())
        if asked is None:
            return redirect("objection_follow")
        form, status = asked, 422
    context = {
        "form": form,
        "followed": _followed(request),
        "crumbs": [
            shapes.Link(gettext("公示"), reverse("publicity_list")),
            shapes.Link(gettext("查询异议")),
        ],
    }
    return render(request, "public/objection_follow.html", context, status=status)
