"""Reads of the parties."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows

DELIVERING_ROLES = (Role.PROGRAMME_OFFICER, Role.REVIEWER)
"""Who hands in departments' files, checks and confirms them."""

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`


class EnterpriseQuerySet(models.QuerySet[M]):
    """Enterprises."""

    def for_user(self, user: AnyUser) -> Self:
        """Enterprises that the user represents, or that lie in the regions of her offices."""
        own = own_rows(self, user, "")
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES)))

    def search(self, text: str) -> Self:
        """Enterprises whose code or name holds the text."""
        words = text.strip()
        return self.filter(Q(name__icontains=words) | Q(uscc__istartswith=words)) if words else self


class FactQuerySet(models.QuerySet[M]):
    """Facts."""

    def valid_on(self, day: date) -> Self:
        """Facts that hold on the day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def for_user(self, user: AnyUser) -> Self:
        """Facts of the enterprises in the user's scope."""
        own = own_rows(self, user)
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "enterprise__region__code"))


class RepresentativeQuerySet(models.QuerySet[M]):
    """Representatives."""

    def live(self) -> Self:
        """Representations that have not ended."""
        return self.filter(ended_at=None)


class DeliveryQuerySet(models.QuerySet[M]):
    """Deliveries."""

    def for_user(self, user: AnyUser) -> Self:
        """Deliveries of the regions in which the user may deliver."""
        return self.filter(within(region_prefixes(user, DELIVERING_ROLES)))

    def newest_first(self) -> Self:
        """The last one first."""
        return self.order_by("-pk")


class DeliveryRowQuerySet(models.QuerySet[M]):
    """Rows of deliveries."""

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the deliveries that the user may see."""
        return self.filter(
            within(region_prefixes(user, DELIVERING_ROLES), "delivery__region__code")
        )

    def importable(self) -> Self:
        """Rows that would change something."""
        return self.filter(outcome__in=("new", "changed"))


class FactDoubtQuerySet(models.QuerySet[M]):
    """Requests to correct facts."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the user's enterprises, or of those in the regions of her offices."""
        own = own_rows(self, user)
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "enterprise__region__code"))

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state="open")
