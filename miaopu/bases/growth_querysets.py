"""Reads of what belongs to a tenant: growth plans, needs, services, monthly figures, follow-ups."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.bases.enums import NeedState
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)


class OfTenancyQuerySet(models.QuerySet[M]):
    """Rows of a tenancy, whom its base's operator, the tenant and the region's offices see."""

    _tenancy = "tenancy__"

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the tenancies in the user's scope."""
        run = own_rows(self, user, f"{self._tenancy}base__operator__")
        own = own_rows(self, user, f"{self._tenancy}enterprise__")
        if run is not None and own is not None:
            return self.filter(Q(pk__in=run.values("pk")) | Q(pk__in=own.values("pk")))
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, f"{self._tenancy}base__region__code"))


class OfPlanQuerySet(OfTenancyQuerySet[M]):
    """Rows of a growth plan."""

    _tenancy = "plan__tenancy__"


class AttachmentQuerySet(OfPlanQuerySet[M]):
    """Officials attached to tenants."""

    def live(self) -> Self:
        """Those that are attached now."""
        return self.filter(until=None)


class NeedQuerySet(OfPlanQuerySet[M]):
    """Needs of tenants."""

    def unmet(self) -> Self:
        """Needs that the tenant has not confirmed as met."""
        return self.exclude(state=NeedState.CONFIRMED)
