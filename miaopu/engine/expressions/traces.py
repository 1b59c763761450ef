"""What the nodes of an expression came to for one enterprise, and which facts they lack."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import Value


class Came(Protocol):
    """What a node came to, however it is kept."""

    @property
    def node(self) -> Node: ...
    @property
    def value(self) -> Value | None: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def children(self) -> Sequence["Came"]: ...


class Trace(NamedTuple):
    """What one node came to: its value, the facts it still needs, and the same of its children."""

    node: Node
    value: Value | None
    needs: tuple[str, ...]
    children: tuple["Trace", ...]


def needs_of(node: Node, children: Sequence[Came]) -> tuple[str, ...]:
    """The facts that make `node` unknown: those of its unknown operands.

    Where all operands are known, a division by zero made it unknown: the divisors' facts need care.
    """
    if node.op is Op.CONST:
        return (node.name,) if node.name.startswith("@") else ()
    if node.op is Op.CASE:
        children = _case_path(children)
    needs = tuple(
        dict.fromkeys(need for child in children if child.value is None for need in child.needs)
    )
    if needs or node.op is not Op.PRODUCT:
        return needs
    signs = cast(tuple[str, ...], node.value)
    divisors = [child for child, sign in zip(children, signs, strict=True) if sign == "/"]
    return tuple(
        dict.fromkeys(
            name for child in divisors if not child.value for name in child.node.fact_names()
        )
    )


def _case_path(children: Sequence[Came]) -> Sequence[Came]:
    """The part of a CASE that made its value: the condition left unknown, or the chosen result."""
    for condition, result in zip(children[0::2], children[1::2], strict=False):
        if condition.value is None:
            return (condition,)
        if condition.value is True:
            return (result,)
    return children[-1:] if len(children) % 2 else ()
