"""Reads of simulations, and of the enterprises that would gain or lose."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.plans.rule_querysets import RULE_READERS, under_programmes

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`


class SimulationQuerySet(models.QuerySet[M]):
    """Simulations: figures without names, for whoever works under the programme."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the programmes the user works under."""
        return self.filter(under_programmes(user))

    def saved(self) -> Self:
        """Those that somebody gave a name."""
        return self.exclude(name="")

    def with_parts(self) -> Self:
        """Each with what pages show."""
        return self.select_related(
            "programme__region", "proposal", "version", "against", "job", "made_by", "saved_by"
        )


class SimulatedChangeQuerySet(models.QuerySet[M]):
    """Enterprises that a rule would treat otherwise."""

    def for_user(self, user: AnyUser) -> Self:
        """Those in the regions of the user's offices; other offices' enterprises are not named."""
        prefixes = region_prefixes(user, RULE_READERS)
        return self.filter(within(prefixes, "enterprise__region__code"))
