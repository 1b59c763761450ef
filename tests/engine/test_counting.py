"""What several rules pay for is counted once: everywhere alike, explained, and checked at load."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from miaopu.engine.definitions.refusals import Refused
from miaopu.engine.matching import explain_one, explanations_as_json, near_misses
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.load import load_pack
from miaopu.engine.planes import blocks
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.rule_sets import Condition, CountedOnce, Rule, RuleSet
from miaopu.engine.rules import RulesRefused, load_rules
from tests.engine.expression_cases import AS_OF, FACTS, random_row
from tests.engine.test_planes import all_at_once, one_by_one, random_rules

DOC = Path(__file__).parents[2] / "docs" / "expressions.md"
KEPT = """
SELECT n, rule FROM (
    SELECT n, rule, row_number() OVER (
        PARTITION BY n, kept ORDER BY fen DESC NULLS LAST, rule
    ) AS place FROM found
) WHERE place = 1 ORDER BY n, rule
"""


def _overlapping(random: Random) -> RuleSet:
    """Rules of one easy condition each, or of several, most of which pay for one of four events."""
    rules = random_rules(random, 24)
    made = tuple(
        rule if place % 4 == 0 else replace(rule, region="", conditions=(_easy(random),))
        for place, rule in enumerate(rules.rules)
    )
    paying = [rule.id for rule in made if rule.amount is not None]
    random.shuffle(paying)
    parts = [paying[start::5] for start in range(4)]  # a fifth stands alone
    title = Bilingual("同一事项", "the same event")
    sets = tuple(CountedOnce(f"s{n}", tuple(part), title) for n, part in enumerate(parts))
    return replace(rules, rules=made, counted_once=sets)


def _easy(random: Random) -> Condition:
    return Condition("c", f"employees >= {random.randint(0, 6)}")


@pytest.mark.parametrize("library", {blocks.LIBRARY, None})
def test_of_amounts_that_are_unknown_the_first_counts(
    library: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands beneath what is not known."""
    monkeypatch.setattr(blocks, "LIBRARY", library)
    title = Bilingual("同一事项", "the same event")
    pays = ("patents * employees", "employees * patents + 5", "patents + 3", "employees + 9")
    rules = RuleSet(
        tuple(Rule(f"r{n}", amount=amount) for n, amount in enumerate(pays)),
        FACTS,
        counted_once=(CountedOnce("s", ("r0", "r1"), title), CountedOnce("t", ("r2", "r3"), title)),
    )
    table = {
        "employees": pa.array([1, 7, 9, 7], mask=np.array([False, True, False, True])),
        "patents": pa.array([8, 8, 3, 3], mask=np.array([True, True, False, False])),
    }
    batch = read_batch(rules, AS_OF, table, 4, lambda _row, error: pytest.fail(str(error)))
    found = match_batch(rules, AS_OF, batch, unknown=False)
    kept = list(zip(found.row.tolist(), found.rule.tolist(), strict=True))
    assert kept == [(0, 0), (0, 3), (1, 0), (1, 2), (2, 1), (2, 3), (3, 0), (3, 2)]


@pytest.mark.parametrize("seed", range(3))
def test_one_of_a_set_counts_three_ways(seed: int) -> None:
    random = Random(70 + seed)
    rules = _overlapping(random)
    rows = [random_row(random) for _ in range(50)]
    found = one_by_one(rules, rows)
    assert all_at_once(rules, rows) == found
    every = one_by_one(replace(rules, counted_once=()), rows)
    places = {rule.id: place for place, rule in enumerate(rules.rules)}
    sets = {name: one.name for one in rules.counted_once for name in one.rules}
    connection = duckdb.connect()
    true = [
        (int(one.enterprise_id), places[one.rule], sets.get(one.rule, one.rule), one.amount_fen)
        for one in every
        if one.status == "true"
    ]
    columns = zip(("n", "rule", "kept", "fen"), zip(*true, strict=True), strict=True)
    connection.register("found", pa.table({name: list(column) for name, column in columns}))
    kept = connection.execute(KEPT).fetchall()
    ours = [(int(m.enterprise_id), places[m.rule]) for m in found if m.status == "true"]
    assert ours == kept
    assert 20 < len(true) - len(kept)
    assert [m for m in every if m.status != "true"] == [m for m in found if m.status != "true"]
    for number, row in enumerate(rows):
        explained = explain_one(rules, row, AS_OF)
        mine = [m for m in found if m.enterprise_id == str(number)]
        stated = [(one.rule, one.status, one.amount_fen, one.missing) for one in explained]
        assert [one for one in stated if one[1] != "false"] == [
            (m.rule, m.status, m.amount_fen, m.missing) for m in mine
        ]
        told = json.loads(explanations_as_json(explained))
        assert told == [one.to_json() for one in explained]
        for one in explained:
            assert bool(one.would_change) == (one.status != "true")


def test_the_example_of_the_page(tmp_path: Path) -> None:
    page = DOC.read_text(encoding="utf-8").partition("## Counted once")[2]
    page = page.partition("## What is refused")[0]
    found = re.search(r"```yaml\n(.*?)```", page, re.S)
    assert found is not None
    path = tmp_path / "rules.yaml"
    path.write_text(found[1], encoding="utf-8")
    rules = load_rules(path)
    lines = re.findall(r"^\| ([^|]*)\| ([^|]*)\|([^|]*)\|$", page, re.M)[1:]
    assert len(lines) >= 5
    for facts, counted, reason in lines:
        pairs = [part.split(": ") for part in facts.strip().split(", ") if part]
        explained = explain_one(rules, dict(pairs), AS_OF)
        paid = [f"{one.rule} {one.amount_fen // 100}" for one in explained if one.amount_fen]
        assert (", ".join(paid) or "nothing") == counted.strip()
        said = [text.en for one in explained for text in one.would_change]
        assert reason.strip() == "" or reason.strip() in said
    near = near_misses(explain_one(rules, {"rent": 40_000, "employees": 9}, AS_OF))
    assert [(one.rule, one.near_miss.gain_fen) for one in near if one.near_miss] == [
        ("rent_large", 800_000)  # what it pays, less what is paid for the rent already
    ]
    for old, new, key, remedy in (
        ("[rent_small, ", "[rent_smal, ", "counted_once.rent.among[0]", "rent_small"),
        ("rent_small, rent_large", "rent_small, rent_small", "counted_once.rent.among[1]", "once"),
        ("    amount: rent * 30 / 100\n", "", "counted_once.rent.among[0]", "formula"),
        ("[rent_small, rent_large]", "[rent_small]", "counted_once.rent.among", ""),
    ):
        assert old in found[1]
        path.write_text(found[1].replace(old, new, 1), encoding="utf-8")
        with pytest.raises(RulesRefused) as caught:
            load_rules(path)
        [error] = caught.value.errors
        assert (error.key, remedy in error.remedy.en) == (key, True), error


def test_a_pack_counts_alike_items_once(tmp_path: Path) -> None:
    """Of one kind of party, as often, and with an amount by a formula."""
    source = Path(__file__).parents[2] / "programmes" / "taiyuan-2015"
    for among, key in (
        ("patent_subsidy, contract_subsidy", None),
        ("patent_subsidy, technology_reward", "counted_once.cost.among"),  # a year, the programme
        ("patent_subsidy, space_support", "counted_once.cost.among"),  # enterprise, base
        ("patent_subsidy, honest_enterprise", "counted_once.cost.among[1]"),
    ):
        folder = tmp_path / among[16:]
        shutil.copytree(source, folder)
        clause = next(iter(load_pack(source).clauses))
        once = f"{{among: [{among}], title: {{zh: 同一笔, en: the same}}, clause: {clause}}}"
        with (folder / "programme.yaml").open("a", encoding="utf-8") as file:
            file.write(f"\ncounted_once:\n  cost: {once}\n")
        if key is None:
            assert load_pack(folder).counted_with("patent_subsidy") == "cost"
            continue
        with pytest.raises(Refused) as caught:
            load_pack(folder)
        assert [error.key for error in caught.value.errors] == [key]
