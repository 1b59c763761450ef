"""Writes about recurring duties: recording what was done, with evidence, and declaring it void."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.holders import settle_notices
from miaopu.core.models import Office, Region, User
from miaopu.core.scope import region_prefix
from miaopu.engine.duties import Fulfilment
from miaopu.engine.packs.plan_parts import Duty
from miaopu.plans.duty_reads import DutyView, Subject, days_of_duty, duty_view
from miaopu.plans.enums import Rank, Verb
from miaopu.plans.evidence import GivenFile, check_evidence, keep_evidence
from miaopu.plans.models import DutyRecord, ProgrammeVersion, UnitOffice
from miaopu.plans.task_querysets import offices_of, oversees

DUTY_REMINDER = "duty-reminder"  # how the keys of reminders about duties begin


@dataclass(frozen=True)
class Done:
    """What was done: by whom, in which rank at that time, when, where; the evidence."""

    person: str
    rank: Rank
    on: date
    place: str
    region: Region | None = None
    venue: int | None = None
    text: str = ""
    files: Sequence[GivenFile] = ()


def recording_offices(version: ProgrammeVersion, duty: Duty, user: User) -> list[Office]:
    """The user's offices that the duty binds; for who looks after the programme, all of them."""
    rows = UnitOffice.objects.filter(
        unit__programme=version.programme_id, unit__key__in=duty.who
    ).select_related("office__region")
    offices = {row.office_id: row.office for row in rows.order_by("office__code", "pk")}
    if oversees(user, version.programme.region_id):
        return list(offices.values())
    mine = set(offices_of(user))
    return [office for key, office in offices.items() if key in mine]


def _check(version: ProgrammeVersion, duty: Duty, done: Done) -> None:
    first, last = days_of_duty(version, duty)
    if not first <= done.on <= last:
        raise ActionRefused(
            _("这项职责的期间是 %(first)s 至 %(last)s")
            % {"first": first.isoformat(), "last": last.isoformat()},
            _("请核对日期"),
        )
    if done.on > clock.today():
        raise ActionRefused(_("不能登记还没有发生的事"), _("请填写已经过去的日期"))
    if not done.person.strip() or not done.place.strip():
        raise ActionRefused(_("请写明履行人和地点"), _("例如姓名、到了哪里"))
    if duty.venues and not (done.venue and 1 <= done.venue <= len(duty.venues)):
        raise ActionRefused(_("请选择场所类别"), _("这项职责要求进入各类场所"))
    if duty.each == "region" and done.region is None:
        raise ActionRefused(_("请选择区县"), _("这项职责按区县计算"))
    if done.region is not None and not done.region.code.startswith(
        region_prefix(version.programme.region_id)
    ):
        raise ActionRefused(_("这个区县不在计划的区域内"), _("请重新选择"))
    check_evidence(done.files)


@transaction.atomic
def record_duty(
    version: ProgrammeVersion, duty: Duty, office: Office, done: Done, *, by: User
) -> DutyRecord:
    """Record that a duty was done for `office`; what it fulfils is computed.

    Raises NotAllowed for an office that the duty does not bind or that is not the user's,
    ActionRefused for days outside the duty or in the future, and where venue or district is
    wanting.
    """
    if office not in recording_offices(version, duty, by):
        raise NotAllowed(_("这项职责不由您的机构履行"), _("请由责任单位登记"))
    _check(version, duty, done)
    record = DutyRecord.objects.create(
        programme=version.programme,
        duty=duty.id,
        office=office,
        region=done.region,
        person=done.person.strip(),
        rank=done.rank,
        done_on=done.on,
        place=done.place.strip(),
        venue=done.venue if duty.venues else None,
        text=done.text.strip(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    digests = keep_evidence(record, done.files, by=by)
    record_event(
        record,
        Verb.RECORD_DUTY,
        by=by,
        region=office.region_id,
        data={"duty": duty.id, "on": done.on.isoformat(), "rank": done.rank, "sha256": digests},
    )
    _settle(version, duty)
    return record


def reminder_key(view: DutyView, subject: Subject, period: Fulfilment) -> str:
    """The key of reminders about one period of a duty."""
    duty = f"{view.version.programme_id}/{view.duty.id}"
    return f"{DUTY_REMINDER}/{duty}/{subject.key}/{period.span.key}/"


def _settle(version: ProgrammeVersion, duty: Duty) -> None:
    """Reminders of periods that are met are not new any longer."""
    view = duty_view(version, duty.id, clock.today())
    assert view is not None  # the duty is the version's own
    met = [
        reminder_key(view, line.subject, one)
        for line in view.lines
        for one in line.periods
        if one.state == "met"
    ]
    settle_notices(*met)


def may_void(record: DutyRecord, user: User) -> bool:
    """Whether the user may declare the record void: who recorded it, or looks after the duties."""
    own = record.recorded_by_id == user.pk and not user.is_party
    return own or oversees(user, record.programme.region_id)


@transaction.atomic
def void_duty_record(record: DutyRecord, *, by: User, reason: str) -> DutyRecord:
    """Declare a record void, with a reason, by its recorder or a supervisor: it counts no more."""
    locked = (
        DutyRecord.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme", "office")
        .get(pk=record.pk)
    )
    check_reason(reason, _("请说明作废的原因"), _("例如日期填错"))
    if not may_void(locked, by):
        raise NotAllowed(_("您不能作废这条登记"), _("请由登记人或计划主管办理"))
    if locked.voided_at is not None:
        raise Conflict(_("这条登记已经作废"), _("无需重复操作"))
    locked.voided_by, locked.voided_at, locked.void_reason = by, clock.now(), reason.strip()
    locked.save(update_fields=["voided_by", "voided_at", "void_reason"])
    record_event(
        locked,
        Verb.VOID_DUTY_RECORD,
        by=by,
        reason=reason,
        region=locked.office.region_id,
        data={"duty": locked.duty},
    )
    return locked
