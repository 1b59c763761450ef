"""The verbs `match` and `explain`: their files, their JSON, their exit statuses."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from miaopu.app.cli import match_verbs, simulate_verb
from miaopu.engine.tables import write_rows

CLI = typer.Typer()
match_verbs.register(CLI)
simulate_verb.register(CLI)
RULES = """\
facts:
  employees: {type: integer}
  revenue: {type: money}
  region: {type: region}
rules:
  - id: r001
    region: "1401"
    conditions:
      - {id: c1, when: "employees <= 20 and revenue < 3000000"}
    amount: "least(50000, revenue * 2 / 100)"
  - id: r002
    conditions: [{id: c1, when: "employees <= 20"}, {id: c2, decide: 成熟}]
"""
ROWS = [
    ["a", 20, "2999999.99", "140105"],
    ["b", 21, "100", "140105"],
    ["c", None, "100", "140105"],
    ["d", 20, "100", None],
    ["e", 20, None, "520102"],
]
COLUMNS = ["enterprise_id", "employees", "revenue", "region"]
EXPECTED = [
    ("a", "r001", "true", 5_000_000, []),
    ("a", "r002", "unknown", None, ["decide:c2"]),
    ("c", "r001", "unknown", None, ["employees"]),
    ("c", "r002", "unknown", None, ["employees", "decide:c2"]),
    ("d", "r001", "unknown", None, ["region"]),
    ("d", "r002", "unknown", None, ["decide:c2"]),
    ("e", "r002", "unknown", None, ["decide:c2"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with rules and facts."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    write_rows(tmp_path / "facts.csv", COLUMNS, ROWS)
    write_rows(tmp_path / "facts.parquet", COLUMNS, ROWS)
    return tmp_path


def match(folder: Path, facts: str, out: str, *more: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `match`."""
    files = ["--rules", str(folder / "rules.yaml"), "--facts", str(folder / facts)]
    result = CliRunner().invoke(
        CLI, ["match", *files, "--as-of", "2018-06-30", "--out", str(folder / out), *more]
    )
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("facts", ["facts.csv", "facts.parquet"])
def test_match_to_parquet(folder: Path, facts: str) -> None:
    status, out, err = match(folder, facts, "out.parquet", "--format", "json")
    assert (status, err) == (0, "")
    summary = json.loads(out)
    assert set(summary) == {"enterprises", "rules", "true", "unknown", "seconds"}
    assert [summary[key] for key in ("enterprises", "rules", "true", "unknown")] == [5, 2, 1, 6]
    table = pq.read_table(folder / "out.parquet")
    assert table.column_names == ["enterprise_id", "rule", "status", "amount_fen", "missing"]
    assert [tuple(row.values()) for row in table.to_pylist()] == EXPECTED


def test_match_tells_of_the_entitled_alone(folder: Path) -> None:
    status, out, _err = match(
        folder, "facts.parquet", "o.parquet", "--entitled", "--format", "json"
    )
    assert status == 0
    assert "unknown" not in json.loads(out)
    found = [tuple(row.values()) for row in pq.read_table(folder / "o.parquet").to_pylist()]
    assert found == [row for row in EXPECTED if row[2] == "true"]


def test_match_to_csv_and_json_and_excel(folder: Path) -> None:
    for name in ("out.csv", "out.json", "out.xlsx"):
        assert match(folder, "facts.csv", name)[0] == 0
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["amount_fen"] == "5000000"
    assert rows[3]["missing"] == "employees;decide:c2"
    printed = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert printed[3]["missing"] == ["employees", "decide:c2"]
    assert (folder / "out.xlsx").stat().st_size > 1000


def test_match_writes_an_empty_file_with_its_columns(folder: Path) -> None:
    write_rows(folder / "none.csv", COLUMNS, [["a", 99, 1, "140105"]])
    assert match(folder, "none.csv", "out.parquet")[0] == 0
    table = pq.read_table(folder / "out.parquet")
    assert (table.num_rows, len(table.column_names)) == (0, 5)


def test_bad_cells_are_named_and_the_rest_is_done(folder: Path) -> None:
    write_rows(folder / "bad.csv", COLUMNS, [*ROWS, ["f", "many", "1", "140105"], ["a", 1, 1, 1]])
    status, out, err = match(folder, "bad.csv", "out.parquet", "--format", "json")
    assert status == 1
    assert json.loads(out)["enterprises"] == 7
    assert len(err.splitlines()) == 2
    assert "row 6" in err
    assert "employees" in err


@pytest.mark.parametrize(
    ("columns", "problem"), [(["id", *COLUMNS[1:]], "enterprise_id"), (["enterprise_id"], "region")]
)
def test_missing_columns(folder: Path, columns: list[str], problem: str) -> None:
    write_rows(folder / "short.csv", columns, [row[: len(columns)] for row in ROWS])
    status, _, err = match(folder, "short.csv", "out.parquet")
    assert problem in err
    assert status == (1 if problem == "enterprise_id" else 0)


def test_problems_in_the_rules_are_lines(folder: Path) -> None:
    text = RULES.replace("employees <= 20", "employes <= 20")
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    status, out, err = match(folder, "facts.csv", "out.parquet", "--format", "json")
    assert (status, out) == (1, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == ["rules.yaml:9", "rules.yaml:12"]
    assert not (folder / "out.parquet").exists()


def test_wrong_usage() -> None:
    assert CliRunner().invoke(CLI, ["match"]).exit_code == 2
    assert CliRunner().invoke(CLI, ["match", "--as-of", "today"]).exit_code == 2


def explain(folder: Path, document: object, *more: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `explain`."""
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "one.json").write_text(text, encoding="utf-8")
    files = ["--rules", str(folder / "rules.yaml"), "--facts", str(folder / "one.json")]
    result = CliRunner().invoke(CLI, ["explain", *files, "--as-of", "2018-06-30", *more])
    return result.exit_code, result.stdout, result.stderr


def test_explain(folder: Path) -> None:
    document = {
        "enterprise_id": "a",
        "facts": {"employees": 20, "revenue": 1234567.89, "region": "140105"},
        "decisions": {"r002.c2": True},
    }
    status, out, err = explain(folder, document, "--format", "json")
    assert (status, err) == (0, "")
    first, second = json.loads(out)
    assert (first["rule"], first["status"], first["amount_fen"]) == ("r001", "true", 2469136)
    assert (second["status"], second["missing"], second["would_change"]) == ("true", [], [])
    assert second["tree"]["children"][1]["op"] == "decide"


def test_explain_one_rule(folder: Path) -> None:
    document = {"enterprise_id": "a", "facts": {"employees": 35}}
    status, out, _ = explain(folder, document, "--rule", "r002", "--format", "json")
    (only,) = json.loads(out)
    assert (status, only["rule"], only["status"]) == (0, "r002", "false")
    assert "35" in only["would_change"][0]
    assert explain(folder, document)[0] == 0
    assert explain(folder, document, "--rule", "r009")[0] == 2


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[" * 100_000,
        [],
        {"facts": []},
        {"enterprise_id": "a"},
        {"facts": {"employees": "many"}},
        {"facts": {}, "decisions": []},
        {"facts": {}, "decisions": {"r002.c2": "yes"}},
    ],
)
def test_explain_refuses(folder: Path, document: object) -> None:
    status, out, err = explain(folder, document, "--format", "json")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


def test_a_pack_may_stand_for_a_rules_file(folder: Path) -> None:
    pack = Path(__file__).parents[2] / "programmes" / "guiyang-2018"
    write_rows(folder / "f.csv", ["enterprise_id", "size", "region"], [["a", "micro", "520102"]])
    files = ["--rules", str(pack), "--facts", str(folder / "f.csv"), "--out", str(folder / "o.csv")]
    result = CliRunner().invoke(CLI, ["match", *files, "--as-of", "2018-06-30", "--format", "json"])
    assert (result.exit_code, json.loads(result.stdout)["unknown"]) == (0, 1)


def test_explain_says_which_facts_no_rule_knows(folder: Path) -> None:
    said = {"enterprise_id": "a", "facts": {"employes": 3}}
    (folder / "one.json").write_text(json.dumps(said), encoding="utf-8")
    files = ["--rules", str(folder / "rules.yaml"), "--facts", str(folder / "one.json")]
    asked = ["explain", *files, "--as-of", "2018-06-30", "--format", "json"]
    result = CliRunner().invoke(CLI, asked)
    assert result.exit_code == 0 and "no rule knows a fact employes" in result.stderr
    (folder / "one.json").write_text('{"facts": {"revenue": NaN}}', encoding="utf-8")
    result = CliRunner().invoke(CLI, asked)
    assert result.exit_code == 1 and "NaN is not JSON" in result.stderr


def test_simulate_prints_reach_and_difference_for_people(folder: Path) -> None:
    wider = RULES.replace("employees <= 20 and revenue", "employees <= 21 and revenue")
    (folder / "wider.yaml").write_text(wider, encoding="utf-8")
    files = ["--rules", str(folder / "wider.yaml"), "--facts", str(folder / "facts.csv")]
    asked = ["simulate", *files, "--as-of", "2018-06-30"]
    more = ["--against", str(folder / "rules.yaml"), "--quota", "r001=1"]
    said = CliRunner(env={"COLUMNS": "200"}).invoke(CLI, [*asked, *more]).stdout
    [reach] = [line for line in said.splitlines() if line.count("│") == 9]
    assert [cell.strip() for cell in reach.split("│")[1:-1]] == (
        ["r001", "", "1", "0", "0", "2", "1", "0"]
    )
    [gain] = [line for line in said.splitlines() if line.count("│") == 4]
    assert [cell.strip() for cell in gain.split("│")[1:-1]] == ["1", "0", "2.00"]
    for wrong in (["--quota", "r001=-1"], ["--budget", "r001=-1"], ["--quota", "r9=1"]):
        assert CliRunner().invoke(CLI, [*asked, *wrong]).exit_code == 2
