"""What packs say of tenants: one event for both sides, functions with names, graduating."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from miaopu.engine.clock import months_between
from miaopu.engine.definitions.refusals import Refused
from miaopu.engine.matching import match_all
from miaopu.engine.packs.load import load_pack
from miaopu.engine.rules import load_rules

PACKS = Path(__file__).parents[2] / "programmes"
RULES = """\
facts: {came: {type: date}, went: {type: date}, listed: {type: date}}
functions: {here: {takes: [day, years], means: "within(day, came, add_years(went, years))"}}
rules:
  - {id: one, conditions: [{id: c, when: "here(listed, 1)"}], amount: 1}
  - {id: two, conditions: [{id: c, when: "here(listed, @long)"}], amount: 2}
parameters: {long: [{from: 2015-01-01, value: 2}]}
"""


def errors_of(tmp_path: Path, pack: str, file: str, old: str, new: str) -> list[str]:
    """Keys of the errors of a pack in which one place is written otherwise."""
    shutil.copytree(PACKS / pack, tmp_path / pack)
    path = tmp_path / pack / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_pack(tmp_path / pack)
    return [error.key for error in caught.value.errors]


def test_one_event_has_the_same_conditions_on_both_sides(tmp_path: Path) -> None:
    found = errors_of(
        tmp_path, "xinjiang-2015", "items/rewards_operator.yaml",
        "as_tenant(high_tech_recognised_on, @high_tech_window_years)",
        "as_tenant(high_tech_recognised_on, @listing_window_years)",
    )  # fmt: skip
    assert "items.high_tech_operator.same_event_as" in found


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("at_least: 2", "at_least: 4", "incubation.graduation"),
        ("employees >= 5", "employes >= 5", "incubation.graduation.conditions[2].when"),
        ("from_months: 24", "from_months: 12", "incubation"),
    ],
)
def test_a_rule_for_graduating_can_be_reached(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert key in errors_of(tmp_path, "guiyang-2018", "incubation.yaml", old, new)


def test_named_functions_of_a_rules_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    rules = load_rules(path)
    tenant = {"came": "2015-01-01", "went": "2016-02-29"}
    days = ["2017-02-28", "2017-03-01", "2018-02-28", "2018-03-01", "2014-12-31"]
    rows = [{"enterprise_id": day, "listed": day, **tenant} for day in days]
    found = [(one.enterprise_id, one.rule) for one in match_all(rules, rows, date(2018, 6, 1))]
    assert sorted(found) == [
        *(("2017-02-28", "one"), ("2017-02-28", "two")),
        *(("2017-03-01", "two"), ("2018-02-28", "two")),
    ]
    for wrong in ("takes: [came, years]", "takes: [day, day]"):
        path.write_text(RULES.replace("takes: [day, years]", wrong), encoding="utf-8")
        with pytest.raises(Refused):
            load_rules(path)
    path.write_text(RULES.replace("within(day", "here(day"), encoding="utf-8")
    with pytest.raises(Refused):  # a function calls no other, nor itself
        load_rules(path)


def test_whole_months() -> None:
    assert months_between(date(2017, 1, 31), date(2017, 2, 28)) == 1
    assert months_between(date(2017, 1, 31), date(2017, 2, 27)) == 0
    assert months_between(date(2016, 2, 29), date(2017, 2, 28)) == 12
