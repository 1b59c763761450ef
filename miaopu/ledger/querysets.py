"""Reads of the ledger."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from miaopu.cases.enums import Step
from miaopu.cases.models import CaseClock
from miaopu.core.enums import Role
from miaopu.core.scope import AnyUser, region_prefixes, within
from miaopu.ledger.enums import AwardState, LineState
from miaopu.parties.scope import own_rows
from miaopu.plans.enums import VersionState

M = TypeVar("M", bound=models.Model)  # the model: bound by `as_manager()`

READERS = (
    Role.FINANCE_OFFICER,
    Role.PROGRAMME_OFFICER,
    Role.LEADING_GROUP,
    Role.APPROVER,
    Role.REVIEWER,
    Role.AUDITOR,
)
BATCH_READERS = (
    Role.FINANCE_OFFICER,
    Role.PROGRAMME_OFFICER,
    Role.LEADING_GROUP,
    Role.AUDITOR,
)


class AccountQuerySet(models.QuerySet[M]):
    """Accounts."""

    def public(self) -> Self:
        """All accounts: the books are open."""
        return self.select_related("region", "programme").order_by("code")

    def for_user(self, user: AnyUser) -> Self:
        """Accounts of the regions in the user's scope, and the levels above that co-fund them."""
        prefixes = region_prefixes(user, READERS)
        if not prefixes:
            return self.none()
        above = Q(region_id__in={f"{p[:width]:0<6}" for p in prefixes for width in (2, 4)})
        return self.filter(within(prefixes) | above)

    def with_kind(self, kind: str) -> Self:
        """Accounts of one kind."""
        return self.filter(kind=kind)


class AwardQuerySet(models.QuerySet[M]):
    """Awards."""

    def for_user(self, user: AnyUser) -> Self:
        """Awards to the user's enterprises, or in the regions of her offices."""
        own = own_rows(self, user, "case__enterprise__")
        if own is not None:
            return own
        return self.filter(within(region_prefixes(user, READERS), "case__region__code"))

    def public(self) -> Self:
        """Awards of programmes in force: what was granted is public."""
        return (
            self.exclude(state=AwardState.RELEASED)
            .select_related("case__enterprise", "case__region", "case__item__version")
            .order_by("-pk")
        )

    def unpaid(self) -> Self:
        """Awards that wait for payment."""
        return self.filter(state=AwardState.COMMITTED)

    def awaiting_account(self) -> Self:
        """Awards whose payment failed until the enterprise corrects or confirms its account."""
        return self.unpaid().filter(awaits_account=True)

    def payable(self) -> Self:
        """Unpaid awards that can be put into a payment batch now: not in one, account not awaited.

        A payment whose result the bank has not given yet is not made a second time.
        """
        lines = self.model._meta.get_field("batch_lines").related_model.objects  # type: ignore[union-attr]
        waiting = lines.pending().filter(award=OuterRef("pk"))
        return self.unpaid().filter(awaits_account=False).exclude(Exists(waiting))

    def with_due_on(self) -> Self:
        """Each award with the due day of its newest clock of payment (None: there was none)."""
        clocks = CaseClock.objects.filter(case=OuterRef("case"), step=Step.PAY).order_by("-pk")
        return self.annotate(due_on=Subquery(clocks.values("due_on")[:1]))

    def of_current_versions(self) -> Self:
        """Awards under programme versions in force."""
        return self.filter(case__item__version__state=VersionState.CURRENT)

    def total_fen(self) -> int:
        """Sum of the amounts in fen."""
        total: int | None = self.aggregate(total=Sum("amount_fen"))["total"]
        return total or 0


class TransferQuerySet(models.QuerySet[M]):
    """Transfers."""

    def public(self) -> Self:
        """All transfers with their award and lines, oldest first: the books are open."""
        return self.select_related("award").prefetch_related("entries__account").order_by("pk")

    def for_award(self, award: models.Model) -> Self:
        """Transfers of an award with their lines, oldest first. The caller proved access."""
        return self.filter(award=award).prefetch_related("entries__account__region").order_by("pk")


class PaymentBatchQuerySet(models.QuerySet[M]):
    """Payment batches."""

    def for_user(self, user: AnyUser) -> Self:
        """Batches made for the regions of the user's offices, for those who work with money."""
        return self.filter(within(region_prefixes(user, BATCH_READERS)))


class BatchLineQuerySet(models.QuerySet[M]):
    """Payments of batches."""

    def for_user(self, user: AnyUser) -> Self:
        """Payments of awards in the user's regions, for those who work with money."""
        return self.filter(
            within(region_prefixes(user, BATCH_READERS), "award__case__region__code")
        )

    def in_order(self) -> Self:
        """Payments as they stand on the list, with their awards."""
        return self.select_related("award").order_by("batch", "position", "pk")

    def pending(self) -> Self:
        """Payments whose result is not known yet."""
        return self.filter(state=LineState.PENDING)


class BankReplyQuerySet(models.QuerySet[M]):
    """Result files."""

    def for_user(self, user: AnyUser) -> Self:
        """Result files of batches for the user's regions: for finance officers only."""
        return self.filter(
            within(region_prefixes(user, [Role.FINANCE_OFFICER]), "batch__region__code")
        )


class SealQuerySet(models.QuerySet[M]):
    """Seals."""

    def public(self) -> Self:
        """All seals, newest first."""
        return self.order_by("-day")
