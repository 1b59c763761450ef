"""Writes of a base's record and its admission: file, propose, select, accept, return, exit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState, TitleLevel, Verb
from miaopu.bases.guards import check_row, check_runs, locked_base, may, step_from
from miaopu.bases.models import Base, BaseTitle, Tenancy
from miaopu.bases.standards import check_admission
from miaopu.bases.states import BASE_TABLE
from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import Region, User
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Enterprise, Representative

RECORD = (
    *("name", "carrier_type", "region", "address", "opened_on"),
    *("floor_area", "incubation_area", "workshop_area"),
    *("service_staff", "coaches", "services"),
)
"""What the operator states of a base."""


def _check(base: Base) -> None:
    """Raises ActionRefused where the record contradicts itself."""
    check_row(base)
    if base.opened_on > clock.today():
        raise ActionRefused(_("运营起始日期在今天之后"), _("请填写实际开始运营的日期"))


def regions_for(operator: Enterprise) -> QuerySet[Region]:
    """The districts in which the operator may file a base: those of its city."""
    city = operator.region_id[:4]
    return Region.objects.filter(code__startswith=city, level=Region.Level.COUNTY)


def _next_number(region: Region) -> str:
    """The next number of a base in the region; the region's row is locked meanwhile."""
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    count = Base.objects.filter(number__startswith=f"J{region.code}").count()
    return f"J{region.code}{count + 1:03d}"


@transaction.atomic
def file_base(operator: Enterprise, record: Mapping[str, Any], *, by: User) -> Base:
    """File a base that the operator runs; `record` has a value for each name of RECORD.

    Raises NotAllowed for others than the operator, ActionRefused for a record that cannot be.
    """
    region = record["region"]
    base = Base(operator=operator, number=_next_number(region), filed_by=by)
    check_runs(by, base)
    for name in RECORD:
        setattr(base, name, record[name])
    _check(base)
    base.save()
    record_event(base, Verb.FILE_BASE, by=by, region=region)
    return base


@transaction.atomic
def change_base(base: Base, record: Mapping[str, Any], *, revision: int, by: User) -> Base:
    """Change the record of a base that is not admitted yet.

    Raises Conflict where it was changed elsewhere since `revision`.
    """
    locked = locked_base(base)
    check_runs(by, locked)
    if locked.state != BaseState.DRAFT:
        raise Conflict(_("申请已提交，资料不能再改"), _("需要修改时请联系县级主管部门退回"))
    if locked.revision != revision:
        raise Conflict(_("资料已在另一个页面修改"), _("您填写的内容还在，请核对后再保存"))
    changed = {}
    for name in RECORD:
        if getattr(locked, name) != record[name]:
            changed[name] = [str(getattr(locked, name)), str(record[name])]
            setattr(locked, name, record[name])
    if changed:
        _check(locked)
        locked.revision += 1
        locked.save()
        record_event(locked, Verb.CHANGE_BASE, by=by, region=locked.region, data=changed)
    return locked


def tell_operator(base: Base, key: str, text: Bilingual) -> None:
    """Tell those who act for whoever runs the base, once per key."""
    represents = Representative.objects.live().filter(enterprise_id=base.operator_id)
    key, link = f"base/{base.number}/{key}", f"/my/bases/{base.number}/"
    for one in represents.select_related("user"):
        notify(one.user, key, text.zh[:300], text.en[:400], link)


def _step(
    base: Base,
    name: str,
    verb: Verb,
    *,
    by: User,
    reason: str = "",
    revision: int | None = None,
    despite: str | None = None,
    **noted: object,
) -> Base:
    """Take one step of the admission, note what belongs to it, and write it down.

    `despite` is given for steps at which the standards of admission are looked at.

    Returns the base, saved and locked. Raises Conflict where it is no longer at `revision`.
    """
    locked = locked_base(base)
    found = step_from(BASE_TABLE, name, locked.state, locked, by)
    if revision not in (None, locked.revision):
        raise Conflict(_("您打开页面之后，基地资料已有变化"), _("请核对现在的资料后再办"))
    told = {} if despite is None else check_admission(locked, despite)
    locked.state = BaseState(found.target)
    locked.revision += 1
    for field, value in noted.items():
        setattr(locked, field, value)
    locked.save()
    record_event(locked, verb, by=by, reason=reason, region=locked.region, data=told)
    return locked


@transaction.atomic
def propose_base(base: Base, *, by: User) -> Base:
    """The operator asks for admission."""
    return _step(base, "propose", Verb.PROPOSE_BASE, by=by, proposed_at=clock.now())


@transaction.atomic
def select_base(
    base: Base, *, by: User, reason: str, revision: int | None = None, despite: str = ""
) -> Base:
    """The county selects the base; the reason says what was looked at.

    Where a standard of admission is not met, `despite` says why it is selected all the same.
    """
    check_reason(reason)
    return _step(
        base, "select", Verb.SELECT_BASE, by=by, reason=reason, revision=revision,
        despite=despite, selected_by=by,
    )  # fmt: skip


@transaction.atomic
def return_base(base: Base, *, by: User, reason: str, revision: int | None = None) -> Base:
    """Give the application back to the operator, with what is missing."""
    check_reason(reason)
    locked = _step(base, "return", Verb.RETURN_BASE, by=by, reason=reason, revision=revision)
    tell_operator(
        locked,
        f"returned/{locked.revision}",
        Bilingual(
            f"{locked.name}的准入申请被退回：{reason}",
            f"The application of {locked.name} was returned: {reason}",
        ),
    )
    return locked


@transaction.atomic
def accept_base(
    base: Base, *, by: User, reason: str, revision: int | None = None, despite: str = ""
) -> Base:
    """The city accepts the base into the programme, by another person than the county's.

    Where a standard of admission is not met, `despite` says why it is accepted all the same.
    """
    check_reason(reason)
    if locked_base(base).selected_by_id == by.pk:
        raise NotAllowed(_("遴选和验收须由不同的人办理"), _("请由另一位主管验收"))
    today = clock.today()
    locked = _step(
        base, "accept", Verb.ACCEPT_BASE, by=by, reason=reason, revision=revision,
        despite=despite, admitted_on=today,
    )  # fmt: skip
    tell_operator(
        locked,
        "accepted",
        Bilingual(
            f"{locked.name}已通过验收，准入创业基地",
            f"{locked.name} has been accepted as a base",
        ),
    )
    return locked


@transaction.atomic
def exit_base(base: Base, *, by: User, reason: str, revision: int | None = None) -> Base:
    """The base leaves the programme; refused while tenants are in it."""
    check_reason(reason)
    locked_base(base)
    tenants = Tenancy.objects.live().filter(base=base).count()
    if tenants:
        raise ActionRefused(
            _("还有 %(count)s 个入驻团队或企业") % {"count": tenants},
            _("请先由运营主体办理退租或毕业"),
        )
    return _step(
        base, "exit", Verb.EXIT_BASE, by=by, reason=reason, revision=revision, left_on=clock.today()
    )


@transaction.atomic
def add_title(
    base: Base,
    *,
    level: TitleLevel,
    name: str,
    granted_on: date,
    valid_until: date | None,
    document: str = "",
    by: User,
) -> BaseTitle:
    """Enter a title in the register of titles; the programme office does."""
    locked = locked_base(base)
    if not may(by, locked, frozenset({Role.PROGRAMME_OFFICER})):
        raise NotAllowed(_("称号由市级主管登记"), _("请联系市级主管"))
    title = BaseTitle(
        base=locked,
        level=level,
        name=name.strip(),
        granted_on=granted_on,
        valid_until=valid_until,
        document=document.strip(),
    )
    check_row(title)
    title.save()
    record_event(locked, Verb.ADD_TITLE, by=by, region=locked.region, data={"title": str(title)})
    return title
