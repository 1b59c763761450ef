"""Industries as people choose among them."""

from __future__ import annotations

from functools import cache

from miaopu.engine.reference import industries
from miaopu.engine.size_standard import groups_of


@cache
def industry_codes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sections with the industries to choose from: divisions, and finer where the size needs it."""
    table = industries()
    below: dict[str, list[str]] = {}
    for code, entry in table.items():
        above = {2: entry.section, 3: entry.division, 4: entry.group}.get(entry.level)
        if above is not None:
            below.setdefault(above if above in table else entry.division, []).append(code)

    def finest(code: str) -> list[str]:
        if len(groups_of(code)) == 1 or code not in below:
            return [code]
        return [found for child in below[code] for found in finest(child)]

    return tuple(
        (section, tuple(found for division in below[section] for found in finest(division)))
        for section, entry in table.items()
        if entry.level == 1
    )


def industry_title(code: str) -> str:
    """The name of an industry in the table (it is in Chinese only)."""
    return industries()[code].name
