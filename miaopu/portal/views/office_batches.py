"""Batch reviews: which there are, what waits for one, and opening one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.batches import open_batch
from miaopu.cases.enums import BatchState, CaseState
from miaopu.cases.models import BatchReview, Case, Item
from miaopu.core.enums import Role
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.portal import present
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_batch_forms import OpenForm
from miaopu.portal.views.office_parts import CASE_READERS

WAITING_COLUMNS = (
    Column("item", _("事项")),
    Column("region", _("区域")),
    Column("count", _("等待评审"), kind="number", unit=_("件"), link="waiting_href"),
    Column("total_fen", _("金额"), kind="money", unit=_("元")),
    Column("batch", _("进行中的批次"), link="href"),
)
BATCH_COLUMNS = (
    Column("number", _("批次编号"), link="href"),
    Column("item", _("事项")),
    Column("region", _("区域")),
    Column("opened_at", _("开始"), kind="date"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("selected", _("支持户数"), kind="number", unit=_("户")),
    Column("ranked", _("参加排名"), kind="number", unit=_("户")),
    Column("total_fen", _("支持金额"), kind="money", unit=_("元")),
)
TONES = {BatchState.OPEN: "soon", BatchState.CONFIRMED: "good"}


def _waiting(user: User) -> list[dict[str, Any]]:
    """Proposed cases by item and region, and the whole of each member's wider region."""
    items = {(one.version.programme_id, one.code): one for one in Item.objects.public()}
    rows = (
        Case.objects.for_user(user)
        .in_states(CaseState.PROPOSED)
        .values("programme", "item__code", "region")
        .annotate(count=Count("pk"), total_fen=Sum("amount_fen"))
        .order_by("programme", "item__code", "region")
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        item = items.get((row["programme"], row["item__code"]))
        if item is None:
            continue
        for code in _regions_of(user, item, row["region"]):
            group = found.setdefault(
                (item.pk, code), {"item": item, "code": code, "count": 0, "total_fen": 0}
            )
            group["count"] += row["count"]
            group["total_fen"] += row["total_fen"] or 0
    return sorted(found.values(), key=lambda group: (group["item"].pk, group["code"]))


def _waiting_href(item: Item, region: str) -> str:
    """The queue of what waits; for the programme's whole region without a region."""
    wanted = {"state": str(CaseState.PROPOSED), "item": item.code}
    if region != item.version.pack.region:
        wanted["region"] = region
    return f"{reverse('case_queue')}?{urlencode(wanted)}"


def _regions_of(user: User, item: Item, county: str) -> list[str]:
    """The regions a case's county belongs to that the user reaches: itself, the programme's."""
    whole = item.version.pack.region
    return [county, *([whole] if whole != county and reaches(user, whole) else [])]


def _open_batches(user: User) -> dict[tuple[int, str], BatchReview]:
    return {
        (batch.item_id, batch.region_id): batch
        for batch in BatchReview.objects.for_user(user).open()
    }


def batch_groups(user: User) -> list[dict[str, Any]]:
    """What waits, with names and the batch that is open for it."""
    waiting = _waiting(user)
    codes = {group["code"] for group in waiting}
    names = {
        region.code: present.region_name(region)
        for region in Region.objects.public().filter(code__in=codes)
    }
    batches = _open_batches(user)
    groups = []
    for group in waiting:
        batch = batches.get((group["item"].pk, group["code"]))
        groups.append(
            {
                "key": f"{group['item'].pk}/{group['code']}",
                "item": present.in_language(group["item"].name),
                "region": names[group["code"]],
                "count": group["count"],
                "waiting_href": _waiting_href(group["item"], group["code"]),
                "total_fen": group["total_fen"],
                "batch": batch.number if batch else "",
                "href": reverse("batch", kwargs={"number": batch.number}) if batch else "",
                "may_open": batch is None and reaches(user, group["code"], [Role.LEADING_GROUP]),
            }
        )
    return groups


def _batch_row(batch: BatchReview) -> dict[str, Any]:
    funded = [line for line in batch.lines if line["fate"] == "funded"]
    done = batch.is_confirmed
    return {
        "number": batch.number,
        "href": reverse("batch", kwargs={"number": batch.number}),
        "item": present.in_language(batch.item.name),
        "region": present.region_name(batch.region),
        "opened_at": timezone.localtime(batch.opened_at).date(),
        "state": batch.get_state_display(),
        "tone": TONES.get(BatchState(batch.state), "neutral"),
        "selected": len(funded) if done else None,
        "ranked": sum(line["rank"] is not None for line in batch.lines) if done else None,
        "total_fen": sum(line["amount_fen"] for line in funded) if done else None,
    }


def _choices(groups: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (
            group["key"],
            gettext("%(item)s · %(region)s（%(count)s 件）") % group,
        )
        for group in groups
        if group["may_open"]
    ]


def _context(request: HttpRequest, form: OpenForm | None = None) -> dict[str, Any]:
    user = person(request)
    groups = batch_groups(user)
    choices = _choices(groups)
    page = page_of(request, BatchReview.objects.for_user(user).with_parts())
    return {
        "waiting": Table(
            WAITING_COLUMNS,
            groups,
            gettext("等待评审的办件"),
            empty=gettext("没有等待评审的办件"),
            empty_hint=gettext("审核员提出同意意见后，办件会出现在这里。"),
        ),
        "form": form or (OpenForm(choices) if choices else None),
        "page": page,
        "batches": Table(
            BATCH_COLUMNS,
            [_batch_row(batch) for batch in page.object_list],
            gettext("批次"),
            empty=gettext("还没有批次"),
            empty_hint=gettext("领导小组成员可以对等待评审的办件开始一批。"),
            queue=True,
        ),
    }


@require_safe
@role_required(*CASE_READERS)
def batches(request: HttpRequest) -> HttpResponse:
    """What waits for a batch review, and the batches there are."""
    return render(request, "office/batches.html", _context(request))


@require_POST
@role_required(Role.LEADING_GROUP)
def batch_open(request: HttpRequest) -> HttpResponse:
    """Open a batch for an item in a region of the member's scope."""
    user = person(request)
    choices = _choices(batch_groups(user))
    already = {(f"{pk}/{code}"): batch for (pk, code), batch in _open_batches(user).items()}
    if (known := already.get(request.POST.get("group", ""))) is not None:
        return redirect("batch", number=known.number)
    form = OpenForm(choices, request.POST)
    if not form.is_valid():
        return render(request, "office/batches.html", _context(request, form), status=422)
    pk, _slash, code = form.cleaned_data["group"].partition("/")
    item = Item.objects.public().filter(pk=pk).first()
    region = Region.objects.public().filter(code=code).first()
    if item is None or region is None:
        raise Http404
    batch = perform(
        request, lambda: open_batch(item, region, by=user, quota=form.cleaned_data["quota"])
    )
    if batch is None:
        return redirect("batches")
    return redirect("batch", number=batch.number)
