"""The process that decodes a stranger's picture and may die of it.

`python -m miaopu.engine.pictures.child` takes {"path"} as JSON on standard input, puts limits of
memory and CPU time on itself, and answers {"sketch": "…"} on standard output: empty where the
picture cannot be decoded or says too little.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import typst

from miaopu.engine.limited import limit_itself
from miaopu.engine.pictures.sketches import HEIGHT, WIDTH, grey_points, sketch_of

CPU_SECONDS = 20
_PAGE = (
    "#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
    '#image(read("/{name}", encoding: none), width: 100%, height: 100%, fit: "stretch")'
)
_BLOCK = 8  # each grey point is the mean of so many by so many points of the page


def answer(path: Path) -> str:
    """The sketch of the picture; empty where the renderer does not read it."""
    page = _PAGE.format(width=WIDTH * _BLOCK, height=HEIGHT * _BLOCK, name=path.name)
    try:
        made = typst.compile(  # type: ignore[call-overload] # a page in memory, a folder on disk
            page.encode(), root=str(path.parent), format="png", ppi=72.0, ignore_system_fonts=True
        )
    except typst.TypstError:
        return ""
    assert isinstance(made, bytes)  # one page
    fine = grey_points(made)
    coarse = [
        [
            sum(sum(line[left : left + _BLOCK]) for line in fine[top : top + _BLOCK]) // _BLOCK**2
            for left in range(0, WIDTH * _BLOCK, _BLOCK)
        ]
        for top in range(0, HEIGHT * _BLOCK, _BLOCK)
    ]
    return sketch_of(coarse)


def main() -> int:
    """Answer one request."""
    limit_itself(CPU_SECONDS)
    asked = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps({"sketch": answer(Path(asked["path"]))}))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
