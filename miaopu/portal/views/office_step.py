"""Taking a step in a case: all or nothing, and never on what has changed since it was shown."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from miaopu.cases.models import Case
from miaopu.cases.workflow import AlreadyDone, lock_case
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.portal import formats
from miaopu.portal.access import role_required
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_forms import STEPS, StepForm
from miaopu.portal.views.office_next import Queue, queue_of, sent_query
from miaopu.portal.views.office_packet import Refusal, case_or_404, packet_context
from miaopu.portal.views.office_parts import in_one_text, last_event, trail_of


def _check_unchanged(locked: Case, revision: int, step: str, by: User) -> None:
    """The case is as it was shown; raises AlreadyDone, or Conflict with what was done since."""
    if locked.revision == revision:
        return
    event = last_event(locked)
    if event is not None and event.actor_id == by.pk and event.verb == f"cases.{step}":
        raise AlreadyDone(_("您已经办理过这一步"), _("无需重复操作"))
    trail = trail_of(locked, None)
    if not trail:
        raise Conflict(_("办件已有变化"), _("请核对现在的状态后再办"))
    entry = trail[-1]
    raise Conflict(
        _("您打开页面之后，%(who)s于%(at)s办理了“%(what)s”")
        % {"who": entry.who, "at": formats.moment(entry.at), "what": entry.what},
        _("请核对现在的状态后再办"),
    )


def _carry_out(case: Case, step: str, form: StepForm, by: User) -> None:
    """Take the step if the case is still as it was shown; all or nothing."""
    with transaction.atomic():
        _check_unchanged(lock_case(case), form.cleaned_data["revision"], step, by)
        STEPS[step].act(case, form, by)


def _after(request: HttpRequest, case: Case, queue: Queue, place: date | None) -> HttpResponse:
    """The packet again, or the next case of the same queue if she asked for it."""
    if request.POST.get("next") != "queue":
        return redirect(queue.packet_href(case))
    following = queue.after(case, place)
    if following is None:
        messages.info(request, _("这个队列没有其他办件了"))
        return redirect(queue.href)
    return redirect(queue.packet_href(following))


@require_POST
@role_required(Role.REVIEWER, Role.APPROVER)
def case_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take a step; what is refused is told in the packet with everything typed kept."""
    if step not in STEPS:
        raise Http404
    case = case_or_404(person(request), number)
    form = STEPS[step].form(case, step, request.POST)
    if not form.is_valid():
        context = packet_context(request, case, (step, form))
        return render(request, "office/case_packet.html", context, status=422)
    queue = queue_of(person(request), sent_query(request))
    place = queue.place_of(case)
    try:
        _carry_out(case, step, form, person(request))
    except AlreadyDone as done:
        messages.info(request, in_one_text(done))
        return redirect(queue.packet_href(case))
    except ActionRefused as refused:
        fresh = case_or_404(person(request), number)
        form = STEPS[step].form(fresh, step, {**request.POST.dict(), "revision": fresh.revision})
        refusal = Refusal(refused.message, refused.remedy, str(request.POST.get("reason", "")))
        context = packet_context(request, fresh, (step, form), refusal)
        return render(request, "office/case_packet.html", context, status=refused.status)
    messages.success(request, str(STEPS[step].done))
    return _after(request, case, queue, place)
