"""Writes of a base's record: facilities and position, photographs, changes, and its exit.

A change of name, operator or area is filed within three months (national incubators' rule of 2018,
findings on B4); filed later it is taken as well, and marked late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.guards import check_row, check_runs, locked_base, may
from miaopu.bases.models import Base, BaseChange, BaseFile, BaseProfile
from miaopu.bases.record_enums import BaseFileKind, ChangeKind, ChangeState, Facility, RecordVerb
from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.clock import add_months
from miaopu.parties.models import Enterprise

MONTHS_TO_FILE = 3
MOST_PHOTOS = 12
MOST_EVIDENCE = 10
CHECKERS = frozenset({Role.APPROVER, Role.PROGRAMME_OFFICER})
FIELDS: Mapping[str, tuple[str, ...]] = {
    ChangeKind.NAME: ("name",),
    ChangeKind.OPERATOR: ("operator",),
    ChangeKind.AREA: ("floor_area", "incubation_area", "workshop_area"),
}
"""What of the record a change of the kind is about."""
_PICTURES = frozenset({"png", "jpg"})


def last_day(happened_on: date) -> date:
    """The last day for filing a change that happened on the day."""
    return add_months(happened_on, MONTHS_TO_FILE)


@transaction.atomic
def describe_base(
    base: Base,
    *,
    facilities: Sequence[str],
    longitude: Decimal | None,
    latitude: Decimal | None,
    by: User,
) -> BaseProfile:
    """State facilities and position (degrees); both coordinates or none."""
    locked = locked_base(base)
    check_runs(by, locked)
    unknown = set(facilities) - set(Facility.values)
    if unknown:
        raise ActionRefused(_("没有这种设施"), _("请从列出的设施中选择"))
    profile = BaseProfile.objects.filter(base=locked).first() or BaseProfile(base=locked)
    profile.facilities = [one for one in Facility.values if one in facilities]
    profile.longitude, profile.latitude = longitude, latitude
    check_row(profile)
    profile.save()
    record_event(
        locked, RecordVerb.DESCRIBE_BASE, by=by, region=locked.region,
        data={"facilities": profile.facilities, "position": [str(longitude), str(latitude)]},
    )  # fmt: skip
    return profile


@transaction.atomic
def add_photo(base: Base, *, name: str, content: bytes, caption: str, by: User) -> BaseFile:
    """Add a photograph, which the public sees. Raises ActionRefused for other kinds of files."""
    locked = locked_base(base)
    check_runs(by, locked)
    there = locked.files.kept().filter(kind=BaseFileKind.PHOTO).count()
    if there >= MOST_PHOTOS:
        raise ActionRefused(
            _("最多 %(most)s 张照片") % {"most": MOST_PHOTOS}, _("请先移除旧的照片")
        )
    file = keep_file(content, by=by)
    if file.extension not in _PICTURES:
        raise ActionRefused(_("照片须为 PNG 或 JPG"), _("请重新选择文件"))
    photo = BaseFile(
        base=locked, kind=BaseFileKind.PHOTO, file=file, name=PurePath(name).name[:200],
        caption=caption.strip(), added_by=by, added_at=clock.now(),
    )  # fmt: skip
    check_row(photo)
    photo.save()
    _event(locked, RecordVerb.ADD_PHOTO, by=by, data={"photo": photo.pk})
    return photo


@transaction.atomic
def remove_photo(photo: BaseFile, *, by: User) -> BaseFile:
    """Take a photograph off; who added it when stays known."""
    locked = locked_base(photo.base)
    check_runs(by, locked)
    row = BaseFile.objects.get(pk=photo.pk)
    if row.removed_at is None:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        _event(locked, RecordVerb.REMOVE_PHOTO, by=by, data={"photo": row.pk})
    return row


def _event(
    base: Base, verb: RecordVerb, *, by: User, reason: str = "", data: Mapping[str, Any]
) -> None:
    record_event(base, verb, by=by, reason=reason, region=base.region, data=dict(data))


@transaction.atomic
def file_change(
    base: Base,
    kind: ChangeKind,
    after: Mapping[str, Any],
    happened_on: date,
    evidence: Sequence[tuple[str, bytes]],
    *,
    by: User,
    reason: str,
) -> BaseChange:
    """File a change of an admitted base, with its day and what proves it.

    `after` has a value for each of FIELDS[kind]; an operator is named by its credit code. Nothing
    of the record changes before the district or the city has checked it.
    """
    check_reason(reason)
    locked = locked_base(base)
    check_runs(by, locked)
    today = clock.today()
    if locked.state != BaseState.ADMITTED:
        raise ActionRefused(_("基地尚未准入或已退出"), _("准入前请直接修改资料"))
    if not locked.opened_on <= happened_on <= today:
        raise ActionRefused(_("变更日期须在运营起始日期与今天之间"), _("请核对日期"))
    if not 1 <= len(evidence) <= MOST_EVIDENCE:
        raise ActionRefused(
            _("请上传 1 到 %(most)s 个证明文件") % {"most": MOST_EVIDENCE}, _("请检查文件")
        )
    wanted = {name: str(after[name]).strip() for name in FIELDS[kind]}
    before = {name: _stated(locked, name) for name in FIELDS[kind]}
    if wanted == before:
        raise ActionRefused(_("填写的内容与现在的资料相同"), _("请填写变更后的内容"))
    _apply(locked, kind, wanted)
    check_row(locked)
    change = BaseChange(
        base=locked, kind=kind, happened_on=happened_on, due_on=last_day(happened_on),
        filed_on=today, before=before, after=wanted, reason=reason.strip(), filed_by=by,
    )  # fmt: skip
    check_row(change)
    change.save()
    for name, content in evidence:
        file = keep_file(content, by=by)
        if not change.files.filter(file=file).exists():
            change.files.create(
                base=locked, kind=BaseFileKind.EVIDENCE, file=file,
                name=PurePath(name).name[:200], added_by=by, added_at=clock.now(),
            )  # fmt: skip
    data = {"kind": kind, "before": before, "after": wanted, "late": change.is_late}
    _event(locked, RecordVerb.FILE_CHANGE, by=by, reason=reason, data=data)
    return change


def _stated(base: Base, name: str) -> str:
    """A field as changes keep it."""
    return base.operator.uscc if name == "operator" else str(getattr(base, name))


def _apply(base: Base, kind: ChangeKind | str, after: Mapping[str, str]) -> None:
    """Set the fields of the base, unsaved; raises ActionRefused for an unknown operator."""
    for name in FIELDS[kind]:
        value: Any = after[name]
        if name == "operator":
            value = Enterprise.objects.filter(uscc=value.upper()).first()
            if value is None:
                raise ActionRefused(_("没有查到这个代码的企业"), _("请核对营业执照上的代码"))
        elif kind == ChangeKind.AREA:
            value = Decimal(value)
        setattr(base, name, value)


def may_check(user: User, change: BaseChange) -> bool:
    """Whether the user may check the change now."""
    return change.state == ChangeState.FILED and may(user, change.base, CHECKERS)


def _checked(change: BaseChange, *, by: User) -> BaseChange:
    base = locked_base(change.base)
    row = BaseChange.objects.select_for_update(of=("self",), no_key=True).get(pk=change.pk)
    row.base = base
    if row.state != ChangeState.FILED:
        raise Conflict(_("这项变更已经核对"), _("请刷新页面，按现在的状态办理"))
    if not may(by, base, CHECKERS):
        raise NotAllowed(_("您的角色不能核对变更"), _("请由区县或市级主管办理"))
    row.checked_by, row.checked_at = by, clock.now()
    return row


@transaction.atomic
def confirm_change(change: BaseChange, *, by: User, reason: str) -> BaseChange:
    """The change is as filed: the record follows it."""
    check_reason(reason)
    row = _checked(change, by=by)
    base = row.base
    if any(_stated(base, name) != row.before[name] for name in FIELDS[row.kind]):
        raise Conflict(_("备案之后，基地资料已有别的变化"), _("请退回，由运营主体重新备案"))
    _apply(base, row.kind, row.after)
    check_row(base)
    base.revision += 1
    base.save()
    row.state = ChangeState.CONFIRMED
    row.save()
    _event(base, RecordVerb.CONFIRM_CHANGE, by=by, reason=reason, data={"kind": row.kind})
    return row


@transaction.atomic
def return_change(change: BaseChange, *, by: User, reason: str) -> BaseChange:
    """The change is not as filed; the record stays, the operator files anew."""
    check_reason(reason)
    row = _checked(change, by=by)
    row.state = ChangeState.RETURNED
    row.save()
    _event(row.base, RecordVerb.RETURN_CHANGE, by=by, reason=reason, data={"kind": row.kind})
    return row
