"""What the type check refuses, and what it says then."""

from collections.abc import Mapping, Sequence

from miaopu.engine.codes import industry_range, region_range
from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tree import Kind, Node
from miaopu.engine.messages import Bilingual

TEXTUAL = frozenset({Kind.CODE, Kind.REGION, Kind.INDUSTRY})
ORDERED = frozenset({Kind.NUMBER, Kind.DATE})
KIND_NAMES: Mapping[Kind, Bilingual] = {
    Kind.NUMBER: Bilingual("数值", "a number"),
    Kind.BOOLEAN: Bilingual("是非", "yes or no"),
    Kind.DATE: Bilingual("日期", "a date"),
    Kind.CODE: Bilingual("代码", "a code"),
    Kind.REGION: Bilingual("地区", "a region"),
    Kind.INDUSTRY: Bilingual("行业", "an industry"),
    Kind.TAGS: Bilingual("标签", "tags"),
    Kind.TEXT: Bilingual("文本", "a text"),
    Kind.NULL: Bilingual("null", "null"),
}


def expect(node: Node, kind: Kind) -> None:
    """Raise ExpressionError unless `node` is of `kind`."""
    if node.kind is not kind:
        wanted, found = KIND_NAMES[kind], KIND_NAMES[node.kind]
        raise ExpressionError(
            node.position,
            Bilingual(
                f"这里要{wanted.zh}，却是{found.zh}", f"expected {wanted.en}, found {found.en}"
            ),
            remedy_for(kind, node.kind),
        )


def region_of(prefix: str, position: int) -> tuple[int, int]:
    """The range of the region `prefix`; raises ExpressionError where it is no code."""
    try:
        return region_range(prefix)
    except ValueError as error:
        raise ExpressionError(
            position,
            Bilingual(f"“{prefix}”不是区划代码", f"{prefix!r} is not a region code"),
            Bilingual(
                "写出代码或其前几位，如 '5201'", "give a code or its first digits, as '5201'"
            ),
        ) from error


def industry_of(prefix: str, position: int) -> tuple[int, int]:
    """The range of the industry `prefix`; raises ExpressionError where there is no such code."""
    try:
        return industry_range(prefix)
    except ValueError as error:
        raise ExpressionError(
            position,
            Bilingual(f"“{prefix}”不是行业代码", f"{prefix!r} is not an industry code"),
            Bilingual(
                "写出 GB/T 4754 代码，如 'C' 或 '13'", "give a GB/T 4754 code, as 'C' or '13'"
            ),
        ) from error


def quoted(syntax: Syntax) -> str:
    """The quoted code in `syntax`; raises ExpressionError where something else stands."""
    if syntax.op != "text" or not str(syntax.value).strip():
        raise ExpressionError(
            syntax.position,
            Bilingual("这里要写引号里的代码", "a quoted code belongs here"),
            Bilingual("例如 in_region(region, '5201')", "as in in_region(region, '5201')"),
        )
    return str(syntax.value)


def check_count(syntax: Syntax, least: int, most: int | None) -> None:
    """Raise unless `syntax` has `least` to `most` arguments (None: any number)."""
    count = len(syntax.args)
    if count < least or (most is not None and count > most):
        wanted = str(least) if most == least else f"{least}+"
        raise ExpressionError(
            syntax.position,
            Bilingual(
                f"{syntax.op} 要 {wanted} 个参数，写了 {count} 个",
                f"{syntax.op} takes {wanted} arguments, not {count}",
            ),
            Bilingual("核对括号里的内容", "check what stands between the brackets"),
        )


def check_ordered(node: Node) -> None:
    """Raise unless values of the kind of `node` are larger and smaller."""
    if node.kind not in ORDERED:
        found = KIND_NAMES[node.kind]
        raise ExpressionError(
            node.position,
            Bilingual(f"{found.zh}没有大小之分", f"{found.en} has no order"),
            Bilingual("用 = 或 in 比较", "compare with = or in"),
        )


def check_tags(nodes: Sequence[Node]) -> None:
    """Raise if one of `nodes` is a set of tags."""
    for node in nodes:
        if node.kind is Kind.TAGS:
            raise ExpressionError(
                node.position,
                Bilingual("标签不能直接比较", "tags cannot be compared"),
                Bilingual("写成 has_tag(tags, '…')", "write has_tag(tags, '…')"),
            )


def check_known_kind(nodes: Sequence[Node]) -> None:
    """Raise if nothing but null stands in `nodes`."""
    if nodes[0].kind is Kind.NULL:
        raise compared_with_null(nodes[0])


def remedy_for(wanted: Kind, found: Kind) -> Bilingual:
    """What to write where `wanted` was expected and `found` stands."""
    if wanted is Kind.DATE and found in (Kind.TEXT, Kind.NUMBER):
        return Bilingual("日期写成 date '2018-01-31'", "write a date as date '2018-01-31'")
    if wanted is Kind.NUMBER and found is Kind.TEXT:
        return Bilingual("数值不加引号", "write a number without quotation marks")
    if wanted is Kind.BOOLEAN and found is Kind.TEXT:
        return Bilingual(
            "写 true 或 false，不加引号", "write true or false without quotation marks"
        )
    if wanted in TEXTUAL and found is Kind.NUMBER:
        return Bilingual("代码要加单引号，如 '5201'", "put a code in single quotes, as '5201'")
    if found is Kind.DATE and wanted is Kind.NUMBER:
        return Bilingual(
            "日期的推算用 add_months 或 add_years", "move a date with add_months or add_years"
        )
    return Bilingual("请核对两边的类型", "check the types on both sides")


def compared_with_null(node: Node) -> ExpressionError:
    """The refusal of a comparison with null."""
    return ExpressionError(
        node.position,
        Bilingual("与 null 比较永远没有答案", "a comparison with null is never true or false"),
        Bilingual("写成 is null 或 is not null", "write is null or is not null"),
    )


def too_large(position: int) -> ExpressionError:
    """The refusal of a figure that 64 bits do not hold."""
    return ExpressionError(
        position,
        Bilingual("数值太大", "the figure is too large"),
        Bilingual("核对单位：金额以元计", "check the unit: money is in yuan"),
    )
