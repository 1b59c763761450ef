"""From sqlglot's tree to ours: the handlers below are all that is allowed."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlglot import exp

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tokens import PREFIX, SEE_ALLOWED
from miaopu.engine.messages import Bilingual


class Converter:
    """Turns sqlglot's tree into ours, node type by node type; anything else is refused."""

    def __init__(self, marks: Sequence[int]) -> None:
        self.position = 0
        self._marks = iter(marks)

    def mark(self) -> int:
        """Where the leaf at hand stands, of those that sqlglot keeps no position of."""
        self.position = max(self.position, next(self._marks, self.position))
        return self.position

    def convert(self, node: exp.Expr) -> Syntax:
        """The syntax of `node`; raises ExpressionError for a node that is not in the language."""
        start = node.meta.get("start")
        if start is not None:
            self.position = max(self.position, int(start))
        handler = _HANDLERS.get(type(node))
        if handler is None or not _only_known(node):
            raise refused(self.position)
        return handler(self, node)

    def many(self, nodes: list[exp.Expr]) -> tuple[Syntax, ...]:
        """The syntax of each of `nodes`."""
        return tuple(self.convert(node) for node in nodes)

    def chain(self, op: str, types: Mapping[type[exp.Expr], str], node: exp.Expr) -> Syntax:
        """A chain of left-associated operators as one flat piece, however long it is."""
        links: list[tuple[str, exp.Expr]] = []
        while type(node) in types and _only_known(node):
            links.append((types[type(node)], node.expression))
            node = node.this
        first = self.convert(node)
        rest = [(sign, self.convert(link)) for sign, link in reversed(links)]
        signs = ("+" if op == "sum" else "*", *(sign for sign, _ in rest))
        return Syntax(op, (first, *(item for _, item in rest)), signs, first.position)

    def junction(self, op: str, node: exp.Expr) -> Syntax:
        """A chain of AND or of OR as one flat piece."""
        kind = type(node)
        links: list[exp.Expr] = []
        while type(node) is kind and _only_known(node):
            links.append(node.expression)
            node = node.this
        first = self.convert(node)
        rest = self.many(links[::-1])
        return Syntax(op, (first, *rest), None, first.position)


_Handler = Callable[[Converter, exp.Expr], Syntax]
_KNOWN_ARGS = frozenset(
    "this expression expressions low high ifs default true quoted is_string typed safe to".split()
)


def _only_known(node: exp.Expr) -> bool:
    return all(key in _KNOWN_ARGS for key, value in node.args.items() if value)


def _binary(op: str) -> _Handler:
    def handle(converter: Converter, node: exp.Expr) -> Syntax:
        left = converter.convert(node.this)
        return Syntax(op, (left, converter.convert(node.expression)), None, left.position)

    return handle


def _column(converter: Converter, node: exp.Expr) -> Syntax:
    identifier = node.this
    if not isinstance(identifier, exp.Identifier):
        raise refused(converter.position)
    position = int(identifier.meta.get("start", converter.position))
    converter.position = max(converter.position, position)
    return Syntax("name", (), str(identifier.this), position)


def _literal(converter: Converter, node: exp.Expr) -> Syntax:
    return Syntax(
        "text" if node.args.get("is_string") else "number",
        (),
        str(node.this),
        int(node.meta.get("start", converter.position)),
    )


def _date(converter: Converter, node: exp.Expr) -> Syntax:
    target, literal = node.args.get("to"), node.this
    if not (isinstance(target, exp.DataType) and target.this is exp.DataType.Type.DATE):
        raise refused(converter.position)
    text = converter.convert(literal)
    if text.op != "text" or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(text.value)):
        raise _not_a_date(text)
    try:
        return Syntax("date", (), date.fromisoformat(str(text.value)), text.position)
    except ValueError as error:
        raise _not_a_date(text) from error


def _not(converter: Converter, node: exp.Expr) -> Syntax:
    start = converter.position
    inner = converter.convert(node.this)
    return Syntax("not", (inner,), None, min(max(start, 0), inner.position))


def _is(converter: Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    if not isinstance(node.expression, exp.Null):
        raise ExpressionError(
            subject.position,
            Bilingual("is 后面只能是 null 或 not null", "only null or not null may follow is"),
            Bilingual("比较请用 =", "compare with ="),
        )
    return Syntax("is_null", (subject,), None, subject.position)


def _in(converter: Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    options = converter.many(node.expressions)
    if not options:
        raise ExpressionError(
            subject.position,
            Bilingual("in 后面的括号是空的", "the list after in is empty"),
            Bilingual("至少写一个值", "list at least one value"),
        )
    return Syntax("in", (subject, *options), None, subject.position)


def _between(converter: Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    low = converter.convert(node.args["low"])
    high = converter.convert(node.args["high"])
    return Syntax("between", (subject, low, high), None, subject.position)


def _case(converter: Converter, node: exp.Expr) -> Syntax:
    start = converter.position
    subject = converter.convert(node.this) if node.this is not None else None
    parts: list[Syntax] = []
    for branch in node.args.get("ifs") or []:
        when = converter.convert(branch.this)
        if subject is not None:
            when = Syntax("=", (subject, when), None, when.position)
        parts += [when, converter.convert(branch.args["true"])]
    default = node.args.get("default")
    if default is not None:
        parts.append(converter.convert(default))
    if len(parts) < 2:
        raise refused(start)
    return Syntax("case", tuple(parts), None, min(part.position for part in parts))


def _call(converter: Converter, node: exp.Expr) -> Syntax:
    name = str(node.this)
    position = int(node.meta.get("start", converter.position))
    if not name.startswith(PREFIX):
        raise refused(position)
    op = name.removeprefix(PREFIX)
    return Syntax(op, converter.many(node.expressions), None, position, called=True)


def _parameter(converter: Converter, node: exp.Expr) -> Syntax:
    position = converter.mark()
    if not isinstance(node.this, exp.Var):
        raise refused(position)
    return Syntax("parameter", (), str(node.this.this), position)


def _as_of(converter: Converter, node: exp.Expr) -> Syntax:
    position = converter.mark()
    if node.this != "as_of":
        raise refused(position)
    return Syntax("as_of", (), None, position)


_SUM: Mapping[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-"}
_PRODUCT: Mapping[type[exp.Expr], str] = {exp.Mul: "*", exp.Div: "/"}


def _sum(converter: Converter, node: exp.Expr) -> Syntax:
    return converter.chain("sum", _SUM, node)


def _product(converter: Converter, node: exp.Expr) -> Syntax:
    return converter.chain("product", _PRODUCT, node)


def _negative(converter: Converter, node: exp.Expr) -> Syntax:
    inner = converter.convert(node.this)
    return Syntax("negative", (inner,), None, inner.position)


_HANDLERS: Mapping[type[exp.Expr], _Handler] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda c, n: Syntax("truth", (), bool(n.this), c.mark()),
    exp.Null: lambda c, n: Syntax("null", (), None, c.mark()),
    exp.Paren: lambda c, n: c.convert(n.this),
    exp.And: lambda c, n: c.junction("and", n),
    exp.Or: lambda c, n: c.junction("or", n),
    exp.Not: _not,
    exp.EQ: _binary("="),
    exp.NEQ: _binary("<>"),
    exp.LT: _binary("<"),
    exp.LTE: _binary("<="),
    exp.GT: _binary(">"),
    exp.GTE: _binary(">="),
    exp.Add: _sum,
    exp.Sub: _sum,
    exp.Mul: _product,
    exp.Div: _product,
    exp.Neg: _negative,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Case: _case,
    exp.Cast: _date,
    exp.Anonymous: _call,
    exp.Parameter: _parameter,
    exp.Placeholder: _as_of,
}


def refused(position: int) -> ExpressionError:
    """The refusal of a form that is not in the language."""
    return ExpressionError(
        position,
        Bilingual("这里的写法不在语言之内", "this is not part of the language"),
        SEE_ALLOWED,
    )


def _not_a_date(text: Syntax) -> ExpressionError:
    return ExpressionError(
        text.position,
        Bilingual(f"“{text.value}”不是日期", f"{text.value!r} is not a date"),
        Bilingual("写成 date '2018-01-31'", "write date '2018-01-31'"),
    )
