"""People and cases in the database of a running demo, made by the product's own actions.

`python -m tests.fault.prepare` answers each line of JSON with a line of JSON until its input ends:
`{"region", "state", "count"}` → `{"item", "officers", "cases": [{"enterprise", "owner", "case"}]}`.
State "" gives enterprises that may apply, with owners, and no case yet; what an earlier match has
offered them without application is declined, because who is offered is not asked to apply.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connections  # noqa: E402

from miaopu.cases import actions  # noqa: E402
from miaopu.cases.decisions import decide_case, publish_list  # noqa: E402
from miaopu.cases.models import Case, Item, Offer  # noqa: E402
from miaopu.cases.offers import decline_offer  # noqa: E402
from miaopu.core import clock  # noqa: E402
from miaopu.core.actions import add_member, move_demo_clock  # noqa: E402
from miaopu.core.enums import OfficeKind, Role, UserKind  # noqa: E402
from miaopu.core.models import Office, Region, User  # noqa: E402
from miaopu.parties.actions import add_representative  # noqa: E402
from miaopu.parties.models import Enterprise, Representative  # noqa: E402
from miaopu.plans.models import Match  # noqa: E402
from tests.fault.form import FORM  # noqa: E402

OFFICERS = (
    ("reviewer", Role.REVIEWER, OfficeKind.DISTRICT_OFFICE),
    ("approver", Role.APPROVER, OfficeKind.DISTRICT_OFFICE),
    ("finance", Role.FINANCE_OFFICER, OfficeKind.FINANCE),
)


def _user(username: str, kind: UserKind, password: str) -> tuple[User, bool]:
    return User.objects.get_or_create(
        username=username, defaults={"name": username, "password": password, "kind": kind}
    )


def officers(region: str, password: str) -> dict[str, list[str]]:
    """Two reviewers, two approvers and two finance officers of the region, by role."""
    found: dict[str, list[str]] = {}
    for word, role, kind in OFFICERS:
        office = Office.objects.get(region_id=region, kind=kind)
        for number in (1, 2):
            user, created = _user(f"{word}-{region}-{number}", UserKind.OFFICE, password)
            if created:
                add_member(user, office, role, by=None)
            found.setdefault(word, []).append(user.username)
    return found


def owners(item: Item, region: str, count: int, password: str) -> list[tuple[Enterprise, User]]:
    """So many enterprises of the region that may apply and have nobody yet, each with an owner."""
    entitled = Match.objects.filter(
        version=item.version, item=item.code, facts_missing=False, enterprise__region_id=region
    ).exclude(enterprise__in=Representative.objects.values("enterprise"))
    made = []
    for match in entitled.select_related("enterprise").order_by("enterprise_id")[:count]:
        user, _created = _user(f"owner-{match.enterprise.number}", UserKind.PARTY, password)
        add_representative(user, match.enterprise, by=None)
        made.append((match.enterprise, user))
    assert len(made) == count, f"only {len(made)} enterprises left in {region}"
    return made


def bring(case: Case, state: str, by: dict[str, User], owner: User) -> None:
    """Take a complete draft as far as `state` (at most to "approved")."""
    steps = (
        ("submitted", lambda: actions.submit_case(case, by=owner)),
        ("accepted", lambda: actions.accept_case(case, by=by["reviewer"])),
        ("proposed", lambda: actions.propose_grant(case, {"mature": True}, by=by["reviewer"])),
        ("approved", lambda: actions.approve_case(case, by=by["approver"])),
    )
    if state == "draft":
        return
    for name, step in steps:
        step()
        if name == state:
            return


def make(request: dict[str, Any]) -> dict[str, Any]:
    """Carry out one request."""
    region, state, count = request["region"], request["state"], request["count"]
    item = Item.objects.get(code="direct_subsidy", version__state="current")
    password = make_password(settings.DEMO_PASSWORD)
    names = officers(region, password)
    by = {role: User.objects.get(username=two[0]) for role, two in names.items()}
    made = []
    for enterprise, owner in owners(item, region, count, password):
        entry = {"enterprise": enterprise.number, "owner": owner.username, "case": ""}
        if state:
            case = actions.open_case(item, enterprise, by=owner)
            actions.save_form(case, FORM, revision=case.revision, by=owner)
            bring(case, state, by, owner)
            entry["case"] = case.number
        for offer in [] if state else Offer.objects.open().filter(enterprise=enterprise):
            decline_offer(offer, by=owner)
        made.append(entry)
    if state in {"published", "ended", "granted"}:
        publicity = publish_list(item, Region.objects.get(code=region), by=by["approver"])
        if state != "published":
            move_demo_clock(publicity.ends_on + timedelta(days=1), by=None)
        if state == "granted":
            for case in Case.objects.filter(publicity=publicity).order_by("pk"):
                decide_case(case, by=by["approver"])
        for entry in made:
            entry["publicity"] = publicity.number
    return {"item": item.pk, "officers": names, "cases": made, "today": str(clock.today())}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(make(json.loads(line))) + "\n")
        sys.stdout.flush()
        connections.close_all()  # the server may be killed before the next request
