"""Simulation: the figures are those that adding up one enterprise after the other gives."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from random import Random

import pyarrow as pa
import pytest

from miaopu.engine.facts import Fact, FactType
from miaopu.engine.matching import explain_one, match_all
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import split
from miaopu.engine.planes.streaming import Chunk
from miaopu.engine.rule_sets import Condition, Priority, Rule, RuleSet
from miaopu.engine.simulation.answer import to_json, warnings
from miaopu.engine.simulation.groups import dimensions
from miaopu.engine.simulation.run import Simulation, decided, simulate
from miaopu.engine.simulation.tally import ByPoints, cut_off
from tests.engine.expression_cases import AS_OF, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules

SHARES = {"province": 7, "city": 1, "county": 2}


def shared(rules: RuleSet) -> RuleSet:
    """The rules with shares, a priority, and no amount below zero."""
    changed = tuple(
        replace(
            rule,
            shares=SHARES,
            amount=f"greatest(0, {rule.amount or 7})",
            priority=(Priority("p", "employees > 5", 10), Priority("q", "high_tech", 5)),
        )
        for rule in rules.rules
    )
    return replace(rules, rules=changed)


def chunked(rows: list[dict[str, object]], size: int) -> list[Chunk]:
    """The rows as columns, in chunks."""
    found = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        columns = {
            name: pa.array([row[name] for row in part], type=ARROW[kind])
            for name, kind in TYPES.items()
        }
        ids = pa.array([str(start + number) for number in range(len(part))])
        found.append(Chunk({"enterprise_id": ids, **columns}, len(part)))
    return found


def by_rows(rules: RuleSet, rows: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    """Enterprises, cost, by level and unknown of each rule, added up one by one."""
    named = [{"enterprise_id": str(number), **row} for number, row in enumerate(rows)]
    count, cost, unknown = Counter[str](), Counter[str](), Counter[str]()
    level: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in match_all(rules, named, AS_OF):
        if row.status == "true":
            count[row.rule] += 1
            cost[row.rule] += row.amount_fen or 0
            for name, part in zip(SHARES, split(row.amount_fen or 0, (7, 1, 2)), strict=True):
                level[row.rule][name] += part
        elif any(not name.startswith("decide:") for name in row.missing):
            unknown[row.rule] += 1
    return {
        rule.id: {
            "enterprises": count[rule.id],
            "cost_fen": cost[rule.id],
            "by_level": dict(level[rule.id]),
            "unknown": unknown[rule.id],
        }
        for rule in rules.rules
    }


@pytest.mark.parametrize("assumed", [False, True])
def test_the_figures_are_those_of_one_enterprise_after_the_other(assumed: bool) -> None:
    random = Random(11)
    rules = shared(random_rules(random, 25))
    rules = decided(rules) if assumed else rules
    rows = [random_row(random) for _ in range(120)]
    found = simulate(rules, chunked(rows, 50), AS_OF, by=["size", "region"])
    expected = by_rows(rules, rows)
    assert sum(one.tally.cost_fen for one in found.effect.rules) > 0
    for effect in found.effect.rules:
        told = {**effect.tally.to_json(), "unknown": effect.unknown}
        assert told == expected[effect.rule], effect.rule
    groups = found.effect.groups.values()
    assert sum(one.cost_fen for one in groups) == sum(
        one.tally.cost_fen for one in found.effect.rules
    )
    assert all(sum(one.by_level.values()) == one.cost_fen for one in groups)


def test_points_are_those_of_explain() -> None:
    random = Random(12)
    rules = shared(decided(random_rules(random, 40)))
    rows = [random_row(random) for _ in range(60)]
    found = simulate(rules, chunked(rows, 25), AS_OF)
    expected: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        for one in explain_one(rules, row, AS_OF):
            if one.status == "true":
                expected[one.rule][one.priority_points] += 1
    assert sum(map(len, expected.values())) > 5
    for effect in found.effect.rules:
        assert effect.standing.count == expected[effect.rule]


FACTS = {
    "employees": Fact("employees", FactType.INTEGER),
    "size": Fact("size", FactType.CODE),
    "registered_on": Fact("registered_on", FactType.DATE),
}


def grant(limit: int, amount: str = "5000") -> RuleSet:
    """One rule with a threshold, and discretion."""
    conditions = (
        Condition("c", f"employees <= {limit}"),
        Condition("d", decide=Bilingual("成熟", "mature")),
    )
    return RuleSet((Rule("g", conditions=conditions, amount=amount, shares=SHARES),), FACTS)


def small(**columns: list[object]) -> list[Chunk]:
    """One chunk of a few enterprises."""
    rows = len(next(iter(columns.values())))
    ids = pa.array([f"e{number}" for number in range(rows)])
    return [Chunk({"enterprise_id": ids, **{n: pa.array(v) for n, v in columns.items()}}, rows)]


def two_versions() -> Simulation:
    """A threshold from 20 to 30 staff."""
    chunks = small(employees=[10, 25, 40, None], size=["micro", "micro", "small", None])
    return simulate(decided(grant(30)), chunks, AS_OF, by=["size"], against=decided(grant(20)))


def test_a_threshold_from_20_to_30() -> None:
    found = two_versions()
    [change] = found.changes
    assert (change.enterprise_id, change.before_fen, change.after_fen) == ("e1", 0, 500_000)
    assert to_json(found)["difference"] == {
        "gain": 1,
        "lose": 0,
        "cost_fen": 500_000,
        "by": [{"size": "micro", "enterprises": 1, "cost_fen": 500_000}],
    }


def test_gain_and_lose_are_the_other_way_round_from_the_other_side() -> None:
    chunks = small(employees=[10, 25, 40, None])
    found = simulate(decided(grant(20)), chunks, AS_OF, against=decided(grant(30)))
    assert [change.gains for change in found.changes] == [False]


def test_what_is_undecided_costs_nothing_yet_and_is_counted() -> None:
    found = simulate(grant(20), small(employees=[10, 25, None]), AS_OF)
    [effect] = found.effect.rules
    assert (effect.tally.enterprises, effect.undecided, effect.unknown) == (0, 1, 1)


def test_a_rule_without_answer_for_many_names_fact_and_department() -> None:
    chunks = small(employees=[10, *[None] * 3])
    found = simulate(grant(20), chunks, AS_OF)
    [warning] = warnings(found.effect, {"employees": ("social_security",)})
    assert (warning.unknown, warning.share) == (3, 0.75)
    assert warning.missing == (("employees", 3, ("social_security",)),)
    assert not warnings(simulate(grant(20), small(employees=[1] * 9), AS_OF).effect, {})


def test_a_budget_ends_at_a_whole_group_of_equal_points() -> None:
    standing = ByPoints(Counter({20: 2, 10: 3, 0: 4}), Counter({20: 200, 10: 300, 0: 400}))
    enough = cut_off(standing, 900)
    assert (enough.supported, enough.points, enough.below) == (9, None, 0)
    short = cut_off(standing, 499)
    assert (short.supported, short.cost_fen, short.points, short.at_line, short.below) == (
        (2, 200, 10, 3, 4)
    )
    assert short.reached_at_line == 2  # 299 left at 100 each
    places = cut_off(standing, None, 4)
    assert (places.supported, places.points, places.reached_at_line) == (2, 10, 2)
    assert cut_off(standing, 300, 4).reached_at_line == 1  # places for two, money for one
    assert ByPoints.from_json(standing.to_json()) == standing
    assert "quota" not in short.to_json() and places.to_json()["quota"] == 4


@pytest.mark.parametrize(
    ("founded", "band"),
    [
        (date(2018, 6, 30), "<1"),
        (date(2017, 7, 1), "<1"),
        (date(2017, 6, 30), "1-2"),
        (date(2013, 7, 1), "3-4"),
        (date(2008, 6, 30), "10+"),
    ],
)
def test_bands_of_age(founded: date, band: str) -> None:
    chunks = small(employees=[1], registered_on=[founded])
    found = simulate(decided(grant(20)), chunks, AS_OF, by=["age"])
    assert list(found.effect.groups) == [(band,)]


def test_there_is_no_grouping_by_a_figure() -> None:
    with pytest.raises(EngineError, match="size, age"):
        dimensions(["employees"], grant(1))


def test_no_sum_leaves_its_bounds() -> None:
    chunks = small(employees=[1] * 3)
    amount = "90000000000000000"
    found = simulate(decided(grant(20, amount)), chunks, AS_OF, by=["size"])
    assert found.effect.rules[0].tally.cost_fen == 3 * 9_000_000_000_000_000_000
    assert found.effect.groups[None,].cost_fen == 3 * 9_000_000_000_000_000_000
