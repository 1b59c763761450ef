"""The piece of packs and rules files that says what is counted once."""

from pydantic import Field

from miaopu.engine.definitions.pieces import Identifier, Piece, Words


class CountedOncePiece(Piece):
    """Rules among which the same event, asset or person is counted once."""

    among: tuple[Identifier, ...] = Field(min_length=2)
    title: Words
    clause: str | None = None
