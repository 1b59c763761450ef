"""A base is taken off the list, and what that means for who is in it.

The plan names the delisting alone (Ganzhou 五/(四)); for the tenants this is the rule:

- A lease is between tenant and operator and stands as it is: nobody has to move out.
- On the day of delisting every tenancy in the base ends, and with it incubation, without
  graduating. Rules read that day as `left_incubation_on`: what a tenant has reached up to and with
  it counts, for the tenant and for the operator; what comes later counts for neither.
- Whoever graduated before stays graduated, with every time limit that runs from it.
- Applications, rooms, figures, growth plan, needs and services stay as they were written down;
  officials who are attached stay attached, and the tenant may go on raising and closing needs.
- Another base may admit the tenant; its incubation there is a new one.
- Titles that county or city gave end on the day; those from above are their givers' to withdraw.

Tenants and their officials are told twice: when the province is asked, and when it has decided.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.admission import tell_operator
from miaopu.bases.enums import BaseState, TitleLevel, Verb
from miaopu.bases.guards import locked_base, step_from
from miaopu.bases.models import AttachedOfficer, Base, Tenancy
from miaopu.bases.states import BASE_TABLE
from miaopu.bases.tenants import close_tenancy
from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative

FATE = "delisted"
"""What the event of a tenancy says of its end."""
OWN_LEVELS = (TitleLevel.CITY, TitleLevel.COUNTY)


def tell_tenant(tenancy: Tenancy, key: str, text: Bilingual) -> None:
    """Tell those who act for a tenant, and the officials attached to it, once per key."""
    key = f"base/{tenancy.base.number}/{key}/{tenancy.pk}"
    if tenancy.enterprise_id is not None:
        acting = Representative.objects.live().filter(enterprise_id=tenancy.enterprise_id)
        for one in acting.select_related("user"):
            link = f"/my/growth/{tenancy.number}/"
            notify(one.user, key, text.zh[:300], text.en[:400], link)
    attached = AttachedOfficer.objects.live().filter(plan__tenancy=tenancy)
    for officer in attached.select_related("officer"):
        link = f"/office/growth/{tenancy.number}/"
        notify(officer.officer, key, text.zh[:300], text.en[:400], link)


def _live(base: Base) -> list[Tenancy]:
    rows = Tenancy.objects.live().filter(base=base).select_related("enterprise").order_by("pk")
    return list(rows)


def warn_tenants(base: Base) -> int:
    """Tell the tenants that the province is asked to delist their base; returns how many there are.

    They learn before it happens what stays and what ends.
    """
    tenants = _live(base)
    for tenancy in tenants:
        tenancy.base = base
        tell_tenant(
            tenancy,
            "delisting-asked",
            Bilingual(
                f"{base.name}已报省级核准摘牌。核准以后租约照旧，孵化到核准登记之日为止；可先联系其他基地",
                f"The province is asked to delist {base.name}. If it agrees, your lease stays, and "
                "incubation ends on that day; other bases may admit you",
            ),
        )
    return len(tenants)


@transaction.atomic
def delist_base(base: Base, document: str, *, by: User) -> Base:
    """Take a base off the list today; the caller holds the province's approval, `document`.

    Tenancies and titles follow the rule above. Raises Conflict where the base is not in the
    programme (any more), ActionRefused without a document.
    """
    if not document.strip():
        raise ActionRefused(_("请填写省级文号"), _("没有省级核准，不能摘牌"))
    locked = locked_base(base)
    step = step_from(BASE_TABLE, "delist", locked.state, locked, by)
    today, reason = clock.today(), _("省级核准摘牌：%(no)s") % {"no": document.strip()}
    tenants = _live(locked)
    for tenancy in tenants:
        tenancy.base = locked
        close_tenancy(tenancy, today, by=by, reason=reason, fate=FATE)
    ended = list(
        locked.titles.filter(level__in=OWN_LEVELS, withdrawn_on=None, granted_on__lte=today)
    )
    for title in ended:
        title.withdrawn_on = today
        title.save(update_fields=["withdrawn_on"])
    locked.state, locked.left_on = BaseState(step.target), today
    locked.revision += 1
    locked.save()
    record_event(
        locked, Verb.DELIST_BASE, by=by, reason=reason, region=locked.region,
        data={"document": document.strip(), "tenants": len(tenants),
              "titles": [str(title) for title in ended]},
    )  # fmt: skip
    tell_operator(
        locked,
        "delisted",
        Bilingual(
            f"{locked.name}已被摘牌：{reason}",
            f"{locked.name} was delisted with the province's approval: {document.strip()}",
        ),
    )
    for tenancy in tenants:
        tell_tenant(
            tenancy,
            "delisted",
            Bilingual(
                f"{locked.name}已摘牌。租约照旧；孵化到{today}为止，当天及以前取得的成果照计，可入驻其他基地",
                f"{locked.name} was delisted. Your lease stays; incubation ended on {today}, what "
                "you reached up to that day counts, and another base may admit you",
            ),
        )
    return locked
