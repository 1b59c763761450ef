"""Named functions of a rules file or pack: an expression with a name, written once, used in many.

A use is replaced by what the function means before types are checked, so that everything that runs,
reads out or explains an expression knows the language's own operators only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.parse import parse
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tokens import MAX_DEPTH, too_deep
from miaopu.engine.messages import Bilingual


@dataclass(frozen=True)
class Function:
    """What a name stands for: `means` is an expression in which `takes` are filled in."""

    takes: tuple[str, ...]
    means: str


Functions = Mapping[str, Function]


def read(source: str, functions: Functions) -> Syntax:
    """The syntax of `source`, each named function replaced by what it means.

    Raises ExpressionError, also for a wrong number of values and for what nests too deep then.
    """
    found = parse(source, frozenset(functions))
    if not functions:
        return found
    found = _expanded(found, functions)
    if _depth(found) > 2 * MAX_DEPTH:
        raise too_deep(found.position)
    return found


def calls(source: str, functions: Functions) -> set[str]:
    """The named functions that `source` calls."""
    found, waiting = set(), [parse(source, frozenset(functions))]
    while waiting:
        one = waiting.pop()
        if one.called and one.op in functions:
            found.add(one.op)
        waiting += one.args
    return found


def _expanded(syntax: Syntax, functions: Functions) -> Syntax:
    args = tuple(_expanded(arg, functions) for arg in syntax.args)
    known = functions.get(syntax.op) if syntax.called else None
    if known is None:
        return replace(syntax, args=args)
    if len(args) != len(known.takes):
        count = len(known.takes)
        raise ExpressionError(
            syntax.position,
            Bilingual(f"{syntax.op} 要 {count} 个值", f"{syntax.op} takes {count} values"),
            Bilingual(
                f"写成 {syntax.op}({', '.join(known.takes)})",
                f"write {syntax.op}({', '.join(known.takes)})",
            ),
        )
    if calls(known.means, functions):  # else there could be a circle
        raise no_function_in(syntax.op, syntax.position)
    return _filled(parse(known.means), dict(zip(known.takes, args, strict=True)), syntax.position)


def no_function_in(name: str, position: int) -> ExpressionError:
    """The refusal of a named function whose meaning calls another."""
    return ExpressionError(
        position,
        Bilingual(
            f"具名函数 {name} 里不能再用具名函数",
            f"the named function {name} calls another, which it may not",
        ),
        Bilingual("在 means 里写出那个函数的内容", "write out in means what the other one means"),
    )


def _filled(syntax: Syntax, given: Mapping[str, Syntax], position: int) -> Syntax:
    """The meaning with the values given; what is wrong in it is told where it was used."""
    if syntax.op == "name" and syntax.value in given:
        return given[str(syntax.value)]
    args = tuple(_filled(arg, given, position) for arg in syntax.args)
    return replace(syntax, args=args, position=position)


def _depth(syntax: Syntax) -> int:
    deepest, level = 0, [syntax]
    while level:
        deepest += 1
        level = [arg for one in level for arg in one.args]
    return deepest
