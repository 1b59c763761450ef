"""The background task that reads a plan document, in a limited child process."""

from __future__ import annotations

import logging
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.core.actions import fail_job, finish_job, open_next_job, report_progress
from miaopu.core.errors import Conflict
from miaopu.core.models import Job, Region, User
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.limited import read_limited
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading
from miaopu.plans.reading_actions import (
    begin_reading,
    open_reading,
    refuse_reading,
    set_job,
    upload_plan,
)

logger = logging.getLogger(__name__)
STEPS = 3  # the file in hand, read, kept
UNDER_WAY = (ReadingState.UPLOADED, ReadingState.READING)


@app.task(queue="default", retry=2)
def read_plan(job_id: int, reading_id: int) -> None:
    """Read the file of a reading; may run again after a killed worker."""
    job = Job.objects.get(pk=job_id)
    reading = PlanReading.objects.select_related("file").get(pk=reading_id)
    try:
        if reading.state in UNDER_WAY:
            _read(job, reading)
    except Exception as error:
        logger.exception("reading %s failed", reading_id)
        fail_job(job, type(error).__name__)
        raise
    finish_job(job, {"reading": reading_id})


def _read(job: Job, reading: PlanReading) -> None:
    begun = begin_reading(reading)
    report_progress(job, 1, STEPS)
    try:
        document = read_limited(Path(default_storage.path(reading.file.storage_name)))
    except DocumentRefused as refused:
        refuse_reading(begun, refused)
        return
    report_progress(job, 2, STEPS)
    open_reading(begun, document)


@transaction.atomic
def start_reading(content: bytes, name: str, *, region: Region, by: User) -> PlanReading:
    """Take a plan in and have it read. Raises what upload_plan raises."""
    reading = upload_plan(content, name, region=region, by=by)
    if reading.job is None:
        _defer(reading, by=by)
    return reading


@transaction.atomic
def restart_reading(reading: PlanReading, *, by: User) -> PlanReading:
    """Have a file read again whose job has given up. Raises Conflict where none has."""
    locked = PlanReading.objects.select_for_update(of=("self",), no_key=True).get(pk=reading.pk)
    if locked.state not in UNDER_WAY or locked.job is None or not locked.job.has_failed:
        raise Conflict(_("这份文件已经读过，或正在读取"), _("请刷新页面查看"))
    _defer(locked, by=by)
    return locked


def _defer(reading: PlanReading, *, by: User) -> None:
    """Queue a job for a reading."""
    title = _("读取 %(name)s") % {"name": reading.file_name}
    job, created = open_next_job(f"reading/{reading.pk}", title, by=by)
    if created:
        set_job(reading, job, by=by)
        read_plan.defer(job_id=job.pk, reading_id=reading.pk)
