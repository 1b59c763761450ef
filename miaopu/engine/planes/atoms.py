"""The trees of conditions as planes need them: what asks the same is the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import cast

from miaopu.engine.expressions.tree import Node, Op

JUNCTIONS = frozenset({Op.AND, Op.OR, Op.NOT})


@cache
def canonical(node: Node) -> Node:
    """`node` without where and how it was written, so that what asks the same is the same."""
    children = tuple(canonical(child) for child in node.children)
    return replace(node, children=children, position=0, title=None)


@cache
def atoms_of(node: Node) -> tuple[Node, ...]:
    """The conditions that a condition joins, each once."""
    if node.op not in JUNCTIONS:
        return (node,)
    return tuple(dict.fromkeys(atom for child in node.children for atom in atoms_of(child)))


@cache
def is_intricate(node: Node) -> bool:
    """Whether what is lacking depends on more than the atoms and on which facts are known."""
    return any(
        one.op is Op.CASE
        or (one.op in JUNCTIONS and not outside)
        or (one.op is Op.PRODUCT and "/" in cast(tuple[str, ...], one.value))
        for outside, one in _walk(node)
    )


def _walk(node: Node, outside: bool = True) -> Iterator[tuple[bool, Node]]:
    """Every node, and whether only junctions stand above it."""
    yield outside, node
    for child in node.children:
        yield from _walk(child, outside and node.op in JUNCTIONS)
