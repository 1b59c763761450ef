"""From syntax to the typed tree: names are looked up, types checked, money turned into fen."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import cast

from miaopu.engine.codes import encode_text
from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.expressions.hints import no_such_fact
from miaopu.engine.expressions.lower_numbers import (
    figure,
    lower_extreme,
    lower_moved,
    lower_negative,
    lower_number,
    lower_product,
    lower_sum,
)
from miaopu.engine.expressions.lowering import Handler, Lowering, Surroundings
from miaopu.engine.expressions.named import read
from miaopu.engine.expressions.refusals import (
    check_count,
    check_known_kind,
    check_ordered,
    check_tags,
    compared_with_null,
    expect,
    industry_of,
    quoted,
    region_of,
)
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tree import Kind, Node, Op, const
from miaopu.engine.facts import FactType
from miaopu.engine.messages import Bilingual

_KINDS: Mapping[FactType, Kind] = {
    FactType.INTEGER: Kind.NUMBER,
    FactType.MONEY: Kind.NUMBER,
    FactType.BOOLEAN: Kind.BOOLEAN,
    FactType.DATE: Kind.DATE,
    FactType.CODE: Kind.CODE,
    FactType.REGION: Kind.REGION,
    FactType.INDUSTRY: Kind.INDUSTRY,
    FactType.TAGS: Kind.TAGS,
}


def lower_condition(source: str, around: Surroundings) -> Node:
    """The typed tree of a condition; raises ExpressionError unless it is true, false or unknown."""
    node = Lowering(around, _LOWER).lower(read(source, around.functions))
    if node.kind is not Kind.BOOLEAN:
        raise ExpressionError(
            node.position,
            Bilingual("条件必须能回答是或否", "a condition must be true or false"),
            Bilingual("写成比较，例如 employees <= 20", "compare, as in employees <= 20"),
        )
    return node


def lower_amount(source: str, around: Surroundings) -> Node:
    """The typed tree of an amount, its values in fen; raises ExpressionError unless a number."""
    lowering = Lowering(around, _LOWER)
    node = lowering.lower(read(source, around.functions))
    if node.kind is not Kind.NUMBER:
        raise ExpressionError(
            node.position,
            Bilingual("金额必须是数值", "an amount must be a number"),
            Bilingual("写出以元计的金额", "give an amount in yuan"),
        )
    if node.scale > 1:
        raise ExpressionError(
            node.position,
            Bilingual("金额与金额相乘不是金额", "money times money is not an amount"),
            Bilingual("请检查公式", "check the formula"),
        )
    return lowering.scaled(node, 1)


def _name(lowering: Lowering, syntax: Syntax) -> Node:
    name = str(syntax.value)
    fact = lowering.around.facts.get(name)
    if fact is None:
        raise no_such_fact(name, syntax.position, lowering.around.facts)
    return Node(
        Op.FACT,
        _KINDS[fact.type],
        name=name,
        scale=1 if fact.type is FactType.MONEY else 0,
        position=syntax.position,
    )


def _parameter(lowering: Lowering, syntax: Syntax) -> Node:
    name = str(syntax.value)
    known = lowering.around.parameters
    if name not in known:
        raise ExpressionError(
            syntax.position,
            Bilingual(f"没有参数 @{name}", f"there is no parameter @{name}"),
            did_you_mean(
                name,
                known,
                Bilingual(
                    "改用已有的参数，或先在计划包的 parameters 中写明它",
                    "use one there is, or state it in parameters first",
                ),
            ),
        )
    kind, value = known[name].kind, known[name].value
    if isinstance(value, Fraction):
        return figure(value, syntax.position, f"@{name}")
    return const(value, kind, syntax.position, f"@{name}")


def _junction(op: Op) -> Handler:
    def lower(lowering: Lowering, syntax: Syntax) -> Node:
        parts = lowering.all_of(syntax, Kind.BOOLEAN)
        return Node(op, Kind.BOOLEAN, parts, position=syntax.position)

    return lower


def _comparison(op: Op) -> Handler:
    def lower(lowering: Lowering, syntax: Syntax) -> Node:
        found = [lowering.lower(arg) for arg in syntax.args]
        check_tags(found)
        sides = lowering.alike(found)
        if op not in (Op.EQ, Op.NE):
            check_ordered(sides[0])
        return Node(op, Kind.BOOLEAN, sides, position=syntax.position)

    return lower


def _between(lowering: Lowering, syntax: Syntax) -> Node:
    parts = lowering.alike([lowering.lower(arg) for arg in syntax.args])
    check_ordered(parts[0])
    return Node(Op.BETWEEN, Kind.BOOLEAN, parts, position=syntax.position)


def _in(lowering: Lowering, syntax: Syntax) -> Node:
    subject, *options = (lowering.lower(arg) for arg in syntax.args)
    if subject.kind is Kind.NULL:
        raise compared_with_null(subject)
    check_tags([subject, *options])
    parts = lowering.alike([subject, *options], nulls=True)
    return Node(Op.IN, Kind.BOOLEAN, parts, position=syntax.position)


def _is_null(lowering: Lowering, syntax: Syntax) -> Node:
    return Node(
        Op.IS_NULL, Kind.BOOLEAN, (lowering.lower(syntax.args[0]),), position=syntax.position
    )


def _not(lowering: Lowering, syntax: Syntax) -> Node:
    parts = lowering.all_of(syntax, Kind.BOOLEAN)
    return Node(Op.NOT, Kind.BOOLEAN, parts, position=syntax.position)


def _coalesce(lowering: Lowering, syntax: Syntax) -> Node:
    check_count(syntax, 1, None)
    parts = lowering.alike([lowering.lower(arg) for arg in syntax.args], nulls=True)
    check_known_kind(parts)
    return Node(Op.COALESCE, parts[0].kind, parts, scale=parts[0].scale, position=syntax.position)


def _case(lowering: Lowering, syntax: Syntax) -> Node:
    nodes = [lowering.lower(arg) for arg in syntax.args]
    branches = len(nodes) // 2
    for condition in nodes[0 : 2 * branches : 2]:
        expect(condition, Kind.BOOLEAN)
    results = lowering.alike([*nodes[1 : 2 * branches : 2], *nodes[2 * branches :]], nulls=True)
    check_known_kind(results)
    children = list(nodes)
    children[1 : 2 * branches : 2] = results[:branches]
    children[2 * branches :] = results[branches:]
    return Node(
        Op.CASE,
        results[0].kind,
        tuple(children),
        scale=results[0].scale,
        position=syntax.position,
    )


def _placed(op: Op, kind: Kind, reach: Callable[[str, int], tuple[int, int]]) -> Handler:
    def lower(lowering: Lowering, syntax: Syntax) -> Node:
        check_count(syntax, 2, 2)
        subject = lowering.lower(syntax.args[0])
        expect(subject, kind)
        prefix = quoted(syntax.args[1])
        if kind is Kind.INDUSTRY:
            reach(prefix, syntax.args[1].position)
            prefix = prefix.strip().upper()
        return Node(
            op,
            Kind.BOOLEAN,
            (subject,),
            value=reach(prefix, syntax.args[1].position),
            name=prefix,
            position=syntax.position,
        )

    return lower


def _window(lowering: Lowering, syntax: Syntax) -> Node:
    """`within(day, first, last)`: both ends belong to it; an unknown `last` is not there yet."""
    check_count(syntax, 3, 3)
    for node in (lowering.lower(arg) for arg in syntax.args):
        expect(node, Kind.DATE)
    day, first, last = syntax.args
    place = syntax.position
    open_end = Syntax("is_null", (last,), None, place)
    in_time = Syntax("or", (open_end, Syntax("<=", (day, last), None, place)), None, place)
    return lowering.lower(Syntax("and", (Syntax(">=", (day, first), None, place), in_time)))


def _has_tag(lowering: Lowering, syntax: Syntax) -> Node:
    check_count(syntax, 2, 2)
    subject = lowering.lower(syntax.args[0])
    expect(subject, Kind.TAGS)
    tag = quoted(syntax.args[1])
    return Node(
        Op.HAS_TAG,
        Kind.BOOLEAN,
        (subject,),
        value=encode_text(tag),
        name=tag,
        position=syntax.position,
    )


_LOWER: Mapping[str, Handler] = {
    "name": _name,
    "number": lower_number,
    "text": lambda low, s: const(None, Kind.TEXT, s.position, str(s.value)),
    "date": lambda low, s: const(cast(date, s.value), Kind.DATE, s.position),
    "truth": lambda low, s: const(bool(s.value), Kind.BOOLEAN, s.position),
    "null": lambda low, s: const(None, Kind.NULL, s.position, "null"),
    "as_of": lambda low, s: const(low.around.as_of, Kind.DATE, s.position, ":as_of"),
    "parameter": _parameter,
    "and": _junction(Op.AND),
    "or": _junction(Op.OR),
    "not": _not,
    "=": _comparison(Op.EQ),
    "<>": _comparison(Op.NE),
    "<": _comparison(Op.LT),
    "<=": _comparison(Op.LE),
    ">": _comparison(Op.GT),
    ">=": _comparison(Op.GE),
    "between": _between,
    "in": _in,
    "is_null": _is_null,
    "sum": lower_sum,
    "product": lower_product,
    "negative": lower_negative,
    "least": lower_extreme(Op.LEAST),
    "greatest": lower_extreme(Op.GREATEST),
    "coalesce": _coalesce,
    "case": _case,
    "in_region": _placed(Op.IN_REGION, Kind.REGION, region_of),
    "in_industry": _placed(Op.IN_INDUSTRY, Kind.INDUSTRY, industry_of),
    "has_tag": _has_tag,
    "within": _window,
    "add_months": lower_moved(Op.ADD_MONTHS, 1),
    "add_years": lower_moved(Op.ADD_YEARS, 12),
}
