"""Running a typed tree over one enterprise's facts: three-valued, exact, and able to say why.

Every node has one rule (`_RULES`) that makes its value out of its children's values; None is
unknown. `Runnable.value` runs the whole tree, `Runnable.trace` keeps the value of every node and
the facts that are missing. Both use the same rules; `value` only stops early where no later
operand can change the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, cast

from miaopu.engine.clock import add_months, add_years
from miaopu.engine.expressions.traces import Trace, needs_of
from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import INT64_MAX, Value
from miaopu.engine.messages import EngineError

Facts = Mapping[str, Value | None]
Values = Sequence[Value | None]
Closure = Callable[[Facts], Value | None]
Rule = Callable[[Values], Value | None]
Number = int | Fraction
_TOO_MANY_MONTHS = 120_000


@dataclass(frozen=True)
class Runnable:
    """A typed tree ready to run; `value` gives its value for an enterprise's facts."""

    node: Node
    value: Closure
    rule: Rule
    children: tuple["Runnable", ...]

    def trace(self, facts: Facts) -> Trace:
        """The value of every node for `facts`, and what is missing where it is unknown."""
        if self.node.op is Op.FACT:
            found = facts.get(self.node.name)
            return Trace(self.node, found, () if found is not None else (self.node.name,), ())
        if not self.children:
            value = self.rule(())
            return Trace(self.node, value, () if value is not None else needs_of(self.node, ()), ())
        children = tuple([child.trace(facts) for child in self.children])
        value = self.rule([child.value for child in children])
        needs = () if value is not None else needs_of(self.node, children)
        return Trace(self.node, value, needs, children)


def runnable(node: Node) -> Runnable:
    """`node` ready to run."""
    children = tuple(runnable(child) for child in node.children)
    rule = _RULES[node.op](node)
    return Runnable(node, _closure(node, rule, [child.value for child in children]), rule, children)


def amount_in_fen(value: Value | None) -> int | None:
    """An amount's value rounded to the fen, half up; None where unknown or beyond 64 bits."""
    if value is None:
        return None
    doubled = 2 * Fraction(cast(Number, value)) + 1
    fen = doubled.numerator // (2 * doubled.denominator)
    return fen if abs(fen) <= INT64_MAX else None


def _closure(node: Node, rule: Rule, parts: list[Closure]) -> Closure:
    if node.op is Op.FACT:
        name = node.name
        return lambda facts: facts.get(name)
    if node.op is Op.CONST:
        constant = cast(Value | None, node.value)
        return lambda facts: constant
    if node.op in (Op.AND, Op.OR):
        return _junction(parts, decided=node.op is Op.OR)
    if len(parts) == 1:
        only = parts[0]
        return lambda facts: rule((only(facts),))
    if len(parts) == 2:
        left, right = parts
        if node.children[1].op is Op.CONST:  # a fact against a fixed value: by far the most
            fixed = cast(Value | None, node.children[1].value)
            return lambda facts: rule((left(facts), fixed))
        return lambda facts: rule((left(facts), right(facts)))
    return lambda facts: rule([part(facts) for part in parts])


def _junction(parts: list[Closure], *, decided: bool) -> Closure:
    def value(facts: Facts) -> Value | None:
        unknown = False
        for part in parts:
            found = part(facts)
            if found is decided:
                return decided
            unknown = unknown or found is None
        return None if unknown else not decided

    return value


def _all_known(combine: Callable[[Values], Value | None]) -> Rule:
    """`combine`, and unknown as soon as one operand is."""

    def rule(values: Values) -> Value | None:
        for value in values:
            if value is None:
                return None
        return combine(values)

    return rule


def _and(values: Values) -> Value | None:
    if False in values:
        return False
    return None if None in values else True


def _or(values: Values) -> Value | None:
    if True in values:
        return True
    return None if None in values else False


def _not(values: Values) -> Value | None:
    return None if values[0] is None else not values[0]


def _in(values: Values) -> Value | None:
    subject, *options = values
    if subject is None:
        return None
    if any(option is not None and option == subject for option in options):
        return True
    return None if any(option is None for option in options) else False


def _between(values: Values) -> Value | None:
    subject, low, high = (cast(Number | None, value) for value in values)
    if subject is None:
        return None
    return _and(
        (
            None if low is None else low <= subject,
            None if high is None else subject <= high,
        )
    )


def _case(values: Values) -> Value | None:
    for condition, result in zip(values[0::2], values[1::2], strict=False):
        if condition is None:
            return None
        if condition is True:
            return result
    return values[-1] if len(values) % 2 else None


def _coalesce(values: Values) -> Value | None:
    return next((value for value in values if value is not None), None)


def _sum(node: Node) -> Rule:
    signs = [1 if sign == "+" else -1 for sign in cast(tuple[str, ...], node.value)]

    def total(values: Values) -> Value | None:
        numbers = cast(Sequence[Number], values)
        return sum((sign * number for sign, number in zip(signs, numbers, strict=True)), start=0)

    return _all_known(total)


def _product(node: Node) -> Rule:
    signs = cast(tuple[str, ...], node.value)

    def product(values: Values) -> Value | None:
        result: Number = 1
        for sign, value in zip(signs, cast(Sequence[Number], values), strict=True):
            if sign == "*":
                result = result * value
            elif value == 0:
                return None
            else:
                result = Fraction(result) / value
        return result

    return _all_known(product)


def _scaled(node: Node) -> Rule:
    factor = cast(int, node.value)
    return _all_known(lambda values: cast(Number, values[0]) * factor)


def _within(node: Node) -> Rule:
    first, last = cast(tuple[int, int], node.value)
    return _all_known(lambda values: first <= cast(int, values[0]) <= last)


def _has_tag(node: Node) -> Rule:
    tag = cast(int, node.value)
    return _all_known(lambda values: tag in cast(frozenset[int], values[0]))


def _moved(move: Callable[[date, int], date]) -> Rule:
    def moved(values: Values) -> Value | None:
        # One condition over a column asks this for every day in it: no helper in between.
        start: Any
        count: Any
        start, count = values
        if start is None or count is None:
            return None
        if not -_TOO_MANY_MONTHS <= count <= _TOO_MANY_MONTHS:
            return None
        try:
            return move(start, count)
        except (EngineError, ValueError, OverflowError):
            return None  # beyond the calendar: there is no such day

    return moved


def _compare(combine: Callable[[Number, Number], bool]) -> Callable[[Node], Rule]:
    def rule(values: Values) -> Value | None:
        left, right = cast(tuple[Number | None, Number | None], values)
        return None if left is None or right is None else combine(left, right)

    return lambda node: rule


def _pick(choose: Callable[[Sequence[Number]], Number]) -> Callable[[Node], Rule]:
    rule = _all_known(lambda values: choose(cast(Sequence[Number], values)))
    return lambda node: rule


_RULES: Mapping[Op, Callable[[Node], Rule]] = {
    Op.CONST: lambda node: lambda values: cast(Value | None, node.value),
    Op.FACT: lambda node: lambda values: None,
    Op.AND: lambda node: _and,
    Op.OR: lambda node: _or,
    Op.NOT: lambda node: _not,
    Op.EQ: _compare(lambda left, right: left == right),
    Op.NE: _compare(lambda left, right: left != right),
    Op.LT: _compare(lambda left, right: left < right),
    Op.LE: _compare(lambda left, right: left <= right),
    Op.GT: _compare(lambda left, right: left > right),
    Op.GE: _compare(lambda left, right: left >= right),
    Op.BETWEEN: lambda node: _between,
    Op.IN: lambda node: _in,
    Op.IS_NULL: lambda node: lambda values: values[0] is None,
    Op.IN_REGION: _within,
    Op.IN_INDUSTRY: _within,
    Op.HAS_TAG: _has_tag,
    Op.SUM: _sum,
    Op.PRODUCT: _product,
    Op.NEGATIVE: lambda node: _all_known(lambda values: -cast(Number, values[0])),
    Op.SCALED: _scaled,
    Op.LEAST: _pick(min),
    Op.GREATEST: _pick(max),
    Op.COALESCE: lambda node: _coalesce,
    Op.CASE: lambda node: _case,
    Op.ADD_MONTHS: lambda node: _moved(add_months),
    Op.ADD_YEARS: lambda node: _moved(add_years),
}
