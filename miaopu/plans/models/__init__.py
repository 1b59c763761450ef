"""Models of the plans."""

from miaopu.plans.models.decompositions import (
    DecompositionMember,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.models.letters import TargetLetter
from miaopu.plans.models.matches import Match
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.runs import MatchRun
from miaopu.plans.models.targets import Target

__all__ = [
    "DecompositionMember",
    "Match",
    "MatchRun",
    "Programme",
    "ProgrammeVersion",
    "Target",
    "TargetDecomposition",
    "TargetLetter",
    "TargetPart",
]
