"""The money that a decision would take: functions that higher rooms register, one per outcome.

As with `miaopu.cases.outcomes`: cases never import the ledger, but a batch review must know what is
left (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from miaopu.cases.models import Case, Item


@dataclass(frozen=True)
class Purse:
    """Money of one level in one region for an item, in fen.

    `promised_fen` is what approved and published cases will take at their decision.
    """

    key: str
    level: str
    region: str
    available_fen: int
    promised_fen: int

    @property
    def left_fen(self) -> int:
        """What is neither committed nor promised; below zero where too much was promised."""
        return self.available_fen - self.promised_fen


@dataclass(frozen=True)
class Means:
    """The purses that cases draw on, and what each case (by primary key) would take of which."""

    purses: tuple[Purse, ...] = ()
    shares: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


Finder = Callable[["Item", "Sequence[Case]", bool], Means]

_FINDERS: dict[str, str] = {}


def register(outcome: str, path: str) -> None:
    """Let the function at the dotted `path` say what cases with the outcome would take."""
    _FINDERS[outcome] = path


def means_of(item: Item, cases: Sequence[Case], *, lock: bool = False) -> Means:
    """What the cases would take and what there is; nothing for an outcome without money.

    With `lock` the money is held until the transaction ends: no decision takes it meanwhile.
    """
    if item.outcome not in _FINDERS:
        return Means()
    return cast(Finder, import_string(_FINDERS[item.outcome]))(item, cases, lock)
