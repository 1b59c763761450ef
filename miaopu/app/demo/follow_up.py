"""The demo's follow-up cases and batch reviews, for enterprises whose direct subsidy was paid.

In Yunyan single cases are approved one by one; in Nanming the leading group reviewed a batch of
which one was not reached. A batch for the direct subsidy is open in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from miaopu.app.demo.offices import leading_group_office
from miaopu.cases import actions
from miaopu.cases.batches import confirm_batch, open_batch
from miaopu.cases.decisions import publish_list
from miaopu.cases.models import Case, Item
from miaopu.cases.ranking import rank_batch
from miaopu.core.actions import add_member
from miaopu.core.enums import Role
from miaopu.core.models import Office, Region, User
from miaopu.parties.models import Enterprise

ITEM = "follow_up_support"
YUNYAN, NANMING = "520103", "520102"
# Amounts in fen, in the order of the paid cases; None: handed in, not yet reviewed.
AMOUNTS: dict[str, tuple[int | None, ...]] = {
    YUNYAN: (6_000_000, 4_000_000, 5_500_000, 4_800_000, None),
    NANMING: (5_000_000, 4_800_000, 4_600_000, None),
}
ONE_BY_ONE = 2  # of Yunyan's, approved singly
BATCH_QUOTA = 2  # of Nanming's

Enter = Callable[[date, int, Callable[[], object]], None]


class Recipient(Protocol):
    """An enterprise on its way (`miaopu.app.demo.cases`)."""

    enterprise: Enterprise

    def owner(self) -> User:
        """Its representative."""


class Offices(Protocol):
    """Who works in a district."""

    region: Region
    reviewer: User
    approver: User


@dataclass
class _FollowUp:
    offices: Offices
    item: Item
    recipient: Recipient
    amount_fen: int | None

    def case(self) -> Case:
        return Case.objects.get(item=self.item, enterprise=self.recipient.enterprise)

    def submit(self) -> None:
        owner = self.recipient.owner()
        case = actions.open_case(self.item, self.recipient.enterprise, by=owner)
        typed = {
            **case.form,
            "contact_phone": self.recipient.enterprise.phone or "0851-88888888",
            "bank_name": f"贵阳银行{self.offices.region.name}支行",
            "bank_account": f"6222{self.recipient.enterprise.pk:015d}",
            "result_so_far": "已购买设备，新雇两人，订单比补助前多",
            "amount_asked": f"{(self.amount_fen or 5_000_000) // 100}",
            "use_of_funds": "扩大经营场地",
            "commitment": "on",
        }
        actions.save_form(case, typed, revision=case.revision, by=owner)
        actions.submit_case(self.case(), by=owner)

    def accept(self) -> None:
        actions.accept_case(self.case(), by=self.offices.reviewer)

    def propose(self) -> None:
        actions.propose_grant(
            self.case(),
            {"effective": True},
            by=self.offices.reviewer,
            amount_fen=self.amount_fen,
        )

    def approve(self) -> None:
        actions.approve_case(self.case(), by=self.offices.approver)


def plan_follow_ups(
    offices: Offices, direct: Item, recipients: Sequence[Recipient], enter: Enter
) -> None:
    """Enter the follow-ups of a district in the agenda; `recipients` were paid on 23 April."""
    code = offices.region.code
    if code not in AMOUNTS:
        return
    item = Item.objects.public().get(code=ITEM)
    cases = [
        _FollowUp(offices, item, recipient, amount)
        for recipient, amount in zip(recipients, AMOUNTS[code], strict=False)
    ]
    for case in cases:
        enter(date(2018, 4, 25), 10, case.submit)
        if case.amount_fen is not None:
            enter(date(2018, 4, 26), 20, case.accept)
            enter(date(2018, 5, 2), 30, case.propose)
    if code == YUNYAN:
        for case in cases[:ONE_BY_ONE]:
            enter(date(2018, 5, 4), 40, case.approve)
    else:
        enter(date(2018, 5, 4), 40, lambda: _review_batch(item, offices.region))
    enter(date(2018, 5, 7), 50, lambda: publish_list(item, offices.region, by=offices.approver))
    enter(date(2018, 5, 9), 90, lambda: _open_batch(direct, offices.region))


def _member(region: Region) -> User:
    """A member of the district's leading group."""
    office = Office.objects.get(code=leading_group_office(region.code))
    there = User.objects.filter(memberships__office=office, memberships__role=Role.LEADING_GROUP)
    known = there.order_by("pk").first()
    if known is not None:
        return known
    user = User(username=f"{region.code}-leading-group", name=f"{region.name}领导小组成员")
    user.set_unusable_password()
    user.save()
    add_member(user, office, Role.LEADING_GROUP, by=None)
    return user


def _open_batch(item: Item, region: Region) -> None:
    open_batch(item, region, by=_member(region), quota=BATCH_QUOTA)


def _review_batch(item: Item, region: Region) -> None:
    member = _member(region)
    batch = open_batch(item, region, by=member, quota=BATCH_QUOTA)
    confirm_batch(batch, seen=rank_batch(batch).digest, by=member, reason="五月第一批")
