"""Reads of assessments.

Offices of the programme's region see all of a campaign, a district its own bases and itself.
Whoever is assessed sees its own sheets, and its result once that is told; nobody sees a rival's
scores. Departments and persons are seen by themselves and those who assess them; what a person came
to is never public.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.monitoring.enums import CampaignState, DelistingState, SubjectKind
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
TOLD = (CampaignState.PUBLICITY, CampaignState.PUBLISHED)
READERS = (
    Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP, Role.AUDITOR,
)  # fmt: skip
OPEN_KINDS = (SubjectKind.BASE, SubjectKind.REGION, SubjectKind.INSTITUTION)
"""Whose sheets all READERS of the region may read."""
ASSESSORS: dict[str, tuple[Role, ...]] = {
    SubjectKind.DEPARTMENT: READERS,
    SubjectKind.STAFF: (
        Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP, Role.AUDITOR,
    ),
}  # fmt: skip
"""Who reads the sheets of departments and persons, beside themselves."""


def _regions_above(user: AnyUser) -> set[str]:
    """Codes of the regions in which the user's offices lie, and their own."""
    return {
        prefix[:length].ljust(6, "0")
        for prefix in region_prefixes(user, WORKING_ROLES)
        for length in (2, 4, 6)
        if length <= len(prefix)
    }


def _own_sheets(rows: Rows, user: AnyUser, sheet: str) -> Rows | None:
    """Rows of the sheets that the user's enterprise fills in or whose base it runs by now.

    None for officials. Where the operator changed in the year, both see what has been scored.
    """
    filled = own_rows(rows, user, f"{sheet}operator__")
    runs = own_rows(rows, user, f"{sheet}subject__base__operator__")
    if filled is None or runs is None:
        return None
    return rows.filter(Q(pk__in=filled.values("pk")) | Q(pk__in=runs.values("pk")))


def offices_of(user: AnyUser) -> list[int]:
    """The offices in which an official works; [] for everybody else."""
    if user is None or not user.is_authenticated or not user.is_active or user.is_party:
        return []
    return sorted({one.office_id for one in user.live_memberships if one.role in WORKING_ROLES})


def own_subjects(user: AnyUser, subject: str) -> Q:
    """Rows of what an official is assessed for: herself, her department, her district."""
    if user is None or not user.is_authenticated or not offices_of(user):
        return Q(pk__in=[])
    regions = {one.office.region_id for one in user.live_memberships}
    own = Q(**{f"{subject}office__in": offices_of(user)}) | Q(**{f"{subject}user": user.pk})
    return own | Q(**{f"{subject}kind": SubjectKind.REGION, f"{subject}region__in": regions})


def seen_subjects(user: AnyUser, subject: str) -> Q:
    """Rows of the subjects that an official may see; `subject` leads from a row to its subject."""
    if user is None or not user.is_authenticated or not user.is_active or user.is_party:
        return Q(pk__in=[])
    region = f"{subject}region__code"
    seen = within(region_prefixes(user, READERS), region) & Q(**{f"{subject}kind__in": OPEN_KINDS})
    for kind, roles in ASSESSORS.items():
        seen |= within(region_prefixes(user, roles), region) & Q(**{f"{subject}kind": kind})
    return seen | own_subjects(user, subject)


class AssessmentSubjectQuerySet(models.QuerySet[M]):
    """Whom campaigns assess."""

    def for_user(self, user: AnyUser) -> Self:
        """Those whose sheets the user may see."""
        run = own_rows(self, user, "base__operator__")
        own = own_rows(self, user, "enterprise__")
        if run is not None and own is not None:
            return self.filter(Q(pk__in=run.values("pk")) | Q(pk__in=own.values("pk")))
        return self.filter(seen_subjects(user, ""))


class AssessmentCampaignQuerySet(models.QuerySet[M]):
    """Campaigns."""

    def public(self) -> Self:
        """Campaigns whose result is publicised or published; never of persons."""
        return self.filter(state__in=TOLD).exclude(subject_kind=SubjectKind.STAFF)

    def for_user(self, user: AnyUser) -> Self:
        """Those of the regions in and above the user's offices; for operators those they are in."""
        own = own_rows(self, user, "sheets__operator__")
        if own is not None:
            return own.distinct()
        inside = within(region_prefixes(user, WORKING_ROLES), "programme__region__code")
        return self.filter(inside | Q(programme__region__in=sorted(_regions_above(user))))


class OfSheetQuerySet(models.QuerySet[M]):
    """What belongs to score sheets is reached through them: only assessors' offices list it."""

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the subjects that the user's offices may see; parties have the sheet."""
        path = {"ScoreChange": "score__sheet__subject__", "AssessmentConflict": "subject__"}
        return self.filter(seen_subjects(user, path.get(self.model.__name__, "sheet__subject__")))


SUBJECT = ("region", "base__operator", "office", "enterprise", "user")
"""What the name of a subject and who scores it are read from."""


class ScoreSheetQuerySet(models.QuerySet[M]):
    """Score sheets."""

    def with_subjects(self) -> Self:
        """With all that the subject's name is read from, and who scores it."""
        return self.select_related("operator", *(f"subject__{one}" for one in SUBJECT))

    def for_user(self, user: AnyUser) -> Self:
        """Sheets that the user's enterprise fills in, and those of the bases that it runs by now.

        For officials those they may see; an expert sees the sheets that were drawn for her.
        """
        own = _own_sheets(self, user, "")
        if own is not None:
            return own
        if user is None or not offices_of(user):
            return self.none()
        drawn = Q(samples__expert_id=user.pk)
        return self.filter(seen_subjects(user, "subject__") | drawn).distinct()


class ScoreFileQuerySet(models.QuerySet[M]):
    """Pieces of evidence."""

    def for_user(self, user: AnyUser) -> Self:
        """Files of the sheets that the user may see."""
        own = _own_sheets(self, user, "sheet__")
        if own is not None:
            return own
        if user is None or not offices_of(user):
            return self.none()
        drawn = Q(sheet__samples__expert_id=user.pk)
        return self.filter(seen_subjects(user, "sheet__subject__") | drawn).distinct()

    def kept(self) -> Self:
        """Files that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class AssessmentFreezeQuerySet(models.QuerySet[M]):
    """Freezes."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the programmes whose whole region the user's offices cover."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, "campaign__programme__region__code"))


class _OfResult(models.QuerySet[M]):
    _result = "result__"

    def for_user(self, user: AnyUser) -> Self:
        """The user's own rows, once the result is told; for officials those of their subjects."""
        told = {f"{self._result}freeze__campaign__state__in": TOLD}
        subject = f"{self._result}subject__"
        run = own_rows(self, user, f"{subject}base__operator__")
        own = own_rows(self, user, f"{subject}enterprise__")
        if run is not None and own is not None:
            mine = Q(pk__in=run.values("pk")) | Q(pk__in=own.values("pk"))
            return self.filter(mine, **told)
        return self.filter(seen_subjects(user, subject)).exclude(
            own_subjects(user, subject), ~Q(**told)
        )


class AssessmentResultQuerySet(_OfResult[M]):
    """Results."""

    _result = ""

    def with_subjects(self) -> Self:
        """With all that the subject's name is read from."""
        return self.select_related(*(f"subject__{one}" for one in SUBJECT))

    def current(self) -> Self:
        """Results of the last freeze of each campaign."""
        return self.filter(freeze__number=F("freeze__campaign__freeze_number"))

    def public(self) -> Self:
        """Results that are publicised or published; never of persons."""
        told = self.current().filter(freeze__campaign__state__in=TOLD)
        return told.exclude(subject__kind=SubjectKind.STAFF)


class AppealQuerySet(_OfResult[M]):
    """Appeals."""


class OpinionQuerySet(_OfResult[M]):
    """Opinions on what to put right."""


class CertificateQuerySet(_OfResult[M]):
    """Certificates; what they say is in the public ranking too."""

    def public(self) -> Self:
        """Certificates of published results."""
        return self.filter(result__freeze__campaign__state=CampaignState.PUBLISHED)


class BulletinQuerySet(models.QuerySet[M]):
    """Bulletins."""

    def public(self) -> Self:
        """Bulletins of published results."""
        return self.filter(freeze__campaign__state=CampaignState.PUBLISHED)

    def for_user(self, user: AnyUser) -> Self:
        """Those of the regions in and above the user's offices; for operators those they are in."""
        own = own_rows(self, user, "freeze__results__subject__base__operator__")
        if own is not None:
            return own.distinct()
        path = "freeze__campaign__programme__region"
        inside = within(region_prefixes(user, WORKING_ROLES), f"{path}__code")
        return self.filter(inside | Q(**{f"{path}__in": sorted(_regions_above(user))}))


class DelistingQuerySet(_OfResult[M]):
    """Delisting cases."""

    def public(self) -> Self:
        """Those that the province has approved: who was taken off the list, and when."""
        return self.filter(state=DelistingState.APPROVED)
