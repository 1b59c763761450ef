"""Publishing a list as it was seen, and deciding its cases one by one after its end."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item, Objection, Publicity
from miaopu.cases.workflow import AlreadyDone
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Region, User
from miaopu.portal import formats
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import in_one_text
from miaopu.portal.views.office_publicity import list_or_404

NAMED_CASES = 5


def _publish_as_seen(item: Item, region: Region, seen: str, by: User) -> Publicity:
    """Publish the list if it holds the cases that the approver saw; else nothing is published."""
    with transaction.atomic():
        publicity = publish_list(item, region, by=by)
        if ",".join(line["case"] for line in publicity.lines) != seen:
            raise Conflict(
                gettext("等待公示的办件有变化，名单没有发布"), gettext("请核对现在的名单后再发布")
            )
        return publicity


@require_POST
@role_required(Role.APPROVER)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the approved cases of an item in a region."""
    item_id, region = request.POST.get("item", ""), request.POST.get("region", "")
    if not item_id.isdecimal() or len(item_id) > 9 or "\x00" in region:
        raise Http404
    cases = Case.objects.for_user(person(request)).with_parts()
    case = cases.filter(item_id=item_id, region_id=region).order_by("pk").first()
    if case is None:
        raise Http404
    seen = request.POST.get("seen", "")
    publicity = perform(
        request, lambda: _publish_as_seen(case.item, case.region, seen, person(request))
    )
    if publicity is None:
        return redirect("publicity_prepare")
    messages.success(
        request,
        gettext("名单 %(number)s 已发布，公示至 %(day)s")
        % {"number": publicity.number, "day": formats.day(publicity.ends_on)},
    )
    return redirect("office_publicity", number=publicity.number)


def _decide_each(cases: list[Case], by: User) -> tuple[int, dict[str, list[str]]]:
    """Decide cases one by one, each in its own transaction: how many, and refusals with cases."""
    done = 0
    refused: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        try:
            decide_case(case, by=by)
        except AlreadyDone:
            continue
        except ActionRefused as refusal:
            refused[in_one_text(refusal)].append(case.number)
        else:
            done += 1
    return done, refused


def _tell_refusals(request: HttpRequest, refused: dict[str, list[str]]) -> None:
    for text, numbers in refused.items():
        named = gettext("、").join(numbers[:NAMED_CASES])
        count = len(numbers)
        words = {"count": count, "numbers": named, "why": text}
        if count > NAMED_CASES:
            messages.error(
                request, gettext("%(count)s 件没有决定（%(numbers)s 等）：%(why)s") % words
            )
        else:
            messages.error(
                request,
                ngettext(
                    "%(count)s 件没有决定（%(numbers)s）：%(why)s",
                    "%(count)s 件没有决定（%(numbers)s）：%(why)s",
                    count,
                )
                % words,
            )


@require_POST
@role_required(Role.APPROVER)
def decide_list(request: HttpRequest, number: str) -> HttpResponse:
    """Decide the cases of a list whose publicity has ended; each is done whole or not at all."""
    publicity = list_or_404(person(request), number)
    order = {line["case"]: place for place, line in enumerate(publicity.lines)}
    stopped = Objection.objects.for_user(person(request)).filter(publicity=publicity).open()
    still = publicity.cases.in_states(CaseState.PUBLISHED)
    waiting = sorted(
        still.exclude(pk__in=stopped.values("case_id")),
        # Lower amounts first, so that an average holds after every single decision.
        key=lambda case: (case.amount_fen or 0, order[case.number]),
    )
    if not waiting and still.exists():
        messages.info(request, gettext("其余办件都有未答复的异议，请先答复"))
        return redirect("office_publicity", number=number)
    if not waiting:
        messages.info(request, gettext("这份名单的办件都已决定，无需重复操作"))
        return redirect("office_publicity", number=number)
    done, refused = _decide_each(waiting, person(request))
    if done:
        messages.success(
            request,
            ngettext("已决定扶持 %(count)s 件", "已决定扶持 %(count)s 件", done) % {"count": done},
        )
    _tell_refusals(request, refused)
    return redirect("office_publicity", number=number)
