"""Models of the bases."""

from miaopu.bases.models.bases import Base, BaseTitle, Room
from miaopu.bases.models.tenancies import Tenancy

__all__ = ["Base", "BaseTitle", "Room", "Tenancy"]
