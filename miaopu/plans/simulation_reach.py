"""How far money and places reach among those whom a tried rule reaches."""

from __future__ import annotations

from miaopu.engine.simulation.tally import ByPoints, CutOff, cut_off
from miaopu.plans.models import Simulation

__all__ = ["CutOff", "planned_reach", "supposed_reach"]


def planned_reach(simulation: Simulation) -> CutOff | None:
    """How far the plan's own money reaches; None where the plan has none for the item."""
    reach = simulation.result["new"]["reach"]
    return None if reach is None else cut_off(_standing(simulation), reach["bound_fen"])


def supposed_reach(simulation: Simulation, money: int | None, places: int | None) -> CutOff | None:
    """How far `money` (fen) and `places` (enterprises) reach; None where neither is given."""
    if money is None and places is None:
        return None
    return cut_off(_standing(simulation), money, places)


def _standing(simulation: Simulation) -> ByPoints:
    return ByPoints.from_json(simulation.result["new"]["standing"])
