"""What is different between two versions of a programme, for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.diff import Difference, compare
from miaopu.engine.packs.schema import Pack


@dataclass(frozen=True)
class ChangedPart:
    """A difference: where in the pack, what kind, before and now as the pack says it."""

    path: tuple[str, ...]
    kind: str
    old: Any
    new: Any

    @property
    def key(self) -> str:
        """The place as people who write packs name it: targets.jobs.value."""
        return ".".join(self.path)


@dataclass(frozen=True)
class VersionDifference:
    """All differences, and the targets, items and amounts that they touch, by id and title."""

    old: Pack
    new: Pack
    parts: tuple[ChangedPart, ...]
    targets: tuple[tuple[str, Bilingual], ...]
    rules: tuple[tuple[str, Bilingual], ...]
    amounts: tuple[str, ...]


def compare_packs(old: Pack, new: Pack) -> VersionDifference:
    """What `new` says otherwise than `old`; nothing where they are the same."""
    found: Difference = compare(old, new)
    return VersionDifference(
        old=old,
        new=new,
        parts=tuple(ChangedPart(one.path, one.kind, one.old, one.new) for one in found.changes),
        targets=tuple((name, _target_title(old, new, name)) for name in found.targets),
        rules=tuple((name, _item_title(old, new, name)) for name in found.rules),
        amounts=found.amounts,
    )


def _target_title(old: Pack, new: Pack, name: str) -> Bilingual:
    for pack in (new, old):
        for target in pack.targets:
            if target.id == name and target.indicator in pack.indicators:
                title = pack.indicators[target.indicator].title
                return Bilingual(title.zh, title.en)
    return Bilingual(name, name)


def _item_title(old: Pack, new: Pack, name: str) -> Bilingual:
    for pack in (new, old):
        if name in pack.items:
            title = pack.items[name].title
            return Bilingual(title.zh, title.en)
    return Bilingual(name, name)
