"""Writes on the way to a title: open a campaign, propose, recall, select, decline.

Districts propose within their quota, the city selects (Guiyang 三/(六)); no one person does both.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.guards import locked_base, refuse_unrectified, step_from
from miaopu.bases.models import Base, Nomination, TitleCampaign
from miaopu.bases.title_enums import NominationState, TitleVerb
from miaopu.bases.title_states import CITY_ROLES, LIVE_NOMINATIONS, NOMINATION_TABLE, PROPOSERS
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.models import ProgrammeVersion


def locked_campaign(campaign: TitleCampaign) -> TitleCampaign:
    """The campaign, locked until the transaction ends: quotas and lists are counted under it."""
    rows = TitleCampaign.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version__programme", "region").get(pk=campaign.pk)


def check_city(by: User, campaign: TitleCampaign) -> None:
    """Raises NotAllowed for anybody who does not decide for the campaign's city."""
    if not reaches(by, campaign.region_id, CITY_ROLES):
        raise NotAllowed(_("示范评选由市级办理"), _("请联系市级主管"))


@transaction.atomic
def open_campaign(
    version: ProgrammeVersion, scheme_key: str, proposals_until: date, *, by: User
) -> TitleCampaign:
    """Ask the districts for proposals for a title of the pack, until a day.

    Raises ActionRefused for a day that has passed, an unknown title, or one that is being sought.
    """
    programme = version.programme
    ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    campaign = TitleCampaign(
        version=version,
        scheme_key=scheme_key,
        region_id=programme.region_id,
        proposals_until=proposals_until,
        opened_by=by,
        opened_at=clock.now(),
    )
    check_city(by, campaign)
    today = clock.today()
    if scheme_key not in version.pack.base_titles:
        raise ActionRefused(_("计划里没有这个称号"), _("请从列出的称号中选择"))
    if proposals_until < today:
        raise ActionRefused(_("推荐截止日期在今天之前"), _("请填写今天或以后的日期"))
    same = TitleCampaign.objects.filter(
        version__programme=programme, scheme_key=scheme_key, proposals_until__gte=today
    )
    if same.exists():
        raise ActionRefused(_("这个称号的评选正在进行"), _("请在已开展的评选中办理"))
    count = TitleCampaign.objects.filter(region_id=programme.region_id).count()
    campaign.number = f"SF{programme.region_id}-{today.year}-{count + 1:02d}"
    campaign.save()
    record_event(
        campaign, TitleVerb.OPEN_CAMPAIGN, by=by, region=campaign.region,
        data={"title": scheme_key, "until": proposals_until.isoformat()},
    )  # fmt: skip
    return campaign


@transaction.atomic
def nominate_base(campaign: TitleCampaign, base: Base, *, by: User, reason: str) -> Nomination:
    """The district proposes a base, within its quota and until the campaign's day.

    Raises ActionRefused for a base that is not admitted, of another kind, with a problem that was
    not put right and bars it, or over the quota.
    """
    check_reason(reason)
    found, locked = locked_campaign(campaign), locked_base(base)
    scheme = found.scheme
    if not reaches(by, locked.region_id, PROPOSERS):
        raise NotAllowed(_("示范基地由所在区县推荐"), _("请由区县批准人办理"))
    if clock.today() > found.proposals_until:
        raise ActionRefused(
            _("推荐已于 %(day)s 截止") % {"day": found.proposals_until.isoformat()},
            _("请联系市级主管"),
        )
    if locked.state != BaseState.ADMITTED:
        raise ActionRefused(_("基地尚未准入或已退出，不能推荐"), _("请推荐已准入的基地"))
    refuse_unrectified(locked)
    if scheme.carriers and locked.carrier_type not in scheme.carriers:
        raise ActionRefused(_("这类基地不在评选范围内"), _("请推荐评选范围内的基地"))
    live = Nomination.objects.filter(campaign=found).in_states(*LIVE_NOMINATIONS)
    if Nomination.objects.filter(campaign=found, base=locked).exclude(
        state=NominationState.RECALLED
    ):
        raise ActionRefused(_("这个基地已在本次评选中推荐过"), _("请选择别的基地"))
    if live.filter(base__region=locked.region).count() >= scheme.per_district.most:
        raise ActionRefused(
            _("每个区县最多推荐 %(most)s 个") % {"most": scheme.per_district.most},
            _("如需更换，请先撤回已推荐的基地"),
        )
    nomination = Nomination.objects.create(
        campaign=found, base=locked, state=NominationState.PROPOSED, proposed_by=by,
        proposed_at=clock.now(),
    )  # fmt: skip
    _event(nomination, TitleVerb.NOMINATE_BASE, by=by, reason=reason)
    return nomination


def _event(nomination: Nomination, verb: TitleVerb, *, by: User, reason: str = "") -> None:
    record_event(
        nomination, verb, by=by, reason=reason, region=nomination.base.region_id,
        data={"base": nomination.base.number, "campaign": nomination.campaign.number},
    )  # fmt: skip


def move_nomination(
    nomination: Nomination, step: str, verb: TitleVerb, *, by: User, reason: str, **noted: object
) -> Nomination:
    """Take one step with a proposal under the campaign's lock, and write it down.

    Raises Conflict where it is no longer in a state for it, NotAllowed for who may not.
    """
    locked_campaign(nomination.campaign)
    rows = Nomination.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("campaign__version", "base__region").get(pk=nomination.pk)
    found = step_from(NOMINATION_TABLE, step, locked.state, locked.base, by)
    locked.state = NominationState(found.target)
    for name, value in noted.items():
        setattr(locked, name, value)
    locked.save()
    _event(locked, verb, by=by, reason=reason)
    return locked


@transaction.atomic
def recall_nomination(nomination: Nomination, *, by: User, reason: str) -> Nomination:
    """The district takes its proposal back before the city has decided."""
    check_reason(reason)
    return move_nomination(nomination, "recall", TitleVerb.RECALL_NOMINATION, by=by, reason=reason)


def _check_other(nomination: Nomination, by: User) -> None:
    if nomination.proposed_by_id == by.pk:
        raise NotAllowed(_("推荐和评选须由不同的人办理"), _("请由另一位主管评选"))


@transaction.atomic
def select_nomination(nomination: Nomination, *, by: User, reason: str) -> Nomination:
    """The city selects a proposed base; the reason says on what ground."""
    check_reason(reason)
    _check_other(nomination, by)
    return move_nomination(
        nomination, "select", TitleVerb.SELECT_NOMINATION, by=by, reason=reason, selected_by=by
    )


@transaction.atomic
def decline_nomination(nomination: Nomination, *, by: User, reason: str) -> Nomination:
    """The city does not select a proposed base."""
    check_reason(reason)
    _check_other(nomination, by)
    return move_nomination(
        nomination, "decline", TitleVerb.DECLINE_NOMINATION, by=by, reason=reason
    )


ACTIONS = {
    "recall": recall_nomination,
    "select": select_nomination,
    "decline": decline_nomination,
}
"""Steps with one proposal, by name."""


def nomination_steps(user: User, nomination: Nomination) -> list[str]:
    """The steps that the user may take with the proposal now."""
    return [
        one.name
        for one in NOMINATION_TABLE
        if one.name in ACTIONS
        and nomination.state in one.sources
        and reaches(user, nomination.base.region_id, one.roles)
        and (one.name == "recall" or nomination.proposed_by_id != user.pk)
    ]
