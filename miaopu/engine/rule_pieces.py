"""From the checked pieces of a pack or rules file to the plain data of a rule set."""

from collections.abc import Mapping, Sequence

from miaopu.engine.definitions.counting import CountedOncePiece
from miaopu.engine.definitions.pieces import (
    ConditionPiece,
    FunctionPiece,
    PriorityPiece,
    ValuePiece,
    parameter_value,
)
from miaopu.engine.expressions.named import Function
from miaopu.engine.rule_sets import Condition, CountedOnce, DatedValue, Priority


def conditions_of(pieces: Sequence[ConditionPiece]) -> tuple[Condition, ...]:
    """The conditions that checked pieces describe."""
    return tuple(
        Condition(
            piece.id,
            piece.when,
            piece.decide.bilingual if piece.decide else None,
            piece.title.bilingual if piece.title else None,
            piece.clause or "",
        )
        for piece in pieces
    )


def priorities_of(pieces: Sequence[PriorityPiece]) -> tuple[Priority, ...]:
    """The priorities that checked pieces describe; one without an id is called p1, p2, …"""
    return tuple(
        Priority(
            piece.id or f"p{number}",
            piece.when,
            piece.points,
            piece.title.bilingual if piece.title else None,
            piece.clause or "",
        )
        for number, piece in enumerate(pieces, start=1)
    )


def dated_parameters(
    pieces: Mapping[str, Sequence[ValuePiece]],
) -> dict[str, tuple[DatedValue, ...]]:
    """The dated parameters that checked pieces describe, the earliest value first."""
    return {
        name: tuple(
            DatedValue(
                piece.start, parameter_value(piece.value), piece.unit or "", piece.clause or ""
            )
            for piece in sorted(values, key=lambda piece: piece.start)
        )
        for name, values in pieces.items()
    }


def functions_of(pieces: Mapping[str, FunctionPiece]) -> dict[str, Function]:
    """The named functions that checked pieces describe."""
    return {name: Function(piece.takes, piece.means) for name, piece in pieces.items()}


def counted_once_of(pieces: Mapping[str, CountedOncePiece]) -> tuple[CountedOnce, ...]:
    """The sets counted once that checked pieces describe."""
    return tuple(
        CountedOnce(name, piece.among, piece.title.bilingual, piece.clause or "")
        for name, piece in pieces.items()
    )
