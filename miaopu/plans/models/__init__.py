"""Models of the plans."""

from miaopu.plans.models.decompositions import (
    DecompositionMember,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.models.document_care import DocumentReview, DocumentSubscription
from miaopu.plans.models.documents import DocumentCitation, DocumentVersion, PolicyDocument
from miaopu.plans.models.duties import DutyFile, DutyRecord
from miaopu.plans.models.feeds import CalendarFeed
from miaopu.plans.models.fees import FeeEntry, FeeList
from miaopu.plans.models.letters import TargetLetter
from miaopu.plans.models.matches import Match
from miaopu.plans.models.matching_choices import MatchingOptOut
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.readings import PlanReading, ReadingItem
from miaopu.plans.models.rule_versions import RuleProposal
from miaopu.plans.models.runs import MatchRun
from miaopu.plans.models.simulations import SimulatedChange, Simulation
from miaopu.plans.models.supervision import Task, TaskMilestone, TaskUnit, Unit, UnitOffice
from miaopu.plans.models.targets import Target
from miaopu.plans.models.task_reports import TaskExtension, TaskFile, TaskReport

__all__ = [
    "CalendarFeed",
    "DecompositionMember",
    "DocumentCitation",
    "DocumentReview",
    "DocumentSubscription",
    "DocumentVersion",
    "DutyFile",
    "DutyRecord",
    "FeeEntry",
    "FeeList",
    "Match",
    "MatchRun",
    "MatchingOptOut",
    "PlanReading",
    "PolicyDocument",
    "Programme",
    "ProgrammeVersion",
    "ReadingItem",
    "RuleProposal",
    "SimulatedChange",
    "Simulation",
    "Target",
    "TargetDecomposition",
    "TargetLetter",
    "TargetPart",
    "Task",
    "TaskExtension",
    "TaskFile",
    "TaskMilestone",
    "TaskReport",
    "TaskUnit",
    "Unit",
    "UnitOffice",
]
