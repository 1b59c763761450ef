"""The typed tree of an expression: what is run, read out and explained, always the same nodes.

Its leaves are integers (money in fen; codes, regions and industries as numbers), fractions,
booleans, dates and facts. A numeric node carries a `scale`: its stored value is the value in yuan
(or the plain figure) times 100 to the power of `scale`, so money stands at 1 and a figure at 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache

from miaopu.engine.facts import INT64_MAX, Value
from miaopu.engine.messages import Bilingual

HUNDRED = 100


class Kind(StrEnum):
    """What a node's value is."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CODE = "code"
    REGION = "region"
    INDUSTRY = "industry"
    TAGS = "tags"
    TEXT = "text"  # a quoted text that has not met a fact yet
    NULL = "null"


class Op(StrEnum):
    """What a node does; the values are what `explain` prints."""

    CONST = "const"
    FACT = "fact"
    AND = "and"
    OR = "or"
    NOT = "not"
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    BETWEEN = "between"
    IN = "in"
    IS_NULL = "is_null"
    IN_REGION = "in_region"
    IN_INDUSTRY = "in_industry"
    HAS_TAG = "has_tag"
    SUM = "sum"
    PRODUCT = "product"
    NEGATIVE = "negative"
    SCALED = "scaled"
    LEAST = "least"
    GREATEST = "greatest"
    COALESCE = "coalesce"
    CASE = "case"
    ADD_MONTHS = "add_months"
    ADD_YEARS = "add_years"
    RULE = "rule"
    DECIDE = "decide"
    COUNTED_ONCE = "counted_once"


JUNCTIONS = frozenset({Op.AND, Op.OR, Op.NOT})
COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})


@dataclass(frozen=True)
class Node:
    """One node.

    `value`: a CONST's value; (first, last) of IN_REGION and IN_INDUSTRY; the tag of HAS_TAG; the
    signs of SUM ("+", "-") and PRODUCT ("*", "/"), one per child; the factor of SCALED.
    CASE's children are condition, result, condition, result, …, and the result of ELSE if any.
    `name`: a FACT's name, what was written for a CONST ("@rate", ":as_of", a code), the prefix of
    IN_REGION and IN_INDUSTRY, the tag of HAS_TAG.
    """

    op: Op
    kind: Kind
    children: tuple["Node", ...] = ()
    value: Value | tuple[int, int] | tuple[str, ...] | None = None
    name: str = ""
    scale: int = 0
    position: int = 0
    title: Bilingual | None = None

    def walk(self) -> Iterator["Node"]:
        """This node and every node below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def fact_names(self) -> tuple[str, ...]:
        """The facts the expression looks at, each once, in the order they are met."""
        return tuple(dict.fromkeys(node.name for node in self.walk() if node.op is Op.FACT))


@cache
def canonical(node: Node) -> Node:
    """`node` without where and how it was written, so that what asks the same is the same."""
    children = tuple(canonical(child) for child in node.children)
    return replace(node, children=children, position=0, title=None)


def const(value: Value | None, kind: Kind, position: int, name: str = "") -> Node:
    """A constant; `name` is what was written for it where that is not the value itself."""
    return Node(Op.CONST, kind, value=value, name=name, position=position)


def at_scale(node: Node, scale: int) -> Node:
    """`node` with its values stored at `scale`, which is not below its own.

    Raises OverflowError where a constant would no longer fit 64 bits.
    """
    if node.scale == scale or node.kind is not Kind.NUMBER:
        return node
    factor = HUNDRED ** (scale - node.scale)
    if node.op is Op.CONST:
        value = node.value
        if not isinstance(value, int | Fraction):
            return replace(node, scale=scale)
        return replace(node, value=bounded(value * factor), scale=scale)
    return Node(Op.SCALED, node.kind, (node,), value=factor, scale=scale, position=node.position)


def bounded(value: int | Fraction) -> int | Fraction:
    """`value`, whole numbers as int; raises OverflowError beyond 64 bits."""
    number = Fraction(value)
    if abs(number.numerator) > INT64_MAX or number.denominator > INT64_MAX:
        raise OverflowError(value)
    return int(number) if number.denominator == 1 else number
