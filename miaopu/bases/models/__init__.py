"""Models of the bases."""

from miaopu.bases.models.bases import Base, BaseTitle, Room
from miaopu.bases.models.growth import AttachedOfficer, GrowthNeed, GrowthPlan, ServiceRecord
from miaopu.bases.models.month_deliveries import MonthDelivery
from miaopu.bases.models.months import FollowUp, MonthlyFigure
from miaopu.bases.models.tenancies import Tenancy

__all__ = [
    "AttachedOfficer",
    "Base",
    "BaseTitle",
    "FollowUp",
    "GrowthNeed",
    "GrowthPlan",
    "MonthDelivery",
    "MonthlyFigure",
    "Room",
    "ServiceRecord",
    "Tenancy",
]
