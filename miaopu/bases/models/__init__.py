"""Models of the bases."""

from miaopu.bases.models.bases import Base, BaseTitle, Room
from miaopu.bases.models.inspections import InspectionCampaign, InspectionSheet, SheetAnswer
from miaopu.bases.models.rectifications import Rectification, RectificationFile
from miaopu.bases.models.standards import StandardAnswer
from miaopu.bases.models.surveys import SurveyBase, SurveyInvitation, SurveyTally, TenantSurvey
from miaopu.bases.models.tenancies import Tenancy
from miaopu.bases.models.visits import BaseVisit, VisitFile

__all__ = [
    "Base",
    "BaseTitle",
    "BaseVisit",
    "InspectionCampaign",
    "InspectionSheet",
    "Rectification",
    "RectificationFile",
    "Room",
    "SheetAnswer",
    "StandardAnswer",
    "SurveyBase",
    "SurveyInvitation",
    "SurveyTally",
    "Tenancy",
    "TenantSurvey",
    "VisitFile",
]
