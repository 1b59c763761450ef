"""Reads of decompositions and target letters.

Who works in the programme's own region sees all of it, drafts too. A district sees what is approved
or issued: the whole, and of the parts its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.plans.enums import (
    DecompositionState,
    MemberKind,
    TargetLetterState,
    VersionState,
)

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`

IN_WORK = (DecompositionState.DRAFT, DecompositionState.SUBMITTED)
TOLD = (DecompositionState.APPROVED, DecompositionState.SUPERSEDED)


def regions_above(prefixes: Iterable[str]) -> set[str]:
    """Codes of the cities and provinces in which the regions lie: 520103 → 520100, 520000."""
    return {
        prefix[:length].ljust(6, "0")
        for prefix in prefixes
        for length in (2, 4)
        if length < len(prefix)
    }


def _programmes_worked_in(user: AnyUser, path: str) -> Q:
    """Programmes whose whole region the user's offices cover."""
    return within(region_prefixes(user, WORKING_ROLES), f"{path}programme__region__code")


def _programmes_above(user: AnyUser, path: str) -> Q:
    """Programmes of a city or province in which the user's offices lie."""
    above = regions_above(region_prefixes(user, WORKING_ROLES))
    return Q(**{f"{path}programme__region__in": sorted(above)})


class TargetDecompositionQuerySet(models.QuerySet[M]):
    """Decompositions of targets."""

    def public(self) -> Self:
        """Approved ones of targets in force, in a total order."""
        return (
            self.approved()
            .filter(programme__versions__state=VersionState.CURRENT)
            .order_by("programme__slug", "key", "pk")
        )

    def for_user(self, user: AnyUser) -> Self:
        """All of the programmes that the user works in; of those above her region the approved."""
        return self.filter(
            _programmes_worked_in(user, "") | (_programmes_above(user, "") & Q(state__in=TOLD))
        )

    def approved(self) -> Self:
        """The version that counts."""
        return self.filter(state=DecompositionState.APPROVED)

    def in_work(self) -> Self:
        """Drafts, and what waits for approval."""
        return self.filter(state__in=IN_WORK)

    def with_parts(self) -> Self:
        """With target and members, their regions and parts, in four statements."""
        return self.select_related("target__version__programme", "programme").prefetch_related(
            "members__region", "members__parts"
        )


class DecompositionMemberQuerySet(models.QuerySet[M]):
    """Who takes a part."""

    def for_user(self, user: AnyUser) -> Self:
        """All of the programmes that the user works in; of those above her region only her own."""
        own = within(region_prefixes(user, WORKING_ROLES), "region__code")
        told = _programmes_above(user, "decomposition__") & Q(decomposition__state__in=TOLD)
        return self.filter(_programmes_worked_in(user, "decomposition__") | (told & own))

    def in_order(self) -> Self:
        """As the table lists them, with their parts."""
        return self.order_by("position", "pk").prefetch_related("parts")


class TargetPartQuerySet(models.QuerySet[M]):
    """Parts of targets."""

    def for_user(self, user: AnyUser) -> Self:
        """As their members."""
        own = within(region_prefixes(user, WORKING_ROLES), "member__region__code")
        state = Q(member__decomposition__state__in=TOLD)
        told = _programmes_above(user, "member__decomposition__") & state
        return self.filter(_programmes_worked_in(user, "member__decomposition__") | (told & own))

    def public(self) -> Self:
        """Parts of approved decompositions."""
        return self.filter(member__decomposition__state=DecompositionState.APPROVED)


class TargetLetterQuerySet(models.QuerySet[M]):
    """Target letters."""

    def for_user(self, user: AnyUser) -> Self:
        """All of the programmes that the user works in; to her own region what was issued."""
        own = within(region_prefixes(user, WORKING_ROLES), "region__code")
        issued = Q(issued_at__isnull=False, kind=MemberKind.REGION)
        return self.filter(_programmes_worked_in(user, "") | (own & issued))

    def alive(self) -> Self:
        """The version of each that counts."""
        return self.exclude(state=TargetLetterState.REPLACED)

    def waiting(self) -> Self:
        """Issued and not acknowledged yet."""
        return self.filter(state=TargetLetterState.ISSUED)

    def in_order(self) -> Self:
        """By programme and addressee, the newest version first."""
        return self.select_related("programme").order_by(
            "programme__slug", "kind", "key", "-version", "pk"
        )
