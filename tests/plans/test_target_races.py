"""Two people at one decomposition at once: one is done, the others are told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.core.enums import Role
from miaopu.core.errors import Conflict
from miaopu.plans.models import TargetDecomposition
from miaopu.plans.target_actions import (
    approve_decomposition,
    save_cells,
    submit_decomposition,
)
from tests.factories import CITY, NANMING, YUNYAN, City, make_officer
from tests.plans.targets import ENTERPRISES, cells_of, drafted, submitted, totals


def test_two_approvals_at_once(committed_city: City, in_threads: Callable[..., list[Any]]) -> None:
    city = committed_city
    made = submitted(city)
    members = [make_officer(Role.LEADING_GROUP, CITY) for _number in range(4)]
    outcomes = in_threads([lambda by=by: approve_decomposition(made, by=by) for by in members])
    assert sum(isinstance(one, TargetDecomposition) for one in outcomes) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == 3, outcomes
    assert TargetDecomposition.objects.approved().count() == 1


def test_typing_and_handing_in_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    """Either the cell was written before, or the writer is told; nothing changes afterwards."""
    city = committed_city
    made = drafted(city)
    cells = cells_of(made, {YUNYAN: "1999", NANMING: "1501"})
    seen = cells_of(made, ENTERPRISES)
    outcomes = in_threads(
        [
            lambda: submit_decomposition(made, by=city.programme_officer),
            lambda: save_cells(made, cells, seen, by=city.programme_officer),
        ]
    )
    assert isinstance(outcomes[0], TargetDecomposition), outcomes
    told = isinstance(outcomes[1], Conflict)
    assert totals(made)[YUNYAN] == (2000 if told else 1999)
