"""Reads of campaigns, proposed bases, their lists, objections and motions."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models

from miaopu.bases.title_enums import NominationState, TitleObjectionState
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefix, region_prefixes, regions_above, within
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)


class _OfCity(models.QuerySet[M]):
    """Rows of a city that all its offices may see, districts too, and what is public."""

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the cities in which the user's offices lie, or which they reach."""
        prefixes = set(region_prefixes(user, WORKING_ROLES))
        prefixes |= {region_prefix(regions_above(code)[1]) for code in prefixes if len(code) == 6}
        return self.filter(within(prefixes))


class CampaignQuerySet(_OfCity[M]):
    """Campaigns."""


class TitleListQuerySet(_OfCity[M]):
    """Lists in publicity."""

    def public(self) -> Self:
        """Every list: publishing is its purpose."""
        return self.all()

    def open_on(self, day: date) -> Self:
        """Lists that are in publicity on the day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class NominationQuerySet(models.QuerySet[M]):
    """Proposed bases."""

    def for_user(self, user: AnyUser) -> Self:
        """Proposals of bases that the user runs, or that lie in her offices' regions."""
        own = own_rows(self, user, "base__operator__")
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "base__region__code"))

    def in_states(self, *states: NominationState) -> Self:
        """Proposals that are in one of the states."""
        return self.filter(state__in=states)


class TitleObjectionQuerySet(models.QuerySet[M]):
    """Objections to lists."""

    def for_user(self, user: AnyUser) -> Self:
        """Objections to bases in the regions of the user's offices."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, "nomination__base__region__code"))

    def public(self) -> Self:
        """Every objection, for whoever holds its code; what was said is shown to nobody."""
        return self.all()

    def pending(self) -> Self:
        """Objections that wait for an answer."""
        return self.filter(state=TitleObjectionState.OPEN)


class MotionQuerySet(models.QuerySet[M]):
    """Motions about titles."""

    def for_user(self, user: AnyUser) -> Self:
        """Motions about titles of bases that the user runs, or in her offices' regions."""
        own = own_rows(self, user, "title__base__operator__")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, "title__base__region__code"))
