"""One batch review: the ranking as of now, what the group changes, and the frozen result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases import batches as actions
from miaopu.cases.envelope import SELECTED, envelope_of
from miaopu.cases.models import BatchReview, Case
from miaopu.cases.ranking import rank_batch
from miaopu.cases.sheets import workbook
from miaopu.cases.workflow import AlreadyDone
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.money import fen_to_yuan
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.shapes import Text
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_batch_forms import (
    AsideForm,
    BackForm,
    CancelForm,
    ConfirmForm,
    QuotaForm,
)
from miaopu.portal.views.office_batch_parts import (
    FATES,
    BatchWords,
    Line,
    cut_off_text,
    line_rows,
    line_table,
    purse_table,
)
from miaopu.portal.views.office_parts import CASE_READERS, in_one_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _batch_or_404(user: User, number: str) -> BatchReview:
    return get_object_or_404(BatchReview.objects.for_user(user).with_parts(), number=number)


@dataclass(frozen=True)
class Shown:
    """A batch's lines, money and digest: as of now where it is open, else as frozen."""

    lines: list[Any]
    purses: list[Any]
    digest: str

    @property
    def funded(self) -> list[Line]:
        """The lines within quota and money."""
        return [line for line in self.lines if line["fate"] == "funded"]

    @property
    def standing(self) -> list[Line]:
        """The lines that have a rank."""
        return [line for line in self.lines if line["rank"] is not None]


def _shown(batch: BatchReview) -> Shown:
    if not batch.is_open:
        return Shown(batch.lines, batch.purses, batch.digest)
    ranked = rank_batch(batch)
    return Shown(ranked.lines, ranked.purses, ranked.digest)


def _forms(batch: BatchReview, shown: Shown, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """The forms of an open batch; `bound` is the one that was sent and not carried out."""
    cases = [
        (line["case"], f"{line['rank']} · {line['enterprise']}")
        for line in shown.lines
        if line["rank"] is not None
    ]
    confirm = bound.get("confirm") or ConfirmForm(
        auto_id="confirm_%s", initial={"seen": shown.digest}
    )
    return {
        "quota_form": bound.get("quota")
        or QuotaForm(auto_id="quota_%s", initial={"quota": batch.quota}),
        "aside_form": bound.get("aside") or AsideForm(cases),
        "confirm_form": confirm,
        "cancel_form": bound.get("cancel") or CancelForm(auto_id="cancel_%s"),
        "bound": next(iter(bound.values()), None),
        "bound_name": next(iter(bound), ""),
    }


def _average(batch: BatchReview, shown: Shown) -> dict[str, Any] | None:
    """The item's average as it would stand after this batch, for the page."""
    envelope = envelope_of(batch.item, SELECTED) if batch.is_open else None
    if envelope is None:
        return None
    after = envelope.plus(line["amount_fen"] for line in shown.funded)
    return {
        "average_fen": after.average_fen,
        "count": after.count,
        "amount_fen": after.amount_fen,
        "room_fen": after.room_fen,
        "over_fen": max(0, -after.room_fen),
    }


def batch_context(
    request: HttpRequest,
    batch: BatchReview,
    bound: dict[str, forms.Form] | None = None,
    refusal: ActionRefused | None = None,
) -> dict[str, Any]:
    """Everything the page of a batch shows."""
    shown = _shown(batch)
    words = BatchWords(batch, shown.lines, shown.purses)
    may = batch.is_open and reaches(person(request), batch.region_id, [Role.LEADING_GROUP])
    version, definition = batch.item.version, batch.item.definition
    return {
        "batch": batch,
        "title": f"{present.in_language(batch.item.name)} · {present.region_name(batch.region)}",
        "tone": {"open": "soon", "confirmed": "good"}.get(batch.state, "neutral"),
        "clause": definition.clause,
        "clause_href": present.clause_href(version, definition.clause),
        "priorities": [
            {
                "title": present.in_language(one.title),
                "points": one.points,
                "clause": one.clause,
                "href": present.clause_href(version, one.clause),
            }
            for one in sorted(definition.priority, key=lambda one: -one.points)
        ],
        "table": line_table(batch, shown.lines, words),
        "purses": purse_table(shown.purses, words),
        "cut_off": cut_off_text(batch, shown.lines, words),
        "ranked": len(shown.standing),
        "selected": len(shown.funded),
        "selected_fen": sum(line["amount_fen"] for line in shown.funded),
        "average": _average(batch, shown),
        "aside": [line for line in shown.lines if line["fate"] == "aside"],
        "digest": shown.digest,
        "may": may,
        "refusal": refusal,
        **(_forms(batch, shown, bound or {}) if may else {}),
        "crumbs": [
            shapes.Link(gettext("批次评审"), reverse("batches")),
            shapes.Link(batch.number),
        ],
    }


@require_safe
@role_required(*CASE_READERS)
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """Whom do we support with what is left?"""
    found = _batch_or_404(person(request), number)
    return render(request, "office/batch.html", batch_context(request, found))


def _case(user: User, form: forms.Form) -> Case:
    return get_object_or_404(Case.objects.for_user(user), number=form.cleaned_data["case"])


Act = Callable[[BatchReview, Any, User], BatchReview]


@dataclass(frozen=True)
class BatchStep:
    """A step in an open batch: its form, the action behind it, and what is said when it is done."""

    form: Callable[[BatchReview, Any], forms.Form]
    act: Act
    done: Text


def _aside_form(batch: BatchReview, data: Any) -> forms.Form:
    cases = [
        (line["case"], f"{line['rank']} · {line['enterprise']}") for line in _shown(batch).standing
    ]
    return AsideForm(cases, data)


STEPS: dict[str, BatchStep] = {
    "quota": BatchStep(
        lambda batch, data: QuotaForm(data, auto_id="quota_%s"),
        lambda batch, form, by: actions.limit_batch(batch, form.cleaned_data["quota"], by=by),
        _("名额已设定，排名已重新计算"),
    ),
    "aside": BatchStep(
        _aside_form,
        lambda batch, form, by: actions.set_aside(
            batch, _case(by, form), by=by, reason=form.cleaned_data["reason"]
        ),
        _("已移出本批，排名已重新计算"),
    ),
    "back": BatchStep(
        lambda batch, data: BackForm(data),
        lambda batch, form, by: actions.take_back(batch, _case(by, form), by=by),
        _("已移回本批，排名已重新计算"),
    ),
    "confirm": BatchStep(
        lambda batch, data: ConfirmForm(data, auto_id="confirm_%s"),
        lambda batch, form, by: actions.confirm_batch(
            batch, seen=form.cleaned_data["seen"], by=by, reason=form.cleaned_data["reason"]
        ),
        _("本批已确认，名次内的办件已批准，等待公示"),
    ),
    "cancel": BatchStep(
        lambda batch, data: CancelForm(data, auto_id="cancel_%s"),
        lambda batch, form, by: actions.cancel_batch(
            batch, by=by, reason=form.cleaned_data["reason"]
        ),
        _("本批已取消，办件继续等待"),
    ),
}


@require_POST
@role_required(Role.LEADING_GROUP)
def batch_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take a step in a batch; what is refused is told on the page with everything typed kept."""
    found = _batch_or_404(person(request), number)
    if step not in STEPS:
        raise Http404
    kind = STEPS[step]
    form = kind.form(found, request.POST)
    if not form.is_valid():
        context = batch_context(request, found, {step: form})
        return render(request, "office/batch.html", context, status=422)
    try:
        kind.act(found, form, person(request))
    except AlreadyDone as done:
        messages.info(request, in_one_text(done))
        return redirect("batch", number=number)
    except ActionRefused as refused:
        fresh = _batch_or_404(person(request), number)
        if step == "confirm":  # what the member sees now is another ranking
            form = ConfirmForm(
                {**request.POST.dict(), "seen": _shown(fresh).digest}, auto_id="confirm_%s"
            )
        context = batch_context(request, fresh, {step: form}, refused)
        return render(request, "office/batch.html", context, status=refused.status)
    messages.success(request, str(kind.done))
    return redirect("batch", number=number)


@require_safe
@role_required(*CASE_READERS)
def batch_export(request: HttpRequest, number: str) -> HttpResponse:
    """The ranking as a workbook; text stays text, so that nothing in it is a live formula."""
    found = _batch_or_404(person(request), number)
    shown = _shown(found)
    words = BatchWords(found, shown.lines, shown.purses)
    columns = [
        gettext("名次"),
        gettext("办件编号"),
        gettext("企业"),
        gettext("统一社会信用代码"),
        gettext("区域"),
        gettext("优先分"),
        gettext("为什么排在这里"),
        gettext("提交时间"),
        gettext("金额（元）"),
        gettext("结果"),
        gettext("说明"),
    ]
    rows = [
        [
            line["rank"],
            line["case"],
            line["enterprise"],
            line["uscc"],
            row["region"],
            line["points"],
            row["reason"],
            row["handed_in"].isoformat(timespec="minutes"),
            fen_to_yuan(line["amount_fen"]),
            str(FATES[line["fate"]][0]),
            row["note"],
        ]
        for line, row in zip(shown.lines, line_rows(shown.lines, words), strict=True)
    ]
    response = HttpResponse(workbook(columns, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{found.number}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
