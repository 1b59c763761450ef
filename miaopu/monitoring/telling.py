"""Telling those who are assessed what became of their score sheet."""

from __future__ import annotations

from collections.abc import Iterable

from miaopu.core.actions import notify
from miaopu.core.models import Membership, User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import SubjectKind
from miaopu.monitoring.models import AssessmentSubject, ScoreSheet
from miaopu.monitoring.score_guards import WRITERS
from miaopu.parties.models import Representative


def people_of(subject: AssessmentSubject, operator_id: int | None) -> Iterable[User]:
    """Who scores the subject as itself, and hears of it."""
    if operator_id is not None:
        acting = Representative.objects.live().filter(enterprise_id=operator_id)
        return [one.user for one in acting.select_related("user").order_by("pk")]
    if subject.user is not None:
        return [subject.user]
    rows = Membership.objects.live().filter(role__in=WRITERS, user__is_active=True)
    if subject.kind == SubjectKind.REGION:
        rows = rows.filter(office__region=subject.region_id)
    else:
        rows = rows.filter(office=subject.office_id)
    return list({one.user_id: one.user for one in rows.select_related("user")}.values())


def tell_assessed(sheet: ScoreSheet, key: str, text: Bilingual) -> None:
    """Tell those who score the subject of a sheet as itself, once per key."""
    link = f"/scoring/sheets/{sheet.pk}/"
    for user in people_of(sheet.subject, sheet.operator_id):
        notify(user, f"assessment/{sheet.pk}/{key}", text.zh[:300], text.en[:400], link)
