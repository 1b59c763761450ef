"""Reads of the bases."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.bases.enums import BaseState, TenancyStage
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)
LIVE_STAGES = (TenancyStage.TEAM, TenancyStage.PROJECT, TenancyStage.INCUBATING)


class _OfBase(models.QuerySet[M]):
    """Rows of a base, which its operator and the offices of its region may see."""

    _base = "base__"

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the bases in the user's scope."""
        own = own_rows(self, user, f"{self._base}operator__")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, f"{self._base}region__code"))


class BaseQuerySet(_OfBase[M]):
    """Bases."""

    _base = ""

    def for_user(self, user: AnyUser) -> Self:
        """Bases that the user runs; for officials those of their region, once they are proposed."""
        found = super().for_user(user)
        if user is not None and user.is_authenticated and not user.is_party:
            return found.exclude(state=BaseState.DRAFT, proposed_at=None)
        return found

    def public(self) -> Self:
        """Bases that are in the programme."""
        return self.filter(state=BaseState.ADMITTED)

    def holding(self, level: str, name: str, day: date) -> Self:
        """Bases in the programme whose title of that level and name holds on the day."""
        one_title = (
            Q(titles__level=level, titles__name=name, titles__granted_on__lte=day)
            & (Q(titles__valid_until=None) | Q(titles__valid_until__gte=day))
            & (Q(titles__withdrawn_on=None) | Q(titles__withdrawn_on__gt=day))
        )
        return self.public().filter(one_title).distinct()


class BaseTitleQuerySet(_OfBase[M]):
    """Titles of bases."""

    def public(self) -> Self:
        """Titles of the bases that are in the programme."""
        return self.filter(base__state=BaseState.ADMITTED)

    def valid_on(self, day: date) -> Self:
        """Titles that hold on the day."""
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
            granted_on__lte=day,
        )


class RoomQuerySet(_OfBase[M]):
    """Rooms of bases."""


class MonthDeliveryQuerySet(_OfBase[M]):
    """Workbooks of monthly figures."""


class TenancyQuerySet(models.QuerySet[M]):
    """Tenancies."""

    def for_user(self, user: AnyUser) -> Self:
        """Tenancies of bases that the user runs, her own, and those of her offices' regions."""
        run = own_rows(self, user, "base__operator__")
        own = own_rows(self, user)
        if run is not None and own is not None:
            return self.filter(Q(pk__in=run.values("pk")) | Q(pk__in=own.values("pk")))
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "base__region__code"))

    def live(self) -> Self:
        """Tenants that are in the base."""
        return self.filter(stage__in=LIVE_STAGES)
