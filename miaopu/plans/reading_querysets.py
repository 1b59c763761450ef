"""Reads of readings: who may see them, and how far they are."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Count, Q

from miaopu.core.enums import Role
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.plans.enums import ReadingItemState, ReadingKind

READING_ROLES = (Role.PROGRAMME_OFFICER,)
"""Who uploads plans, reads them and makes programmes of them."""
SEEING_ROLES = (*READING_ROLES, Role.AUDITOR)
USED = (ReadingItemState.ACCEPTED, ReadingItemState.CORRECTED, ReadingItemState.ADDED)
"""States in which an item goes into the programme."""

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`


class PlanReadingQuerySet(models.QuerySet[M]):
    """Readings of plans."""

    def for_user(self, user: AnyUser) -> Self:
        """Readings of the regions for which the user makes programmes, or audits."""
        return self.filter(within(region_prefixes(user, SEEING_ROLES)))

    def with_progress(self) -> Self:
        """With `items_count` and `unread_count`, and without the texts."""
        return self.defer("text").annotate(
            items_count=Count("items"),
            unread_count=Count("items", filter=Q(items__state=ReadingItemState.UNREAD)),
        )

    def newest_first(self) -> Self:
        """The last one first."""
        return self.order_by("-pk")


class ReadingItemQuerySet(models.QuerySet[M]):
    """Items of readings."""

    def for_user(self, user: AnyUser) -> Self:
        """Items of the readings that the user may see."""
        return self.filter(within(region_prefixes(user, SEEING_ROLES), "reading__region__code"))

    def unread(self) -> Self:
        """Items on which nobody has decided."""
        return self.filter(state=ReadingItemState.UNREAD)

    def used(self) -> Self:
        """Items that go into the programme."""
        return self.filter(state__in=USED)

    def of_kind(self, kind: str) -> Self:
        """Items of a kind; all where the kind is none."""
        return self.filter(kind=kind) if kind in ReadingKind.values else self

    def in_clause(self, path: str) -> Self:
        """Items of a clause and of those below it; all for ""."""
        return self.filter(Q(clause=path) | Q(clause__startswith=f"{path}/")) if path else self

    def in_order(self) -> Self:
        """As they stand in the text, in a total order."""
        return self.order_by("place", "rank", "pk")

    def counts(self) -> dict[tuple[str, str], int]:
        """How many there are by kind and state."""
        rows = self.order_by().values_list("kind", "state").annotate(Count("pk"))
        return {(kind, state): count for kind, state, count in rows}
