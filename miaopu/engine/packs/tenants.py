"""What a pack says of tenants: stages of incubation, how long it lasts, when one graduates."""

from typing import Annotated

from pydantic import Field, model_validator

from miaopu.engine.definitions.pieces import Identifier, Piece, Text, refuse
from miaopu.engine.packs.items import PackCondition
from miaopu.engine.packs.procedure import Clause


class IncubationStage(Piece):
    """A stage of incubation: it begins so many whole months after the first day in incubation."""

    id: Identifier
    title: Text
    from_months: int = Field(ge=0, le=240)


class Graduation(Piece):
    """When a tenant graduates: at least so many of the conditions are true, by its facts alone."""

    at_least: int = Field(default=1, ge=1)
    conditions: tuple[PackCondition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Graduation":
        if self.at_least > len(self.conditions):
            raise refuse("at_least 多于条件数", "at_least is more than there are conditions")
        if any(one.when is None for one in self.conditions):
            raise refuse("毕业条件由数据判断，不写 decide", "graduation is by facts: write when")
        return self


class Incubation(Piece):
    """Incubation in a programme's bases. What the plan leaves open is illustrative.

    `basis` names another document where the plan itself does not say when a tenant graduates.
    """

    clause: Clause | None = None
    basis: Text | None = None
    illustrative: bool = False
    longest_months: int | None = Field(default=None, ge=1, le=240)
    follow_up_months: tuple[Annotated[int, Field(ge=1, le=240)], ...] = ()
    stages: tuple[IncubationStage, ...] = ()
    graduation: Graduation

    @model_validator(mode="after")
    def _stages_in_order(self) -> "Incubation":
        months = [stage.from_months for stage in self.stages]
        if months and (months[0] != 0 or sorted(set(months)) != months):
            raise refuse(
                "阶段从 0 个月起，按月数递增", "stages begin at 0 months, each later than the last"
            )
        if sorted(set(self.follow_up_months)) != list(self.follow_up_months):
            raise refuse("回访月数逐个递增", "each follow-up comes later than the last")
        return self

    def stage_after(self, months: int) -> IncubationStage | None:
        """The stage that an enterprise is in after so many whole months; None without stages."""
        return next((one for one in reversed(self.stages) if one.from_months <= months), None)
