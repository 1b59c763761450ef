"""Payment batches: the list of them, and choosing what goes into a new one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.cases.models import Item
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.ledger.batches import MAX_LINES, create_batch
from miaopu.ledger.enums import BatchState, LineState
from miaopu.ledger.models import Award, PaymentBatch
from miaopu.ledger.querysets import AwardQuerySet
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import MONEY_READERS
from miaopu.portal.views.office_queue import active_filters

BATCH_TONES: dict[str, shapes.Tone] = {
    BatchState.OPEN: "soon",
    BatchState.SETTLED: "good",
    BatchState.CANCELLED: "neutral",
}
COLUMNS = (
    Column("number", _("批次编号"), link="href"),
    Column("made_at", _("建立时间"), kind="moment"),
    Column("region", _("区域")),
    Column("count", _("笔数"), kind="number"),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("pending", _("待结果"), kind="number"),
    Column("wrong", _("失败或退回"), kind="number"),
    Column("state", _("状态"), kind="tag", tone="tone"),
)
KEY = "idempotency_key"
WHOLE = "whole"
SHOWN = 200  # awards on the page; all that the filter leaves can be chosen as a whole
LONGEST_KEY = 64

kept_forms.register_labels({"award": _("选中的扶持")})


class BatchFilter(forms.Form):
    """What the list of batches is narrowed to."""

    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *BatchState.choices], required=False
    )


class ChoiceFilter(forms.Form):
    """What can be put into a batch, narrowed by programme, item and region."""

    item = forms.ChoiceField(label=_("事项"), required=False)
    region = forms.ChoiceField(label=_("区域"), required=False)
    q = forms.CharField(label=_("企业或扶持编号"), required=False, max_length=60)

    def __init__(self, data: Any, awards: AwardQuerySet) -> None:
        super().__init__(data)
        parts = awards.select_related("case__item__version__programme", "case__region")
        light = parts.defer("case__form", "case__trace", "case__item__version__content")
        places = ("case__item_id", "case__region_id")
        items: dict[str, str] = {}
        regions: dict[str, str] = {}
        for award in light.order_by(*places, "pk").distinct(*places):
            items[str(award.case.item_id)] = _item_name(award.case.item)
            regions[award.case.region_id] = present.region_name(award.case.region)
        for name, found in (("item", items), ("region", regions)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext("全部")), *found.items()]


def _item_name(item: Item) -> str:
    programme = present.in_language(item.version.programme.name)
    return f"{present.in_language(item.name)} · {programme}"


@require_safe
@role_required(*MONEY_READERS)
def batches(request: HttpRequest) -> HttpResponse:
    """Which batches are with the bank, and what came of them?"""
    form = BatchFilter(request.GET)
    found = PaymentBatch.objects.for_user(person(request))
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    wrong = Q(lines__state__in=[LineState.FAILED, LineState.RETURNED])
    listed = found.select_related("region").annotate(
        pending=Count("lines", filter=Q(lines__state=LineState.PENDING)),
        wrong=Count("lines", filter=wrong),
    )
    page = page_of(request, listed.order_by("-pk"))
    context = {
        "form": form,
        "active": active_filters(request, form),
        "page": page,
        "may_create": person(request).has_role(Role.FINANCE_OFFICER),
        "table": Table(
            COLUMNS,
            [_row(batch) for batch in page.object_list],
            gettext("付款批次"),
            empty=gettext("没有符合条件的付款批次"),
            empty_hint=gettext("把待拨付的扶持编成一批，导出银行文件，再登记银行结果。"),
            queue=True,
        ),
    }
    return render(request, "finance/batches.html", context)


def _row(batch: Any) -> dict[str, Any]:
    return {
        "number": batch.number,
        "href": reverse("payment_batch", kwargs={"number": batch.number}),
        "made_at": batch.made_at,
        "region": present.region_name(batch.region),
        "count": batch.count,
        "amount_fen": batch.amount_fen,
        "pending": batch.pending,
        "wrong": batch.wrong,
        "state": batch.get_state_display(),
        "tone": BATCH_TONES[batch.state],
    }


def _choosable(user: User) -> AwardQuerySet:
    """What the officer may put into a batch: payable, in her scope, not decided by herself."""
    own = Q(approved_by=user) | Q(decided_by=user)
    return Award.objects.for_user(user).payable().exclude(own)


def _wanted(user: User, form: ChoiceFilter) -> AwardQuerySet:
    """What the filter leaves, those that are due first."""
    awards = _choosable(user)
    wanted = form.cleaned_data if form.is_valid() else {}
    if wanted.get("item"):
        awards = awards.filter(case__item_id=wanted["item"])
    if wanted.get("region"):
        awards = awards.filter(case__region_id=wanted["region"])
    words = str(wanted.get("q") or "").strip()
    if words:
        awards = awards.filter(
            Q(number__icontains=words) | Q(case__enterprise__name__icontains=words)
        )
    return awards.with_due_on().order_by(F("due_on").asc(nulls_last=True), "pk")


def _whole(awards: AwardQuerySet) -> str:
    """How many awards a filter leaves and their sum: what somebody chose who chose all of them."""
    sums = awards.order_by().aggregate(count=Count("pk"), fen=Sum("amount_fen", default=0))
    return f"{sums['count']}/{sums['fen']}"


def _chosen(request: HttpRequest, numbers: list[str]) -> list[Award]:
    """The awards that are ticked, or all that the filter leaves if they are those that were seen.

    Raises Conflict where they are not.
    """
    user = person(request)
    if WHOLE not in request.POST:
        return list(Award.objects.for_user(user).filter(number__in=numbers).order_by("pk"))
    awards = _wanted(user, ChoiceFilter(request.GET, _choosable(user)))
    if _whole(awards) != request.POST[WHOLE]:
        raise Conflict(gettext("可以付款的扶持有了变化"), gettext("请核对下面的新清单后再建立"))
    return list(awards[: MAX_LINES + 1])


def _show(
    request: HttpRequest,
    *,
    chosen: list[str] | None = None,
    key: str = "",
    refused: ActionRefused | None = None,
) -> HttpResponse:
    user = person(request)
    form = ChoiceFilter(request.GET, _choosable(user))
    wanted = _wanted(user, form)
    parts = wanted.select_related("case__enterprise", "case__region", "case__item")
    awards = list(parts.defer("case__form", "case__trace")[:SHOWN])
    whole = _whole(wanted)
    count, _slash, fen = whole.partition("/")
    none = "none" in request.GET
    ticked = set(chosen) if chosen is not None else set()
    query = request.GET.copy()
    query.pop("none", None)
    other = query.copy()
    if not none:
        other["none"] = "1"
    context = {
        "form": form,
        "active": active_filters(request, form),
        "rows": [
            {
                "number": award.number,
                "href": reverse("finance_award", kwargs={"number": award.number}),
                "enterprise": award.case.enterprise.name,
                "item": present.in_language(award.case.item.name),
                "region": present.region_name(award.case.region),
                "amount_fen": award.amount_fen,
                "due_on": award.due_on,  # type: ignore[attr-defined]
                "ticked": award.number in ticked if chosen is not None else not none,
            }
            for award in awards
        ],
        "gone": sorted(ticked - {award.number for award in awards}),
        "total_fen": sum(award.amount_fen for award in awards),
        "most": MAX_LINES,
        "whole": whole if len(awards) < int(count) <= MAX_LINES else "",
        "whole_name": WHOLE,
        "whole_count": int(count),
        "whole_fen": int(fen),
        "none": none,
        "other": f"{request.path}?{other.urlencode()}",
        "key": key or uuid4().hex,
        "key_name": KEY,
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("付款批次"), reverse("payment_batches")),
            shapes.Link(gettext("建立批次")),
        ],
    }
    return render(
        request, "finance/batch_new.html", context, status=refused.status if refused else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.FINANCE_OFFICER)
def batch_new(request: HttpRequest) -> HttpResponse:
    """Which awards are paid together? POST freezes those that are ticked as a list."""
    if request.method != "POST":
        return _show(request)
    chosen = [number.replace("\x00", "") for number in request.POST.getlist("award")]
    key = request.POST.get(KEY, "").replace("\x00", "")[:LONGEST_KEY] or uuid4().hex
    try:
        batch = create_batch(_chosen(request, chosen), by=person(request), request_key=key)
    except ActionRefused as refused:
        return _show(request, chosen=chosen, key=key, refused=refused)
    messages.success(
        request, gettext("批次 %(number)s 已建立，可以导出银行文件") % {"number": batch.number}
    )
    return redirect("payment_batch", number=batch.number)
