"""The packs of all five plans: sound, and complete against the figures that the plans state."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from miaopu.engine.packs.load import PackCheck, check_pack
from miaopu.engine.packs.schema import Pack, Target

PROGRAMMES = Path(__file__).parents[2] / "programmes"
FIGURES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "plan_figures.json").read_text(encoding="utf-8")
)
NAMES = sorted(FIGURES)
# What does not add up in the plans as printed: all of it, and nothing else.
FINDINGS = {
    "taiyuan-2015": [
        ("sum-mismatch", "targets[1].value", "possible-rounding", "plan"),
        ("share-mismatch", "statistics[4].percent", "error", "plan"),
    ]
}


@cache
def checked(name: str) -> PackCheck:
    """The pack called `name`, checked once."""
    return check_pack(PROGRAMMES / name)


def pack_of(name: str) -> Pack:
    """The sound pack called `name`."""
    pack = checked(name).pack
    assert pack is not None, checked(name).errors
    return pack


def test_every_programme_is_compared() -> None:
    assert sorted(path.name for path in PROGRAMMES.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_errors_and_only_the_findings_of_the_plan(name: str) -> None:
    check = checked(name)
    assert check.errors == ()
    found = [(one.code, one.key, one.grade, one.origin) for one in check.findings]
    assert found == FINDINGS.get(name, [])
    assert pack_of(name).programme == name


@pytest.mark.parametrize("name", NAMES)
def test_it_travels_as_json(name: str) -> None:
    pack = pack_of(name)
    assert Pack.from_json(json.loads(json.dumps(pack.to_json()))).digest == pack.digest


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_of_the_plan_is_there(name: str) -> None:
    assert set(FIGURES[name]["clauses"]) == set(pack_of(name).clauses)


def _statements(target: Target) -> Iterator[tuple[str, str]]:
    """What a target states: kind and figure."""
    if target.upper is not None:
        yield "range", f"{target.value}-{target.upper}"
        return
    yield "value", target.value
    yield "increase", target.value  # new jobs, newly recognised: the target is what is added
    if target.increase is not None:
        yield "increase", target.increase
    for growth in (target.growth_percent, target.annual_growth_percent):
        if growth is not None:
            yield "growth", growth


def _figure(text: str) -> str:
    return "-".join(f"{Decimal(part).normalize():f}" for part in text.split("-"))


@pytest.mark.parametrize("name", NAMES)
def test_every_target_is_there_and_none_is_invented(name: str) -> None:
    pack = pack_of(name)
    have = {
        (target.clause, kind, _figure(figure), period, region)
        for target in pack.targets
        for kind, figure in _statements(target)
        for period in ("", target.period)
        for region in ("", target.region)
    }
    wanted = [
        (c, kind, _figure(v), when, where) for c, kind, v, when, where in FIGURES[name]["targets"]
    ]
    assert [one for one in wanted if one not in have] == []
    stated = {(clause, figure) for clause, _, figure, _, _ in wanted}
    for target in pack.targets:
        value = target.value if target.upper is None else f"{target.value}-{target.upper}"
        # Three yearly amounts may be summed up where the plan states the sum as an increase.
        assert (target.clause, _figure(value)) in stated, target.id


@pytest.mark.parametrize("name", NAMES)
def test_everybody_whom_the_plan_names_has_a_task(name: str) -> None:
    have = Counter(
        (task.clause, role, len(units), task.named)
        for task in pack_of(name).tasks
        for role, units in (
            ("lead", task.lead),
            ("responsible", task.responsible),
            ("cooperate", task.cooperate),
        )
        if units
    )
    assert have == Counter(tuple(row) for row in FIGURES[name]["units"])


def _times(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every time of the pack with its clause."""
    for task in pack.tasks:
        for due in (task.due, *(stage.due for stage in task.milestones)):
            if due is not None:
                yield task.clause, due
    yield from ((phase.clause, phase.period) for phase in pack.phases)
    yield from ((duty.clause, "recurring") for duty in pack.duties if not duty.illustrative)
    yield from ((fund.clause, fund.period or "") for fund in pack.funds)
    for values in pack.parameters.values():
        for value in values:
            if value.clause and (value.unit or "").startswith("years"):
                yield value.clause, f"P{value.value}Y"


@pytest.mark.parametrize("name", NAMES)
def test_every_time_is_there(name: str) -> None:
    have = set(_times(pack_of(name)))
    assert [one for one in FIGURES[name]["times"] if tuple(one) not in have] == []


def _money(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every amount in yuan and every ratio of the pack with its clause."""
    yield from ((fund.clause, fund.amount) for fund in pack.funds)
    yield from ((ratio.clause, ":".join(ratio.parts.values())) for ratio in pack.ratios)
    for values in pack.parameters.values():
        yield from ((one.clause, one.value) for one in values if one.clause)
    for item in pack.items.values():
        yield item.clause, ":".join(str(part) for part in item.shares.values())
        if item.amount is not None:
            yield item.clause, item.amount
        if item.amount_decided is not None:
            yield item.amount_decided.clause, item.amount_decided.average


@pytest.mark.parametrize("name", NAMES)
def test_every_amount_and_ratio_is_there(name: str) -> None:
    have = set(_money(pack_of(name)))
    assert [one for one in FIGURES[name]["money"] if tuple(one) not in have] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_document_cited_is_there(name: str) -> None:
    cited = sorted(one.number or "" for one in pack_of(name).source.citations)
    assert cited == sorted(FIGURES[name]["numbers"])


def test_taiyuan_has_59_marks_one_without_a_unit_and_two_with_two_roles() -> None:
    tasks = [task for task in pack_of("taiyuan-2015").tasks if task.named == "mark"]
    assert len(tasks) == 59
    assert [task.clause for task in tasks if task.pending] == ["六/(三)/9/(2)"]
    assert [task.clause for task in tasks if task.lead and task.cooperate] == [
        "七/(三)/5",
        "七/(四)",
    ]


def test_ganzhou_keeps_what_was_damaged_in_print() -> None:
    pack = pack_of("ganzhou-2012")
    (doubtful,) = [task for task in pack.tasks if task.doubt]
    assert doubtful.due == "2012-05-30"
    (visits,) = [duty for duty in pack.duties if duty.every == "xun"]
    assert (visits.principal, visits.times, visits.each) == (True, 1, "base")
    scheme = pack.assessments["bases"]
    assert (scheme.periods, scheme.count, scheme.outstanding) == ({"half": 40, "year": 60}, 15, 3)
    assert [(band.name, band.start) for band in scheme.bands] == [
        ("I", "80"),
        ("II", "60"),
        ("III", "0"),
    ]
    assert all(criterion.illustrative for criterion in scheme.criteria)
