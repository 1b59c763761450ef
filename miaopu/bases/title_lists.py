"""The list of selected bases: published, frozen with its hash, and after the publicity granted.

What still stands on it then becomes a title; nobody both selects and puts on the list.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.models import BaseTitle, Nomination, TitleCampaign, TitleList
from miaopu.bases.title_actions import check_city, locked_campaign, move_nomination
from miaopu.bases.title_enums import NominationState, TitleVerb
from miaopu.cases.clocks import calculation_rows
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import User
from miaopu.engine.clock import add_years, working_days
from miaopu.engine.seals import canonical


def title_digest(found: TitleList) -> str:
    """SHA-256 over the list's content in canonical form; anyone can compute it again."""
    return hashlib.sha256(canonical(found.frozen_content())).hexdigest()


def _line(nomination: Nomination) -> dict[str, str]:
    """What the public reads of a base on the list."""
    base = nomination.base
    return {
        "base": base.number,
        "name": base.name,
        "operator": base.operator.name,
        "region": base.region_id,
        "carrier_type": base.carrier_type,
    }


@transaction.atomic
def publish_titles(campaign: TitleCampaign, *, by: User) -> TitleList:
    """Publish all selected bases of a campaign for the pack's working days, frozen with a hash.

    The day of publication is not counted. Raises ActionRefused where nothing waits.
    """
    found = locked_campaign(campaign)
    check_city(by, found)
    rows = Nomination.objects.filter(campaign=found).in_states(NominationState.SELECTED)
    waiting = list(rows.select_related("base__operator").order_by("base__number", "pk"))
    if not waiting:
        raise ActionRefused(_("没有入选待公示的基地"), _("评选入选后再公示"))
    days = found.scheme.publicity.working_days
    today = clock.today()
    period = working_days(today, days)
    assert period.due is not None  # no pause is open
    made = TitleList(
        number=f"{found.number}-{found.lists.count() + 1:02d}",
        campaign=found,
        region=found.region,
        days=days,
        starts_on=today,
        ends_on=period.due,
        calculation=calculation_rows(period),
        lines=[_line(one) for one in waiting],
        published_by=by,
        published_at=clock.now(),
    )
    made.digest = title_digest(made)
    made.save()
    for one in waiting:
        move_nomination(one, "publish", TitleVerb.PUBLISH_TITLES, by=by, reason="", publicity=made)
    record_event(
        made, TitleVerb.PUBLISH_TITLES, by=by, region=found.region,
        data={"bases": len(waiting), "digest": made.digest},
    )  # fmt: skip
    return made


@transaction.atomic
def list_titles(found: TitleList, *, document: str, by: User) -> list[BaseTitle]:
    """After the publicity the bases that still stand on the list receive the title.

    By another person than who selected them. Raises ActionRefused while the publicity runs, while
    an objection is open, where the list no longer has its hash, or where a base has left.
    """
    campaign = locked_campaign(found.campaign)
    check_city(by, campaign)
    if clock.today() <= found.ends_on:
        raise ActionRefused(
            _("公示尚未结束"),
            _("公示至 %(day)s 止，次日起可以公布") % {"day": found.ends_on.isoformat()},
        )
    if title_digest(found) != found.digest:
        raise ActionRefused(_("公示名单与摘要不符"), _("请立即联系审计员"))
    if found.objections.pending().exists():
        raise ActionRefused(_("名单还有没有答复的异议"), _("请先答复异议"))
    rows = Nomination.objects.filter(publicity=found).in_states(NominationState.PUBLISHED)
    standing = list(rows.select_related("base").order_by("base__number", "pk"))
    if not standing:
        raise ActionRefused(_("名单上没有可以公布的基地"), _("请查看评选进展"))
    if any(one.selected_by_id == by.pk for one in standing):
        raise NotAllowed(_("评选和公布须由不同的人办理"), _("请由另一位主管公布"))
    gone = [one.base.name for one in standing if one.base.state != BaseState.ADMITTED]
    if gone:
        raise ActionRefused(
            _("已退出的基地：%(names)s") % {"names": _("、").join(gone)}, _("请先移出名单")
        )
    scheme, today = campaign.scheme, clock.today()
    made = []
    for one in standing:
        title = BaseTitle.objects.create(
            base=one.base,
            level=scheme.level,
            name=scheme.title.zh,
            document=document.strip(),
            granted_on=today,
            valid_until=add_years(today, scheme.validity.years) - timedelta(days=1),
        )
        move_nomination(one, "list", TitleVerb.LIST_TITLES, by=by, reason="", title=title)
        made.append(title)
    return made
