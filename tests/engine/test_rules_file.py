"""The rules file: the example of docs/cli.md, and what is wrong with a file, line by line."""

from datetime import date
from pathlib import Path

import pytest

from miaopu.engine.matching import match_all
from miaopu.engine.rules import RulesRefused, load_rules

GOOD = """\
facts:
  employees: {type: integer}
  revenue:   {type: money}
  region:    {type: region}
rules:
  - id: r001
    region: "1401"
    conditions:
      - {id: c1, when: "employees <= 20 and revenue < 3000000"}
      - {id: c2, decide: "项目成熟"}
    priority: [{when: "employees > 5", points: 10}]
    amount: "least(50000, revenue * 2 / 100)"
    shares: {province: 7, city: 1, county: 2}
  - id: 2
    region: 14
    conditions: [{id: c1, when: "employees <= @most"}]
    amount: 45000
parameters:
  most: [{from: 2018-01-01, value: 20, unit: 人, clause: 二}, {from: 2017-01-01, value: 10}]
"""


def write(tmp_path: Path, text: str) -> Path:
    """`text` as a file."""
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def errors(tmp_path: Path, old: str, new: str) -> list[tuple[int, str, str]]:
    """Line, key and remedy of every error of the good file with `old` replaced."""
    assert old in GOOD
    with pytest.raises(RulesRefused) as caught:
        load_rules(write(tmp_path, GOOD.replace(old, new, 1)))
    return [(error.line, error.key, error.remedy.en) for error in caught.value.errors]


def test_a_good_file(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, GOOD))
    assert [(rule.id, rule.region) for rule in rules.rules] == [("r001", "1401"), ("2", "14")]
    assert rules.rules[0].shares == {"province": 7, "city": 1, "county": 2}
    row = {"enterprise_id": "a", "employees": 15, "revenue": 3_000_000, "region": "140105"}
    found = [
        [(match.rule, match.amount_fen) for match in match_all(rules, [row], day)]
        for day in (date(2017, 6, 1), date(2018, 6, 1))
    ]
    assert found == [[], [("2", 4_500_000)]]


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "remedy"),
    [
        (
            "employees <= 20 and",
            "employes <= 20 and",
            9,
            "rules[0].conditions[0].when",
            "employees",
        ),
        ("points: 10", "point: 10", 11, "rules[0].priority[0].point", "points"),
        ("type: money", "type: mony", 3, "facts.revenue.type", "money"),
        ("id: 2", "id: r001", 14, "rules[1].id", "another"),
        ("amount: 45000", "amount: 45000\n    amout: 2", 18, "rules[1].amout", "amount"),
        ("amount: 45000", "amount: x", 17, "rules[1].amount", "declare"),
        ("city: 1", "town: 1", 13, "rules[0].shares.town", ""),
        ("city: 1", "city: -1", 13, "rules[0].shares.city", ""),
        ("7, city: 1, county: 2", "0, city: 0, county: 0", 13, "rules[0].shares", "zero"),
        ("@most", "@mots", 16, "rules[1].conditions[0].when", "most"),
        ("value: 10", "value: ten", 19, "parameters.most[1].value", ""),
        ("2017-01-01", "2018-01-01", 19, "parameters.most", "from"),
        ('decide: "项目成熟"', 'decide: "x", when: "true"', 10, "rules[0].conditions[1]", ""),
        ('region: "1401"', "region: Taiyuan", 7, "rules[0].region", ""),
        ("  - id: r001", "  - id: r001\n    id: r002", 7, "rules[0].id", "remove"),
        ("facts:", "fact:", 1, "fact", "facts"),
        ("revenue:   {", "employees: {", 3, "facts.employees", "remove"),
        ("{type: region}", "&a {type: region}", 4, "facts.region", "plainly"),
        ("{type: region}", "!!map {type: region}", 4, "facts.region", "plainly"),
        ("{type: region}", "{type: region", 5, "", "YAML"),
    ],
)
def test_errors_name_line_key_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, key: str, remedy: str
) -> None:
    found = errors(tmp_path, old, new)
    assert (line, key) in [(where, what) for where, what, _ in found]
    assert any(remedy in text for _, what, text in found if what == key)


def test_every_error_is_found_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("employees <= 20", "employes <= 20").replace("revenue * 2", "revenu * 2")
    with pytest.raises(RulesRefused) as caught:
        load_rules(write(tmp_path, text))
    assert [error.line for error in caught.value.errors] == [9, 12]


@pytest.mark.parametrize("text", ["", "- a", "a", "{}", "rules: []", "facts: {}\nrules: 3"])
def test_other_files(tmp_path: Path, text: str) -> None:
    with pytest.raises(RulesRefused):
        load_rules(write(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RulesRefused):
        load_rules(tmp_path / "none.yaml")
