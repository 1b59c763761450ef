"""Plain readings of a rule: its expressions in words, and the facts it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from miaopu.engine.expressions.text import read_out
from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.rule_parts import Part, Problem, check_one, part_of
from miaopu.engine.packs.schema import Pack


@dataclass(frozen=True)
class Line:
    """One line of a rule: its title, the expression and what it says in words.

    `question` stands instead of an expression where a person decides.
    """

    key: str
    title: Bilingual
    clause: str
    when: str = ""
    reading: Bilingual | None = None
    question: Bilingual | None = None
    points: int | None = None


def reading_of(tree: Node, words: Vocabulary) -> Bilingual:
    """An expression in words, always the same for the same tree: engine.expressions.text."""
    return read_out(tree, words)


def rule_of(pack: Pack, item_id: str) -> Part:
    """The rule of an item in the pack's form, as a proposal changes it."""
    return part_of(pack, item_id)


def check(
    pack: Pack, source: str, *, amount: bool = False
) -> tuple[Bilingual | None, Problem | None]:
    """An expression in the surroundings of the pack: its reading, or what is wrong with it."""
    day = pack.period.end
    rules = pack.rule_set(day)
    tree, problem = check_one(source, rules.surroundings(day), amount=amount)
    return (None if tree is None else reading_of(tree, rules.words)), problem


def lines_of(pack: Pack, item_id: str) -> tuple[list[Line], list[Line]]:
    """The conditions and the priorities of an item, each with its reading."""
    item = pack.items[item_id]
    conditions = [
        Line(
            one.id,
            one.title.bilingual,
            one.clause or item.clause,
            one.when or "",
            read(pack, one.when) if one.when else None,
            one.decide.bilingual if one.decide else None,
        )
        for one in item.conditions
    ]
    priorities = [
        Line(
            one.id,
            one.title.bilingual,
            one.clause,
            one.when,
            read(pack, one.when),
            None,
            one.points,
        )
        for one in item.priority
    ]
    return conditions, priorities


def read(pack: Pack, source: str, *, amount: bool = False) -> Bilingual | None:
    """An expression of the pack in words; None where it has errors."""
    reading, _problem = check(pack, source, amount=amount)
    return reading


def facts_of(pack: Pack, item_id: str, day: date) -> list[str]:
    """The facts that the item's rule looks at, conditions and amount first, then priorities."""
    rules = pack.rule_set(day)
    around = rules.surroundings(day)
    item = pack.items[item_id]
    names: dict[str, None] = {rules.region_fact.name: None} if item.region else {}
    sources = [(one.when, False) for one in item.conditions if one.when]
    sources += [(one.when, False) for one in item.priority]
    if item.amount is not None:
        sources.append((item.amount, True))
    for source, amount in sources:
        tree, _problem = check_one(source, around, amount=amount)
        if tree is not None:
            names |= {node.name: None for node in tree.walk() if node.op is Op.FACT}
    return list(names)
