"""Models of monitoring."""

from miaopu.monitoring.models.assessments import (
    AssessmentCampaign,
    Score,
    ScoreChange,
    ScoreFile,
    ScoreSheet,
)
from miaopu.monitoring.models.assessors import AssessmentConflict, ExpertSample
from miaopu.monitoring.models.delistings import DelistingCase
from miaopu.monitoring.models.results import (
    AssessmentAppeal,
    AssessmentFreeze,
    AssessmentOpinion,
    AssessmentResult,
)
from miaopu.monitoring.models.subjects import AssessmentSubject

__all__ = [
    "AssessmentAppeal",
    "AssessmentCampaign",
    "AssessmentConflict",
    "AssessmentFreeze",
    "AssessmentOpinion",
    "AssessmentResult",
    "AssessmentSubject",
    "DelistingCase",
    "ExpertSample",
    "Score",
    "ScoreChange",
    "ScoreFile",
    "ScoreSheet",
]
