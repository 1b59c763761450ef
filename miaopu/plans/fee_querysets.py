"""Reads of fee lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, regions_above, within
from miaopu.engine.search.words import folded
from miaopu.plans.enums import FeeListState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`
_WORD = re.compile(r"\w+")


class FeeListQuerySet(models.QuerySet[M]):
    """Versions of fee lists."""

    def public(self) -> Self:
        """Lists that were published."""
        return self.exclude(state=FeeListState.DRAFT)

    def for_user(self, user: AnyUser) -> Self:
        """Lists of the regions that the user's offices reach."""
        return self.filter(within(region_prefixes(user, WORKING_ROLES)))

    def counting_on(self, day: date) -> Self:
        """The lists that count on the day: of each region the published one that began last."""
        begun = self.model._default_manager.filter(valid_from__lte=day)
        later = begun.exclude(state=FeeListState.DRAFT).filter(
            Q(valid_from__gt=OuterRef("valid_from"))
            | Q(valid_from=OuterRef("valid_from"), position__gt=OuterRef("position")),
            region=OuterRef("region"),
        )
        counting = self.filter(~Exists(later), valid_from__lte=day)
        return counting.exclude(state=FeeListState.DRAFT)

    def binding(self, region: str) -> Self:
        """Lists that bind a region's enterprises: its own, the city's, the province's."""
        return self.filter(region__in={region, *regions_above(region)})


class FeeEntryQuerySet(models.QuerySet[M]):
    """Fees."""

    def public(self) -> Self:
        """Fees of lists that were published."""
        return self.exclude(fee_list__state=FeeListState.DRAFT)

    def for_user(self, user: AnyUser) -> Self:
        """Fees of the lists that the user's offices reach."""
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "fee_list__region__code"))

    def named(self, text: str) -> Self:
        """Fees whose name, authority or basis holds every word of the text, whatever its signs."""
        rows = self
        for word in _WORD.findall(folded(text)) or text.split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(authority__icontains=word) | Q(basis__icontains=word)
            )
        return rows
