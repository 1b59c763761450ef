"""What must hold before a proposed rule goes on: who acts, from which state, on what was seen."""

from __future__ import annotations

from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.packs.rule_parts import Amendment, Problem, amended, part_of
from miaopu.engine.packs.schema import Pack
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.actions import version_with
from miaopu.plans.models import Programme, ProgrammeVersion, RuleProposal, Simulation
from miaopu.plans.rule_states import MAKER, MAKERS, PUBLISHERS, RULE_TABLE


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


def check_step(locked: RuleProposal, step: str, by: User) -> str:
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


def current_of(programme: Programme) -> ProgrammeVersion:
    """The version in force, as the database has it now."""
    return programme.versions.current().select_related("programme").get()


def amendment_of(proposal: RuleProposal, now: ProgrammeVersion) -> Amendment:
    """The programme as it would be, on top of the version in force."""
    return amended(now.pack, proposal.item, proposal.part)


def check_not_published(proposal: RuleProposal, pack: Pack) -> None:
    """Raises ActionRefused where another proposal has published this very pack already.

    A version stands for one publication: going back to it takes at least another wording.
    """
    same = version_with(proposal.programme, pack)
    published = RuleProposal.objects.filter(version=same) if same else RuleProposal.objects.none()
    known = published.exclude(pk=proposal.pk).select_related("version").first()
    if known is not None and known.version is not None:
        raise ActionRefused(
            _("与第 %(number)s 版完全相同，那一版已由第 %(proposal)s 号修改发布")
            % {"number": known.version.number, "proposal": known.pk},
            _("要恢复它，请在条件或优先的名称中写明，再提请发布"),
        )


def is_outdated(proposal: RuleProposal, now: ProgrammeVersion) -> bool:
    """Whether the item's rule in force is another than the one the change was made from."""
    if proposal.base_id == now.pk:
        return False
    return part_of(proposal.base.pack, proposal.item) != part_of(now.pack, proposal.item)


def simulation_seen(proposal: RuleProposal, now: ProgrammeVersion, seen: str) -> Simulation:
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
