"""An expression as written, before its types are known."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """A piece of an expression as written; `position` is where it begins in the source.

    `called`: `op` was written as a function with brackets.
    """

    op: str
    args: tuple["Syntax", ...] = ()
    value: object = None
    position: int = 0
    called: bool = False


def names_in(syntax: Syntax, op: str) -> tuple[str, ...]:
    """What the expression names, each once: its facts (`op` "name") or parameters ("parameter")."""
    found: dict[str, None] = {}
    waiting = [syntax]
    while waiting:
        one = waiting.pop()
        if one.op == op:
            found[str(one.value)] = None
        waiting += reversed(one.args)
    return tuple(found)
