"""Background tasks of the plans."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.core import clock
from miaopu.core.actions import fail_job, finish_job, open_job, report_progress
from miaopu.core.enums import JobState
from miaopu.core.models import Job, User
from miaopu.core.scope import region_prefix
from miaopu.parties.models import Enterprise
from miaopu.plans.followers import follow_match
from miaopu.plans.letter_reminders import remind_of_letters
from miaopu.plans.match_actions import renew_matches
from miaopu.plans.models import ProgrammeVersion, Simulation
from miaopu.plans.reading_tasks import read_plan as read_plan  # found here by the worker
from miaopu.plans.simulating import Question, open_simulation, run_simulation
from miaopu.plans.task_reminders import remind_of_tasks

logger = logging.getLogger(__name__)

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
AT_ONCE = 3_000  # enterprises for whom a rule is tried well within a second


@app.task(queue="default", retry=2)
def match_programme(job_id: int, version_id: int, as_of: str) -> None:
    """Match every enterprise with a version's items; may run again after a killed worker.

    Only those of whom something has changed since the last match are asked again.
    """
    job = Job.objects.get(pk=job_id)
    version = ProgrammeVersion.objects.get(pk=version_id)
    try:
        count = renew_matches(
            version,
            date.fromisoformat(as_of),
            lambda done, total: report_progress(job, done, total),
        )
    except Exception as error:
        logger.exception("matching version %s failed", version_id)
        fail_job(job, str(error))
        raise
    finish_job(job, {"matches": count})
    follow_match(version, job.created_by)


@transaction.atomic
def start_matching(version: ProgrammeVersion, *, by: User | None) -> Job:
    """Start the match of everybody as of today; one at a time for each version."""
    ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    today = clock.today()
    unfinished = Job.objects.unfinished().filter(key__startswith=f"match/{version.pk}/").first()
    if unfinished is not None:
        return unfinished
    job, created = open_job(
        f"match/{version.pk}/{clock.now().isoformat()}",
        _("匹配全部企业（%(day)s）") % {"day": today.isoformat()},
        by=by,
    )
    if created:
        match_programme.defer(job_id=job.pk, version_id=version.pk, as_of=today.isoformat())
    return job


def first_matching(version: ProgrammeVersion) -> Job | None:
    """The match of everybody that the version's publication started; None before."""
    return Job.objects.filter(key__startswith=f"match/{version.pk}/").order_by("pk").first()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="send_task_reminders")
def send_task_reminders(timestamp: int) -> None:
    """Tell offices which tasks and duties are due or overdue, once per event; escalate."""
    remind_of_tasks()


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="remind_of_letters")
def send_letter_reminders(timestamp: int) -> None:
    """Remind districts of target letters that they have not acknowledged."""
    remind_of_letters()


@app.task(queue="default", retry=2)
def simulate_rules(job_id: int, simulation_id: int) -> None:
    """Try a rule on the whole register; may run again after a killed worker."""
    job = Job.objects.get(pk=job_id)
    simulation = Simulation.objects.with_parts().get(pk=simulation_id)
    try:
        run_simulation(simulation, lambda done, total: report_progress(job, done, total))
    except Exception as error:
        logger.exception("simulation %s failed", simulation_id)
        fail_job(job, str(error))
        raise
    finish_job(job, {"simulation": simulation_id})


@transaction.atomic
def start_simulation(question: Question, *, by: User | None) -> Simulation:
    """The simulation of the question: the answer there is, or one under way.

    A small register is answered at once, a large one by a job; one at a time for each question.
    """
    simulation = open_simulation(question, by=by)
    if simulation.is_finished:
        return simulation
    region = question.programme.region_id
    prefix = region_prefix(region)
    if Enterprise.objects.filter(region__code__startswith=prefix).count() <= AT_ONCE:
        return run_simulation(simulation)
    Simulation.objects.select_for_update(of=("self",), no_key=True).get(pk=simulation.pk)
    if simulation.job is not None and simulation.job.state in UNFINISHED:
        return simulation
    job, created = open_job(
        f"simulate/{simulation.pk}/{clock.now().isoformat()}",
        _("测算规则（%(day)s）") % {"day": simulation.as_of.isoformat()},
        by=by,
    )
    simulation.job = job
    simulation.save(update_fields=["job"])
    if created:
        simulate_rules.defer(job_id=job.pk, simulation_id=simulation.pk)
    return simulation
