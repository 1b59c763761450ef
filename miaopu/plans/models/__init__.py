"""Models of the plans."""

from miaopu.plans.models.decompositions import (
    DecompositionMember,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.models.duties import DutyFile, DutyRecord
from miaopu.plans.models.feeds import CalendarFeed
from miaopu.plans.models.letters import TargetLetter
from miaopu.plans.models.matches import Match
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.supervision import Task, TaskMilestone, TaskUnit, Unit, UnitOffice
from miaopu.plans.models.targets import Target
from miaopu.plans.models.task_reports import TaskExtension, TaskFile, TaskReport

__all__ = [
    "CalendarFeed",
    "DutyFile",
    "DutyRecord",
    "DecompositionMember",
    "Match",
    "Programme",
    "ProgrammeVersion",
    "Target",
    "Task",
    "TaskExtension",
    "TaskFile",
    "TaskMilestone",
    "TaskReport",
    "TaskUnit",
    "Unit",
    "UnitOffice",
    "TargetDecomposition",
    "TargetLetter",
    "TargetPart",
]
