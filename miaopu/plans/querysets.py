"""Reads of the plans."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows
from miaopu.plans.enums import MatchStatus, VersionState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`


class ProgrammeQuerySet(models.QuerySet[M]):
    """Programmes."""

    def public(self) -> Self:
        """Programmes that anyone may see: those with a current version."""
        return self.filter(versions__state=VersionState.CURRENT).order_by("slug").distinct()


class ProgrammeVersionQuerySet(models.QuerySet[M]):
    """Versions of programmes."""

    def current(self) -> Self:
        """Versions in force."""
        return self.filter(state=VersionState.CURRENT)

    def public(self) -> Self:
        """Versions that anyone may read: all, once they have been in force."""
        return self.select_related("programme").order_by("programme_id", "-number")


class TargetQuerySet(models.QuerySet[M]):
    """Targets."""

    def public(self) -> Self:
        """Targets of current versions."""
        return self.filter(version__state=VersionState.CURRENT).order_by("version_id", "pk")


class MatchQuerySet(models.QuerySet[M]):
    """Matches of rules with enterprises."""

    def for_user(self, user: AnyUser) -> Self:
        """Matches of the enterprises in the user's scope."""
        own = own_rows(self, user)
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "enterprise__region__code"))

    def current(self) -> Self:
        """Matches under versions in force."""
        return self.filter(version__state=VersionState.CURRENT)

    def entitled(self) -> Self:
        """Matches where every fact speaks for the enterprise; people may still have to decide."""
        return self.filter(facts_missing=False)

    def facts_wanting(self) -> Self:
        """Matches that are open because a fact is missing."""
        return self.filter(status=MatchStatus.UNKNOWN, facts_missing=True)

    def in_order(self) -> Self:
        """Entitled ones first, then by priority points, in a total order."""
        return self.order_by("facts_missing", "-priority_points", "pk")


class MatchingOptOutQuerySet(models.QuerySet[M]):
    """Choices not to be matched automatically."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the enterprises that the user acts for; offices see what follows from them."""
        own = own_rows(self, user)
        return self.none() if own is None else own
