"""Background tasks of the cases."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.cases.actions import publish_items
from miaopu.cases.decisions import start_decide_clocks
from miaopu.cases.offering import expire_offers, offered_items, renew_offers
from miaopu.cases.reminders import remind
from miaopu.core import clock
from miaopu.core.actions import fail_job, finish_job, open_job, report_progress
from miaopu.core.models import Job, User
from miaopu.plans.models import ProgrammeVersion

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="start_decide_clocks")
def start_clocks_after_publicity(timestamp: int) -> None:
    """Start the decision's clock where a publicity period has ended."""
    start_decide_clocks()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="expire_offers")
def close_expired_offers(timestamp: int) -> None:
    """Close offers whose last day has passed."""
    expire_offers()


@app.task(queue="default", retry=2)
def offer_programme(job_id: int, version_id: int) -> None:
    """Withdraw what no longer holds and offer what is due; goes on after a killed worker."""
    job = Job.objects.get(pk=job_id)
    version = ProgrammeVersion.objects.select_related("programme").get(pk=version_id)
    before = job.done  # of a run that was broken off: progress never goes back
    try:
        closed, issued = renew_offers(
            version,
            by=job.created_by,
            report=lambda done, total: report_progress(job, before + done, before + total),
        )
    except Exception as error:
        logger.exception("offering version %s failed", version_id)
        fail_job(job, str(error))
        raise
    finish_job(job, {"offers": issued, "withdrawn": closed})


@transaction.atomic
def start_offering(version: ProgrammeVersion, *, by: User | None) -> Job:
    """Start issuing the version's offers; one job at a time for each version."""
    ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    unfinished = Job.objects.unfinished().filter(key__startswith=f"offer/{version.pk}/").first()
    if unfinished is not None:
        return unfinished
    job, created = open_job(
        f"offer/{version.pk}/{clock.now().isoformat()}", _("发出免申即享邀约"), by=by
    )
    if created:
        offer_programme.defer(job_id=job.pk, version_id=version.pk)
    return job


def first_offering(version: ProgrammeVersion) -> Job | None:
    """The offering that followed the version's first match; None where there was none."""
    return Job.objects.filter(key__startswith=f"offer/{version.pk}/").order_by("pk").first()


def offer_after_match(version: ProgrammeVersion, by: User | None) -> Job | None:
    """What follows a match of everybody: offers, where the programme makes any today."""
    is_due = bool(offered_items(version, clock.today()))
    return start_offering(version, by=by) if is_due else None


def items_of_version(version: ProgrammeVersion, by: User | None) -> int:
    """What follows a version published in the pages: its items enter the catalogue."""
    return len(publish_items(version))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="send_reminders")
def send_reminders(timestamp: int) -> None:
    """Tell people what is due in three or one working days, or overdue; once per event."""
    remind()
