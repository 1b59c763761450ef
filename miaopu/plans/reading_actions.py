"""Writes about readings of plans: uploaded, read by the machine, opened or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Job, Region, User
from miaopu.core.scope import reaches
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.kinds import HEAD_BYTES, kind_of
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.enums import ReadingState, Verb
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_items import items_of
from miaopu.plans.reading_querysets import READING_ROLES
from miaopu.plans.reading_states import TABLE

_NAME_MAX = 150


def check_may_read(by: User, region: str) -> None:
    """Raise NotAllowed unless the user makes programmes for the region."""
    if not reaches(by, region, READING_ROLES):
        raise NotAllowed(_("您不能为这个区域编制计划"), _("请由该区域的计划主管办理"))


@transaction.atomic
def upload_plan(content: bytes, name: str, *, region: Region, by: User) -> PlanReading:
    """Take a plan document in, to be read; the same file for the same region is the same reading.

    Raises ActionRefused for files that cannot be documents, NotAllowed where the user makes no
    programmes for the region.
    """
    check_may_read(by, region.code)
    try:
        kind = kind_of(content[:HEAD_BYTES])
    except DocumentRefused as error:
        raise ActionRefused(error.message, error.remedy) from error
    file = keep_file(content, by=by, table=kind)
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    same = PlanReading.objects.filter(file=file, region=region)
    known = same.exclude(state=ReadingState.REFUSED).first()
    if known is not None:
        return known
    reading = PlanReading.objects.create(
        file=file,
        file_name=name[-_NAME_MAX:] or "plan",
        region=region,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    record_event(
        reading,
        Verb.UPLOAD_PLAN,
        by=by,
        region=region,
        data={"sha256": file.sha256, "name": reading.file_name},
    )
    return reading


@transaction.atomic
def set_job(reading: PlanReading, job: Job, *, by: User | None) -> None:
    """Name the job that reads the file now; opening the job has left its event."""
    PlanReading.objects.filter(pk=reading.pk).update(job=job)
    reading.job = job


@transaction.atomic
def begin_reading(reading: PlanReading) -> PlanReading:
    """The worker has the file in hand. Raises Conflict where it has been read already."""
    locked = lock_reading(reading, "begin")
    locked.state = ReadingState.READING
    locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def open_reading(reading: PlanReading, document: Mapping[str, Any]) -> PlanReading:
    """Keep what was read, every item unread. Raises Conflict where that was done already."""
    locked = lock_reading(reading, "open")
    locked.text = str(document["text"]).replace("\x00", "�")
    for name, longest in (("title", 300), ("number", 100), ("issuer", 200), ("date", 20)):
        setattr(locked, name, str(document[name] or "")[:longest])
    locked.state = ReadingState.OPEN
    locked.save()
    items = ReadingItem.objects.bulk_create(items_of(locked, document), batch_size=1000)
    record_event(
        locked, Verb.OPEN_READING, by=None, region=locked.region_id, data={"items": len(items)}
    )
    return locked


@transaction.atomic
def refuse_reading(reading: PlanReading, refused: DocumentRefused) -> PlanReading:
    """The file cannot be read as a plan: say why and what to do."""
    locked = lock_reading(reading, "refuse")
    locked.state = ReadingState.REFUSED
    locked.refusal = {
        "message": refused.message.to_json(),
        "remedy": refused.remedy.to_json(),
    }
    locked.save()
    record_event(
        locked,
        Verb.REFUSE_READING,
        by=None,
        region=locked.region_id,
        reason=refused.message.zh,
    )
    return locked


def lock_open(reading: PlanReading, by: User) -> PlanReading:
    """The reading, locked, for a person to work on; raises NotAllowed, or Conflict if not open."""
    check_may_read(by, reading.region_id)
    return lock_reading(reading, "complete")  # what only an open one can be


def lock_reading(reading: PlanReading, step: str) -> PlanReading:
    """The reading, locked, if `step` can be taken now; raises Conflict otherwise."""
    locked = PlanReading.objects.select_for_update(of=("self",), no_key=True).get(pk=reading.pk)
    try:
        TABLE.find(step, locked.state)
    except TransitionRefused as error:
        raise Conflict(
            _("这份计划现在的状态是“%(state)s”") % {"state": locked.get_state_display()},
            _("请刷新页面查看"),
        ) from error
    return locked
