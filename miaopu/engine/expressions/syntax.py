"""An expression as written, before its types are known."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """A piece of an expression as written; `position` is where it begins in the source."""

    op: str
    args: tuple["Syntax", ...] = ()
    value: object = None
    position: int = 0
