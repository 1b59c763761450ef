"""What the address of the reading desk asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from miaopu.plans.enums import ReadingItemState, ReadingKind

_DIGITS = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: which items, which of them now, and how.

    `base` is the address of the reading, so that links lead there from wherever they are shown.
    """

    base: str
    kind: str = ""
    state: str = ""
    clause: str = ""
    item: int = 0
    mode: str = ""
    view: str = "items"

    @classmethod
    def of(cls, data: QueryDict, base: str, prefix: str = "") -> Asked:
        """Read from an address, or from a form's fields with a prefix; nonsense is left out."""
        kind, state = data.get(f"{prefix}kind", ""), data.get(f"{prefix}state", "")
        item, mode = data.get(f"{prefix}item", ""), data.get(f"{prefix}mode", "")
        return cls(
            base=base,
            kind=kind if kind in ReadingKind.values else "",
            state=state if state in ReadingItemState.values else "",
            clause=data.get(f"{prefix}clause", "").replace("\x00", "")[:200],
            item=int(item) if _DIGITS.fullmatch(item) else 0,
            mode=mode if mode in ("edit", "add") else "",
            view="text" if data.get(f"{prefix}view") == "text" else "items",
        )

    @property
    def query(self) -> str:
        """The same as an address asks for it: `?…&` without an item, ready for more."""
        kept = {"kind": self.kind, "state": self.state, "clause": self.clause}
        said = urlencode({name: value for name, value in kept.items() if value})
        return f"{self.base}?{said}&" if said else f"{self.base}?"

    def href(self, **changes: Any) -> str:
        """The address with some of it changed; leads to the item's place in the text."""
        asked = replace(self, **changes)
        extra = {"item": asked.item or "", "mode": asked.mode}
        if asked.view == "text":
            extra["view"] = "text"
        said = urlencode({name: value for name, value in extra.items() if value})
        return f"{asked.query}{said}{f'#m{asked.item}' if asked.item and not asked.mode else ''}"

    def fresh(self, **changes: Any) -> Asked:
        """The same reading, nothing else asked for but `changes`."""
        return Asked(base=self.base, **changes)
