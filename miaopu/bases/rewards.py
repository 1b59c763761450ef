"""Rewards for a tenant's success: the operator's side of them, once for each tenant and item.

The tenant applies for its own side as for any item. Both rest on the same conditions and the same
facts (`same_event_as` in the pack), and each is its own case with its own account and payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import Verb
from miaopu.bases.guards import check_runs, locked_base
from miaopu.bases.models import Base, Tenancy
from miaopu.cases.actions import open_case
from miaopu.cases.models import Case, Item
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import region_prefix
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import ItemExplanation, explain_known


@dataclass(frozen=True)
class Reward:
    """What one event of a tenant may bring: to the operator, and to the tenant by its own item.

    `is_open`: applications are taken on the day asked for, which lies in the programme's period.
    """

    item: Item
    explained: ItemExplanation
    case: Case | None
    tenant_amount_fen: int | None
    is_open: bool

    @property
    def can_claim(self) -> bool:
        """Whether it can be applied for, nothing speaks against it, and there is no case yet."""
        return self.is_open and self.case is None and self.explained.status != "false"


def items_for(base: Base) -> list[Item]:
    """The items in force that reward the operator of the base for a tenant."""
    found = []
    for item in Item.objects.public():
        covers = region_prefix(item.version.pack.region)
        if item.definition.party == "base" and base.region_id.startswith(covers):
            found.append(item)
    return found


def incubator_of(enterprise: Enterprise) -> Tenancy | None:
    """The tenancy in which the enterprise was incubated last; its operator is the one rewarded."""
    rows = Tenancy.objects.filter(enterprise=enterprise, incubated_from__isnull=False)
    return rows.order_by("-incubated_from", "-pk").first()


def rewards_of(tenancy: Tenancy, day: date) -> list[Reward]:
    """Every reward that the tenant's successes may bring to both sides, explained.

    None of a team, and none to a base that has handed the tenant on to another.
    """
    enterprise = tenancy.enterprise
    if enterprise is None or incubator_of(enterprise) != tenancy:
        return []
    items = items_for(tenancy.base)
    if not items:
        return []
    known = known_facts(enterprise, day)
    cases = {
        case.item.code: case
        for case in Case.objects.live()
        .filter(subject=enterprise, enterprise=tenancy.base.operator_id)
        .select_related("item")
    }
    found = []
    for item in items:
        own = item.definition.same_event_as
        explained = explain_known(item.version, item.code, enterprise, known, day)
        beside = explain_known(item.version, own, enterprise, known, day) if own else None
        amount = beside.amount_fen if beside is not None else None
        period = item.version.pack.period
        is_open = period.start <= day <= period.end
        found.append(Reward(item, explained, cases.get(item.code), amount, is_open))
    return found


@transaction.atomic
def claim_reward(tenancy: Tenancy, item: Item, *, by: User) -> Case:
    """Open the operator's case for a tenant's success; a second call returns the same case.

    Raises NotAllowed for others than the operator, ActionRefused for a team, for a tenant that
    another base has incubated since, or where the tenant's facts speak against it.
    """
    base = locked_base(tenancy.base)
    check_runs(by, base)
    enterprise = tenancy.enterprise
    if enterprise is None:
        raise ActionRefused(_("创业团队还没有登记企业"), _("登记为在孵企业后再申请"))
    if incubator_of(enterprise) != tenancy:
        raise ActionRefused(
            _("这家企业后来在另一个基地孵化"), _("奖励由最后孵化它的基地的运营主体申请")
        )
    known = Case.objects.live().filter(subject=enterprise).values_list("pk", flat=True)
    before = set(known)
    case = open_case(item, base.operator, by=by, subject=enterprise)
    if case.pk not in before:
        data = {"base": base.number, "case": case.number}
        record_event(tenancy, Verb.CLAIM_REWARD, by=by, region=base.region_id, data=data)
    return case
