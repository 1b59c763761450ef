"""Background tasks of the plans."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.core import clock
from miaopu.core.actions import fail_job, finish_job, open_job, report_progress
from miaopu.core.models import Job, User
from miaopu.plans.actions import match_version
from miaopu.plans.followers import follow_match
from miaopu.plans.letter_reminders import remind_of_letters
from miaopu.plans.models import ProgrammeVersion

logger = logging.getLogger(__name__)


@app.task(queue="default", retry=2)
def match_programme(job_id: int, version_id: int, as_of: str) -> None:
    """Match every enterprise with a version's items; may run again after a killed worker."""
    job = Job.objects.get(pk=job_id)
    version = ProgrammeVersion.objects.get(pk=version_id)
    try:
        count = match_version(
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


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="remind_of_letters")
def send_letter_reminders(timestamp: int) -> None:
    """Remind districts of target letters that they have not acknowledged."""
    remind_of_letters()
