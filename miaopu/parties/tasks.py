"""Background tasks of the parties: checking and importing deliveries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.core.actions import fail_job, finish_job, open_next_job, report_progress
from miaopu.core.models import Job, Region, User
from miaopu.parties.checking import check_file
from miaopu.parties.deliveries import confirm_delivery, deliver_file, set_job
from miaopu.parties.enums import DeliveryState, Source
from miaopu.parties.importing import import_rows
from miaopu.parties.models import Delivery

logger = logging.getLogger(__name__)
Work = Callable[[Delivery, Callable[[int, int], None]], Any]


def _run(job_id: int, delivery_id: int, state: DeliveryState, work: Work) -> None:
    """Do the work of a job while its delivery is in `state`; afterwards there is none left."""
    job = Job.objects.get(pk=job_id)
    delivery = Delivery.objects.select_related("file", "region").get(pk=delivery_id)
    try:
        if delivery.state == state:
            work(delivery, lambda done, total: report_progress(job, done, total))
    except Exception as error:
        logger.exception("delivery %s failed while %s", delivery.number, state)
        fail_job(job, type(error).__name__)
        raise
    finish_job(job, {"delivery": delivery.number})


@app.task(queue="default", retry=2)
def check_delivery(job_id: int, delivery_id: int) -> None:
    """Check a delivery's file; may run again after a killed worker."""
    _run(job_id, delivery_id, DeliveryState.CHECKING, check_file)


@app.task(queue="default", retry=2)
def import_delivery(job_id: int, delivery_id: int) -> None:
    """Write a confirmed delivery; goes on where a killed worker stopped."""
    _run(job_id, delivery_id, DeliveryState.IMPORTING, import_rows)


@transaction.atomic
def start_delivery(
    content: bytes, name: str, *, source: Source, region: Region, as_of: date, by: User
) -> Delivery:
    """Take a file in and have it checked. Raises what deliver_file raises."""
    delivery = deliver_file(content, name, source=source, region=region, as_of=as_of, by=by)
    if delivery.job is None:
        _defer(delivery, check_delivery, _("检查 %(name)s"), by=by)
    return delivery


@transaction.atomic
def start_import(delivery: Delivery, *, by: User) -> Delivery:
    """Confirm a delivery and have it written; a check or an import that failed is tried again.

    Raises what confirm_delivery raises.
    """
    locked = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if locked.state == DeliveryState.CHECKING and locked.has_failed:
        _defer(locked, check_delivery, _("检查 %(name)s"), by=by)
        return locked
    confirmed = confirm_delivery(locked, by=by)
    _defer(confirmed, import_delivery, _("导入 %(name)s"), by=by)
    return confirmed


def _defer(delivery: Delivery, task: Any, title: str, *, by: User) -> None:
    """Queue a job for a delivery."""
    told = title % {"name": delivery.file_name}
    job, created = open_next_job(f"delivery/{delivery.pk}", told, by=by)
    if created:
        set_job(delivery, job, by=by)
        task.defer(job_id=job.pk, delivery_id=delivery.pk)
