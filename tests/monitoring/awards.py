"""Awards for tests of figures: granted on lists of their own, by the people of their district."""

from datetime import timedelta

from miaopu.cases.actions import accept_case, approve_case, propose_grant, submit_case
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.core import clock
from miaopu.ledger.models import Award
from tests.factories import YUNYAN, City, make_enterprise, make_owner, travel


def award_in(city: City, region: str, **facts: object) -> Award:
    """An award of a new enterprise of the district; the clock goes on to its decision."""
    home = region == YUNYAN
    reviewer = city.reviewer if home else city.other_reviewer
    approver = city.approver if home else city.other_approver
    enterprise = make_enterprise(region, **facts)
    owner = make_owner(enterprise)
    case = submit_case(city.draft(enterprise, owner), by=owner)
    accept_case(case, by=reviewer)
    propose_grant(case, {"mature": True}, by=reviewer)
    approve_case(case, by=approver)
    publicity = publish_list(city.item, case.region, by=approver)
    travel(publicity.ends_on + timedelta(days=1))
    with clock.read_once():
        decide_case(case, by=approver)
    return Award.objects.get(case=case)
