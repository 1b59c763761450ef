"""Reporting on a task: in words, in percent, with evidence; made to be filled in on a telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.plans.task_actions import Said, report_task
from miaopu.plans.task_workflow import available, holding_office
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import in_one_text
from miaopu.portal.views.office_task import task_or_404
from miaopu.portal.views.office_task_forms import ReportForm
from miaopu.portal.views.office_task_parts import TASK_READERS, office_name


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*TASK_READERS)
def task_report(request: HttpRequest, pk: int) -> HttpResponse:
    """How far is your office? POST hands the report in."""
    user = person(request)
    found = task_or_404(user, pk)
    office = holding_office(user, found)
    if office is None:
        raise NotAllowed(_("这项任务不由您的机构负责"), _("请由牵头或责任单位报告进展"))
    form, status = ReportForm(found), 200
    if request.method == "POST":
        form, status = ReportForm(found, request.POST, request.FILES), 422
        if form.is_valid():
            data = form.cleaned_data
            said = Said(
                data["text"],
                data["percent"],
                data["quantity"],
                data["quantity_unit"],
                data.get("milestone"),
                data["evidence"],
            )
            try:
                report_task(found, said, by=user)
            except ActionRefused as refused:
                form.add_error(None, in_one_text(refused))
                status = 409 if isinstance(refused, Conflict) else 422
            else:
                messages.success(request, _("进展已报告，等待确认"))
                return redirect("task", pk=pk)
    title = present.in_language(found.name)
    context = {
        "task": found,
        "title": title,
        "office": office_name(office),
        "form": form,
        "lost_files": bool(request.FILES),
        "may": "report" in available(user, found),
        "crumbs": [
            shapes.Link(_("任务督办"), reverse("task_board")),
            shapes.Link(title, reverse("task", args=[pk])),
            shapes.Link(_("报告进展")),
        ],
    }
    return render(request, "office/task_report.html", context, status=status)
