"""Reads of the policy library."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import AnyUser, region_prefix, region_prefixes, regions_above, within
from miaopu.plans.enums import DocumentState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`
BULK = ("words", "title_words", "searched_text", "folded_text", "pinyin", "initials")
NEVER_READ = ("words", "title_words", "folded_text", "pinyin", "initials")


class PolicyDocumentQuerySet(models.QuerySet[M]):
    """Documents of the library."""

    def public(self) -> Self:
        """Documents that were published, also those that are no longer in force."""
        return self.exclude(state=DocumentState.DRAFT)

    def for_user(self, user: AnyUser) -> Self:
        """Documents that the user's offices keep."""
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "kept_in__code"))

    def light(self) -> Self:
        """Without the columns that only the search reads."""
        return self.defer(*BULK).select_related("region")

    def with_text(self) -> Self:
        """With the text from which excerpts are made, without what only the database reads."""
        return self.defer(*NEVER_READ).select_related("region")

    def in_force_on(self, day: date) -> Self:
        """Documents that are valid on the day."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            Q(repealed_on=None) | Q(repealed_on__gt=day),
            valid_from__lte=day,
        ).exclude(state=DocumentState.DRAFT)

    def applying_to(self, region: str) -> Self:
        """Documents of the region, of what lies inside it, and of what it lies in."""
        inside = Q(region__code__startswith=region_prefix(region))
        return self.filter(Q(region=None) | Q(region_id__in=regions_above(region)) | inside)

    def for_industry(self, code: str) -> Self:
        """Documents for an industry: named by it, by one it is part of, or for all."""
        wanted = Q(industries=[])
        for digits in range(1, len(code) + 1):
            wanted |= Q(industries__contains=[code[:digits]])
        return self.filter(wanted)

    def to_review(self, day: date) -> Self:
        """Published documents whose review is due."""
        return self.filter(state=DocumentState.IN_FORCE, review_due__lte=day)

    def newest_first(self) -> Self:
        """The last issued first."""
        return self.order_by("-issued_on", "-pk")


class DocumentVersionQuerySet(models.QuerySet[M]):
    """Versions of documents."""

    def public(self) -> Self:
        """Versions that were published."""
        return self.filter(published_at__isnull=False)

    def for_user(self, user: AnyUser) -> Self:
        """Versions of the documents that the user's offices keep."""
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "document__kept_in__code"))

    def drafts(self) -> Self:
        """Versions that nobody has published or given up."""
        return self.filter(state=DocumentState.DRAFT)

    def in_force(self) -> Self:
        """The version that counts of each document."""
        return self.filter(state=DocumentState.IN_FORCE)


class DocumentCitationQuerySet(models.QuerySet[M]):
    """What documents cite."""

    def public(self) -> Self:
        """Citations of the versions that count or counted last."""
        return self.filter(version__state__in=[DocumentState.IN_FORCE, DocumentState.REPEALED])

    def for_user(self, user: AnyUser) -> Self:
        """Citations in the documents that the user's offices keep."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        return self.filter(within(prefixes, "version__document__kept_in__code"))

    def unresolved(self) -> Self:
        """Citations of documents that are not in the library."""
        return self.filter(target=None)


class DocumentReviewQuerySet(models.QuerySet[M]):
    """Reviews of documents."""

    def for_user(self, user: AnyUser) -> Self:
        """Reviews of the documents that the user's offices keep."""
        return self.filter(within(region_prefixes(user, WORKING_ROLES), "document__kept_in__code"))

    def public(self) -> Self:
        """Reviews that were confirmed."""
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> Self:
        """Reviews that another person has to confirm."""
        return self.filter(confirmed_at=None)


class DocumentSubscriptionQuerySet(models.QuerySet[M]):
    """Subscriptions."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own, as long as she wants them."""
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user=user.pk, ended_at=None)

    def live(self) -> Self:
        """Subscriptions that were not ended."""
        return self.filter(ended_at=None)
