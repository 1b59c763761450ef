"""Writes of proposed rules: draft, propose, return, publish by a second person. Each is atomic."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.rule_parts import (
    Amendment,
    Part,
    Problem,
    amended,
    digest_of,
    merged,
    part_of,
)
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.actions import load_version
from miaopu.plans.enums import ProposalState, Verb
from miaopu.plans.followers import follow_version
from miaopu.plans.models import Programme, ProgrammeVersion, RuleProposal, Simulation
from miaopu.plans.rule_states import MAKER, MAKERS, PUBLISHERS, RULE_TABLE
from miaopu.plans.tasks import start_matching

LONGEST_REASON = 1000


class RuleRefused(ActionRefused):
    """A rule with errors; `problems` lists every one with its place in the rule."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(_("规则有错误，没有保存"), _("请按提示改正"))
        self.problems = problems


def may_make(user: User, programme: Programme) -> bool:
    """Whether the user may draft changes of the programme's rules."""
    return reaches(user, programme.region_id, MAKERS)


def may_publish(user: User, proposal: RuleProposal) -> bool:
    """Whether the user may be the second person: another than the maker."""
    reach = reaches(user, proposal.programme.region_id, PUBLISHERS)
    return reach and user.pk != proposal.made_by_id


def lock_proposal(proposal: RuleProposal) -> RuleProposal:
    """The proposal as the database has it now, locked until the transaction ends.

    The programme is held too: rules are published one after another.
    """
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.programme_id)
    return (
        RuleProposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__region", "base__programme", "made_by")
        .get(pk=proposal.pk)
    )


def _check(locked: RuleProposal, step: str, by: User) -> str:
    """The state that the step leads to. Raises Conflict, or NotAllowed for the wrong person."""
    try:
        rule = RULE_TABLE.find(step, locked.state)
    except TransitionRefused as refused:
        raise Conflict(
            _("这份规则修改现为“%(state)s”") % {"state": locked.get_state_display()},
            _("请刷新页面查看现在的状态"),
        ) from refused
    if MAKER in rule.roles:
        if by.pk != locked.made_by_id or not may_make(by, locked.programme):
            raise NotAllowed(_("只有起草人可以办理这一步"), _("请由起草人办理"))
    elif not may_publish(by, locked):
        raise NotAllowed(_("须由起草人以外的人办理"), _("请由另一位计划主管或领导小组成员办理"))
    return rule.target


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
    own = RuleProposal.objects.live().filter(
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
    """Keep a changed rule; `revision` is the one her page showed. Raises RuleRefused with errors."""
    locked = lock_proposal(proposal)
    _check(locked, "save", by)
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
    target = _check(locked, "propose", by)
    if not locked.why:
        raise ActionRefused(_("请先写明修改理由"), _("在修改页填写理由并保存"))
    changed = amendment_of(locked, current_of(locked.programme))
    if changed.pack is None:
        raise RuleRefused(changed.problems)
    if changed.pack.digest == current_of(locked.programme).pack.digest:
        raise ActionRefused(_("与现行规则没有不同，无需发布"), _("请先修改规则"))
    locked.state, locked.proposed_at = target, clock.now()
    locked.save(update_fields=["state", "proposed_at"])
    _tell_publishers(locked)
    _log(locked, Verb.PROPOSE_RULE, by, reason or locked.why)
    return locked


@transaction.atomic
def return_rule(proposal: RuleProposal, *, by: User, reason: str) -> RuleProposal:
    """Give the change back to its maker, with what is to be looked at."""
    locked = lock_proposal(proposal)
    locked.state = _check(locked, "return", by)
    if not reason.strip():
        raise ActionRefused(_("请写明退回理由"), _("说明要改什么"))
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
    locked.state = _check(locked, "withdraw", by)
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
    before, locked.state = locked.state, _check(locked, "rebase", by)
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
    target = _check(locked, "publish", by)
    now = current_of(locked.programme)
    if is_outdated(locked, now):
        raise Conflict(
            _("起草以后，这个事项的规则已由第 %(number)s 版改动") % {"number": now.number},
            _("请退回起草人，由其改到现行规则之上再提请"),
        )
    simulation = _simulation_seen(locked, now, seen)
    changed = amendment_of(locked, now)
    if changed.pack is None:
        raise RuleRefused(changed.problems)
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


def current_of(programme: Programme) -> ProgrammeVersion:
    """The version in force, as the database has it now."""
    return programme.versions.current().select_related("programme").get()


def amendment_of(proposal: RuleProposal, now: ProgrammeVersion) -> Amendment:
    """The programme as it would be, on top of the version in force."""
    return amended(now.pack, proposal.item, proposal.part)


def is_outdated(proposal: RuleProposal, now: ProgrammeVersion) -> bool:
    """Whether the item's rule in force is another than the one the change was made from."""
    if proposal.base_id == now.pk:
        return False
    return part_of(proposal.base.pack, proposal.item) != part_of(now.pack, proposal.item)


def _simulation_seen(proposal: RuleProposal, now: ProgrammeVersion, seen: str) -> Simulation:
    """What the signer saw. Raises Conflict unless it answers what is being signed."""
    simulation = Simulation.objects.filter(key=seen, proposal=proposal).first()
    if (
        simulation is None
        or not simulation.is_finished
        or simulation.part_digest != proposal.digest
        or simulation.against is None
        or part_of(simulation.against.pack, proposal.item) != part_of(now.pack, proposal.item)
    ):
        raise Conflict(_("还没有这份规则的测算结果"), _("请先测算并查看影响，再发布"))
    if simulation.as_of != clock.today():
        raise Conflict(
            _("测算所依据的是 %(day)s 的数据") % {"day": simulation.as_of},
            _("请按今天的数据重新测算，查看影响后再发布"),
        )
    return simulation


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
    tell_once(
        Notice(
            user=user,
            key=f"rule/{proposal.pk}/{event}/{proposal.revision}",
            text=f"规则修改“{title.zh}”{what.zh}"[:300],
            text_en=f"The change of the rule “{title.en}” {what.en}"[:400],
            link=f"/office/rules/proposals/{proposal.pk}/",
            at=clock.now(),
        )
        for user in people
    )
