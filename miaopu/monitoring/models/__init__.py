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
from miaopu.monitoring.models.late_files import LateScoreFile
from miaopu.monitoring.models.papers import AssessmentBulletin, AssessmentCertificate
from miaopu.monitoring.models.results import (
    AssessmentAppeal,
    AssessmentFreeze,
    AssessmentOpinion,
    AssessmentResult,
)
from miaopu.monitoring.models.subjects import AssessmentSubject

__all__ = [
    "AssessmentAppeal",
    "AssessmentBulletin",
    "AssessmentCampaign",
    "AssessmentCertificate",
    "AssessmentConflict",
    "AssessmentFreeze",
    "AssessmentOpinion",
    "AssessmentResult",
    "AssessmentSubject",
    "DelistingCase",
    "ExpertSample",
    "LateScoreFile",
    "Score",
    "ScoreChange",
    "ScoreFile",
    "ScoreSheet",
]
