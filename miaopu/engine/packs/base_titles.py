"""Titles of bases that a programme gives: districts propose, the city selects, a list is published.

Only the figures stand here; the procedure itself is the room's (`miaopu.bases.title_states`).
"""

from typing import Literal

from pydantic import Field, model_validator

from miaopu.engine.definitions.pieces import Identifier, Piece, Text, refuse
from miaopu.engine.packs.base_parts import Carrier
from miaopu.engine.packs.procedure import Clause

TitleLevelName = Literal["national", "provincial", "city", "county"]


class DistrictQuota(Piece):
    """How many bases a district proposes at least and at most."""

    least: int = Field(ge=0, le=1000)
    most: int = Field(ge=1, le=1000)

    @model_validator(mode="after")
    def _in_order(self) -> "DistrictQuota":
        if self.most < self.least:
            raise refuse("most 小于 least", "most is less than least")
        return self


class TitlePublicity(Piece):
    """Working days of the list's publicity, and within which an objection is answered."""

    working_days: int = Field(ge=1, le=100)
    objection_days: int = Field(ge=1, le=100)
    illustrative: bool = False


class TitleValidity(Piece):
    """Years for which a title holds, and how many months before its end it is looked at again."""

    years: int = Field(ge=1, le=50)
    renewal_months: int = Field(ge=1, le=36)
    illustrative: bool = False


class BaseTitleScheme(Piece):
    """A title for bases of the kinds `carriers` (all kinds where none is named).

    `counts_into`: the indicator whose targets count the bases that hold the title.
    """

    title: Text
    clause: Clause
    level: TitleLevelName
    per_district: DistrictQuota
    carriers: tuple[Carrier, ...] = ()
    publicity: TitlePublicity
    validity: TitleValidity
    counts_into: Identifier | None = None
