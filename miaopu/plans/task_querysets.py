"""Reads of tasks, duties and calendar feeds."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.scope import AnyUser, SignedIn, reaches, region_prefixes, within
from miaopu.plans.enums import FINISHED, ExtensionState, ReportState, TaskState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`

# Who does the work of an office, and who looks after a programme's tasks.
ACTING_ROLES = tuple(role for role in WORKING_ROLES if role != Role.AUDITOR)
SUPERVISORS = (Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)


def offices_of(user: AnyUser, roles: tuple[Role, ...] = ACTING_ROLES) -> list[int]:
    """The offices in which the user works with one of the roles; [] for everybody else."""
    if user is None or not user.is_authenticated or not user.is_active or user.is_party:
        return []
    return sorted({one.office_id for one in user.live_memberships if one.role in roles})


def oversees(user: SignedIn, region_code: str) -> bool:
    """Whether the user looks after what programmes of the region ask of offices."""
    return not user.is_party and reaches(user, region_code, SUPERVISORS)


class _PartQuerySet(models.QuerySet[M]):
    """What belongs to something else and is seen by whoever sees that."""

    owner = ""  # the field that says to what

    def for_user(self, user: AnyUser) -> Self:
        """What belongs to things that the user may see."""
        owners: Any = self.model._meta.get_field(self.owner).related_model
        seen = owners._default_manager.for_user(user)
        return self.filter(**{f"{self.owner}__in": seen.values("pk")})


class UnitQuerySet(models.QuerySet[M]):
    """Units that a programme's plan names."""

    def for_user(self, user: AnyUser) -> Self:
        """Units of the programmes in the user's regions, and those her offices stand for."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        offices = offices_of(user, WORKING_ROLES)
        if not prefixes:
            return self.none()
        mine = self.model._default_manager.filter(assignments__office_id__in=offices)
        return self.filter(
            within(prefixes, "programme__region__code") | Q(pk__in=mine.values("pk"))
        )


class UnitOfficeQuerySet(models.QuerySet[M]):
    """Which office stands for which unit."""

    def for_user(self, user: AnyUser) -> Self:
        """Assignments in the user's regions, of programmes or of offices."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        if not prefixes:
            return self.none()
        return self.filter(
            within(prefixes, "unit__programme__region__code")
            | within(prefixes, "office__region__code")
        )


class TaskQuerySet(models.QuerySet[M]):
    """Tasks of programmes."""

    def for_user(self, user: AnyUser) -> Self:
        """Tasks of the programmes in the user's regions, and those of the user's offices."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        if not prefixes:
            return self.none()
        mine = self.model._default_manager.filter(
            units__unit__assignments__office_id__in=offices_of(user, WORKING_ROLES)
        )
        return self.filter(
            within(prefixes, "programme__region__code") | Q(pk__in=mine.values("pk"))
        )

    def held_by(self, offices: list[int]) -> Self:
        """Tasks for which one of the offices answers."""
        mine = self.model._default_manager.filter(
            units__answers=True, units__unit__assignments__office_id__in=offices
        )
        return self.filter(pk__in=mine.values("pk"))

    def live(self) -> Self:
        """Tasks that stand in the current version, closed ones among them."""
        return self.exclude(state=TaskState.DROPPED)

    def unfinished(self) -> Self:
        """Tasks that are neither closed nor dropped."""
        return self.exclude(state__in=FINISHED)

    def by_deadline(self) -> Self:
        """Those that are due first come first."""
        return self.order_by("due_on", "pk")


class TaskReportQuerySet(_PartQuerySet[M]):
    """Reports on tasks."""

    owner = "task"

    def standing(self) -> Self:
        """Reports that were not sent back."""
        return self.exclude(state=ReportState.RETURNED)

    def waiting(self) -> Self:
        """Reports that nobody has looked at yet."""
        return self.filter(state=ReportState.WAITING)

    def last_of_each_office(self) -> Self:
        """The last standing report of each office on each task."""
        same = self.model._default_manager.filter(
            task_id=OuterRef("task_id"), office_id=OuterRef("office_id")
        )
        last = same.exclude(state=ReportState.RETURNED).order_by("-pk").values("pk")[:1]
        return self.filter(pk=Subquery(last))


class TaskFileQuerySet(_PartQuerySet[M]):
    """Evidence handed in with reports."""

    owner = "report"


class TaskExtensionQuerySet(_PartQuerySet[M]):
    """Requests for more time."""

    owner = "task"

    def asked(self) -> Self:
        """Requests that wait for an answer."""
        return self.filter(state=ExtensionState.ASKED)


class DutyRecordQuerySet(models.QuerySet[M]):
    """What was done for recurring duties."""

    def for_user(self, user: AnyUser) -> Self:
        """Records of the programmes in the user's regions, and those of the user's offices."""
        prefixes = region_prefixes(user, WORKING_ROLES)
        if not prefixes:
            return self.none()
        return self.filter(
            within(prefixes, "programme__region__code")
            | Q(office__in=offices_of(user, WORKING_ROLES))
        )

    def standing(self) -> Self:
        """Records that were not declared void."""
        return self.filter(voided_at=None)

    def newest_first(self) -> Self:
        """What was done last comes first."""
        return self.order_by("-done_on", "-pk")


class DutyFileQuerySet(_PartQuerySet[M]):
    """Evidence of duties."""

    owner = "record"


class CalendarFeedQuerySet(models.QuerySet[M]):
    """Calendar feeds."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own feeds."""
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk)

    def live(self) -> Self:
        """Feeds that were not revoked, of people who may still sign in."""
        return self.filter(revoked_at=None, user__is_active=True)

    def newest_first(self) -> Self:
        """The newest first, in a total order."""
        return self.order_by(F("created_at").desc(), "-pk")
