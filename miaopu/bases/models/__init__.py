"""Models of the bases."""

from miaopu.bases.models.anomalies import Anomaly, FileSketch
from miaopu.bases.models.bases import Base, BaseTitle, Room
from miaopu.bases.models.growth import AttachedOfficer, GrowthNeed, GrowthPlan, ServiceRecord
from miaopu.bases.models.inspections import InspectionCampaign, InspectionSheet, SheetAnswer
from miaopu.bases.models.month_deliveries import MonthDelivery
from miaopu.bases.models.months import FollowUp, MonthlyFigure
from miaopu.bases.models.records import BaseChange, BaseExit, BaseFile, BaseProfile, ExitPlan
from miaopu.bases.models.rectifications import Rectification, RectificationFile
from miaopu.bases.models.standards import StandardAnswer
from miaopu.bases.models.surveys import SurveyBase, SurveyInvitation, SurveyTally, TenantSurvey
from miaopu.bases.models.tenancies import Tenancy
from miaopu.bases.models.title_motions import TitleMotion
from miaopu.bases.models.titles import Nomination, TitleCampaign, TitleList, TitleObjection
from miaopu.bases.models.visits import BaseVisit, VisitFile

__all__ = [
    "Anomaly",
    "AttachedOfficer",
    "Base",
    "BaseChange",
    "BaseExit",
    "BaseFile",
    "BaseProfile",
    "BaseTitle",
    "BaseVisit",
    "ExitPlan",
    "FileSketch",
    "FollowUp",
    "GrowthNeed",
    "GrowthPlan",
    "InspectionCampaign",
    "InspectionSheet",
    "MonthDelivery",
    "MonthlyFigure",
    "Nomination",
    "Rectification",
    "RectificationFile",
    "Room",
    "ServiceRecord",
    "SheetAnswer",
    "StandardAnswer",
    "SurveyBase",
    "SurveyInvitation",
    "SurveyTally",
    "Tenancy",
    "TenantSurvey",
    "TitleCampaign",
    "TitleList",
    "TitleMotion",
    "TitleObjection",
    "VisitFile",
]
