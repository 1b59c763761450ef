"""Items, cases and what belongs to them, offers, batch reviews, lists, objections, letters."""

from miaopu.cases.models.batch_reviews import BatchReview
from miaopu.cases.models.cases import Case
from miaopu.cases.models.clocks import CaseClock
from miaopu.cases.models.corrections import Correction
from miaopu.cases.models.files import CaseFile
from miaopu.cases.models.items import Item
from miaopu.cases.models.letters import DecisionLetter
from miaopu.cases.models.objections import Objection
from miaopu.cases.models.offers import Offer, OfferOptOut
from miaopu.cases.models.publicities import Publicity

__all__ = [
    "BatchReview",
    "Case",
    "CaseClock",
    "CaseFile",
    "Correction",
    "DecisionLetter",
    "Item",
    "Objection",
    "Offer",
    "OfferOptOut",
    "Publicity",
]
