"""One task: how it stands and why, who owes what, what was reported, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.plans.enums import FINISHED, TaskState
from miaopu.plans.models import ProgrammeVersion, Task, TaskExtension, TaskFile, TaskReport
from miaopu.plans.standing import TaskView, views_of
from miaopu.plans.task_workflow import (
    available,
    holding_office,
    lock_task,
    reported_by,
    supervises,
)
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import in_one_text
from miaopu.portal.views.office_task_forms import STEPS, TaskStep, TaskStepForm
from miaopu.portal.views.office_task_parts import (
    COLOUR_WORDS,
    STATE_TONES,
    TASK_READERS,
    TONES,
    office_name,
    task_trail,
    unit_name,
)

MAIN = ("answer", "answer-extension")  # shown open: somebody waits for them


@dataclass(frozen=True)
class OfferedTaskStep:
    """A step that the user may take now, with its form."""

    name: str
    step: TaskStep
    form: TaskStepForm

    @property
    def open(self) -> bool:
        """Whether the form is shown at once: what somebody waits for, and what was refused."""
        return self.name in MAIN or self.form.is_bound


def task_or_404(user: User, pk: int) -> Task:
    """The task in the user's scope."""
    return get_object_or_404(Task.objects.for_user(user).select_related("programme"), pk=pk)


def _steps_of(
    user: User, task: Task, may: list[str], overseer: bool, asked: TaskExtension | None
) -> list[str]:
    """Names of the forms on the page, by what the user may do and what was asked for."""
    names = []
    unfinished = task.state not in FINISHED
    if "close" in may:
        names.append("answer")
    if asked is not None and overseer and asked.asked_by_id != user.pk:
        names.append("answer-extension")
    if unfinished and asked is None and holding_office(user, task) is not None:
        names.append("extension")
    if unfinished and overseer and not task.due_printed:
        names.append("deadline")
    if "reopen" in may:
        names.append("reopen")
    return names


def _parts(view: TaskView) -> list[dict[str, Any]]:
    """Each unit with its role and offices, and what each office last reported."""
    last = {report.office_id: report for report in view.last_reports}
    return [
        {
            "unit": unit_name(part.unit),
            "role": part.role.label,
            "answers": part.answers,
            "offices": [
                {"name": office_name(office), "report": last.get(office.pk)}
                for office in part.offices
            ],
        }
        for part in view.parts
    ]


def _reports(user: User, task: Task) -> list[dict[str, Any]]:
    """What was reported, the last first, each with its evidence."""
    rows = TaskReport.objects.for_user(user).filter(task=task)
    rows = rows.select_related("office", "made_by", "answered_by", "milestone").order_by("-pk")
    files: dict[int, list[TaskFile]] = {}
    kept = TaskFile.objects.for_user(user).filter(report__task=task).select_related("file")
    for one in kept.order_by("pk"):
        files.setdefault(one.report_id, []).append(one)
    tones = {"waiting": "soon", "accepted": "good", "returned": "late"}
    return [
        {
            "report": row,
            "office": office_name(row.office),
            "tone": tones.get(row.state, "neutral"),
            "quantity": "" if row.quantity is None else f"{row.quantity.normalize():f}",
            "stage": present.in_language(row.milestone.name) if row.milestone else "",
            "files": files.get(row.pk, []),
        }
        for row in rows
    ]


def _summary(view: TaskView) -> list[shapes.Answer]:
    task = view.task
    rows = [shapes.Answer(_("期限"), formats.day(task.due_on))]
    if task.due_on > task.planned_due:
        planned = formats.day(task.planned_due)
        why = _("批准的延期，不因版本更新而改变；现行版本为 %(day)s") % {"day": planned}
        rows.append(shapes.Answer(_("期限依据"), why))
    elif not task.due_printed:
        standing_in = task.due_on == task.planned_due
        why = _("计划未写明，暂按计划期末日") if standing_in else _("计划未写明，由计划主管确定")
        rows.append(shapes.Answer(_("期限依据"), why))
    elif task.due_on != task.planned_due:
        rows.append(shapes.Answer(_("计划期限"), formats.day(task.planned_due)))
    done = 100 if task.state == TaskState.CLOSED else view.standing.percent
    rows.append(shapes.Answer(_("完成"), f"{done}%"))
    rows.append(shapes.Answer(_("列入督办"), formats.day(task.opened_on)))
    if task.escalated_on:
        rows.append(shapes.Answer(_("超期上报"), formats.day(task.escalated_on)))
    if task.closed_by is not None:
        rows.append(shapes.Answer(_("办结人"), str(task.closed_by)))
    return rows


def task_context(
    request: HttpRequest,
    task: Task,
    bound: tuple[str, TaskStepForm] | None = None,
    refused: ActionRefused | None = None,
) -> dict[str, Any]:
    """Everything the page shows; `bound` is the form that was sent and not carried out."""
    user, today = person(request), clock.today()
    [view] = views_of([task], today)
    current = ProgrammeVersion.objects.public().current().filter(programme=task.programme)
    version = current.defer("content").first()
    asked = TaskExtension.objects.for_user(user).asked().filter(task=task).first()
    may, overseer = available(user, task), supervises(user, task)
    offered = [
        OfferedTaskStep(
            name,
            STEPS[name],
            bound[1] if bound and bound[0] == name else STEPS[name].form(task, name),
        )
        for name in _steps_of(user, task, may, overseer, asked)
    ]
    stages = task.milestones.filter(dropped=False)
    open_stages = {one.position for one in view.standing.stages}
    return {
        "task": task,
        "title": present.in_language(task.name),
        "programme": present.in_language(task.programme.name),
        "light": COLOUR_WORDS[view.colour],
        "tone": TONES[view.colour],
        "state_tone": STATE_TONES.get(task.state, "neutral"),
        "reasons": [present.in_language(reason) for reason in view.light.reasons],
        "clause_href": present.clause_href(version, task.clause) if version else "",
        "summary": _summary(view),
        "parts": _parts(view),
        "pending": present.in_language(task.pending),
        "doubt": present.in_language(task.doubt),
        "stages": [
            {
                "title": present.in_language(stage.name),
                "due_on": stage.due_on,
                "reached": stage.position not in open_stages,
                "late": stage.due_on < today,
            }
            for stage in stages
        ],
        "reports": _reports(user, task),
        "asked": asked,
        "extensions": TaskExtension.objects.for_user(user)
        .filter(task=task)
        .select_related("asked_by", "answered_by")
        .order_by("-pk"),
        "offered": offered,
        "may_report": "report" in may,
        "own_report": overseer and task.state == TaskState.REPORTED and reported_by(user, task),
        "nobody": not any(part.offices for part in view.parts if part.answers),
        "may_assign": overseer,
        "trail": task_trail(task.trail()),
        "refused": refused,
        "bound": bound[1] if bound and not refused else None,
        "crumbs": [
            shapes.Link(_("任务督办"), reverse("task_board")),
            shapes.Link(pgettext("one", "任务")),
        ],
    }


@require_safe
@role_required(*TASK_READERS)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """How does this task stand, and who has the next step?"""
    found = task_or_404(person(request), pk)
    return render(request, "office/task.html", task_context(request, found))


def _check_unchanged(locked: Task, revision: int) -> None:
    """The task is as it was shown; raises Conflict with what was done since."""
    if locked.revision == revision:
        return
    entry = task_trail(locked.trail())[-1]
    raise Conflict(
        _("您打开页面之后，%(who)s于%(at)s办理了“%(what)s”")
        % {"who": entry.who, "at": formats.moment(entry.at), "what": entry.what},
        _("请核对现在的状态后再办"),
    )


@require_POST
@role_required(*TASK_READERS)
def task_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step; what is refused is told on the page with everything typed kept."""
    found = task_or_404(person(request), pk)
    if step not in STEPS:
        raise Http404
    form = STEPS[step].form(found, step, request.POST)
    if not form.is_valid():
        context = task_context(request, found, (step, form))
        return render(request, "office/task.html", context, status=422)
    try:
        with transaction.atomic():
            _check_unchanged(lock_task(found), form.cleaned_data["revision"])
            STEPS[step].act(found, form.cleaned_data, person(request))
    except ActionRefused as refused:
        fresh = task_or_404(person(request), pk)
        form = STEPS[step].form(fresh, step, {**request.POST.dict(), "revision": fresh.revision})
        context = task_context(request, fresh, (step, form), refused)
        context["refused_text"] = in_one_text(refused)
        return render(request, "office/task.html", context, status=refused.status)
    messages.success(request, str(STEPS[step].done))
    return redirect("task", pk=pk)


@require_safe
@role_required(*TASK_READERS)
def task_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A piece of evidence, as a download."""
    files = TaskFile.objects.for_user(person(request)).select_related("file")
    kept = get_object_or_404(files, pk=pk)
    return download(kept.file, kept.name)
