"""What an expression is refused with: where, why, and what to write instead."""

import difflib
from collections.abc import Iterable

from miaopu.engine.messages import Bilingual, EngineError


class ExpressionError(EngineError):
    """A text that is not an expression of the language.

    `position` is the offset of the character in the source (from 0) at which the trouble begins.
    """

    def __init__(self, position: int, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(
            Bilingual(
                f"第 {position + 1} 个字符处：{message.zh}",
                f"at character {position + 1}: {message.en}",
            ),
            remedy,
        )
        self.position = position


def did_you_mean(word: str, known: Iterable[str], otherwise: Bilingual) -> Bilingual:
    """The remedy for an unknown `word`: the nearest known one, or `otherwise`."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    if near:
        return Bilingual(f"是否要写 {near[0]}？", f"did you mean {near[0]}?")
    return otherwise
