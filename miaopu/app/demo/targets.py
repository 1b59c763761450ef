"""The demo's targets: Guiyang's 3,500 enterprises split over its districts and told to them.

How the plan's figures fall to the districts is illustrative: the plan does not say it. The jobs are
a draft that is being worked on, so that both states can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from miaopu.core.enums import Role
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.plans.decompositions import (
    BASELINE,
    enterprises_by_region,
    proposal,
    table_of,
)
from miaopu.plans.enums import MemberKind
from miaopu.plans.letter_actions import acknowledge_letter, issue_letter, make_letters
from miaopu.plans.models import Target, TargetDecomposition, TargetLetter
from miaopu.plans.target_actions import (
    approve_decomposition,
    save_cells,
    submit_decomposition,
)
from miaopu.plans.target_members import add_members
from miaopu.plans.target_opening import Opening, open_decomposition

PROGRAMME = "guiyang-2018"
OFFICER, LEADER = "city-programme", "leading-group"
NOT_YET = ("520103", "520111", "520123", "520194")  # letters that nobody has acknowledged so far
LEFT_OPEN = 3  # districts without a figure in the draft
BESIDE = ((MemberKind.UNIT, "市工商局", "200"), (MemberKind.BASE, "云岩苗芽微型企业孵化园", "100"))

Act = Callable[[], object]


def target_agenda() -> Iterator[tuple[date, int, Act]]:
    """What happens with targets, by day and order of the day."""
    yield date(2018, 4, 9), 10, _split_enterprises
    yield date(2018, 4, 11), 10, _approve
    yield date(2018, 4, 12), 10, _issue
    yield date(2018, 4, 16), 10, _acknowledge
    yield date(2018, 5, 8), 10, _begin_jobs


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _opened(key: str) -> TargetDecomposition:
    target = Target.objects.public().get(version__programme__slug=PROGRAMME, key=key)
    return open_decomposition(target, Opening(illustrative=True), by=_user(OFFICER))


def _filled(made: TargetDecomposition, left_open: int = 0) -> None:
    """Split by share of the enterprises in the register, as the page's buttons do."""
    table = table_of(made)
    codes = {one.pk: one.region_id for one in table.members if one.region_id}
    counts = enterprises_by_region(made.programme, codes.values())
    baselines = {pk: str(counts[code]) for pk, code in codes.items()}
    save_cells(
        made,
        {f"{pk}.{BASELINE}": text for pk, text in baselines.items()},
        {},
        by=_user(OFFICER),
    )
    fresh = table_of(TargetDecomposition.objects.with_parts().get(pk=made.pk))
    cells = proposal(fresh, {one.pk: one.baseline for one in fresh.members})
    kept = list(cells)[: len(cells) - left_open]
    save_cells(made, {one: cells[one] for one in kept}, {}, by=_user(OFFICER))


def _split_enterprises() -> None:
    made = _opened("enterprises")
    _filled(made)
    submit_decomposition(made, by=_user(OFFICER))


def _approve() -> None:
    [made] = TargetDecomposition.objects.in_work().filter(programme__slug=PROGRAMME)
    approve_decomposition(made, by=_user(LEADER))
    make_letters(made.programme, by=_user(OFFICER))


def _issue() -> None:
    for letter in TargetLetter.objects.alive().filter(programme__slug=PROGRAMME).in_order():
        issue_letter(letter, by=_user(LEADER))


def _acknowledge() -> None:
    for letter in TargetLetter.objects.waiting().filter(programme__slug=PROGRAMME).in_order():
        approvers = holders(Role.APPROVER, letter.region_id or "")
        if letter.key not in NOT_YET and approvers:
            acknowledge_letter(letter, by=approvers[0])


def _begin_jobs() -> None:
    """Districts take most of it; a department and a base stand beside them."""
    made = _opened("jobs")
    _filled(made, LEFT_OPEN)
    for kind, name, figure in BESIDE:
        [added] = add_members(made, kind, [name], {}, by=_user(OFFICER))
        save_cells(made, {f"{added.pk}.0": figure}, {}, by=_user(OFFICER))
