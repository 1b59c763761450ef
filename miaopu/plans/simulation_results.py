"""A simulation as plain data: totals, groups, who gains and loses, how far the money reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from miaopu.engine.packs.schema import Pack
from miaopu.engine.simulation.answer import MANY
from miaopu.engine.simulation.run import Effect, Simulation
from miaopu.engine.simulation.tally import Tally, cut_off
from miaopu.engine.size import CLASS_NAMES

WAYS = ("region", "size", "industry", "age")
SIZE_NAMES = CLASS_NAMES
LEVELS = ("central", "province", "city", "county")


def result_of(
    found: Simulation, pack: Pack, item: str, lacking: Mapping[str, int], against: Pack | None
) -> dict[str, Any]:
    """What is kept of a simulation of the item: the new rule's figures, beside the earlier one's.

    `lacking` says of how many enterprises each fact that the rule reads is not known. Amounts are
    in fen throughout.
    """
    result: dict[str, Any] = {
        "enterprises": found.enterprises,
        "new": _side(found.effect, pack, item),
        "by": {way.name: _groups(found, place) for place, way in enumerate(found.by)},
        "lacking": dict(lacking),
        "old": None,
        "difference": None,
    }
    if found.before is not None and against is not None:
        gain = sum(change.gains for change in found.changes)
        result["old"] = _side(found.before, against, item)
        result["difference"] = {
            "gain": gain,
            "lose": len(found.changes) - gain,
            "cost_fen": result["new"]["cost_fen"] - result["old"]["cost_fen"],
        }
    return result


def budgets_of(pack: Pack, item: str) -> dict[str, int]:
    """The pack's money for the item by level, in fen; levels without a budget are left out."""
    sums: Counter[str] = Counter()
    for budget in pack.budgets:
        if budget.item == item:
            sums[budget.level] += budget.amount_fen
    return {level: sums[level] for level in LEVELS if level in sums}


def _side(effect: Effect, pack: Pack, item: str) -> dict[str, Any]:
    [one] = effect.rules
    answered = one.unknown + one.undecided + one.tally.enterprises
    share = one.unknown / max(answered, 1)
    return {
        "enterprises": one.tally.enterprises,
        "cost_fen": one.tally.cost_fen,
        "by_level": dict(one.tally.by_level),
        "unpriced": one.tally.unpriced,
        "unknown": one.unknown,
        "unknown_share": round(share, 4),
        "many_unknown": share >= MANY,
        "missing": dict(one.missing),
        "reach": _reach(effect, pack, item),
        "standing": one.standing.to_json(),
    }


def _reach(effect: Effect, pack: Pack, item: str) -> dict[str, Any] | None:
    """How far the pack's money reaches, by priority; None where the pack has none for the item.

    Every award is borne by all levels together, so the level with the least bounds it.
    """
    budgets, shares = budgets_of(pack, item), pack.items[item].shares
    parts = {level: part for level, part in shares.items() if part and level in budgets}
    if not parts:
        return None
    whole = sum(shares.values())
    bound = {level: budgets[level] * whole // part for level, part in parts.items()}
    tightest = min(bound, key=lambda level: (bound[level], LEVELS.index(level)))
    return {
        "budgets": budgets,
        "tightest": tightest,
        "bound_fen": bound[tightest],
        **cut_off(effect.rules[0].standing, bound[tightest]).to_json(),
    }


def _groups(found: Simulation, place: int) -> list[dict[str, Any]]:
    """One way of grouping: margins of the groups by all ways, which part enterprises exactly."""
    new, old = _margin(found.effect, place), _margin(found.before, place) if found.before else None
    keys = dict.fromkeys([*new, *(old or {})])
    rows = []
    for key in sorted(keys, key=lambda one: (one is None, one or "")):
        row: dict[str, Any] = {"key": key, "new": _figures(new.get(key, Tally()))}
        row["old"] = None if old is None else _figures(old.get(key, Tally()))
        rows.append(row)
    return rows


def _margin(effect: Effect, place: int) -> dict[str | None, Tally]:
    sums: dict[str | None, Tally] = {}
    for key, tally in effect.groups.items():
        total = sums.setdefault(key[place], Tally())
        total.enterprises += tally.enterprises
        total.cost_fen += tally.cost_fen
        total.by_level.update(tally.by_level)
    return sums


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "enterprises": tally.enterprises,
        "cost_fen": tally.cost_fen,
        "by_level": dict(tally.by_level),
    }


def lacking_of(
    columns: Mapping[str, Sequence[str | None]], names: Sequence[str], inputs: Sequence[str]
) -> Counter[str]:
    """Of how many rows each fact is not known; for the size class, which inputs it waits for."""
    counts: Counter[str] = Counter()
    for name in names:
        if name != "size":
            counts[name] += sum(value is None for value in columns[name])
            continue
        without = [row for row, value in enumerate(columns["size"]) if value is None]
        for needed in inputs:
            if needed not in names:
                counts[needed] += sum(columns[needed][row] is None for row in without)
    return counts
