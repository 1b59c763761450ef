"""Writes of the core. Each is atomic and leaves an event."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.enums import JobState, Role, Verb
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.events import acting_office, event_of
from miaopu.core.models import (
    DemoClock,
    Event,
    File,
    Job,
    Membership,
    Notice,
    Office,
    Region,
    User,
)
from miaopu.engine import reference

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

TABLE_TYPES = {
    **{kind: MEDIA_TYPES[kind] for kind in ("xlsx", "docx", "pdf")},
    **{"xls": "application/vnd.ms-excel", "csv": "text/csv"},
    # Texts of plans and documents come this way too; always sent as a download.
    **{"txt": "text/plain", "html": "text/html"},
}


def record_event(
    subject: models.Model,
    verb: str,
    *,
    by: User | None,
    reason: str = "",
    region: Region | str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Append an event about `subject`. `by` is None only for what the system does itself."""
    code = region.code if isinstance(region, Region) else region
    event = event_of(
        subject,
        verb,
        at=clock.now(),
        by=by,
        office=acting_office(by, code),
        region_code=code,
        reason=reason,
        data=data,
    )
    event.save(force_insert=True)
    return event


@transaction.atomic
def load_regions(zones: Iterable[tuple[str, str, str, str]] = ()) -> int:
    """Load the table of divisions (GB/T 2260) and a city's own zones (code, zh, en, parent code).

    Loading again changes only names. Returns the number of regions there are.
    """
    if not Region.objects.exists():
        rows = sorted(reference.regions().values(), key=lambda region: (region.level, region.code))
        Region.objects.bulk_create(
            Region(
                code=row.code,
                name=row.name,
                level=row.level,
                parent_id=row.parent or None,
            )
            for row in rows
        )
    for code, name, name_en, parent in zones:
        known = Region.objects.filter(code=code).first()
        if known is not None and not known.is_zone:
            Region.objects.filter(code=code).update(name_en=name_en)
            continue
        Region.objects.update_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "level": Region.Level.COUNTY,
                "parent_id": parent,
                "is_zone": True,
            },
        )
    return Region.objects.count()


@transaction.atomic
def add_member(user: User, office: Office, role: Role, *, by: User | None) -> Membership:
    """Give `user` the role in the office. Raises IntegrityError where roles exclude each other."""
    membership = Membership.objects.create(user=user, office=office, role=role, since=clock.now())
    record_event(membership, Verb.ADD_MEMBER, by=by, region=office.region, data={"role": role})
    user.__dict__.pop("live_memberships", None)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, by: User, reason: str = "") -> None:
    """End a membership; the user's next request no longer has the role."""
    locked = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    if locked.ended_at is not None:
        raise ActionRefused(_("该角色已经收回"), _("刷新页面查看当前状态"))
    locked.ended_at = clock.now()
    locked.save(update_fields=["ended_at"])
    record_event(
        locked,
        Verb.END_MEMBERSHIP,
        by=by,
        reason=reason,
        region=locked.office.region_id,
    )


def media_extension(content: bytes) -> str | None:
    """The kind of file by its content (pdf, png, jpg, docx, xlsx), None if it is none of these."""
    try:
        found = puremagic.from_string(content).lstrip(".").lower()
    except (puremagic.PureError, ValueError):
        return None
    found = {"jpeg": "jpg", "jfif": "jpg"}.get(found, found)
    return found if found in MEDIA_TYPES else None


def _store(name: str, content: bytes) -> None:
    """Put content in its place on the disk, whole or not at all, readable by the owner only."""
    place = Path(default_storage.path(name))
    if place.exists() and place.stat().st_size == len(content):
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as unfinished:
        try:
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            os.replace(unfinished.name, place)
        except OSError:
            Path(unfinished.name).unlink(missing_ok=True)
            raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@transaction.atomic
def keep_file(content: bytes, *, by: User | None, table: str | None = None) -> File:
    """Keep a file once per content; its type is what the content says, not the name.

    `table` is the kind (a key of TABLE_TYPES) that a caller who reads the file has found in it.
    Raises ActionRefused for empty, too large or unknown kinds of files.
    """
    if not content:
        raise ActionRefused(_("文件是空的"), _("请重新选择文件"))
    if len(content) > settings.FILE_MAX_BYTES:
        raise ActionRefused(_("文件超过 20 MB"), _("请压缩或拆分后再上传"))
    extension = table or media_extension(content)
    if extension is None:
        raise ActionRefused(
            _("不支持这种文件"),
            _("请上传 PDF、PNG、JPG、Word（docx）或 Excel（xlsx）文件"),
        )
    digest = hashlib.sha256(content).hexdigest()
    _store(File(sha256=digest).storage_name, content)
    file, created = File.objects.get_or_create(
        sha256=digest,
        defaults={
            "size": len(content),
            "media_type": TABLE_TYPES[table] if table else MEDIA_TYPES[extension],
            "extension": extension,
            "kept_at": clock.now(),
        },
    )
    if created:
        record_event(file, Verb.KEEP_FILE, by=by, data={"sha256": digest, "size": len(content)})
    return file


def notify(user: User, key: str, text: str, text_en: str, link: str = "") -> None:
    """Tell a user something, once per key, in both languages."""
    Notice.objects.get_or_create(
        user=user,
        key=key,
        defaults={"text": text, "text_en": text_en, "link": link, "at": clock.now()},
    )


def mark_notices_read(user: User) -> int:
    """Mark all notices of the user as read; returns how many were new."""
    return Notice.objects.for_user(user).unread().update(read_at=clock.now())


@transaction.atomic
def open_job(key: str, title: str, *, by: User | None, total: int = 0) -> tuple[Job, bool]:
    """The job with this key and whether it is new; the same key again starts nothing."""
    job, created = Job.objects.get_or_create(
        key=key,
        defaults={
            "title": title,
            "created_by": by,
            "created_at": clock.now(),
            "total": total,
        },
    )
    if created:
        record_event(job, Verb.START_JOB, by=by, data={"key": key})
    return job, created


@transaction.atomic
def open_next_job(about: str, title: str, *, by: User | None) -> tuple[Job, bool]:
    """A job for work that may have been tried before, under a key of its own each time."""
    tries = Job.objects.filter(key__startswith=f"{about}/").count()
    return open_job(f"{about}/{tries + 1}", title[:200], by=by)


def report_progress(job: Job, done: int, total: int) -> None:
    """Write how far a job is; progress never goes back."""
    Job.objects.filter(pk=job.pk).exclude(state=JobState.DONE).update(
        state=JobState.RUNNING,
        total=total,
        done=models.functions.Greatest(models.F("done"), min(done, total)),
    )


def finish_job(job: Job, result: Mapping[str, Any]) -> None:
    """Close a job with its result."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.DONE,
        done=models.F("total"),
        result=dict(result),
        error="",
        finished_at=clock.now(),
    )


def fail_job(job: Job, error: str) -> None:
    """Close a job that could not be done, with the reason."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error=error[:2000], finished_at=clock.now()
    )


@transaction.atomic
def move_demo_clock(to: date, *, by: User | None) -> date:
    """Move the demo's date forward to `to`. Raises NotAllowed outside the demo or backwards."""
    if not settings.DEMO:
        raise NotAllowed(_("只有演示系统可以推进日期"), _("正式系统的时钟不能改动"))
    DemoClock.objects.get_or_create(pk=1)
    row = DemoClock.objects.select_for_update(of=("self",), no_key=True).get(pk=1)
    real = timezone.localdate()
    if to < real + timedelta(days=row.offset_days):
        raise ActionRefused(_("演示日期只能向前推进"), _("请选择更晚的日期"))
    row.offset_days = (to - real).days
    row.save(update_fields=["offset_days"])
    record_event(row, Verb.MOVE_DEMO_CLOCK, by=by, data={"to": to.isoformat()})
    return to


@transaction.atomic
def start_demo_clock(at: date) -> None:
    """Set the demo's first day; does nothing once the clock runs."""
    if not settings.DEMO:
        raise NotAllowed(_("只有演示系统可以推进日期"), _("正式系统的时钟不能改动"))
    DemoClock.objects.get_or_create(
        pk=1, defaults={"offset_days": (at - timezone.localdate()).days}
    )
