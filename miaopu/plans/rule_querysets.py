"""Reads of proposed rules: who works under a programme may see what is proposed for it."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.core.enums import Role
from miaopu.core.scope import AnyUser, region_prefixes
from miaopu.plans.enums import ProposalState

RULE_READERS = (
    Role.REVIEWER,
    Role.APPROVER,
    Role.PROGRAMME_OFFICER,
    Role.LEADING_GROUP,
    Role.AUDITOR,
)
"""Who reads rules, proposals and simulations: in any office inside the programme's region."""

DECIDED = (ProposalState.PUBLISHED, ProposalState.WITHDRAWN)

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`


def under_programmes(user: AnyUser, programme: str = "programme__") -> Q:
    """Rows of programmes in whose region the user's offices lie, or that lie in theirs."""
    condition = Q(pk__in=[])
    for prefix in sorted(region_prefixes(user, RULE_READERS)):
        above = {f"{prefix[:length]:0<6}" for length in (2, 4) if length < len(prefix)}
        condition |= Q(**{f"{programme}region__code__startswith": prefix})
        condition |= Q(**{f"{programme}region__code__in": sorted(above)})
    return condition


class RuleProposalQuerySet(models.QuerySet[M]):
    """Proposed rules."""

    def for_user(self, user: AnyUser) -> Self:
        """Those of the programmes the user works under; a draft is seen by its maker alone."""
        if user is None or not user.is_authenticated:
            return self.none()
        drafts = Q(state=ProposalState.DRAFT) & ~Q(made_by_id=user.pk)
        return self.filter(under_programmes(user)).exclude(drafts)

    def waiting(self) -> Self:
        """Those that wait for a second person."""
        return self.filter(state=ProposalState.PROPOSED)

    def live(self) -> Self:
        """Those that are neither published nor withdrawn."""
        return self.exclude(state__in=DECIDED)

    def with_parts(self) -> Self:
        """Each with what pages show."""
        return self.select_related(
            "programme__region", "base__programme", "made_by", "decided_by", "version"
        )
