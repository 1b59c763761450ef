"""`pack diff`: nothing for a pack with itself, and every planted change by name."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.packs.diff import Change, compare
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack

PROGRAMMES = Path(__file__).parents[2] / "programmes"
PACKS = {path.name: load_pack(path) for path in sorted(PROGRAMMES.iterdir()) if path.is_dir()}
GUIYANG = PACKS["guiyang-2018"]
TAIYUAN = PACKS["taiyuan-2015"]


def changed(pack: Pack, **values: Any) -> Pack:
    """The pack with other values at top-level keys, as it would be read."""
    return Pack.from_json({**pack.to_json(), **values})


def keys(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    """Key and kind of every change."""
    return [(change.key, change.kind) for change in changes]


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_pack_and_itself(name: str) -> None:
    found = compare(PACKS[name], Pack.from_json(PACKS[name].to_json()))
    assert (found.changes, found.targets, found.rules, found.amounts) == ((), (), (), ())


def test_a_figure_of_a_target() -> None:
    data = GUIYANG.to_json()
    data["targets"][1]["value"] = "12000"
    found = compare(GUIYANG, changed(GUIYANG, targets=data["targets"]))
    assert found.changes == (Change(("targets", "jobs", "value"), "changed", "11000", "12000"),)
    assert (found.targets, found.rules, found.amounts) == (("jobs",), (), ())
    back = compare(changed(GUIYANG, targets=data["targets"]), GUIYANG)
    assert [(one.old, one.new) for one in back.changes] == [("12000", "11000")]


def test_an_indicator_touches_its_targets() -> None:
    data = TAIYUAN.to_json()
    data["indicators"]["contracts"]["unit"] = {"zh": "万元", "en": "10 thousand yuan"}
    found = compare(TAIYUAN, changed(TAIYUAN, indicators=data["indicators"]))
    assert len(found.changes) == 2
    assert len(found.targets) == 4 + 11
    assert all(name.startswith("contracts") for name in found.targets)


def test_a_parameter_touches_the_rules_and_amounts_that_read_it() -> None:
    data = TAIYUAN.to_json()
    data["parameters"]["patent_share_percent"][0]["value"] = "60"
    data["parameters"]["graduate_window_years"][0]["value"] = "5"
    found = compare(TAIYUAN, changed(TAIYUAN, parameters=data["parameters"]))
    assert keys(found.changes) == [
        ("parameters.graduate_window_years.2015-01-01.value", "changed"),
        ("parameters.patent_share_percent.2015-01-01.value", "changed"),
    ]
    assert sorted(found.rules) == ["graduate_interest", "patent_subsidy"]
    assert found.amounts == ("items.patent_subsidy",)


def test_an_item_a_budget_and_a_step() -> None:
    data = GUIYANG.to_json()
    items, budgets = data["items"], data["budgets"]
    items["direct_subsidy"]["amount"] = "50000"
    items["direct_subsidy"]["steps"][1]["working_days"] = 12
    items["another"] = copy.deepcopy(items["follow_up_support"])
    del budgets[0]
    found = compare(GUIYANG, changed(GUIYANG, items=items, budgets=budgets))
    assert keys(found.changes) == [
        ("budgets.province", "removed"),
        ("items.direct_subsidy.amount", "changed"),
        ("items.direct_subsidy.steps.review.working_days", "changed"),
        ("items.another", "added"),
    ]
    assert found.rules == ("direct_subsidy", "another")
    assert found.amounts == ("budgets.province", "items.direct_subsidy", "items.another")


def test_the_order_of_steps_counts() -> None:
    data = GUIYANG.to_json()
    steps = data["items"]["direct_subsidy"]["steps"]
    steps[0], steps[1] = steps[1], steps[0]
    found = compare(GUIYANG, changed(GUIYANG, items=data["items"]))
    assert keys(found.changes) == [("items.direct_subsidy.steps", "reordered")]
    assert found.changes[0].new[:2] == ["review", "accept"]


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every title of the pack in Chinese: texts that may be anything."""
    if isinstance(value, dict):
        found = [path] if set(value) == {"zh", "en"} else []
        return found + [way for key, one in value.items() for way in _leaves(one, (*path, key))]
    if isinstance(value, list):
        return [way for order, one in enumerate(value) for way in _leaves(one, (*path, order))]
    return []


_WAYS = {name: _leaves(pack.to_json()) for name, pack in PACKS.items()}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_planted_change_is_named(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PACKS)))
    ways = data.draw(st.lists(st.sampled_from(_WAYS[name]), min_size=1, max_size=4, unique_by=str))
    content = PACKS[name].to_json()
    planted = set()
    for number, way in enumerate(ways):
        place = content
        for step in way:
            place = place[step]
        place["zh"] = f"planted {number}"
        planted.add(f"planted {number}")
    other = Pack.from_json(content)
    found = compare(PACKS[name], other)
    assert (found.changes == ()) is (other.digest == PACKS[name].digest)
    shown = {text for change in found.changes for text in planted if text in str(change.new)}
    assert shown == planted
    assert len(found.changes) <= len(ways)
    for change in found.changes:
        assert change.key
        assert change.old != change.new
