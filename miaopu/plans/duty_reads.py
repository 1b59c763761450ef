"""Duties and phases of the versions in force, and how far records fulfil them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from miaopu.core.models import Office, Region
from miaopu.core.scope import region_prefix
from miaopu.engine.definitions.times import days_of
from miaopu.engine.duties import (
    Compliance,
    Deed,
    DutyRule,
    Fulfilment,
    compliance,
    fulfilments,
)
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.plan_parts import Duty, Phase
from miaopu.plans.enums import Rank
from miaopu.plans.models import DutyRecord, ProgrammeVersion, Unit, UnitOffice

WHOLE = "programme"  # the subject of a duty that is counted for the programme as a whole


@dataclass(frozen=True)
class Subject:
    """For what a duty is counted: an office, a district, or the programme as a whole."""

    key: str
    name: Bilingual
    office: Office | None = None
    region: Region | None = None


@dataclass(frozen=True)
class Line:
    """A subject with every period of the duty."""

    subject: Subject
    periods: tuple[Fulfilment, ...]

    @property
    def compliance(self) -> Compliance:
        """How many of the periods that count so far are met."""
        return compliance(self.periods)


@dataclass(frozen=True)
class DutyView:
    """A duty of a programme with whom it binds and how far it is fulfilled.

    `nobody` are units of the duty for which no office stands yet.
    """

    version: ProgrammeVersion
    duty: Duty
    first: date
    last: date
    offices: tuple[Office, ...]
    nobody: tuple[Unit, ...]
    lines: tuple[Line, ...]

    @property
    def compliance(self) -> Compliance:
        """Over all subjects."""
        return sum((line.compliance for line in self.lines), Compliance(0, 0))

    @property
    def open_now(self) -> list[tuple[Subject, Fulfilment]]:
        """What is in progress and not met yet, by subject."""
        return [
            (line.subject, one)
            for line in self.lines
            for one in line.periods
            if one.state == "in_progress"
        ]


@dataclass(frozen=True)
class PhaseView:
    """A phase of a programme with its days, and where it stands: not_due, in_progress or over."""

    version: ProgrammeVersion
    phase: Phase
    first: date
    last: date
    state: str


def in_force(slug: str = "") -> list[ProgrammeVersion]:
    """The versions in force, in the programmes' order; of one programme where `slug` is given."""
    found = ProgrammeVersion.objects.current().select_related("programme__region").defer("content")
    if slug:
        found = found.filter(programme__slug=slug)
    return list(found.order_by("programme__slug"))


def days_of_duty(version: ProgrammeVersion, duty: Duty) -> tuple[date, date]:
    """First and last day of a duty: its own period, else the programme's."""
    days = days_of(duty.period) if duty.period is not None else None
    period = version.pack.period
    return days or (period.start, period.end)


def districts_of(version: ProgrammeVersion) -> list[Region]:
    """The counties and zones of the programme's region."""
    inside = Region.objects.filter(
        code__startswith=region_prefix(version.programme.region_id), level=Region.Level.COUNTY
    )
    return list(inside.exclude(code=version.programme.region_id).order_by("code"))


def rule_of(duty: Duty, places: Sequence[str] = ()) -> DutyRule:
    """The duty as the engine judges it; `places` take turns where it rotates."""
    return DutyRule(
        every=duty.every,
        times=duty.times,
        principal=duty.principal,
        venues=tuple(str(number) for number in range(1, len(duty.venues) + 1)),
        places=tuple(places) if duty.rotates else (),
    )


def deed_of(record: DutyRecord) -> Deed:
    """A record as the engine judges it."""
    return Deed(
        key=str(record.pk),
        on=record.done_on,
        principal=record.rank == Rank.PRINCIPAL,
        venue=str(record.venue or ""),
        place=record.region_id or "",
    )


def view_duty(
    version: ProgrammeVersion, duty: Duty, today: date, records: Iterable[DutyRecord]
) -> DutyView:
    """A duty with its lines; `records` are its standing records.

    Counted for each unit or base it binds offices, one line each; for each region the districts,
    one line each; where districts take turns, and for the programme, there is one line.
    """
    units = list(
        Unit.objects.filter(programme=version.programme_id, key__in=duty.who).order_by("pk")
    )
    assigned = UnitOffice.objects.filter(unit__in=units).select_related("office__region")
    offices = {row.office_id: row.office for row in assigned.order_by("office__code", "pk")}
    held = {row.unit_id for row in assigned}
    first, last = days_of_duty(version, duty)
    districts = districts_of(version) if duty.each == "region" else []
    subjects = _subjects(version, duty, list(offices.values()), districts)
    deeds: dict[str, list[Deed]] = defaultdict(list)
    for record in records:
        deeds[_subject_key(duty, record)].append(deed_of(record))
    rule = rule_of(duty, [one.code for one in districts])
    lines = tuple(
        Line(subject, fulfilments(rule, first, last, deeds[subject.key], today))
        for subject in subjects
    )
    nobody = tuple(unit for unit in units if unit.pk not in held)
    return DutyView(version, duty, first, last, tuple(offices.values()), nobody, lines)


def _subject_key(duty: Duty, record: DutyRecord) -> str:
    if duty.each in ("unit", "base"):
        return str(record.office_id)
    if duty.each == "region" and not duty.rotates:
        return record.region_id or ""
    return WHOLE


def _subjects(
    version: ProgrammeVersion, duty: Duty, offices: list[Office], districts: list[Region]
) -> list[Subject]:
    if duty.each in ("unit", "base"):
        return [
            Subject(str(one.pk), Bilingual(one.name, one.name_en or one.name), one)
            for one in offices
        ]
    if duty.each == "region" and not duty.rotates:
        return [
            Subject(one.code, Bilingual(one.name, one.name_en or one.name), region=one)
            for one in districts
        ]
    return [Subject(WHOLE, version.programme.name)]


def duty_views(versions: Iterable[ProgrammeVersion], today: date) -> list[DutyView]:
    """Every duty of the versions, in the packs' order."""
    versions = list(versions)
    records: dict[tuple[int, str], list[DutyRecord]] = defaultdict(list)
    standing = DutyRecord.objects.standing().filter(
        programme__in=[one.programme_id for one in versions]
    )
    for record in standing.order_by("done_on", "pk"):
        records[record.programme_id, record.duty].append(record)
    return [
        view_duty(version, duty, today, records[version.programme_id, duty.id])
        for version in versions
        for duty in version.pack.duties
    ]


def duty_view(version: ProgrammeVersion, key: str, today: date) -> DutyView | None:
    """One duty by its id; None where the version has no such duty."""
    duty = next((one for one in version.pack.duties if one.id == key), None)
    if duty is None:
        return None
    records = DutyRecord.objects.standing().filter(programme=version.programme_id, duty=key)
    return view_duty(version, duty, today, records.order_by("done_on", "pk"))


def phase_views(versions: Iterable[ProgrammeVersion], today: date) -> list[PhaseView]:
    """Every phase of the versions, by their first day."""
    rows = []
    for version in versions:
        for phase in version.pack.phases:
            days = days_of(phase.period)
            if days is None:
                continue
            state = "not_due" if today < days[0] else "over" if today > days[1] else "in_progress"
            rows.append(PhaseView(version, phase, *days, state))
    return sorted(rows, key=lambda row: (row.first, row.last, row.phase.id))
