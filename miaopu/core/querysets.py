"""Reads of the core."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from miaopu.core.enums import Role
from miaopu.core.scope import AnyUser, region_prefixes, within

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`

READERS_OF_EVENTS = (Role.AUDITOR, Role.AUDIT_ADMIN)


class RegionQuerySet(models.QuerySet[M]):
    """Regions."""

    def public(self) -> Self:
        """All regions: their names and codes are public."""
        return self.order_by("code")


class MembershipQuerySet(models.QuerySet[M]):
    """Memberships."""

    def live(self) -> Self:
        """Memberships that have not ended."""
        return self.filter(ended_at=None)


class OfficeQuerySet(models.QuerySet[M]):
    """Offices."""

    def for_user(self, user: AnyUser) -> Self:
        """Offices in the regions that the user's own offices cover."""
        return self.filter(within(region_prefixes(user)))


class EventQuerySet(models.QuerySet[M]):
    """Events."""

    def for_user(self, user: AnyUser) -> Self:
        """Events that an auditor may search: those of the regions in her scope.

        What belongs to no region (seals, jobs, stored files) is the audit administrator's matter.
        """
        events = within(region_prefixes(user, READERS_OF_EVENTS))
        if region_prefixes(user, [Role.AUDIT_ADMIN]):
            events |= Q(region=None)
        return self.filter(events)

    def for_subject(self, subject: models.Model) -> Self:
        """Events of one thing, oldest first. The caller has proved that the user may see it."""
        return (
            self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
            .select_related("actor", "office")
            .order_by("pk")
        )


class JobQuerySet(models.QuerySet[M]):
    """Jobs."""

    def for_user(self, user: AnyUser) -> Self:
        """Jobs that the user started."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(created_by_id=user.pk)

    def unfinished(self) -> Self:
        """Jobs that are queued or running."""
        return self.filter(Q(state="queued") | Q(state="running"))


class NoticeQuerySet(models.QuerySet[M]):
    """Notices."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own notices."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(user_id=user.pk)

    def unread(self) -> Self:
        """Notices that were not read yet."""
        return self.filter(read_at=None)


class ApiTokenQuerySet(models.QuerySet[M]):
    """API tokens."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own tokens."""
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk)

    def live(self, now: datetime) -> Self:
        """Tokens that were neither revoked nor have expired."""
        return self.filter(revoked_at=None, expires_at__gt=now)
