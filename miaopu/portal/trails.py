"""Trails as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from miaopu.portal.shapes import TrailEntry


def folded(entries: Iterable[TrailEntry]) -> list[TrailEntry]:
    """The same by the same person several times in a row is one line, with how often.

    A form that is saved page by page would else push what matters out of sight. Entries with a
    reason, money or a trace stay as they are; the line shows the moment of the last one.
    """
    found: list[TrailEntry] = []
    for entry in entries:
        last = found[-1] if found else None
        if last is not None and _plain(last) and _plain(entry) and _deed(last) == _deed(entry):
            found[-1] = replace(entry, times=last.times + entry.times)
        else:
            found.append(entry)
    return found


def _plain(entry: TrailEntry) -> bool:
    return not (entry.why or entry.lines or entry.trace_href)


def _deed(entry: TrailEntry) -> tuple[str, str]:
    return str(entry.who), str(entry.what)
