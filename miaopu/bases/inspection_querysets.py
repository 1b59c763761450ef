"""Reads of standards, inspections, rectifications, visits and surveys."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.bases.inspection_enums import RectificationState
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows

M = TypeVar("M", bound=models.Model)


class OfBaseQuerySet(models.QuerySet[M]):
    """Rows of a base: its operator and the offices of its region may see them."""

    base = "base__"

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the bases in the user's scope."""
        own = own_rows(self, user, f"{self.base}operator__")
        if own is not None:
            return own
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, f"{self.base}region__code"))


class OfficeOnlyQuerySet(OfBaseQuerySet[M]):
    """Rows of a base that only offices may see."""

    def for_user(self, user: AnyUser) -> Self:
        """Rows of the bases in the user's regions."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, f"{self.base}region__code"))


class CampaignQuerySet(models.QuerySet[M]):
    """Campaigns of self-inspection."""

    def for_user(self, user: AnyUser) -> Self:
        """Campaigns of which a form of a base in the user's scope is a part."""
        own = own_rows(self, user, "sheets__base__operator__")
        if own is None:
            prefixes = region_prefixes(user, WORKING_ROLES)
            own = self.filter(within(prefixes, "sheets__base__region__code"))
        return self.filter(pk__in=own.values("pk"))


class SheetQuerySet(OfBaseQuerySet[M]):
    """Self-inspection forms."""

    def due_before(self, day: date) -> Self:
        """Forms whose own day, else that of their campaign, lies before the day."""
        return self.filter(Q(own_due_on__lt=day) | Q(own_due_on=None, campaign__due_on__lt=day))

    def due_from(self, day: date) -> Self:
        """Forms that are due on the day or later."""
        return self.exclude(pk__in=self.due_before(day).values("pk"))


class SheetAnswerQuerySet(OfBaseQuerySet[M]):
    """Lines of self-inspection forms."""

    base = "sheet__base__"


class RectificationQuerySet(OfBaseQuerySet[M]):
    """Problems to be put right."""

    def standing(self) -> Self:
        """Problems that are not put right: open, or reported and not checked."""
        return self.filter(state__in=(RectificationState.OPEN, RectificationState.REPORTED))

    def barring_titles(self) -> Self:
        """Problems that were not put right, where the pack says that this bars from titles."""
        return self.filter(state=RectificationState.FAILED, consequence__effect="no_titles")

    def overdue_on(self, day: date) -> Self:
        """Open problems whose deadline has passed."""
        return self.filter(state=RectificationState.OPEN, deadline__lt=day)


class RectificationFileQuerySet(OfBaseQuerySet[M]):
    """Evidence of rectifications."""

    base = "rectification__base__"


class VisitFileQuerySet(OfficeOnlyQuerySet[M]):
    """Photographs of visits."""

    base = "visit__base__"


class SurveyQuerySet(models.QuerySet[M]):
    """Surveys of tenants."""

    def for_user(self, user: AnyUser) -> Self:
        """Surveys in the user's scope: of a programme in her region, or of a base that she runs."""
        found = own_rows(self, user, "bases__base__operator__")
        if found is None:
            prefixes = region_prefixes(user, WORKING_ROLES)
            found = self.filter(within(prefixes, "bases__base__region__code"))
        return self.filter(pk__in=found.values("pk"))

    def open_on(self, day: date) -> Self:
        """Surveys that tenants may answer on the day."""
        return self.filter(closes_on__gte=day)


class InvitationQuerySet(models.QuerySet[M]):
    """Who may answer a survey. Nobody but the tenant is told whether it did."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own invitations; none for offices and operators."""
        own = own_rows(self, user, "tenancy__enterprise__")
        return self.none() if own is None else own
