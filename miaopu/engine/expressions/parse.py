"""Reading a text into plain syntax: sqlglot parses, the handlers below decide what is allowed.

Every token has been checked before the parser sees it (`tokens`), and every node of the parser's
tree is checked after: nothing is allowed because a parser happens to know it.
"""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from sqlglot import Dialect, exp
from sqlglot.errors import ParseError, SqlglotError

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.tokens import (
    MAX_LENGTH,
    PREFIX,
    SEE_ALLOWED,
    allowed_tokens,
    depth_of,
    too_deep,
)
from miaopu.engine.messages import Bilingual

_ROOMY_DEPTH = 6


@dataclass(frozen=True)
class Syntax:
    """A piece of an expression as written; `position` is where it begins in the source."""

    op: str
    args: tuple["Syntax", ...] = ()
    value: object = None
    position: int = 0


def parse(source: str) -> Syntax:
    """Parse `source`; raises ExpressionError for anything that is not in the language."""
    tokens = allowed_tokens(source)
    depth = depth_of(tokens)
    dialect = Dialect.get_or_raise(None)

    def build() -> Syntax:
        tree = dialect.parser(error_message_context=2 * MAX_LENGTH).parse(tokens, source)
        if len(tree) != 1 or tree[0] is None:
            raise _refused(0)
        return _Converter().convert(tree[0])

    try:
        if depth <= _ROOMY_DEPTH:
            return build()
        with ThreadPoolExecutor(max_workers=1) as roomy:  # a fresh stack: the same limit anywhere
            return roomy.submit(build).result()
    except ParseError as error:
        raise _unparsed(error, source) from error
    except (SqlglotError, RecursionError) as error:
        raise too_deep(0) from error


class _Converter:
    """Turns sqlglot's tree into ours, node type by node type; anything else is refused."""

    def __init__(self) -> None:
        self.position = 0

    def convert(self, node: exp.Expr) -> Syntax:
        """The syntax of `node`; raises ExpressionError for a node that is not in the language."""
        start = node.meta.get("start")
        if start is not None:
            self.position = max(self.position, int(start))
        handler = _HANDLERS.get(type(node))
        if handler is None or not _only_known(node):
            raise _refused(self.position)
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


_Handler = Callable[[_Converter, exp.Expr], Syntax]
_KNOWN_ARGS = frozenset(
    "this expression expressions low high ifs default true quoted is_string typed safe to".split()
)


def _only_known(node: exp.Expr) -> bool:
    return all(key in _KNOWN_ARGS for key, value in node.args.items() if value)


def _binary(op: str) -> _Handler:
    def handle(converter: _Converter, node: exp.Expr) -> Syntax:
        left = converter.convert(node.this)
        return Syntax(op, (left, converter.convert(node.expression)), None, left.position)

    return handle


def _column(converter: _Converter, node: exp.Expr) -> Syntax:
    identifier = node.this
    if not isinstance(identifier, exp.Identifier):
        raise _refused(converter.position)
    position = int(identifier.meta.get("start", converter.position))
    converter.position = max(converter.position, position)
    return Syntax("name", (), str(identifier.this), position)


def _literal(converter: _Converter, node: exp.Expr) -> Syntax:
    return Syntax(
        "text" if node.args.get("is_string") else "number",
        (),
        str(node.this),
        int(node.meta.get("start", converter.position)),
    )


def _date(converter: _Converter, node: exp.Expr) -> Syntax:
    target, literal = node.args.get("to"), node.this
    if not (isinstance(target, exp.DataType) and target.this is exp.DataType.Type.DATE):
        raise _refused(converter.position)
    text = converter.convert(literal)
    if text.op != "text" or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(text.value)):
        raise _not_a_date(text)
    try:
        return Syntax("date", (), date.fromisoformat(str(text.value)), text.position)
    except ValueError as error:
        raise _not_a_date(text) from error


def _not(converter: _Converter, node: exp.Expr) -> Syntax:
    start = converter.position
    inner = converter.convert(node.this)
    return Syntax("not", (inner,), None, min(max(start, 0), inner.position))


def _is(converter: _Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    if not isinstance(node.expression, exp.Null):
        raise ExpressionError(
            subject.position,
            Bilingual("is 后面只能是 null 或 not null", "only null or not null may follow is"),
            Bilingual("比较请用 =", "compare with ="),
        )
    return Syntax("is_null", (subject,), None, subject.position)


def _in(converter: _Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    options = converter.many(node.expressions)
    if not options:
        raise ExpressionError(
            subject.position,
            Bilingual("in 后面的括号是空的", "the list after in is empty"),
            Bilingual("至少写一个值", "list at least one value"),
        )
    return Syntax("in", (subject, *options), None, subject.position)


def _between(converter: _Converter, node: exp.Expr) -> Syntax:
    subject = converter.convert(node.this)
    low = converter.convert(node.args["low"])
    high = converter.convert(node.args["high"])
    return Syntax("between", (subject, low, high), None, subject.position)


def _case(converter: _Converter, node: exp.Expr) -> Syntax:
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
        raise _refused(start)
    return Syntax("case", tuple(parts), None, min(part.position for part in parts))


def _call(converter: _Converter, node: exp.Expr) -> Syntax:
    name = str(node.this)
    position = int(node.meta.get("start", converter.position))
    if not name.startswith(PREFIX):
        raise _refused(position)
    return Syntax(name.removeprefix(PREFIX), converter.many(node.expressions), None, position)


def _parameter(converter: _Converter, node: exp.Expr) -> Syntax:
    if not isinstance(node.this, exp.Var):
        raise _refused(converter.position)
    return Syntax("parameter", (), str(node.this.this), converter.position)


def _as_of(converter: _Converter, node: exp.Expr) -> Syntax:
    if node.this != "as_of":
        raise _refused(converter.position)
    return Syntax("as_of", (), None, converter.position)


_SUM: Mapping[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-"}
_PRODUCT: Mapping[type[exp.Expr], str] = {exp.Mul: "*", exp.Div: "/"}


def _sum(converter: _Converter, node: exp.Expr) -> Syntax:
    return converter.chain("sum", _SUM, node)


def _product(converter: _Converter, node: exp.Expr) -> Syntax:
    return converter.chain("product", _PRODUCT, node)


def _negative(converter: _Converter, node: exp.Expr) -> Syntax:
    inner = converter.convert(node.this)
    return Syntax("negative", (inner,), None, inner.position)


_HANDLERS: Mapping[type[exp.Expr], _Handler] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda c, n: Syntax("truth", (), bool(n.this), c.position),
    exp.Null: lambda c, n: Syntax("null", (), None, c.position),
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


def _unparsed(error: ParseError, source: str) -> ExpressionError:
    first = error.errors[0] if error.errors else {}
    position = len(str(first.get("start_context") or ""))
    return ExpressionError(
        min(position, len(source)),
        Bilingual("表达式到这里读不下去", "the expression cannot be read on from here"),
        Bilingual(
            "检查括号、逗号和缺少的运算符或数值",
            "look for a missing bracket, comma, operator or value",
        ),
    )


def _refused(position: int) -> ExpressionError:
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
