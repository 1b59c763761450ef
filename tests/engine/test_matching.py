"""Matching and explaining: statuses, amounts, what is missing, discretion, priority."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from miaopu.engine.facts import Fact, FactError, FactType, read_fact
from miaopu.engine.matching import (
    FactsRefused,
    MatchRow,
    ReasonNode,
    explain_one,
    explanations_as_json,
    match_all,
    near_misses,
)
from miaopu.engine.messages import Bilingual
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import Condition, DatedValue, Priority, Rule, RuleSet
from tests.engine.expression_cases import FACTS as RANDOM_FACTS
from tests.engine.expression_cases import random_condition, random_row

DAY = date(2018, 6, 30)
FACTS = {
    "employees": Fact("employees", FactType.INTEGER),
    "revenue": Fact("revenue", FactType.MONEY),
    "region": Fact("region", FactType.REGION),
}
RULE = Rule(
    "r1",
    region="1401",
    conditions=(
        Condition("c1", when="employees <= 20"),
        Condition("c2", decide=Bilingual("成熟", "mature")),
    ),
    priority=(Priority("p1", "revenue > 5", 10), Priority("p2", "employees > 5", 3)),
    amount="revenue * 2 / 100",
)
RULES = RuleSet((RULE, Rule("r2", conditions=(Condition("c", when="employees <= 20"),))), FACTS)
GRANT = RuleSet(
    (Rule("g", conditions=(Condition("c", when="employees <= 20"),), amount="revenue * 2 / 100"),),
    FACTS,
)


def rows(rules: RuleSet, *facts: Mapping[str, object]) -> list[tuple[object, ...]]:
    """The rows of a match, without their type."""
    return [
        (row.enterprise_id, row.rule, row.status, row.amount_fen, row.missing)
        for row in match_all(rules, facts, DAY)
    ]


def test_false_rows_are_not_written() -> None:
    assert rows(RULES, {"enterprise_id": "a", "employees": 21, "region": "140105"}) == []
    assert rows(RULES, {"enterprise_id": "a", "employees": 20, "region": "520102"}) == [
        ("a", "r2", "true", None, ())
    ]


def test_an_undecided_discretion_and_an_unknown_region_are_unknown() -> None:
    assert rows(RULES, {"enterprise_id": "a", "employees": 2, "region": "140105"})[0] == (
        ("a", "r1", "unknown", None, ("decide:c2",))
    )
    assert rows(RULES, {"enterprise_id": "a", "employees": 2})[0] == (
        ("a", "r1", "unknown", None, ("region", "decide:c2"))
    )
    assert rows(RULES, {"enterprise_id": "a", "employees": 21}) == []


def test_the_amount_is_rounded_once_and_says_what_it_lacks() -> None:
    full = {"enterprise_id": 7, "employees": "20", "revenue": "100.25"}
    assert rows(GRANT, full) == [("7", "g", "true", 201, ())]
    assert rows(GRANT, {**full, "revenue": None}) == [("7", "g", "true", None, ("revenue",))]
    assert rows(GRANT, {**full, "employees": None}) == [("7", "g", "unknown", None, ("employees",))]


def test_a_rule_without_conditions_is_for_everybody() -> None:
    assert rows(RuleSet((Rule("all", amount="5"),), {}), {"enterprise_id": "a"}) == [
        ("a", "all", "true", 500, ())
    ]


def test_dated_parameters_as_of_the_day() -> None:
    values = (
        DatedValue(date(2017, 1, 1), Decimal("0.02")),
        DatedValue(date(2018, 1, 1), Decimal("0.03")),
    )
    rules = RuleSet((Rule("p", amount="revenue * @rate"),), FACTS, {"rate": values})
    facts = [{"enterprise_id": "a", "revenue": 100}]
    fens = [
        next(match_all(rules, facts, day))
        for day in (date(2016, 12, 31), date(2017, 12, 31), date(2018, 1, 1))
    ]
    assert [(row.amount_fen, row.missing) for row in fens] == [
        (None, ("@rate",)),
        (200, ()),
        (300, ()),
    ]


def test_bad_rows_are_refused_or_reported() -> None:
    bad: list[Mapping[str, object]] = [
        {"enterprise_id": "a", "employees": 2},
        {"enterprise_id": "a", "employees": 3},
        {"enterprise_id": " ", "employees": 3},
        {"employees": 3},
        {"enterprise_id": "b", "employees": "three"},
    ]
    with pytest.raises(FactsRefused) as caught:
        list(match_all(GRANT, bad, DAY))
    assert caught.value.row == 2
    told: list[FactsRefused] = []
    found = list(match_all(GRANT, bad, DAY, told.append))
    assert [refusal.row for refusal in told] == [2, 3, 4, 5]
    assert [(row.enterprise_id, row.status) for row in found] == [("a", "true"), ("b", "unknown")]


def test_explanation_of_an_undecided_case() -> None:
    facts = {"employees": 6, "region": "140105", "revenue": "5.01"}
    explained = explain_one(RULES, facts, DAY)[0]
    assert (explained.status, explained.amount_fen) == ("unknown", None)
    assert explained.missing == ("decide:c2",)
    assert [change.zh for change in explained.would_change] == ["待认定：成熟"]
    assert explained.priority_points == 13
    assert [(one.id, one.points) for one in explained.priorities] == [("p1", 10), ("p2", 3)]
    assert [child.key for child in explained.tree.children] == ["region", "c1", "c2"]


def test_explanation_with_a_decision() -> None:
    facts = {"employees": 6, "region": "140105", "revenue": "5.00"}
    yes = explain_one(RULES, facts, DAY, {"r1.c2": True})[0]
    assert (yes.status, yes.amount_fen, yes.missing, yes.would_change) == ("true", 10, (), ())
    assert yes.priority_points == 3
    no = explain_one(RULES, facts, DAY, {"r1.c2": False})[0]
    assert (no.status, no.amount_fen) == ("false", None)
    assert "成熟" in no.would_change[0].zh


def test_explanation_as_json_has_the_contract_keys() -> None:
    printed = explain_one(RULES, {"employees": 30, "region": "140105"}, DAY)[0].to_json()
    assert set(printed) == {
        *("rule", "status", "amount_fen", "tree", "missing", "would_change", "near_miss")
    }
    tree = printed["tree"]
    assert isinstance(tree, dict)
    assert set(tree) == {"op", "status", "text", "value", "needs", "children"}
    leaf = tree["children"][1]["children"][0]
    assert (leaf["op"], leaf["status"], leaf["value"]) == ("fact", "known", 30)


def test_explain_refuses_a_value_of_another_type() -> None:
    with pytest.raises(FactError):
        explain_one(RULES, {"employees": "many"}, DAY)


def _statuses(node: ReasonNode) -> list[str]:
    return [node.status, *(status for child in node.children for status in _statuses(child))]


@pytest.mark.parametrize("seed", range(3))
def test_match_and_explain_agree(seed: int) -> None:
    random = Random(seed)
    conditions = [random_condition(random, 2)[0] for _ in range(24)]
    rules = RuleSet(
        tuple(
            Rule(
                f"r{number}",
                random.choice(["", "5201", "14"]),
                tuple(
                    Condition(f"c{n}", when=random.choice(conditions))
                    for n in range(random.randint(1, 3))
                ),
                amount=random.choice([None, "revenue / 3", "least(employees, 4) * 100"]),
            )
            for number in range(15)
        ),
        RANDOM_FACTS,
    )
    for number in range(30):
        row = {"enterprise_id": str(number), **random_row(random)}
        matched = {found.rule: found for found in match_all(rules, [row], DAY)}
        for explained in explain_one(rules, row, DAY):
            if explained.status == "false":
                assert explained.rule not in matched
                continue
            assert matched[explained.rule] == MatchRow(
                str(number),
                explained.rule,
                explained.status,
                explained.amount_fen,
                explained.missing,
            )
            assert set(_statuses(explained.tree)) <= {"true", "false", "unknown", "known"}
            assert bool(explained.would_change) == (explained.status != "true")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_printed_is_the_tree(seed: int) -> None:
    random = Random(900 + seed)
    conditions = [random_condition(random, 3)[0] for _ in range(30)]
    conditions += ["revenue / employees > 3", "employees in (1, null)", "1 = 2", "region = '5201'"]
    asked = Condition("d", decide=Bilingual("成熟？", "mature?"))
    rules = RuleSet(
        tuple(
            Rule(
                f"r{number}",
                random.choice(["", "5201", "14"]),
                (
                    *(Condition(f"c{n}", when=random.choice(conditions)) for n in range(3)),
                    *([asked] if random.random() < 0.3 else []),
                ),
                amount=random.choice([None, "revenue / 3", "1 / employees"]),
                title=random.choice([None, Bilingual("“题”\\", 'a "title"')]),
            )
            for number in range(20)
        ),
        RANDOM_FACTS,
    )
    for _ in range(25):
        row = random_row(random)
        decisions = {f"r{n}.d": random.choice([True, False, None]) for n in range(20)}
        explained = explain_one(rules, row, DAY, decisions)
        plain = json.dumps([one.to_json() for one in explained], ensure_ascii=False)
        assert explanations_as_json(explained).decode() == plain
        again = explain_one(rules, row, DAY, decisions)
        assert explanations_as_json(again).decode() == plain  # read before or not
        for rule, one in zip(prepare(rules, DAY).rules, explained, strict=True):
            for part, child in zip(rule.conditions, one.tree.children, strict=True):
                if part.reasons is not None:
                    known = {n: read_fact(RANDOM_FACTS[n], row[n]) for n in row}
                    assert child.needs == part.reasons.runnable.trace(known).needs
    assert explanations_as_json([]) == b"[]"


def _ladder() -> RuleSet:
    """Rules that differ in how far they are away."""
    figures = (("near", "employees <= 20", "3000"), ("far", "employees <= 20", "9000"))
    rules = [Rule(name, "1401", (Condition("c", when),), amount=pay) for name, when, pay in figures]
    rules.append(
        Rule("two", conditions=(Condition("c", "employees <= 20"), Condition("d", "revenue > 9")))
    )
    rules.append(Rule("elsewhere", "5201", (Condition("c", "employees <= 30"),), amount="99999"))
    rules.append(Rule("unpriced", "", (Condition("c", "employees <= 21"),), amount="1 / revenue"))
    rules.append(
        Rule("open", "", (Condition("c", "employees <= 9"), RULE.conditions[1]), amount="7000")
    )
    return RuleSet(tuple(rules), FACTS)


def test_one_condition_short_ranked_by_gain() -> None:
    explained = explain_one(_ladder(), {"employees": 25, "region": "140105", "revenue": 0}, DAY)
    short = near_misses(explained)
    assert [one.rule for one in short] == ["far", "open", "near", "unpriced"]
    first = short[0].near_miss
    assert first is not None
    assert first.to_json() == {
        "condition": "c",
        "would_change": "从业人员 不超过 20 人（现为 25 人） / employees is at most 20 persons"
        " (now 25 persons)",
        "gain_fen": 900_000,
    }


def test_what_is_unknown_is_no_near_miss_and_neither_is_what_is_true() -> None:
    explained = explain_one(_ladder(), {"employees": 5, "region": "140105"}, DAY)
    assert near_misses(explained) == []
    one = explain_one(_ladder(), {"employees": 25}, DAY)[0]
    assert one.near_miss is None  # the region is unknown, too
