"""Reading a table file that a stranger handed in, in a child process that may die of it."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.limited import SURROUNDINGS, ran_too_long, why_died
from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.limits import CPU_SECONDS, QUIET_SECONDS
from miaopu.engine.sheets.refusals import SPLIT, SheetError, refuse

_CHILD = (sys.executable, "-I", "-m", "miaopu.engine.sheets.child")
_LENGTH = 4
_FRAME_MAX = 512 * 1024 * 1024

Row = list[Any]


@dataclass(frozen=True)
class Table:
    """A table: the sheet it stands on, its line of titles, and what was left out.

    `header_row` counts from 1 as Excel does; `rows` is the last line of the sheet. `lines` gives,
    once, every line below the titles that says anything: its number, then its cells as text,
    numbers, booleans or None; dates are text (2018-03-05).
    """

    sheet: str
    header_row: int
    header: tuple[Any, ...]
    rows: int
    era_1904: bool
    notes: tuple[Bilingual, ...]
    lines: Iterator[Row]


@contextmanager
def read_table(
    path: Path, titles: Collection[str], *, quiet_seconds: float = QUIET_SECONDS
) -> Iterator[Table]:
    """Open the table in the file at `path` (.xlsx, .xls, CSV; by content, not by name).

    `titles` are the titles looked for, as `header.plain_title` writes them. Raises SheetError, also
    while the lines are read, where the file is refused or the child dies or says nothing for
    `quiet_seconds`. The child is gone when the block is left.
    """
    request = orjson.dumps({"path": str(path), "titles": sorted(titles)})
    child = subprocess.Popen(
        _CHILD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=SURROUNDINGS,
    )
    try:
        assert child.stdin is not None
        with suppress(BrokenPipeError):  # dead already: the first frame will be missing
            child.stdin.write(request)
        child.stdin.close()
        frames = _frames(child, quiet_seconds)
        described = next(frames, {}).get("table")
        if described is None:
            raise _died(child)
        yield Table(
            sheet=described["sheet"],
            header_row=described["header_row"],
            header=tuple(described["header"]),
            rows=described["rows"],
            era_1904=described["era_1904"],
            notes=tuple(Bilingual(zh, en) for zh, en in described["notes"]),
            lines=(line for frame in frames for line in frame["rows"]),
        )
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _frames(child: subprocess.Popen[bytes], quiet: float) -> Iterator[dict[str, Any]]:
    """What the child says until its last word. Raises SheetError where it refuses or dies."""
    while True:
        length = int.from_bytes(_read(child, _LENGTH, quiet), "big")
        if length > _FRAME_MAX:
            raise _died(child)
        frame: dict[str, Any] = orjson.loads(_read(child, length, quiet))
        if "refused" in frame:
            zh, en, remedy_zh, remedy_en = frame["refused"]
            raise SheetError(Bilingual(zh, en), Bilingual(remedy_zh, remedy_en))
        if "end" in frame:
            return
        yield frame


def _read(child: subprocess.Popen[bytes], count: int, quiet: float) -> bytes:
    assert child.stdout is not None
    parts = []
    while count > 0:
        if not select.select([child.stdout], [], [], quiet)[0]:
            raise _died(child)
        part = child.stdout.read(count)
        if not part:
            raise _died(child)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _died(child: subprocess.Popen[bytes]) -> SheetError:
    """The refusal of a file whose reader died: of time, of memory, or of the content."""
    try:
        status: int | None = child.wait(1)
    except subprocess.TimeoutExpired:  # it is alive and says nothing
        status = None
    why = why_died(status, CPU_SECONDS)
    return refuse(why.zh, why.en, SPLIT) if ran_too_long(status) else refuse(why.zh, why.en)
