"""Models of the plans."""

from miaopu.plans.models.decompositions import (
    DecompositionMember,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.models.document_care import DocumentReview, DocumentSubscription
from miaopu.plans.models.documents import DocumentCitation, DocumentVersion, PolicyDocument
from miaopu.plans.models.fees import FeeEntry, FeeList
from miaopu.plans.models.letters import TargetLetter
from miaopu.plans.models.matches import Match
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.targets import Target

__all__ = [
    "DecompositionMember",
    "DocumentCitation",
    "DocumentReview",
    "DocumentSubscription",
    "DocumentVersion",
    "FeeEntry",
    "FeeList",
    "Match",
    "PolicyDocument",
    "Programme",
    "ProgrammeVersion",
    "Target",
    "TargetDecomposition",
    "TargetLetter",
    "TargetPart",
]
