"""Items, cases, their clocks, files and letters, and lists in publicity."""

from miaopu.cases.models.cases import Case
from miaopu.cases.models.clocks import CaseClock
from miaopu.cases.models.files import CaseFile
from miaopu.cases.models.items import Item
from miaopu.cases.models.letters import DecisionLetter
from miaopu.cases.models.publicities import Publicity

__all__ = ["Case", "CaseClock", "CaseFile", "DecisionLetter", "Item", "Publicity"]
