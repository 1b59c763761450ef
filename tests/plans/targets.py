"""Decompositions and letters for tests, made through the product's own actions."""

from __future__ import annotations

from decimal import Decimal

from miaopu.core.models import User
from miaopu.plans.decompositions import table_of
from miaopu.plans.letter_actions import issue_letter, make_letters
from miaopu.plans.models import Target, TargetDecomposition, TargetLetter
from miaopu.plans.target_actions import (
    approve_decomposition,
    save_cells,
    submit_decomposition,
)
from miaopu.plans.target_opening import Opening, open_decomposition
from tests.factories import NANMING, YUNYAN, City

ENTERPRISES = {YUNYAN: "2000", NANMING: "1500"}


def target_of(city: City, key: str = "enterprises") -> Target:
    """A target of the programme in force."""
    return Target.objects.public().get(version__programme__slug="guiyang-2018", key=key)


def cells_of(made: TargetDecomposition, values: dict[str, str], period: int = 0) -> dict[str, str]:
    """Cells by address for figures by member."""
    members = {one.key: one.pk for one in made.members.all()}
    return {f"{members[key]}.{period}": value for key, value in values.items()}


def drafted(
    city: City,
    values: dict[str, str] | None = None,
    key: str = "enterprises",
    opening: Opening | None = None,
    reason: str = "",
) -> TargetDecomposition:
    """A draft in which districts have figures."""
    by = city.programme_officer
    made = open_decomposition(target_of(city, key), opening or Opening(), by=by, reason=reason)
    saved = save_cells(made, cells_of(made, values or ENTERPRISES), {}, by=by)
    assert not saved.errors, saved.errors
    assert not saved.conflicts, saved.conflicts
    return made


def submitted(city: City, values: dict[str, str] | None = None, **more: str) -> TargetDecomposition:
    """A decomposition that waits for approval."""
    made = drafted(city, values, **more)  # type: ignore[arg-type]
    return submit_decomposition(made, by=city.programme_officer)


def approved(city: City, values: dict[str, str] | None = None, **more: str) -> TargetDecomposition:
    """A decomposition in force."""
    return approve_decomposition(submitted(city, values, **more), by=city.leading_group)


def issued(city: City, region: str = YUNYAN) -> TargetLetter:
    """A letter that a district has to acknowledge."""
    approved(city)
    letters = make_letters(city.version.programme, by=city.programme_officer)
    [letter] = [one for one in letters if one.key == region]
    return issue_letter(letter, by=city.leading_group)


def totals(made: TargetDecomposition) -> dict[str, Decimal | None]:
    """Figures by member."""
    table = table_of(TargetDecomposition.objects.with_parts().get(pk=made.pk))
    return {member.key: table.total(member) for member in table.members}


def people(city: City) -> list[User]:
    """Who may not even see drafts: people of the districts."""
    return [city.reviewer, city.approver, city.other_approver]
