"""Who is assessed in a campaign: found in the records, never typed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.models import AttachedOfficer, Base
from miaopu.core.models import Region, User
from miaopu.core.scope import region_prefix
from miaopu.monitoring.enums import SubjectKind
from miaopu.monitoring.models import AssessmentCampaign, AssessmentSubject
from miaopu.plans.enums import MemberKind
from miaopu.plans.models import TargetLetter, Task, TaskReport, TaskUnit, UnitOffice

Found = list[AssessmentSubject]


def _bases(campaign: AssessmentCampaign) -> list[Base]:
    inside = region_prefix(campaign.programme.region_id)
    rows = Base.objects.filter(region__code__startswith=inside, state=BaseState.ADMITTED)
    return list(rows.select_related("operator", "region").order_by("number"))


def _of_bases(campaign: AssessmentCampaign, as_of: date) -> Found:
    return [
        AssessmentSubject(number=one.number, region=one.region, base=one)
        for one in _bases(campaign)
    ]


def _letters(campaign: AssessmentCampaign, kind: MemberKind) -> list[TargetLetter]:
    rows = TargetLetter.objects.alive().filter(programme=campaign.programme_id, kind=kind)
    return list(rows.order_by("key"))


def _of_regions(campaign: AssessmentCampaign, as_of: date) -> Found:
    """Districts with a target letter or targets of their own in the plan.

    Where their bases' classes count, districts with bases too.
    """
    codes = {one.region_id for one in _letters(campaign, MemberKind.REGION)}
    codes |= {one.region for one in campaign.version.pack.targets}
    if any(name.startswith("bases_") for name in campaign.scheme.figure_names):
        codes |= {one.region_id for one in _bases(campaign)}
    inside = region_prefix(campaign.programme.region_id)
    known = Region.objects.filter(code__in=[one for one in codes if one], code__startswith=inside)
    rows = known.exclude(code=campaign.programme.region_id).order_by("code")
    return [AssessmentSubject(number=one.code, region=one) for one in rows]


def _of_departments(campaign: AssessmentCampaign, as_of: date) -> Found:
    """Offices of the programme's own level that answer for a task, or have a target letter."""
    letters = [one.key for one in _letters(campaign, MemberKind.UNIT)]
    tasks = Task.objects.live().filter(programme=campaign.programme_id)
    units = TaskUnit.objects.filter(task__in=tasks, answers=True).values("unit")
    rows = UnitOffice.objects.filter(
        Q(unit__in=units) | Q(unit__key__in=letters),
        unit__programme=campaign.programme_id,
        office__region=campaign.programme.region_id,
    ).select_related("office__region")
    offices = {one.office_id: one.office for one in rows.order_by("office__code", "pk")}
    return [
        AssessmentSubject(number=one.code, region=one.region, office=one)
        for one in offices.values()
    ]


def _of_institutions(campaign: AssessmentCampaign, as_of: date) -> Found:
    """Who runs admitted bases of the region: it serves their tenants."""
    operators = {one.operator_id: one.operator for one in _bases(campaign)}
    return [
        AssessmentSubject(number=one.uscc, region_id=one.region_id, enterprise=one)
        for one in sorted(operators.values(), key=lambda one: one.uscc)
    ]


def attachments_in(campaign: AssessmentCampaign, as_of: date) -> list[AttachedOfficer]:
    """Officials attached to tenants of the region's bases at some time of the year until a day."""
    inside = region_prefix(campaign.programme.region_id)
    first = date(campaign.year, 1, 1)
    rows = AttachedOfficer.objects.filter(
        Q(until=None) | Q(until__gte=first),
        since__lte=as_of,
        plan__tenancy__base__region__code__startswith=inside,
    ).select_related("officer", "plan__tenancy")
    return list(rows.order_by("officer", "pk"))


def reports_in(campaign: AssessmentCampaign, as_of: date) -> list[TaskReport]:
    """Reports on the programme's tasks in the year until a day."""
    rows = TaskReport.objects.standing().filter(
        task__programme=campaign.programme_id,
        made_on__range=(date(campaign.year, 1, 1), as_of),
    )
    return list(rows.select_related("made_by", "task").order_by("made_by", "pk"))


def _of_staff(campaign: AssessmentCampaign, as_of: date) -> Found:
    """Officials attached to tenants, and those who report on tasks."""
    people: dict[int, User] = {
        one.officer_id: one.officer for one in attachments_in(campaign, as_of)
    }
    people |= {one.made_by_id: one.made_by for one in reports_in(campaign, as_of)}
    inside = region_prefix(campaign.programme.region_id)
    found = []
    for user in sorted(people.values(), key=lambda one: one.pk):
        places = sorted(
            one.office.region_id
            for one in user.live_memberships
            if one.office.region_id.startswith(inside)
        )
        if places and user.is_active:
            number = f"staff-{user.pk}"
            found.append(AssessmentSubject(number=number, region_id=places[-1], user=user))
    return found


_FOUND: dict[str, Callable[[AssessmentCampaign, date], Found]] = {
    SubjectKind.BASE: _of_bases,
    SubjectKind.REGION: _of_regions,
    SubjectKind.DEPARTMENT: _of_departments,
    SubjectKind.INSTITUTION: _of_institutions,
    SubjectKind.STAFF: _of_staff,
}


def subjects_of(campaign: AssessmentCampaign, as_of: date) -> Found:
    """Whom the campaign assesses as the records are on the day, by number; kept for good."""
    kind = campaign.subject_kind
    wanted = {one.number: one for one in _FOUND[kind](campaign, as_of)}
    for one in wanted.values():
        one.kind = kind
    rows = AssessmentSubject.objects.filter(kind=kind, number__in=wanted)
    there = {one.number: one for one in rows}
    AssessmentSubject.objects.bulk_create(
        (one for number, one in wanted.items() if number not in there), ignore_conflicts=True
    )
    for number, one in there.items():
        if one.region_id != wanted[number].region_id:  # it has moved
            one.region_id = wanted[number].region_id
            one.save(update_fields=["region"])
    whole = rows.select_related("region", "base__operator", "office", "enterprise", "user")
    return list(whole.order_by("number"))


def nobody_left(kind: str) -> tuple[str, str]:
    """What to say where there is nobody (more) to issue a sheet to, and what would change that."""
    said = {
        SubjectKind.BASE: _("已准入的基地都有了这个时段的评分表"),
        SubjectKind.REGION: _("计划有分解目标、目标责任书或基地的区县都有了；没有的，请先分解目标"),
        SubjectKind.DEPARTMENT: _("负责任务的市级部门都有了；没有的，请先确定任务的责任单位"),
        SubjectKind.INSTITUTION: _("运营基地的服务机构都有了；没有的，请先准入基地"),
        SubjectKind.STAFF: _("挂点人员和任务报告人都有了；没有的，请先安排挂点人员"),
    }
    return _("没有还需要下发评分表的对象"), said[SubjectKind(kind)]
