"""Splitting targets: drafts, conflicts cell by cell, two people, versions, freeze, scopes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event
from miaopu.engine.packs.load import load_pack
from miaopu.plans.actions import load_version
from miaopu.plans.decompositions import enterprises_by_region, proposal, table_of
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.enums import MemberKind, PeriodSplit, Verb
from miaopu.plans.models import (
    DecompositionMember,
    Target,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.target_actions import (
    approve_decomposition,
    discard_decomposition,
    save_cells,
    send_back_decomposition,
    submit_decomposition,
)
from miaopu.plans.target_opening import Opening, open_decomposition
from tests.factories import CITY, NANMING, YUNYAN, City, make_officer
from tests.plans.targets import (
    approved,
    cells_of,
    drafted,
    people,
    submitted,
    target_of,
    totals,
)

pytestmark = pytest.mark.django_db
TAIYUAN = Path(__file__).resolve().parents[2] / "programmes" / "taiyuan-2015"


def read(made: TargetDecomposition) -> Any:
    return table_of(TargetDecomposition.objects.with_parts().get(pk=made.pk))


def test_a_new_draft_names_every_district_of_the_plan_and_no_figure(city: City) -> None:
    made = open_decomposition(target_of(city), Opening(), by=city.programme_officer)
    assert (made.state, made.number, made.value, made.places) == (State.DRAFT, 1, 3500, 0)
    assert len(totals(made)) == 14
    assert set(totals(made).values()) == {None}
    assert read(made).sum.standing == "empty"


def test_taiyuans_own_parts_are_taken_over_with_their_rounding(city: City) -> None:
    version, _new = load_version(load_pack(TAIYUAN), by=None)
    officer = make_officer(Role.PROGRAMME_OFFICER, "140100")
    revenue = Target.objects.get(version=version, key="revenue_2015")
    made = open_decomposition(revenue, Opening(), by=officer)
    table = read(made)
    assert (table.sum.total, table.sum.standing, table.sum.grade) == (
        3736,
        "over",
        "possible-rounding",
    )
    with pytest.raises(ActionRefused, match="3736"):
        submit_decomposition(made, by=officer)
    submit_decomposition(made, by=officer, reason="各数取整所致，方案原文如此")
    other = make_officer(Role.LEADING_GROUP, "140100")
    assert approve_decomposition(made, by=other).state == State.APPROVED
    contracts = Target.objects.get(version=version, key="contracts_2015")
    found = totals(open_decomposition(contracts, Opening(), by=officer))
    assert len(found) == 14
    assert sum(value is not None for value in found.values()) == 11
    assert (found["140181"], found["140121"], found["140123"]) == (None, None, None)


def test_zero_and_nothing_are_two_things(city: City) -> None:
    made = drafted(city, {YUNYAN: "0", NANMING: "3500"})
    found = totals(made)
    assert found[YUNYAN] == 0
    assert found["520111"] is None
    assert read(made).named == 2
    save_cells(made, cells_of(made, {YUNYAN: ""}), cells_of(made, {YUNYAN: "0"}),
               by=city.programme_officer)  # fmt: skip
    assert totals(made)[YUNYAN] is None


def test_wrong_cells_are_told_and_the_others_written(city: City) -> None:
    made = open_decomposition(target_of(city), Opening(), by=city.programme_officer)
    typed = cells_of(made, {YUNYAN: "两千", NANMING: "1,500"})
    saved = save_cells(made, {**typed, "999999.0": "7"}, {}, by=city.programme_officer)
    assert saved.changed == 1
    assert [error.zh for error in saved.errors.values()] == ["“两千”不是数字，例如 1,200 或 0.98"]
    assert totals(made)[NANMING] == 1500


def test_two_officers_are_merged_cell_by_cell_and_conflicts_are_told(city: City) -> None:
    made = drafted(city, {YUNYAN: "100", NANMING: "200"})
    colleague = make_officer(Role.PROGRAMME_OFFICER, CITY)
    seen = cells_of(made, {YUNYAN: "100", NANMING: "200", "520111": ""})
    first = cells_of(made, {YUNYAN: "110", NANMING: "200", "520111": ""})
    assert save_cells(made, first, seen, by=city.programme_officer).changed == 1
    second = cells_of(made, {YUNYAN: "120", NANMING: "200", "520111": "300"})
    saved = save_cells(made, second, seen, by=colleague)
    assert saved.conflicts == cells_of(made, {YUNYAN: "110"})
    assert (totals(made)[YUNYAN], totals(made)["520111"]) == (110, 300)
    again = save_cells(made, second, {**seen, **saved.conflicts}, by=colleague)
    assert not again.conflicts  # she has seen it and insists
    assert totals(made)[YUNYAN] == 120


def test_a_difference_needs_a_reason_and_approval_another_person(city: City) -> None:
    made = drafted(city, {YUNYAN: "2000", NANMING: "1501"})
    with pytest.raises(ActionRefused, match="合计 3501，与目标值 3500"):
        submit_decomposition(made, by=city.programme_officer)
    submit_decomposition(made, by=city.programme_officer, reason="层层留有余地")
    with pytest.raises(NotAllowed, match="不能自己批准"):
        approve_decomposition(made, by=city.programme_officer)
    with pytest.raises(NotAllowed):
        approve_decomposition(made, by=city.approver)
    done = approve_decomposition(made, by=city.leading_group)
    assert (done.state, len(done.digest), done.gap_reason) == (State.APPROVED, 64, "层层留有余地")
    verbs = [event.verb for event in Event.objects.for_subject(done)]
    assert verbs == [
        *(Verb.OPEN_DECOMPOSITION, Verb.SAVE_DECOMPOSITION),
        *(Verb.SUBMIT_DECOMPOSITION, Verb.APPROVE_DECOMPOSITION),
    ]


def test_nothing_can_be_handed_in_empty(city: City) -> None:
    made = open_decomposition(target_of(city), Opening(), by=city.programme_officer)
    with pytest.raises(ActionRefused, match="还没有分解"):
        submit_decomposition(made, by=city.programme_officer, reason="x")


def test_only_what_the_table_allows(city: City) -> None:
    made = submitted(city)
    for step in (submit_decomposition, discard_decomposition):
        with pytest.raises(Conflict):
            step(made, by=city.programme_officer, reason="x")
    with pytest.raises(Conflict, match="不能再修改"):
        save_cells(made, cells_of(made, {YUNYAN: "1"}), {}, by=city.programme_officer)
    with pytest.raises(ActionRefused, match="理由"):
        send_back_decomposition(made, by=city.leading_group, reason=" ")
    send_back_decomposition(made, by=city.leading_group, reason="请核对")
    discard_decomposition(made, by=city.programme_officer, reason="重来")
    fresh = open_decomposition(target_of(city), Opening(), by=city.programme_officer)
    assert (fresh.number, fresh.reason) == (2, "重新分解")
    with pytest.raises(Conflict, match="正在办理"):
        open_decomposition(target_of(city), Opening(), by=city.programme_officer)


def test_a_change_is_a_new_version_with_a_reason_and_may_rebase(city: City) -> None:
    first = approved(city)
    with pytest.raises(ActionRefused, match="理由"):
        open_decomposition(target_of(city), Opening(), by=city.programme_officer)
    opening = Opening(value=Decimal(3600), baseline=Decimal(3000))
    second = open_decomposition(
        target_of(city), opening, by=city.programme_officer, reason="省里追加任务"
    )
    assert (second.number, second.value, second.baseline) == (2, 3600, 3000)
    assert totals(second) == totals(first)
    assert read(second).sum.remainder == 100
    save_cells(second, cells_of(second, {NANMING: "1600"}), {}, by=city.programme_officer)
    submit_decomposition(second, by=city.programme_officer)
    approve_decomposition(second, by=city.leading_group)
    first.refresh_from_db()
    assert first.state == State.SUPERSEDED
    assert totals(first)[NANMING] == 1500  # what was approved stays


def test_a_new_version_keeps_the_decimals_of_the_one_before(city: City) -> None:
    opening = Opening(value=Decimal("3500.5"))
    first = drafted(city, {YUNYAN: "2000.5", NANMING: "1500"}, opening=opening)
    submit_decomposition(first, by=city.programme_officer)
    approve_decomposition(first, by=city.leading_group)
    second = open_decomposition(
        target_of(city), Opening(value=Decimal(3600)), by=city.programme_officer, reason="追加任务"
    )
    assert "2000.5" in read(second).cells().values()


def test_the_database_freezes_what_was_approved(city: City) -> None:
    made = approved(city)
    part = TargetPart.objects.filter(member__decomposition=made).first()
    assert part is not None
    for write in (
        lambda: TargetPart.objects.filter(pk=part.pk).update(value=1),
        lambda: TargetPart.objects.filter(pk=part.pk).delete(),
        lambda: DecompositionMember.objects.filter(decomposition=made).update(baseline=1),
        lambda: TargetDecomposition.objects.filter(pk=made.pk).update(value=1),
        lambda: TargetDecomposition.objects.filter(pk=made.pk).update(state=State.DRAFT),
        lambda: TargetDecomposition.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_quarters_and_departments(city: City) -> None:
    opening = Opening(split=PeriodSplit.QUARTER)
    made = open_decomposition(target_of(city), opening, by=city.programme_officer)
    baselines = {one.pk: Decimal(index + 1) for index, one in enumerate(made.members.all())}
    cells = proposal(read(made), baselines)
    save_cells(made, cells, {}, by=city.programme_officer)
    table = read(made)
    assert len(made.periods) == 4
    assert table.sum.standing == "even"
    assert table.total(table.members[-1]) > table.total(table.members[0])
    jobs = open_decomposition(
        target_of(city, "jobs"),
        Opening(kind=MemberKind.UNIT, names=("市人社局", " 市人社局 ", "市工信委")),
        by=city.programme_officer,
    )
    assert [one.name for one in jobs.members.all()] == ["市人社局", "市工信委"]
    assert {one.region_id for one in jobs.members.all()} == {None}


def test_the_register_gives_a_baseline(city: City) -> None:
    counts = enterprises_by_region(city.version.programme, [YUNYAN, NANMING, "520111"])
    assert counts == {YUNYAN: 1, NANMING: 1, "520111": 0}


def test_districts_see_what_was_approved_and_only_their_own_row(city: City) -> None:
    made = drafted(city)
    for user in people(city):
        assert not TargetDecomposition.objects.for_user(user).exists()
        assert not DecompositionMember.objects.for_user(user).exists()
    assert TargetDecomposition.objects.for_user(city.leading_group).get() == made
    submit_decomposition(made, by=city.programme_officer)
    approve_decomposition(made, by=city.leading_group)
    assert TargetDecomposition.objects.for_user(city.approver).get() == made
    own = DecompositionMember.objects.for_user(city.approver).get()
    assert own.key == YUNYAN
    assert TargetPart.objects.for_user(city.other_approver).get().value == 1500
    assert DecompositionMember.objects.for_user(city.auditor).count() == 14
    assert not TargetDecomposition.objects.for_user(city.owner).exists()
    elsewhere = make_officer(Role.PROGRAMME_OFFICER, "140100")
    assert not TargetDecomposition.objects.for_user(elsewhere).exists()
