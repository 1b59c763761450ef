"""Background tasks of the bases."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.bases.anomaly_actions import renew_anomalies
from miaopu.bases.inspection_notices import remind_of_inspections
from miaopu.bases.silence_actions import apply_silence, note_silence
from miaopu.bases.title_motions import remind_of_titles
from miaopu.core.actions import fail_job, finish_job, open_next_job, report_progress
from miaopu.core.models import Job, User

logger = logging.getLogger(__name__)
ABOUT = "anomalies"


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="watch_inspections")
def watch_inspections(timestamp: int) -> None:
    """Note forms that were not handed in, apply the rule of silence, remind of what is due."""
    note_silence()
    apply_silence()
    remind_of_inspections()


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="remind_of_titles")
def send_title_reminders(timestamp: int) -> None:
    """Tell of titles that end soon, once per title."""
    remind_of_titles()


@app.periodic(cron="30 2 * * *")
@app.task(queueing_lock="find_anomalies")
def find_anomalies(timestamp: int) -> None:
    """Look at every base anew, at night."""
    renew_anomalies(by=None)


@app.task(queue="default", retry=2)
def look_for_anomalies(job_id: int) -> None:
    """The same, started by somebody who watches it; may run again after a killed worker."""
    job = Job.objects.get(pk=job_id)
    try:
        count = renew_anomalies(
            by=job.created_by, progress=lambda done, total: report_progress(job, done, total)
        )
    except Exception as error:
        logger.exception("looking for anomalies failed")
        fail_job(job, str(error))
        raise
    finish_job(job, {"anomalies": count})


@transaction.atomic
def start_anomalies(*, by: User) -> Job:
    """Start looking at every base; one at a time."""
    unfinished = Job.objects.unfinished().filter(key__startswith=f"{ABOUT}/").first()
    if unfinished is not None:
        return unfinished
    job, created = open_next_job(ABOUT, _("查找基地异常"), by=by)
    if created:
        look_for_anomalies.defer(job_id=job.pk)
    return job
