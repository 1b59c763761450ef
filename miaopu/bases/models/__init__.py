"""Models of the bases."""

from miaopu.bases.models.anomalies import Anomaly, FileSketch
from miaopu.bases.models.bases import Base, BaseTitle, Room
from miaopu.bases.models.records import BaseChange, BaseExit, BaseFile, BaseProfile, ExitPlan
from miaopu.bases.models.tenancies import Tenancy
from miaopu.bases.models.title_motions import TitleMotion
from miaopu.bases.models.titles import Nomination, TitleCampaign, TitleList, TitleObjection

__all__ = [
    "Anomaly",
    "Base",
    "BaseChange",
    "BaseExit",
    "BaseFile",
    "BaseProfile",
    "BaseTitle",
    "ExitPlan",
    "FileSketch",
    "Nomination",
    "Room",
    "Tenancy",
    "TitleCampaign",
    "TitleList",
    "TitleMotion",
    "TitleObjection",
]
