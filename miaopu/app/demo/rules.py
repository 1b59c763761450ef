"""The demo's rules: a change that waits, a saved simulation of it, and a fact that is doubted."""

from __future__ import annotations

from miaopu.core.models import User
from miaopu.engine.packs.rule_parts import part_of
from miaopu.parties.doubts import doubt_fact
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion, RuleProposal
from miaopu.plans.rule_actions import propose_rule, save_proposal, start_proposal
from miaopu.plans.simulating import Question, open_simulation, run_simulation, save_simulation

DOUBTER = "enterprise1"
ITEM = "direct_subsidy"
WIDER = "size in ('micro', 'small') and employees <= 20"


def load_rules() -> int:
    """Propose a wider rule and try it; nothing where the programme has a proposal already."""
    maker = User.objects.get(username="city-programme")
    version = ProgrammeVersion.objects.current().get(programme__slug="guiyang-2018")
    if RuleProposal.objects.filter(programme=version.programme_id).exists():
        return 0
    draft = start_proposal(version, ITEM, by=maker)
    part = part_of(version.pack, ITEM)
    part["conditions"][0] |= {
        "when": WIDER,
        "title": {"zh": "二十人以下的小型微型企业", "en": "is small or micro, 20 persons at most"},
    }
    draft = save_proposal(
        draft, part, revision=draft.revision, by=maker, reason="试算：把二十人以下的小型企业也纳入"
    )
    proposal = propose_rule(draft, by=maker)
    simulation = run_simulation(open_simulation(Question(ITEM, proposal, version), by=maker))
    save_simulation(simulation, "小型企业二十人以下也纳入", by=maker)
    owner = User.objects.get(username=DOUBTER)
    enterprise = Enterprise.objects.for_user(owner).order_by("pk")[0]
    said = "以更正后的年度申报表为准"
    doubt_fact(enterprise, "operating_revenue", said, "四月已更正申报，这里还是更正前的", by=owner)
    return 1
