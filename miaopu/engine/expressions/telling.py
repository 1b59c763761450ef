"""Reasons told at once: those of `reasons`, written straight into JSON, for many rules at a time.
Written in UTF-8 from the beginning: half the bytes to move, and nothing to encode at the end.

What a node says that does not depend on the enterprise is written once, when the rules are made
ready; a fact is read out once for each enterprise, however many conditions look at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from miaopu.engine.expressions.changes import Both, Changes
from miaopu.engine.expressions.evaluate import Facts, Runnable
from miaopu.engine.expressions.plain import (
    FALSE,
    KNOWN,
    TRUE,
    UNKNOWN,
    in_one_line,
    plain_value,
    status_of,
)
from miaopu.engine.expressions.text import read_out
from miaopu.engine.expressions.traces import needs_of
from miaopu.engine.expressions.tree import JUNCTIONS, Kind, Node, Op, canonical
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.facts import FactType, Value
from miaopu.engine.messages import Bilingual

_encoded = json.JSONEncoder(ensure_ascii=False).encode
_OF_FEW_VALUES = frozenset(
    {FactType.BOOLEAN, FactType.CODE, FactType.REGION, FactType.INDUSTRY, FactType.INTEGER}
)
_KEPT = 32  # answers to a question about one fact of few values, or whose small ones come often


def printed(value: object) -> bytes:
    """A value as JSON."""
    return _encoded(value).encode()


class Told(NamedTuple):
    """What one node came to, as `Trace` has it, and the node as `explain` prints it.

    Only junctions have `children`.
    """

    node: Node
    value: Value | None
    needs: tuple[str, ...]
    children: Sequence[Told]
    text: bytes


class Answer(NamedTuple):
    """What a condition came to, its needs, what would make it true, and the last two printed."""

    value: Value | None
    needs: tuple[str, ...]
    change: Both | None
    text: bytes
    change_text: bytes


@dataclass(frozen=True)
class Subject:
    """One enterprise: its facts, and what was read out of them so far."""

    facts: Facts
    leaves: dict[str, Told] = field(default_factory=dict)
    shown: dict[str, Bilingual] = field(default_factory=dict)
    atoms: dict[int, Told] = field(default_factory=dict)


def printed_change(change: Both) -> bytes:
    """What would make a condition true, as JSON, in both languages or once where they are alike."""
    zh, en = change
    return printed(zh if zh == en else f"{zh} / {en}")


Teller = Callable[[Subject], Told]
Answering = Callable[[Subject], Answer]


def answering(ready: Runnable, words: Vocabulary) -> Answering:
    """Answers the condition `ready` for an enterprise."""
    tell, changes = _once(ready.node, _teller(ready, words)), Changes(ready.node, words)
    names = ready.node.fact_names()

    def told(subject: Subject) -> Answer:
        found = tell(subject)
        change = changes.needed(found, subject.facts, subject.shown)
        shown = b"" if change is None else printed_change(change)
        return Answer(found.value, found.needs, change, found.text, shown)

    if len(names) != 1:
        return told
    single = names[0]
    few = _recurs(single, words)
    kept: dict[Value | None, Answer] = {}

    def remembered(subject: Subject) -> Answer:
        own = subject.facts.get(single)
        if own is not None and not few:  # nobody's value is the same for everybody who lacks it
            return told(subject)
        found = kept.get(own)
        if found is None:
            found = told(subject)
            if len(kept) < _KEPT:
                kept[own] = found
        return found

    return remembered


def _recurs(fact: str, words: Vocabulary) -> bool:
    """Whether many enterprises have the same value of a fact."""
    return fact in words.facts and words.facts[fact].type in _OF_FEW_VALUES


def _teller(ready: Runnable, words: Vocabulary) -> Teller:
    node = ready.node
    if node.op is Op.FACT:
        return _fact(node, words)
    if node.op is Op.SCALED:  # printed as what is scaled
        return _scaled(ready, _teller(ready.children[0], words))
    if not ready.children:
        return _fixed(ready, words)
    parts = [
        _once(child.node, _teller(child, words)) if node.op in JUNCTIONS else _teller(child, words)
        for child in ready.children
    ]
    whole = _inner(ready, parts, words)
    if not node.fact_names():
        told = whole(Subject({}))
        return lambda subject: told
    bare = [_bare(child) for child in node.children]
    with_facts = [place for place, child in enumerate(node.children) if child.fact_names()]
    if len(with_facts) == 1 and bare[with_facts[0]] and node.kind is Kind.BOOLEAN:
        return _of_one_fact(ready, with_facts[0], parts, whole, words)
    return whole


def _once(node: Node, tell: Teller) -> Teller:
    """An atom that several conditions may join is told once."""
    if node.op in JUNCTIONS or not node.fact_names():
        return tell
    key = id(canonical(canonical(node)))  # the same object for all that ask the same

    def once(subject: Subject) -> Told:
        found = subject.atoms.get(key)
        if found is None:
            found = subject.atoms[key] = tell(subject)
        return found

    return once


def _bare(node: Node) -> bool:
    """Whether it is a fact, or one at another scale."""
    return node.op is Op.FACT or (node.op is Op.SCALED and node.children[0].op is Op.FACT)


def head(op: str, status: str, text: Bilingual, value: object, needs: tuple[str, ...]) -> bytes:
    """A node as `explain` prints it, up to its children and the brackets that close it."""
    return (
        f'{{"op": {_encoded(op)}, "status": "{status}", "text": {_encoded(in_one_line(text))}, '
        f'"value": {_encoded(value)}, "needs": {_encoded(list(needs))}, "children": ['
    ).encode()


@lru_cache(maxsize=4096)
def printed_names(names: tuple[str, ...]) -> bytes:
    """A list of names."""
    return printed(list(names))


def _fact(node: Node, words: Vocabulary) -> Teller:
    name, text = node.name, read_out(node, words)
    lacking = Told(node, None, (name,), (), head("fact", UNKNOWN, text, None, (name,)) + b"]}")

    def tell(subject: Subject) -> Told:
        found = subject.leaves.get(name)
        if found is None:
            value = subject.facts.get(name)
            found = lacking
            if value is not None:
                shown = head("fact", status_of(node, value), text, plain_value(node, value), ())
                found = Told(node, value, (), (), shown + b"]}")
            subject.leaves[name] = found
        return found

    return tell


def _fixed(ready: Runnable, words: Vocabulary) -> Teller:
    node, value = ready.node, ready.rule(())
    needs = needs_of(node, ()) if value is None else ()
    begun = head(
        node.op.value,
        status_of(node, value),
        read_out(node, words),
        plain_value(node, value),
        needs,
    )
    told = Told(node, value, needs, (), begun + b"]}")
    return lambda subject: told


def _scaled(ready: Runnable, inner: Teller) -> Teller:
    node, rule = ready.node, ready.rule

    def tell(subject: Subject) -> Told:
        below = inner(subject)
        return Told(node, rule((below[1],)), below[2], (below,), below[4])

    return tell


def _inner(ready: Runnable, parts: list[Teller], words: Vocabulary) -> Teller:
    node, rule = ready.node, ready.rule
    op, text = node.op.value, read_out(node, words)
    yes, no = head(op, TRUE, text, True, ()), head(op, FALSE, text, False, ())
    unknown: dict[tuple[str, ...], bytes] = {}
    is_boolean = node.kind is Kind.BOOLEAN

    def begun(value: Value | None, needs: tuple[str, ...]) -> bytes:
        if value is None:
            found = unknown.get(needs)
            if found is None:
                found = unknown[needs] = head(op, UNKNOWN, text, None, needs)
            return found
        return head(op, KNOWN, text, plain_value(node, value), ())

    def tell(subject: Subject) -> Told:
        below = [part(subject) for part in parts]
        value = rule([one[1] for one in below])
        inside = b", ".join([one[4] for one in below])
        if is_boolean and value is not None:
            return Told(node, value, (), below, b"%b%b]}" % (yes if value else no, inside))
        needs = needs_of(node, below) if value is None else ()
        return Told(node, value, needs, below, b"%b%b]}" % (begun(value, needs), inside))

    return tell


def _of_one_fact(
    ready: Runnable, place: int, parts: list[Teller], whole: Teller, words: Vocabulary
) -> Teller:
    """A question about one fact and figures: all is written but the fact."""
    node, ask, leaf = ready.node, ready.value, parts[place]
    nobody = Subject({})
    before = b"".join([part(nobody).text + b", " for part in parts[:place]])
    after = b"".join([b", " + part(nobody).text for part in parts[place + 1 :]]) + b"]}"
    text = read_out(node, words)
    yes = head(node.op.value, TRUE, text, True, ()) + before
    no = head(node.op.value, FALSE, text, False, ()) + before
    lacking = whole(nobody)
    few = _recurs(node.fact_names()[0], words)
    kept: dict[Value, Told] = {}

    def tell(subject: Subject) -> Told:
        own = leaf(subject)
        mine = own[1]
        if mine is None:
            return lacking
        if few:
            found = kept.get(mine)
            if found is None:
                found = made(subject, own)
                if len(kept) < _KEPT:
                    kept[mine] = found
            return found
        return made(subject, own)

    def made(subject: Subject, own: Told) -> Told:
        value = ask(subject.facts)
        if value is None:
            return whole(subject)
        return Told(node, value, (), (), b"%b%b%b" % (yes if value else no, own[4], after))

    return tell
