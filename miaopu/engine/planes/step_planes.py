"""The planes of a program's steps over one piece, made when they are first asked for."""

from __future__ import annotations

import numpy as np

from miaopu.engine.expressions.tree import Op
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Plane, words_for
from miaopu.engine.planes.program import Program
from miaopu.engine.planes.quick import Columns
from miaopu.engine.planes.workspace import Workspace


class Planes:
    """The planes of one piece; each is made for those rows only that some rule asks about."""

    def __init__(
        self,
        program: Program,
        batch: Batch,
        space: Workspace,
        unknown: bool = True,
    ) -> None:
        self.program = program
        self.batch = batch
        self.unknown = unknown  # else a plane says only where something is true
        self.space = space
        self.columns = Columns(batch, program.answers, space)
        words = words_for(batch.rows)
        self._room = space.planes[:, :, :words]
        self._made: list[slice | None] = [None] * len(program.steps)
        self._words = [slice(0, words)] * len(program.steps)

    def narrow(self, number: int, words: slice) -> None:
        """A step is asked about these words only."""
        self._words[number] = words

    def step(self, number: int) -> Plane:
        """The plane of a step."""
        return self.covering(number, self._words[number])

    def is_made(self, number: int, words: slice) -> bool:
        """Whether the plane of a step is there for these words."""
        made = self._made[number]
        return made is not None and made.start <= words.start and words.stop <= made.stop

    def covering(self, number: int, words: slice) -> Plane:
        """The plane of a step, made for these words at least."""
        plane: Plane = self._room[number]
        if not self.is_made(number, words):
            self._make(number, plane[:, words], words)
            self._made[number] = words
        return plane

    def _make(self, number: int, plane: Plane, words: slice) -> None:
        step = self.program.steps[number]
        both = self.unknown or number in self.program.negated
        if not step.parts:
            self.columns.atom(number, step, plane, words, both)
            return
        first, *others = (self.covering(part, words)[:, words] for part in step.parts)
        if step.node.op is Op.NOT:
            np.invert(first[::-1], out=plane)
            return
        if not both:
            plane, first = plane[0], first[0]
            others = [part[0] for part in others]
        join = np.bitwise_and if step.node.op is Op.AND else np.bitwise_or
        if not others:
            plane[:] = first
            return
        join(first, others[0], out=plane)
        for part in others[1:]:
            join(plane, part, out=plane)
