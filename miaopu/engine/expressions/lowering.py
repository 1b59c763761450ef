"""Making operands comparable: one kind, one scale, texts turned into what they are compared to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from miaopu.engine.codes import encode_text
from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.expressions.named import Functions
from miaopu.engine.expressions.refusals import (
    TEXTUAL,
    compared_with_null,
    expect,
    industry_of,
    region_of,
    too_large,
)
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tree import Kind, Node, Op, at_scale, const
from miaopu.engine.facts import Fact, FactType, Value
from miaopu.engine.messages import Bilingual

Handler = Callable[["Lowering", Syntax], Node]


@dataclass(frozen=True)
class Parameter:
    """A dated parameter as it stands on the day asked; None where none is in force."""

    kind: Kind
    value: Value | None


@dataclass(frozen=True)
class Surroundings:
    """What an expression may speak of: facts, dated parameters, named functions, the day asked."""

    facts: Mapping[str, Fact]
    as_of: date
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    functions: Functions = field(default_factory=dict)


class Lowering:
    """One lowering: the surroundings, and a handler per kind of syntax."""

    def __init__(self, around: Surroundings, handlers: Mapping[str, Handler]) -> None:
        self.around = around
        self.handlers = handlers

    def lower(self, syntax: Syntax) -> Node:
        """The typed node of `syntax`."""
        return self.handlers[syntax.op](self, syntax)

    def all_of(self, syntax: Syntax, kind: Kind) -> tuple[Node, ...]:
        """The operands of `syntax`, each of `kind`."""
        nodes = tuple(self.lower(arg) for arg in syntax.args)
        for node in nodes:
            expect(node, kind)
        return nodes

    def alike(self, nodes: Sequence[Node], *, nulls: bool = False) -> tuple[Node, ...]:
        """`nodes` made comparable; raises ExpressionError where they are not."""
        kinds = {node.kind for node in nodes} - {Kind.NULL, Kind.TEXT}
        texts = [node for node in nodes if node.kind is Kind.TEXT]
        kind = next((node.kind for node in nodes if node.kind in kinds), None)
        if kind is None:
            kind = Kind.CODE if texts else Kind.NULL
        for node in nodes:
            if node.kind is Kind.NULL and not nulls:
                raise compared_with_null(node)
            if node.kind not in (Kind.NULL, Kind.TEXT):
                expect(node, kind)
        if texts and kind not in TEXTUAL:
            expect(texts[0], kind)
        if kind is Kind.NUMBER:
            self._check_units(nodes)
        codes = self._codes(nodes)
        made = [self._made(node, kind, codes) for node in nodes]
        scale = max((node.scale for node in made), default=0)
        return tuple(self.scaled(node, scale) for node in made)

    def scaled(self, node: Node, scale: int) -> Node:
        """`node` at `scale`; raises where a figure becomes too large."""
        try:
            return at_scale(node, scale)
        except OverflowError as error:
            raise too_large(node.position) from error

    def _check_units(self, nodes: Sequence[Node]) -> None:
        """A bare count beside money says that somebody forgot how much a piece is worth."""
        facts = self.around.facts
        bare = [node for node in nodes if node.op is Op.FACT]
        counts = [node for node in bare if facts[node.name].type is FactType.INTEGER]
        money = [node for node in bare if facts[node.name].type is FactType.MONEY]
        if counts and money:
            count, sum_ = counts[0].name, money[0].name
            raise ExpressionError(
                counts[0].position,
                Bilingual(
                    f"数目 {count} 不能与金额 {sum_} 直接比较或相加",
                    f"the count {count} cannot be compared with the money {sum_}, or added to it",
                ),
                Bilingual(
                    f"写明每个值多少元，例如 {count} * 1000",
                    f"say what each is worth in yuan, as in {count} * 1000",
                ),
            )

    def _codes(self, nodes: Sequence[Node]) -> Mapping[str, Bilingual]:
        codes: dict[str, Bilingual] = {}
        for node in nodes:
            fact = self.around.facts.get(node.name) if node.op is Op.FACT else None
            if fact is not None:
                codes |= fact.codes
        return codes

    def _made(self, node: Node, kind: Kind, codes: Mapping[str, Bilingual]) -> Node:
        if node.kind is Kind.NULL:
            return replace(node, kind=kind)
        if node.kind is not Kind.TEXT:
            return node
        text = node.name
        if kind is Kind.CODE:
            if codes and text not in codes:
                raise ExpressionError(
                    node.position,
                    Bilingual(f"没有代码“{text}”", f"there is no code {text!r}"),
                    did_you_mean(
                        text,
                        codes,
                        Bilingual(f"可用：{'、'.join(codes)}", f"codes are {', '.join(codes)}"),
                    ),
                )
            return const(encode_text(text), kind, node.position, text)
        if kind is Kind.REGION:
            return const(region_of(text, node.position)[0], kind, node.position, text)
        return const(industry_of(text, node.position)[0], kind, node.position, text)
