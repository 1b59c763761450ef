"""Long work as its owner sees it; the page asks again while it runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from miaopu.core.enums import JobState
from miaopu.core.models import Job
from miaopu.plans.models import Programme
from miaopu.portal import formats, shapes
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person


def _result(job: Job) -> shapes.Link | None:
    """Where the result of a finished job is seen."""
    if job.state == JobState.DONE and job.key.startswith("match/"):
        return shapes.Link(_("查看可享企业"), reverse("entitlements"))
    if job.state == JobState.DONE and job.key.startswith("offer/"):
        return shapes.Link(_("查看邀约"), reverse("office_offers"))
    if job.state == JobState.DONE and "anomalies" in job.result:
        return shapes.Link(_("查看基地异常"), reverse("office_anomalies"))
    if job.state == JobState.DONE and "simulation" in job.result:
        where = {"pk": job.result["simulation"]}
        return shapes.Link(_("查看测算结果"), reverse("simulation", kwargs=where))
    if job.state == JobState.DONE and "batch" in job.result:
        where = {"number": job.result["batch"]}
        return shapes.Link(_("查看付款批次"), reverse("payment_batch", kwargs=where))
    return None


def view_of(job: Job) -> shapes.JobView:
    """A job as the component shows it. The caller proved that it is the reader's own."""
    message = ""
    if job.state == JobState.FAILED:
        message = _("没有完成：%(error)s。请稍后再试；仍不成功请联系系统管理员。") % {
            "error": job.error
        }
    elif "matches" in job.result:
        message = _("共 %(count)s 条结果") % {"count": formats.number(job.result["matches"])}
    elif "offers" in job.result:
        counts = {name: formats.number(job.result[name]) for name in ("offers", "withdrawn")}
        message = _("发出 %(offers)s 份邀约，撤回或过期 %(withdrawn)s 份") % counts
    elif "booked" in job.result:
        message = ngettext(
            "已登记 %(count)s 笔银行结果", "已登记 %(count)s 笔银行结果", job.result["booked"]
        ) % {"count": formats.number(job.result["booked"])}
    return shapes.JobView(
        key=str(job.pk),
        title=job.title,
        state=job.state,  # type: ignore[arg-type]
        done=job.done,
        total=job.total,
        message=message,
        poll_href=reverse("job", kwargs={"pk": job.pk}),
        result=_result(job),
    )


def work_on(job: Job, *, poll_href: str, failed: str) -> shapes.JobView:
    """The work on something handed in, while that waits for it; `failed` is said if it gave up."""
    return shapes.JobView(
        key=str(job.pk),
        title=job.title,
        state="failed"
        if job.has_failed
        else "queued"
        if job.state == JobState.QUEUED
        else "running",
        done=job.done,
        total=job.total,
        message=failed if job.has_failed else "",
        poll_href=poll_href,
    )


def start_for_programmes(
    request: HttpRequest, start: Callable[..., Job], told: str, *, back: str
) -> HttpResponse:
    """Start a job for every programme in force, and show her own one to whoever asks.

    Where somebody else's is on its way already she is `told` so, on the page `back`.
    """
    by = person(request)
    started = [
        perform(request, partial(start, programme.current_version, by=by))
        for programme in Programme.objects.public()
    ]
    jobs = [job for job in started if job is not None]
    own = [job for job in jobs if job.created_by_id == by.pk]
    if own:
        return redirect("job", pk=own[0].pk)
    if jobs:
        messages.info(request, told)
    return redirect(back)


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the user's own jobs; a request by htmx gets the moving part only."""
    found = get_object_or_404(Job.objects.for_user(person(request)), pk=pk)
    part = "#progress" if request.headers.get("HX-Request") else ""
    return render(
        request, f"office/job.html{part}", {"job": view_of(found), "started": found.created_at}
    )
