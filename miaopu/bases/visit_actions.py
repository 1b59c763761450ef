"""Visits to bases: written down once, as a visit and as the record of the duty they fulfil."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.inspection_enums import InspectionVerb
from miaopu.bases.models import Base, BaseVisit
from miaopu.bases.rectification_actions import Problem, add_rectification
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Office, User
from miaopu.core.scope import reaches, region_prefix
from miaopu.engine.duties import Compliance, Fulfilment, compliance, fulfilments
from miaopu.engine.packs.base_parts import Inspection
from miaopu.engine.packs.plan_parts import Duty
from miaopu.plans.duty_actions import Done, record_duty, recording_offices
from miaopu.plans.duty_reads import days_of_duty, deed_of, in_force, rule_of
from miaopu.plans.enums import Rank
from miaopu.plans.evidence import GivenFile, check_evidence, keep_evidence
from miaopu.plans.models import ProgrammeVersion

VISITORS = frozenset({Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP})


@dataclass(frozen=True)
class Visited:
    """Who was there, in which rank at that time, when; what was found, and what must be mended."""

    person: str
    rank: Rank
    on: date
    findings: str = ""
    problems: tuple[Problem, ...] = ()
    files: Sequence[GivenFile] = ()


def versions_for(base: Base) -> list[ProgrammeVersion]:
    """The versions in force whose region the base lies in, the smallest region first."""
    found = [
        one
        for one in in_force()
        if base.region_id.startswith(region_prefix(one.programme.region_id))
    ]
    return sorted(found, key=lambda one: -len(region_prefix(one.programme.region_id)))


def visit_duty(base: Base) -> tuple[ProgrammeVersion, Duty] | None:
    """The duty to visit each base in every 旬, with its version; None where no plan has one."""
    for version in versions_for(base):
        for duty in version.pack.duties:
            if duty.each == "base" and duty.every == "xun":
                return version, duty
    return None


def rule_for(base: Base) -> Inspection | None:
    """What the programme states about problems and their second chance; None where it does not."""
    rules = [rule for version in versions_for(base) for rule in version.pack.inspections]
    return rules[0] if rules else None


def _office(base: Base, user: User, version: ProgrammeVersion, duty: Duty) -> Office | None:
    """The office whose duty the visit is: bound by it, the user's own, and for this region."""
    mine = recording_offices(version, duty, user)
    near = [one for one in mine if base.region_id.startswith(region_prefix(one.region_id))]
    return near[0] if near else None


def _check(base: Base, seen: Visited, user: User) -> None:
    if not reaches(user, base.region_id, VISITORS):
        raise NotAllowed(_("这个基地不在您的区域"), _("请由所在区县登记"))
    if base.state != BaseState.ADMITTED:
        raise ActionRefused(_("基地不在计划内"), _("只登记对已准入基地的走访"))
    if not seen.person.strip():
        raise ActionRefused(_("请填写走访人"), _("谁到了基地"))
    if not base.opened_on <= seen.on <= clock.today():
        raise ActionRefused(_("走访日期不对"), _("请填写已经过去的日期"))
    check_evidence(seen.files)


@transaction.atomic
def record_visit(base: Base, seen: Visited, *, by: User) -> BaseVisit:
    """Write a visit down; what it fulfils is computed by calendar period, never typed in.

    Where a plan binds the user's office to visit the base in every 旬, the visit is its duty record
    as well: a deputy's is kept and does not count for a principal's duty. Each problem becomes an
    item to be put right. Raises NotAllowed outside the user's region, ActionRefused for a base that
    is not in the programme, days to come, and problems where the programme has no rule for them.
    """
    _check(base, seen, by)
    rule = rule_for(base)
    if seen.problems and rule is None:
        raise ActionRefused(_("计划没有规定整改办法"), _("请把问题写入走访情况"))
    bound = visit_duty(base)
    record = None
    if bound is not None:
        version, duty = bound
        office = _office(base, by, version, duty)
        first, last = days_of_duty(version, duty)
        if office is not None and first <= seen.on <= last:
            done = Done(
                seen.person, seen.rank, seen.on, base.name, text=seen.findings, files=seen.files
            )
            region = base.region if duty.each == "region" else None
            record = record_duty(version, duty, office, replace(done, region=region), by=by)
    visit = BaseVisit.objects.create(
        base=base,
        duty=record,
        person=seen.person.strip(),
        rank=seen.rank,
        visited_on=seen.on,
        findings=seen.findings.strip(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    digests = keep_evidence(visit, seen.files, by=by)
    record_event(
        visit,
        InspectionVerb.RECORD_VISIT,
        by=by,
        region=base.region_id,
        data={"base": base.number, "rank": seen.rank, "sha256": digests},
    )
    for problem in seen.problems:
        assert rule is not None  # looked at above
        add_rectification(base, problem, rule, visit=visit, by=by)
    return visit


def visit_periods(base: Base, today: date) -> tuple[Fulfilment, ...]:
    """Every 旬 of the visiting duty for this base alone; nothing where no plan has such a duty.

    Voided duty records count no more. The keys of the deeds are those of the duty records.
    """
    bound = visit_duty(base)
    if bound is None:
        return ()
    version, duty = bound
    visits = base.visits.filter(
        duty__voided_at=None, duty__duty=duty.id, duty__programme=version.programme_id
    )
    deeds = [
        deed_of(visit.duty)
        for visit in visits.select_related("duty").order_by("visited_on", "pk")
        if visit.duty is not None
    ]
    first, last = days_of_duty(version, duty)
    return fulfilments(rule_of(duty), max(first, base.admitted_on or first), last, deeds, today)


def visit_compliance(periods: Iterable[Fulfilment]) -> Compliance:
    """How many of the base's periods that count so far are met."""
    return compliance(periods)
