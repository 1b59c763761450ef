"""Models of the plans."""

from miaopu.plans.models.matches import Match
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.readings import PlanReading, ReadingItem
from miaopu.plans.models.targets import Target

__all__ = [
    "Match",
    "PlanReading",
    "Programme",
    "ProgrammeVersion",
    "ReadingItem",
    "Target",
]
