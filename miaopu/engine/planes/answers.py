"""Answers to questions about one fact, value by value, kept as long as the values are the same."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from miaopu.engine.facts import Value

Stretches = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ByValue:
    """Which values make a question true, and which make it not false, as stretches [first, last].

    `unknown`: the same two for those whose value is not known. `values` says how many there are.
    """

    true: Stretches
    maybe: Stretches
    unknown: tuple[bool, bool]
    values: int


# by the number of a step: the values of its column, and the answer
Answers = MutableMapping[int, tuple[tuple[Value, ...], ByValue]]
