"""Reads of anomalies and of what a base's record holds besides."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from miaopu.bases.anomaly_enums import AnomalyState
from miaopu.bases.enums import BaseState
from miaopu.bases.record_enums import BaseFileKind
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)


class OfBaseQuerySet(models.QuerySet[M]):
    """Rows of a base, which its operator and the offices of its region may see."""

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the bases in the user's scope."""
        own = own_rows(self, user, "base__operator__")
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "base__region__code"))


class AnomalyQuerySet(OfBaseQuerySet[M]):
    """Anomalies."""

    def pending(self) -> Self:
        """Anomalies that nobody has cleared and the facts still show."""
        return self.filter(state=AnomalyState.OPEN)


class BaseProfileQuerySet(OfBaseQuerySet[M]):
    """Facilities and positions of bases."""

    def public(self) -> Self:
        """Those of the bases in the programme."""
        return self.filter(base__state=BaseState.ADMITTED)


class BaseFileQuerySet(OfBaseQuerySet[M]):
    """Photographs and pieces of evidence."""

    def kept(self) -> Self:
        """Those that have not been removed."""
        return self.filter(removed_at=None)

    def public(self) -> Self:
        """Photographs of the bases in the programme."""
        return self.kept().filter(kind=BaseFileKind.PHOTO, base__state=BaseState.ADMITTED)


class ExitPlanQuerySet(models.QuerySet[M]):
    """What becomes of tenants."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the bases in the user's scope."""
        own = own_rows(self, user, "exit__base__operator__")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, "exit__base__region__code"))
