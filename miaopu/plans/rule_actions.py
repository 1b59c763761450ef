"""Writes of proposed rules: draft, propose, return, publish by a second person. Each is atomic."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.rule_parts import (
    Part,
    amended,
    digest_of,
    merged,
    part_of,
)
from miaopu.plans.actions import load_version
from miaopu.plans.enums import ProposalState, Verb
from miaopu.plans.followers import follow_version
from miaopu.plans.models import Programme, ProgrammeVersion, RuleProposal
from miaopu.plans.rule_guards import (
    RuleRefused,
    amendment_of,
    check_not_published,
    check_step,
    current_of,
    is_outdated,
    may_make,
    simulation_seen,
)
from miaopu.plans.rule_states import PUBLISHERS
from miaopu.plans.tasks import start_matching

LONGEST_REASON = 1000


def _hold(programme: int) -> None:
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme)


def lock_proposal(proposal: RuleProposal) -> RuleProposal:
    """The proposal as the database has it now, locked until the transaction ends.

    The programme is held too: rules are published one after another.
    """
    _hold(proposal.programme_id)
    return (
        RuleProposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__region", "base__programme", "made_by")
        .get(pk=proposal.pk)
    )


def _log(proposal: RuleProposal, verb: Verb, by: User, reason: str = "", **data: Any) -> None:
    record_event(
        proposal,
        verb,
        by=by,
        reason=reason,
        region=proposal.programme.region_id,
        data={"item": proposal.item, "digest": proposal.digest, **data},
    )


@transaction.atomic
def start_proposal(
    version: ProgrammeVersion, item: str, *, by: User, reason: str = ""
) -> RuleProposal:
    """A draft that begins as the rule in force; her own draft for the item is gone on with."""
    if not may_make(by, version.programme):
        raise NotAllowed(_("只有计划主管可以修改规则"), _("请联系计划主管"))
    _hold(version.programme_id)
    own = RuleProposal.objects.filter(
        programme=version.programme, item=item, made_by=by, state=ProposalState.DRAFT
    )
    known = own.with_parts().first()
    if known is not None:
        return known
    part = part_of(version.pack, item)
    proposal = RuleProposal.objects.create(
        programme=version.programme,
        item=item,
        base=version,
        part=part,
        digest=digest_of(part),
        made_by=by,
        made_at=clock.now(),
        why=reason,
    )
    _log(proposal, Verb.START_PROPOSAL, by, reason)
    return proposal


@transaction.atomic
def save_proposal(
    proposal: RuleProposal, part: Part, *, revision: int, by: User, reason: str
) -> RuleProposal:
    """Keep a changed rule; `revision` is what her page showed. Raises RuleRefused with errors."""
    locked = lock_proposal(proposal)
    check_step(locked, "save", by)
    if locked.revision != revision:
        raise Conflict(_("这份修改已在另一个页面保存过"), _("请核对后再保存一次"))
    found = amended(locked.base.pack, locked.item, part)
    if found.pack is None:
        raise RuleRefused(found.problems)
    locked.part = part_of(found.pack, locked.item)
    locked.digest = digest_of(locked.part)
    locked.why = reason.strip()[:LONGEST_REASON]
    locked.revision += 1
    locked.save(update_fields=["part", "digest", "why", "revision"])
    _log(locked, Verb.SAVE_PROPOSAL, by, locked.why)
    return locked


@transaction.atomic
def propose_rule(proposal: RuleProposal, *, by: User, reason: str = "") -> RuleProposal:
    """Hand the change to a second person; those who may publish it are told."""
    locked = lock_proposal(proposal)
    if locked.state == ProposalState.PROPOSED and locked.made_by_id == by.pk:
        return locked  # a double click
    target = check_step(locked, "propose", by)
    if not locked.why:
        raise ActionRefused(_("请先写明修改理由"), _("在修改页填写理由并保存"))
    now = current_of(locked.programme)
    changed = amendment_of(locked, now)
    if changed.pack is None:
        raise RuleRefused(changed.problems)
    if changed.pack.digest == now.pack.digest:
        raise ActionRefused(_("与现行规则没有不同，无需发布"), _("请先修改规则"))
    check_not_published(locked, changed.pack)
    locked.state, locked.proposed_at = target, clock.now()
    locked.save(update_fields=["state", "proposed_at"])
    _tell_publishers(locked)
    _log(locked, Verb.PROPOSE_RULE, by, reason or locked.why)
    return locked


@transaction.atomic
def return_rule(proposal: RuleProposal, *, by: User, reason: str) -> RuleProposal:
    """Give the change back to its maker, with what is to be looked at."""
    locked = lock_proposal(proposal)
    locked.state = check_step(locked, "return", by)
    check_reason(reason, _("请写明退回理由"), _("说明要改什么"))
    locked.reason = reason.strip()[:LONGEST_REASON]
    locked.save(update_fields=["state", "reason"])
    settle_notices(f"rule/{locked.pk}/")
    _tell(locked, [locked.made_by], "returned", Bilingual("已退回修改", "was returned"))
    _log(locked, Verb.RETURN_RULE, by, locked.reason)
    return locked


@transaction.atomic
def withdraw_rule(proposal: RuleProposal, *, by: User, reason: str = "") -> RuleProposal:
    """End the change without effect."""
    locked = lock_proposal(proposal)
    if locked.state == ProposalState.WITHDRAWN and locked.decided_by_id == by.pk:
        return locked
    locked.state = check_step(locked, "withdraw", by)
    locked.decided_by, locked.decided_at = by, clock.now()
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    settle_notices(f"rule/{locked.pk}/")
    _log(locked, Verb.WITHDRAW_RULE, by, reason)
    return locked


@transaction.atomic
def rebase_rule(
    proposal: RuleProposal, *, by: User, reason: str = ""
) -> tuple[RuleProposal, tuple[str, ...]]:
    """Lay her changes over the rule now in force; the keys that both had changed are returned."""
    locked = lock_proposal(proposal)
    before, locked.state = locked.state, check_step(locked, "rebase", by)
    now = current_of(locked.programme)
    part, both = merged(
        part_of(locked.base.pack, locked.item), locked.part, part_of(now.pack, locked.item)
    )
    locked.base, locked.part, locked.digest = now, part, digest_of(part)
    locked.revision += 1
    if before == ProposalState.PROPOSED:  # first released, then changed: see the trigger
        RuleProposal.objects.filter(pk=locked.pk).update(state=locked.state)
    locked.save(update_fields=["state", "base", "part", "digest", "revision"])
    settle_notices(f"rule/{locked.pk}/")
    _log(locked, Verb.REBASE_RULE, by, reason, both=list(both), base=now.number)
    return locked, both


@transaction.atomic
def publish_rule(
    proposal: RuleProposal, *, seen: str, by: User, reason: str = ""
) -> tuple[RuleProposal, bool]:
    """Publish as the programme's next version, and match everybody anew as a job.

    `seen` is the key of the simulation that the signer had before her: of this very rule, beside
    the version in force, with today's facts. Twice by the same person it is one publication; the
    flag says whether it was this call. Raises Conflict where the rule in force is another by now.
    """
    locked = lock_proposal(proposal)
    if locked.state == ProposalState.PUBLISHED and locked.decided_by_id == by.pk:
        return locked, False
    target = check_step(locked, "publish", by)
    now = current_of(locked.programme)
    if is_outdated(locked, now):
        raise Conflict(
            _("起草以后，这个事项的规则已由第 %(number)s 版改动") % {"number": now.number},
            _("请退回起草人，由其改到现行规则之上再提请"),
        )
    simulation = simulation_seen(locked, now, seen)
    changed = amendment_of(locked, now)
    if changed.pack is None:
        raise RuleRefused(changed.problems)
    check_not_published(locked, changed.pack)
    version, _created = load_version(changed.pack, by=by)
    follow_version(version, by)
    locked.state, locked.version, locked.simulation = target, version, simulation
    locked.decided_by, locked.decided_at = by, clock.now()
    locked.reason = reason.strip()[:LONGEST_REASON]
    locked.save(
        update_fields=["state", "version", "simulation", "decided_by", "decided_at", "reason"]
    )
    settle_notices(f"rule/{locked.pk}/")
    _tell(locked, [locked.made_by], "published", Bilingual("已发布", "was published"))
    _log(
        locked,
        Verb.PUBLISH_RULE,
        by,
        locked.reason,
        number=version.number,
        simulation=simulation.key,
        as_of=simulation.as_of.isoformat(),
    )
    start_matching(version, by=by)
    return locked, True


def _tell_publishers(proposal: RuleProposal) -> None:
    people = {
        user.pk: user
        for role in PUBLISHERS
        for user in holders(role, proposal.programme.region_id)
        if user.pk != proposal.made_by_id
    }
    _tell(proposal, list(people.values()), "proposed", Bilingual("等待您发布", "waits for you"))


def _tell(proposal: RuleProposal, people: list[User], event: str, what: Bilingual) -> None:
    title = proposal.base.pack.items[proposal.item].title
    said = Bilingual(
        f"规则修改“{title.zh}”{what.zh}", f"The change of the rule “{title.en}” {what.en}"
    )
    tell_once(
        Notice(
            user=user,
            key=f"rule/{proposal.pk}/{event}/{proposal.revision}",
            text=said.zh[:300],
            text_en=said.en[:400],
            link=f"/office/rules/proposals/{proposal.pk}/",
        )
        for user in people
    )
