"""Enterprises with what is known of them, and the deliveries by which it came."""

from miaopu.parties.models.deliveries import Delivery, DeliveryRow
from miaopu.parties.models.doubts import FactDoubt
from miaopu.parties.models.enterprises import Enterprise, Fact, Representative

__all__ = ["Delivery", "DeliveryRow", "Enterprise", "Fact", "FactDoubt", "Representative"]
