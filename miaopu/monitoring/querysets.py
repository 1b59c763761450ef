"""Reads of assessments.

Offices of the programme's region see all of a campaign; a district sees its own bases. Whoever runs
a base sees its own sheets, and its result once that is publicised; nobody sees a rival's scores.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.monitoring.enums import CampaignState, DelistingState
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
TOLD = (CampaignState.PUBLICITY, CampaignState.PUBLISHED)


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
    runs = own_rows(rows, user, f"{sheet}base__operator__")
    if filled is None or runs is None:
        return None
    return rows.filter(Q(pk__in=filled.values("pk")) | Q(pk__in=runs.values("pk")))


class AssessmentCampaignQuerySet(models.QuerySet[M]):
    """Campaigns."""

    def public(self) -> Self:
        """Campaigns whose result is publicised or published."""
        return self.filter(state__in=TOLD)

    def for_user(self, user: AnyUser) -> Self:
        """Those of the regions in and above the user's offices; for operators those they are in."""
        own = own_rows(self, user, "sheets__operator__")
        if own is not None:
            return own.distinct()
        inside = within(region_prefixes(user, WORKING_ROLES), "programme__region__code")
        return self.filter(inside | Q(programme__region__in=sorted(_regions_above(user))))


class OfSheetQuerySet(models.QuerySet[M]):
    """What belongs to score sheets is reached through them: only assessors' offices list it."""

    _base = "sheet__base__"

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the bases of the user's regions; operators reach theirs through the sheet."""
        path = {"ScoreChange": "score__sheet__base__", "AssessmentConflict": "base__"}
        base = path.get(self.model.__name__, self._base)
        return self.filter(within(region_prefixes(user, WORKING_ROLES), f"{base}region__code"))


class ScoreSheetQuerySet(models.QuerySet[M]):
    """Score sheets."""

    def for_user(self, user: AnyUser) -> Self:
        """Sheets that the user's enterprise fills in, and those of the bases that it runs by now.

        For officials those of their bases; an expert sees the sheets that were drawn for her.
        """
        own = _own_sheets(self, user, "")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        if user is None or not prefixes:
            return self.none()
        drawn = Q(samples__expert_id=user.pk)
        return self.filter(within(prefixes, "base__region__code") | drawn).distinct()


class ScoreFileQuerySet(models.QuerySet[M]):
    """Pieces of evidence."""

    def for_user(self, user: AnyUser) -> Self:
        """Files of the sheets that the user may see."""
        own = _own_sheets(self, user, "sheet__")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        if user is None or not prefixes:
            return self.none()
        drawn = Q(sheet__samples__expert_id=user.pk)
        return self.filter(within(prefixes, "sheet__base__region__code") | drawn).distinct()

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
        """Rows of the user's bases, once publicised; for officials those of their regions."""
        own = own_rows(self, user, f"{self._result}base__operator__")
        if own is not None:
            return own.filter(**{f"{self._result}freeze__campaign__state__in": TOLD})
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, f"{self._result}base__region__code"))


class AssessmentResultQuerySet(_OfResult[M]):
    """Results of bases."""

    _result = ""

    def current(self) -> Self:
        """Results of the last freeze of each campaign."""
        return self.filter(freeze__number=F("freeze__campaign__freeze_number"))

    def public(self) -> Self:
        """Results that are publicised or published, in their order."""
        return self.current().filter(freeze__campaign__state__in=TOLD)


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
        own = own_rows(self, user, "freeze__results__base__operator__")
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
