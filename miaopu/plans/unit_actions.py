"""Which office stands for which unit of a plan: found by name, or said by a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import OfficeKind
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Event, Office, Region, User
from miaopu.core.scope import region_prefix
from miaopu.engine.supervision import means_leading_groups, office_names
from miaopu.plans.enums import Verb
from miaopu.plans.models import Programme, Unit, UnitOffice
from miaopu.plans.task_workflow import check_supervises


def _by_name(unit: Unit, region: Region, offices: list[Office]) -> Iterator[Office]:
    """Offices that are called like the unit, with the region's name instead of its level's sign.

    市财政局 in the plan of 贵阳市 is 贵阳市财政局.
    """
    names = office_names(unit.title, region.name)
    yield from (office for office in offices if office.name in names)


def _by_kind(unit: Unit, offices: list[Office]) -> Iterator[Office]:
    """All offices of the counties, or all their leading groups, for units that mean all of them."""
    kind = (
        OfficeKind.LEADING_GROUP if means_leading_groups(unit.title) else OfficeKind.DISTRICT_OFFICE
    )
    for office in offices:
        if office.kind == kind and office.region.level == Region.Level.COUNTY:
            yield office


@transaction.atomic
def match_units(programme: Programme, *, by: User | None) -> int:
    """Let offices stand for the units that nobody has been assigned to, where the names say so.

    A unit from which a person has taken an office away is left alone. Returns how many were found.
    """
    bare = list(programme.units.filter(assignments=None).order_by("pk"))
    if not bare:
        return 0
    touched = set(
        Event.objects.filter(
            subject_type=Unit._meta.label_lower,
            subject_id__in=[str(unit.pk) for unit in bare],
            verb=Verb.UNASSIGN_UNIT,
        ).values_list("subject_id", flat=True)
    )
    offices = list(
        Office.objects.filter(region__code__startswith=region_prefix(programme.region_id))
        .select_related("region")
        .order_by("pk")
    )
    found = []
    for unit in bare:
        if str(unit.pk) in touched:
            continue
        everywhere = unit.collective and unit.level == "county"
        matching = (
            _by_kind(unit, offices) if everywhere else _by_name(unit, programme.region, offices)
        )
        found += [
            UnitOffice(unit=unit, office=office, assigned_at=clock.now()) for office in matching
        ]
    UnitOffice.objects.bulk_create(found)
    if found:
        record_event(
            programme,
            Verb.ASSIGN_UNIT,
            by=by,
            region=programme.region_id,
            data={"found": {str(row.unit): row.office.code for row in found}},
        )
    return len(found)


@transaction.atomic
def assign_unit(unit: Unit, office: Office, *, by: User) -> UnitOffice:
    """Say that an office stands for a unit of the plan. Raises ActionRefused out of the region."""
    check_supervises(by, unit)
    inside = region_prefix(unit.programme.region_id)
    if not office.region_id.startswith(inside) and not unit.programme.region_id.startswith(
        region_prefix(office.region_id)
    ):
        raise ActionRefused(_("这个机构不在计划的区域内"), _("请选择本区域的机构"))
    try:
        with transaction.atomic():
            made = UnitOffice.objects.create(
                unit=unit, office=office, assigned_by=by, assigned_at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(_("这个机构已经确定"), _("无需重复操作")) from error
    record_event(
        unit, Verb.ASSIGN_UNIT, by=by, region=unit.programme.region_id, data={"office": office.code}
    )
    return made


@transaction.atomic
def unassign_unit(assigned: UnitOffice, *, by: User, reason: str = "") -> None:
    """Take back that an office stands for a unit; its reports stay."""
    unit, office = assigned.unit, assigned.office
    check_supervises(by, unit)
    assigned.delete()
    record_event(
        unit,
        Verb.UNASSIGN_UNIT,
        by=by,
        reason=reason,
        region=unit.programme.region_id,
        data={"office": office.code},
    )
