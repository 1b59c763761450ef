"""Reads of the cases."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from miaopu.cases.enums import (
    ENDED,
    BatchState,
    CaseState,
    CorrectionState,
    ObjectionState,
    OfferState,
)
from miaopu.core.enums import Role
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.parties.scope import own_rows
from miaopu.plans.enums import VersionState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`

READERS = (
    Role.REVIEWER,
    Role.APPROVER,
    Role.PROGRAMME_OFFICER,
    Role.LEADING_GROUP,
    Role.AUDITOR,
)


class ItemQuerySet(models.QuerySet[M]):
    """Items."""

    def public(self) -> Self:
        """Items of programmes in force.

        Without the text of their pack, which each process has read already (ProgrammeVersion.pack).
        """
        return (
            self.filter(version__state=VersionState.CURRENT)
            .select_related("version__programme")
            .defer("version__content")
            .order_by("pk")
        )


class CaseQuerySet(models.QuerySet[M]):
    """Cases."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's enterprises' cases, or those handed in to the regions of her offices."""
        own = own_rows(self, user)
        if own is not None:
            return own
        whole = within(region_prefixes(user, READERS))
        money = within(region_prefixes(user, [Role.FINANCE_OFFICER])) & Q(state=CaseState.GRANTED)
        return self.filter(whole | money).exclude(submitted_at=None)

    def live(self) -> Self:
        """Cases that have not ended without support."""
        return self.exclude(state__in=ENDED)

    def in_states(self, *states: str) -> Self:
        """Cases in one of the states."""
        return self.filter(state__in=states)

    def supported(self) -> Self:
        """Cases that were granted."""
        return self.filter(state=CaseState.GRANTED)

    def with_due_on(self) -> Self:
        """Each case with the due date of the clock that runs (None: no clock runs)."""
        clocks = self.model._meta.get_field("clocks").related_model.objects  # type: ignore[union-attr]
        running = clocks.running().filter(case=OuterRef("pk")).order_by("-pk")
        return self.annotate(due_on=Subquery(running.values("due_on")[:1]))

    def with_correction(self) -> Self:
        """Each case with the day by which its enterprise must correct it (None: nothing asked)."""
        corrections = self.model._meta.get_field("corrections").related_model.objects  # type: ignore[union-attr]
        asked = corrections.open().filter(case=OuterRef("pk")).order_by("pk")
        return self.annotate(correction_due_on=Subquery(asked.values("due_on")[:1]))

    def with_times(self) -> Self:
        """Both days, `due_on` and `correction_due_on`, for filters and orders over many cases.

        By joins, which there is at most one row for (constraints clock_one_running and
        correction_one_open); a page's own rows are better served by the two above.
        """
        if "correction_due_on" in self.query.annotations and "due_on" in self.query.annotations:
            return self
        return self.annotate(
            running_clock=FilteredRelation("clocks", condition=Q(clocks__stopped_on=None)),
            open_correction=FilteredRelation(
                "corrections", condition=Q(corrections__state=CorrectionState.OPEN)
            ),
        ).annotate(
            due_on=F("running_clock__due_on"), correction_due_on=F("open_correction__due_on")
        )

    def with_parts(self) -> Self:
        """Each case with the item, version and enterprise that lists show."""
        return self.select_related("item__version__programme", "enterprise", "subject", "region")

    def by_time_left(self) -> Self:
        """The queue's order: what is due first, in a total order.

        `waits_until` is the office's due date; while its clock is paused, the enterprise's.
        """
        return (
            self.with_times()
            .annotate(waits_until=Coalesce("due_on", "correction_due_on"))
            .order_by(F("waits_until").asc(nulls_last=True), "pk")
        )


class CaseClockQuerySet(models.QuerySet[M]):
    """Clocks of cases."""

    def running(self) -> Self:
        """Clocks that were not stopped."""
        return self.filter(stopped_on=None)

    def overdue(self, today: date) -> Self:
        """Running clocks whose due date has passed."""
        return self.running().filter(due_on__lt=today)


class CaseFileQuerySet(models.QuerySet[M]):
    """Files of cases."""

    def for_user(self, user: AnyUser) -> Self:
        """Files of the cases in the user's scope."""
        cases = self.model._meta.get_field("case").related_model.objects  # type: ignore[union-attr]
        return self.filter(case__in=cases.for_user(user)).kept()

    def kept(self) -> Self:
        """Files that were not removed while the case was a draft."""
        return self.filter(removed_at=None)


class OfferQuerySet(models.QuerySet[M]):
    """Offers without application."""

    def for_user(self, user: AnyUser) -> Self:
        """Offers to the user's enterprises, or to those in the regions of her offices."""
        own = own_rows(self, user)
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, READERS)))

    def open(self) -> Self:
        """Offers that wait for an answer."""
        return self.filter(state=OfferState.OPEN)

    def of_programme(self, programme: models.Model) -> Self:
        """Offers of a programme, under any of its versions."""
        return self.filter(programme_id=programme.pk)

    def standing_in_the_way(self) -> Self:
        """Offers after which no further one is issued: open, consented to, or declined."""
        return self.filter(state__in=[OfferState.OPEN, OfferState.CONSENTED, OfferState.DECLINED])

    def with_parts(self) -> Self:
        """Each offer with the item, version, enterprise and case that pages show."""
        return self.select_related(
            "item__version__programme", "enterprise__region", "region", "case"
        )


class OfferOptOutQuerySet(models.QuerySet[M]):
    """People who want no messages about offers."""

    def for_user(self, user: AnyUser) -> Self:
        """The user's own choice."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(user_id=user.pk)


class CorrectionQuerySet(models.QuerySet[M]):
    """What enterprises were asked to correct."""

    def for_user(self, user: AnyUser) -> Self:
        """Corrections of the cases in the user's scope."""
        cases = self.model._meta.get_field("case").related_model.objects  # type: ignore[union-attr]
        return self.filter(case__in=cases.for_user(user))

    def open(self) -> Self:
        """Corrections that the enterprise has still to make."""
        return self.filter(state=CorrectionState.OPEN)


class ObjectionQuerySet(models.QuerySet[M]):
    """Objections to published lists."""

    def for_user(self, user: AnyUser) -> Self:
        """Objections to lists of the regions of the user's offices; parties see none."""
        return self.filter(within(region_prefixes(user, READERS), "publicity__region__code"))

    def public(self) -> Self:
        """What whoever holds number and code may read: nothing of who objected."""
        return self.defer("name", "contact", "text", "file_name", "sender")

    def with_parts(self) -> Self:
        """Each objection with the list, case and item that pages show."""
        return self.select_related(
            "publicity__region", "case__enterprise", "case__item__version__programme"
        )

    def open(self) -> Self:
        """Objections that were not answered yet."""
        return self.filter(state=ObjectionState.OPEN)

    def by_time_left(self) -> Self:
        """Open ones first, those that are due first; a total order."""
        still_open = Choose(When(state=ObjectionState.OPEN, then=0), default=1)
        return self.order_by(still_open, "due_on", "pk")


class DecisionLetterQuerySet(models.QuerySet[M]):
    """Decision letters."""

    def for_user(self, user: AnyUser) -> Self:
        """Letters of the cases in the user's scope."""
        cases = self.model._meta.get_field("case").related_model.objects  # type: ignore[union-attr]
        return self.filter(case__in=cases.for_user(user))


class PublicityQuerySet(models.QuerySet[M]):
    """Lists in publicity."""

    def public(self) -> Self:
        """All lists that were ever published: anyone may read them."""
        return self.select_related("item__version__programme", "region").order_by(
            "-starts_on", "-pk"
        )

    def for_user(self, user: AnyUser) -> Self:
        """Lists that the user may act on: those of the regions of her offices."""
        return self.filter(within(region_prefixes(user, READERS)))

    def open_on(self, day: date) -> Self:
        """Lists whose period covers the day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class BatchReviewQuerySet(models.QuerySet[M]):
    """Batch reviews."""

    def for_user(self, user: AnyUser) -> Self:
        """Batches of the regions of the user's offices: none that also ranks others' cases."""
        return self.filter(within(region_prefixes(user, READERS)))

    def open(self) -> Self:
        """Batches that can still be changed."""
        return self.filter(state=BatchState.OPEN)

    def confirmed(self) -> Self:
        """Batches whose ranking stands."""
        return self.filter(state=BatchState.CONFIRMED)

    def with_parts(self) -> Self:
        """Each batch with the item, version, region and people that pages show."""
        return self.select_related(
            "item__version__programme", "region", "opened_by", "closed_by"
        ).order_by("-pk")
