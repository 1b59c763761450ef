"""One document of the policy library at work: its draft, publishing, reviews 立改废."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.core.scope import reaches, region_prefix, regions_above
from miaopu.plans.coordination import Finding, check_coordination
from miaopu.plans.document_actions import Head, discard_draft, publish_version, save_draft
from miaopu.plans.document_reviews import confirm_review, propose_review
from miaopu.plans.document_states import PUBLISHERS, WRITERS
from miaopu.plans.enums import DocumentKind, EnterpriseKind, ReviewOutcome
from miaopu.plans.models import DocumentReview, DocumentVersion, PolicyDocument
from miaopu.plans.models.documents import HEAD_FIELDS
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import OFFICE_ROLES
from miaopu.portal.views.office_policies import document_or_404
from miaopu.portal.views.policy_parts import (
    CARD,
    industry_choices,
    policy_href,
    standing,
    validity,
    where,
)

FINDINGS: dict[str, Any] = {
    "same-number": _("库中已有同文号的文件"),
    "same-title": _("库中有同名文件同时有效"),
    "cites-ended": _("引用的文件在生效前已经失效"),
    "outlives-basis": _("有效期比所依据的文件长"),
    "same-basis": _("同类文件依据相同，同时有效"),
    "cited-by": _("已有文件引用它"),
    "unresolved": _("引用的文件不在库中"),
}
_DATE: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
         "input_formats": ["%Y-%m-%d"]}  # fmt: skip


class DraftForm(forms.Form):
    """The head of a document, and its card in plain language."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("标题"), max_length=200)
    number = forms.CharField(label=_("文号"), max_length=60, required=False)
    issuer = forms.CharField(label=_("发文机关"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=DocumentKind.choices)
    region = forms.ChoiceField(label=_("适用区域"), required=False)
    issued_on = forms.DateField(label=_("印发日期"), **_DATE)
    valid_from = forms.DateField(label=_("生效日期"), **_DATE)
    valid_to = forms.DateField(label=_("有效期至"), required=False, **_DATE)
    industries = forms.MultipleChoiceField(
        label=_("行业"), help_text=_("不选表示各行业"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip
    enterprise_kinds = forms.MultipleChoiceField(
        label=_("适用对象"), help_text=_("不选表示各类企业"), required=False,
        choices=EnterpriseKind.choices, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, kept_in: Region, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        region, industries = self.fields["region"], self.fields["industries"]
        assert isinstance(region, forms.ChoiceField)
        assert isinstance(industries, forms.MultipleChoiceField)
        around = Q(code__in=regions_above(kept_in.code))
        around |= Q(code__startswith=region_prefix(kept_in.code))
        self.regions = {
            one.code: one for one in Region.objects.public().filter(around).order_by("code")
        }
        region.choices = [
            ("", _("全国")),
            *((code, present.region_name(one)) for code, one in self.regions.items()),
        ]
        industries.choices = industry_choices()
        for name, title in CARD.items():
            self.fields[f"card_{name}"] = forms.CharField(
                label=title,
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def head(self) -> Head:
        """The head as the action takes it."""
        asked = self.cleaned_data
        names = ("title", "number", "issuer", "kind", "issued_on", "valid_from", "valid_to")
        return Head(
            **{name: asked[name] for name in names},
            region=self.regions.get(asked["region"]),
            industries=asked["industries"],
            enterprise_kinds=asked["enterprise_kinds"],
            illustrative=self.initial.get("illustrative", False),
        )

    @property
    def card(self) -> dict[str, str]:
        """The card as the action takes it."""
        return {name: self.cleaned_data[f"card_{name}"] for name in CARD}


class ReviewForm(forms.Form):
    """What a review comes to."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=_("结论"), choices=ReviewOutcome.choices, widget=forms.RadioSelect
    )
    day = forms.DateField(
        label=_("日期"), help_text=_("废止的，填废止日期；其他填下次清理日期"), **_DATE
    )
    reason = forms.CharField(
        label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _draft_or_404(document: PolicyDocument, request: HttpRequest) -> DocumentVersion:
    drafts = DocumentVersion.objects.for_user(person(request)).drafts()
    return get_object_or_404(drafts.select_related("document"), document=document)


def _finding(one: Finding) -> dict[str, Any]:
    document = one.document
    return {
        "text": FINDINGS[one.code],
        "tone": "late" if one.is_conflict else "neutral",
        "link": shapes.Link(document.title, policy_href(document)) if document else None,
        "about": f"{document.number} {validity(document)}" if document else one.named,
    }


def _initial(version: DocumentVersion) -> dict[str, Any]:
    shown = {name: getattr(version, name) for name in (*HEAD_FIELDS, "revision")}
    shown |= {f"card_{name}": version.card.get(name, "") for name in CARD}
    return {**shown, "region": version.region_id or ""}


def _draft_page(
    request: HttpRequest,
    version: DocumentVersion,
    form: DraftForm,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    document, user = version.document, person(request)
    own = version.written_by_id == user.pk
    context = {
        "document": document,
        "version": version,
        "form": form,
        "refused": refused,
        "findings": [_finding(one) for one in check_coordination(version)],
        "may_write": reaches(user, document.kept_in_id, WRITERS),
        "may_publish": reaches(user, document.kept_in_id, PUBLISHERS) and not own,
        "own": own,
        "crumbs": [
            shapes.Link(gettext("政策文库管理"), reverse("policy_library")),
            shapes.Link(document.code, reverse("policy_manage", args=[document.code])),
            shapes.Link(gettext("草稿")),
        ],
    }
    return render(request, "office/policy_draft.html", context, status=status)


@role_required(*OFFICE_ROLES)
def policy_draft(request: HttpRequest, code: str) -> HttpResponse:
    """A draft beside its text: correct the head, write the card, see what it touches."""
    document = document_or_404(request, code)
    version = _draft_or_404(document, request)
    if request.method != "POST":
        return _draft_page(request, version, DraftForm(document.kept_in, initial=_initial(version)))
    if not person(request).has_role(*WRITERS):
        raise Http404
    form = DraftForm(document.kept_in, request.POST, initial=_initial(version))
    if not form.is_valid():
        return _draft_page(request, version, form, status=422)
    try:
        save_draft(
            version, form.head, form.card, revision=form.cleaned_data["revision"],
            by=person(request),
        )  # fmt: skip
    except ActionRefused as refused:
        return _draft_page(request, version, form, refused, refused.status)
    messages.success(request, gettext("已保存，请另一位同事核对并发布"))
    return redirect("policy_draft", code)


@require_POST
@role_required(*OFFICE_ROLES)
def policy_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Publish or discard the draft, or confirm the open review; with a reason."""
    document, user = document_or_404(request, code), person(request)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:1000]
    if step in ("publish", "discard") and user.has_role(*WRITERS, *PUBLISHERS):
        version = _draft_or_404(document, request)
        if step == "publish":
            perform(
                request,
                lambda: publish_version(version, by=user, reason=reason),
                gettext("已发布；订阅的人会收到通知"),
            )
        else:
            perform(
                request,
                lambda: discard_draft(version, by=user, reason=reason),
                gettext("草稿已放弃"),
            )
    elif step == "confirm" and user.has_role(*PUBLISHERS):
        rows = DocumentReview.objects.for_user(user).waiting().select_related("document")
        review = get_object_or_404(rows, document=document)
        perform(
            request,
            lambda: confirm_review(review, by=user, reason=reason),
            gettext("立改废意见已确认"),
        )
    else:
        raise Http404
    return redirect("policy_manage", code)


def _manage_page(
    request: HttpRequest, document: PolicyDocument, form: ReviewForm, status: int = 200
) -> HttpResponse:
    user = person(request)
    versions = DocumentVersion.objects.for_user(user).filter(document=document)
    waiting = DocumentReview.objects.for_user(user).filter(document=document).waiting().first()
    word, tone = standing(document, clock.today())
    context = {
        "document": document,
        "standing": word,
        "tone": tone,
        "region": where(document.region),
        "validity": validity(document),
        "public_href": policy_href(document) if document.state != "draft" else "",
        "versions": versions.select_related("written_by", "published_by"),
        "draft": versions.drafts().first(),
        "waiting": waiting,
        "own_review": waiting is not None and waiting.proposed_by_id == user.pk,
        "may_write": reaches(user, document.kept_in_id, WRITERS),
        "may_confirm": reaches(user, document.kept_in_id, PUBLISHERS),
        "form": form,
        "trail": present.trail_of(document.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(gettext("政策文库管理"), reverse("policy_library")),
            shapes.Link(document.code),
        ],
    }
    return render(request, "office/policy_manage.html", context, status=status)


@require_safe
@role_required(*OFFICE_ROLES)
def policy_manage(request: HttpRequest, code: str) -> HttpResponse:
    """One document: its versions, its draft, its reviews, who did what."""
    form = ReviewForm(initial={"day": clock.today() + timedelta(days=730)})
    return _manage_page(request, document_or_404(request, code), form)


@require_POST
@role_required(*WRITERS)
def policy_review(request: HttpRequest, code: str) -> HttpResponse:
    """Propose what a review comes to; another person confirms it."""
    document = document_or_404(request, code)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _manage_page(request, document, form, 422)
    asked = form.cleaned_data
    try:
        propose_review(
            document, ReviewOutcome(asked["outcome"]), day=asked["day"], reason=asked["reason"],
            by=person(request),
        )  # fmt: skip
    except ActionRefused as refused:
        form.add_error(None, str(refused.message))
        return _manage_page(request, document, form, refused.status)
    messages.success(request, gettext("已提出，等待另一人确认"))
    return redirect("policy_manage", code)
