"""Trying a rule on the whole register: the question and its key, the run, the answer kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import region_prefix
from miaopu.engine.facts import Fact as RuleFact
from miaopu.engine.facts import FactType
from miaopu.engine.packs.rule_parts import Part, amended, digest_of, part_of
from miaopu.engine.packs.schema import Pack
from miaopu.engine.planes.streaming import Chunk
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.simulation.run import Simulation as Found
from miaopu.engine.simulation.run import decided, simulate
from miaopu.parties.fact_columns import fact_columns
from miaopu.parties.facts import SIZE_NEEDS
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.enums import Verb
from miaopu.plans.matching import Report
from miaopu.plans.models import (
    MatchingOptOut,
    Programme,
    ProgrammeVersion,
    RuleProposal,
    SimulatedChange,
    Simulation,
)
from miaopu.plans.simulation_results import WAYS, lacking_of, result_of

_FORM = 2  # of the answer that is kept: raised with it, so that none of another form is shown
_GROUPING = {
    "size": FactType.CODE,
    "industry": FactType.INDUSTRY,
    "registered_on": FactType.DATE,
}


@dataclass(frozen=True)
class Question:
    """A rule to be tried: a proposal's or a version's, beside that of `against` if given."""

    item: str
    source: RuleProposal | ProgrammeVersion
    against: ProgrammeVersion | None

    @property
    def programme(self) -> Programme:
        """The programme whose rule it is."""
        return self.source.programme

    @property
    def part(self) -> Part:
        """The rule that is tried."""
        if isinstance(self.source, RuleProposal):
            part: Part = self.source.part
            return part
        return part_of(self.source.pack, self.item)

    @property
    def pack(self) -> Pack:
        """The pack with the rule in it. Raises ActionRefused where they no longer fit."""
        if isinstance(self.source, ProgrammeVersion):
            return self.source.pack
        changed = amended(self.source.base.pack, self.item, self.part)
        if changed.pack is None:
            raise ActionRefused(_("这份修改还有错误，不能测算"), _("请先改正并保存"))
        return changed.pack


def facts_state() -> str:
    """A name of the facts as they are: changes whenever one is added or ended."""
    facts = Fact.objects.aggregate(last=Max("pk"), ended=Count("valid_to"))
    return f"{facts['last']}/{facts['ended']}/{Enterprise.objects.count()}"


def key_of(question: Question, as_of: date) -> str:
    """The key under which the answer is kept: both rules, the day, and the state of the facts."""
    old = question.against
    asked = [
        question.programme.slug,
        question.item,
        digest_of(part_of(question.pack, question.item)),
        digest_of(part_of(old.pack, question.item)) if old else "",
        question.source.pk if isinstance(question.source, RuleProposal) else 0,
        as_of.isoformat(),
        facts_state(),
        _FORM,
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@transaction.atomic
def open_simulation(question: Question, *, by: User | None) -> Simulation:
    """The simulation of the question as of today, answered or not; the same one for the same."""
    item = question.pack.items.get(question.item)
    if item is None or item.party != "enterprise":
        raise ActionRefused(_("这个事项不面向企业，不能测算"), _("请选择面向企业的事项"))
    today = clock.today()
    source = question.source
    simulation, created = Simulation.objects.get_or_create(
        key=key_of(question, today),
        defaults={
            "programme": question.programme,
            "item": question.item,
            "part": question.part,
            "part_digest": digest_of(question.part),
            "proposal": source if isinstance(source, RuleProposal) else None,
            "version": source if isinstance(source, ProgrammeVersion) else None,
            "against": question.against,
            "as_of": today,
            "made_by": by,
            "made_at": clock.now(),
        },
    )
    if created:
        record_event(
            simulation,
            Verb.SIMULATE_RULES,
            by=by,
            region=question.programme.region_id,
            data={"key": simulation.key, "item": question.item},
        )
    return simulation


def run_simulation(simulation: Simulation, report: Report | None = None) -> Simulation:
    """Work out the answer and keep it; again changes nothing. `report(done, total)` now and then.

    Discretion is taken as decided in the enterprise's favour: this is what the facts alone give.
    """
    if simulation.is_finished:
        return simulation
    source = simulation.proposal or simulation.version
    assert source is not None  # a constraint of the table
    question = Question(simulation.item, source, simulation.against)
    pack, old = question.pack, simulation.against.pack if simulation.against else None
    found, lacking = _simulated(simulation, pack, old, report)
    with transaction.atomic():
        locked = Simulation.objects.select_for_update(of=("self",), no_key=True).get(
            pk=simulation.pk
        )
        if locked.is_finished:
            return locked
        _keep_changes(locked, found)
        locked.result = result_of(found, pack, simulation.item, lacking, old)
        locked.finished_at = clock.now()
        locked.save(update_fields=["result", "finished_at"])
    return locked


def one_rule(pack: Pack, item: str, as_of: date) -> RuleSet:
    """The item's rule alone, with every discretion decided, and the facts to group by.

    Where a person decides the amount, the plan's average stands for it.
    """
    rules = pack.rule_set(as_of, "enterprise")
    [rule] = [one for one in rules.rules if one.id == item]
    decided_amount = pack.items[item].amount_decided
    if decided_amount is not None:
        rule = replace(rule, amount=decided_amount.average)
    grouping = {name: RuleFact(name, kind) for name, kind in _GROUPING.items()}
    return decided(replace(rules, rules=(rule,), facts={**grouping, **rules.facts}))


def facts_read(rules: RuleSet, as_of: date) -> tuple[str, ...]:
    """Names of the facts that the conditions and the amount of the rules look at."""
    return tuple(fact.name for fact in prepare(rules, as_of).facts)


def _simulated(
    simulation: Simulation, pack: Pack, old: Pack | None, report: Report | None
) -> tuple[Found, Counter[str]]:
    day = simulation.as_of
    new_rule = one_rule(pack, simulation.item, day)
    old_rule = one_rule(old, simulation.item, day) if old else None
    names: dict[str, None] = dict.fromkeys((new_rule.region_fact.name, *_GROUPING))
    for rules in (new_rule, old_rule):
        if rules is not None:
            ready = prepare(rules, day)
            names |= dict.fromkeys(one.name for one in (*ready.facts, *ready.priority_facts))
    prefix = region_prefix(simulation.programme.region_id)
    enterprises = Enterprise.objects.filter(region__code__startswith=prefix)
    lacking: Counter[str] = Counter()
    read = facts_read(new_rule, day)
    total = enterprises.count()

    def chunks() -> Iterator[Chunk]:
        done = 0
        for part in fact_columns(enterprises, list(names), day):
            lacking.update(lacking_of(part.columns, read, SIZE_NEEDS))
            columns: dict[str, Any] = {
                name: pa.array(values, pa.string()) for name, values in part.columns.items()
            }
            columns["enterprise_id"] = pa.array([str(pk) for pk in part.enterprises], pa.string())
            yield Chunk(columns, len(part.enterprises))
            done += len(part.enterprises)
            if report is not None:
                report(done, total)

    ways = [new_rule.region_fact.name if way == "region" else way for way in WAYS]
    # A value that its fact cannot have is unknown, as everywhere.
    found = simulate(
        new_rule, chunks(), day, by=ways, against=old_rule, problem=lambda _error: None
    )
    return found, lacking


def _keep_changes(simulation: Simulation, found: Found) -> None:
    """Who gains and loses; who chose not to be matched is in the figures but not named."""
    left_out = set(MatchingOptOut.objects.values_list("enterprise_id", flat=True))
    SimulatedChange.objects.bulk_create(
        (
            SimulatedChange(
                simulation=simulation,
                enterprise_id=int(change.enterprise_id),
                gains=change.gains,
                before_fen=change.before_fen,
                after_fen=change.after_fen,
            )
            for change in found.changes
            if int(change.enterprise_id) not in left_out
        ),
        batch_size=5000,
    )


@transaction.atomic
def save_simulation(simulation: Simulation, name: str, *, by: User) -> Simulation:
    """Give a finished simulation a name, under which everybody in its scope finds it."""
    locked = Simulation.objects.select_for_update(of=("self",), no_key=True).get(pk=simulation.pk)
    if not locked.is_finished:
        raise ActionRefused(_("测算还没有完成"), _("请等测算完成后再保存"))
    locked.name, locked.saved_by = name.strip()[:100], by
    locked.save(update_fields=["name", "saved_by"])
    record_event(
        locked,
        Verb.SAVE_SIMULATION,
        by=by,
        region=locked.programme.region_id,
        data={"key": locked.key, "name": locked.name},
    )
    return locked
