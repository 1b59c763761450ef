"""Items, cases, their clocks, files and corrections, lists in publicity and objections."""

from miaopu.cases.models.cases import Case
from miaopu.cases.models.clocks import CaseClock
from miaopu.cases.models.corrections import Correction
from miaopu.cases.models.files import CaseFile
from miaopu.cases.models.items import Item
from miaopu.cases.models.objections import Objection
from miaopu.cases.models.publicities import Publicity

__all__ = ["Case", "CaseClock", "CaseFile", "Correction", "Item", "Objection", "Publicity"]
