"""Recipients of the direct subsidy and their follow-up cases, for tests."""

from __future__ import annotations

from datetime import timedelta

from miaopu.cases import actions as case_actions
from miaopu.cases.decisions import publish_list
from miaopu.cases.models import Case, Item
from miaopu.core.models import User
from miaopu.parties.actions import record_fact
from miaopu.parties.models import Enterprise
from tests.factories import FIRST_DAY, YUNYAN, City, make_enterprise, make_owner, travel

FORM = {
    "contact_name": "王小苗",
    "contact_phone": "13800138000",
    "bank_name": "贵阳银行云岩支行",
    "bank_account": "6222020200012345678",
    "result_so_far": "购买烘焙设备，新雇两人",
    "amount_asked": "60000",
    "use_of_funds": "扩建厂房",
    "commitment": "on",
}


def follow_up_item() -> Item:
    """The follow-up support of the city's pack."""
    return Item.objects.get(code="follow_up_support", version__state="current")


def make_recipient(region: str = YUNYAN, **facts: object) -> tuple[Enterprise, User]:
    """An enterprise whose direct subsidy was paid, as the books write it down, and its owner."""
    enterprise = make_enterprise(region, **facts)
    record_fact(
        enterprise,
        "direct_subsidy_paid_on",
        FIRST_DAY - timedelta(days=30),
        source="system",
        record="A-earlier",
        valid_from=FIRST_DAY - timedelta(days=30),
        by=None,
    )
    return enterprise, make_owner(enterprise)


def follow_up_accepted(reviewer: User, region: str = YUNYAN, **facts: object) -> Case:
    """An accepted case for follow-up support."""
    enterprise, owner = make_recipient(region, **facts)
    case = case_actions.open_case(follow_up_item(), enterprise, by=owner)
    assert not case_actions.save_form(case, FORM, revision=case.revision, by=owner)
    case = case_actions.submit_case(case, by=owner)
    return case_actions.accept_case(case, by=reviewer)


def follow_up_proposed(
    reviewer: User, amount_fen: int, region: str = YUNYAN, **facts: object
) -> Case:
    """A case with a proposal of so many fen."""
    case = follow_up_accepted(reviewer, region, **facts)
    return case_actions.propose_grant(case, {"effective": True}, by=reviewer, amount_fen=amount_fen)


def follow_up_approved(city: City, *amounts_fen: int) -> list[Case]:
    """Approved cases with these amounts, in the city's first district."""
    return [
        case_actions.approve_case(follow_up_proposed(city.reviewer, amount), by=city.approver)
        for amount in amounts_fen
    ]


def follow_up_published(city: City, *amounts_fen: int) -> list[Case]:
    """Cases with these amounts on one list whose publicity has ended."""
    cases = follow_up_approved(city, *amounts_fen)
    publicity = publish_list(follow_up_item(), cases[0].region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    for case in cases:
        case.refresh_from_db()
    return cases
