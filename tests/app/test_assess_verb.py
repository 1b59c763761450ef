"""The verb `assess`: its result file, its JSON and its exit statuses."""

import csv
import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from miaopu.app.cli import assess_verbs, pack_verbs

CLI = typer.Typer()
assess_verbs.register(CLI)
CLI.add_typer(pack_verbs.pack, name="pack")  # a second verb, so that the name has to be given
PROGRAMMES = Path(__file__).parents[2] / "programmes"
FULL = {"department": 4, "premises": 4, "staff": 4, "funds": 4, "policies": 4, "growth_plans": 10}
FULL |= {"services": 10, "satisfaction": 10}
FIGURES = {"tenants_now": 23, "graduates_now": 2, "jobs_now": 1000, "revenue_before": 100}
FIGURES |= {"revenue_now": 115, "tax_before": 0, "tax_now": 5}


def scores(path: Path, rows: list[tuple[object, ...]]) -> Path:
    """A file of scores."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("subject", "year", "period", "criterion", "points"))
        writer.writerows(rows)
    return path


def ganzhou(subject: str, year: int, half: float, full: float) -> list[tuple[object, ...]]:
    """A base's sheet of Ganzhou: every scored line at this share of its points."""
    return [
        (subject, year, period, name, points)
        for period, share in (("half", half), ("year", full))
        for name, points in {
            **{line: most * share for line, most in FULL.items()},
            **FIGURES,
        }.items()
    ]


def run(*words: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(CLI, ["assess", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_the_scheme_of_a_pack(tmp_path: Path) -> None:
    rows = [row for year in (2012, 2013) for row in ganzhou("a", year, 0.5, 0.25)]
    rows += ganzhou("b", 2013, 1, 1)
    out = tmp_path / "result.csv"
    status, shown, problems = run(
        "--scheme", PROGRAMMES / "ganzhou-2012", "--id", "bases",
        "--scores", scores(tmp_path / "s.csv", rows),
        "--out", out, "--format", "json",
    )  # fmt: skip
    assert (status, problems) == (0, "")
    assert json.loads(shown) == {
        "results": 3,
        "years": [2012, 2013],
        "classes": {"I": 0, "II": 1, "III": 2},
        "unscored": 0,
    }
    found = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    # Worked out by hand: 6 for tenants, 6 for graduates, 4 for jobs, 5 for revenue, 0 for taxes.
    shown_rows = [tuple(row.values())[:8] for row in found]
    assert shown_rows == [
        ("a", "2012", "46.00", "33.50", "38.50", "III", "1", "rectify"),
        ("b", "2013", "71.00", "71.00", "71.00", "II", "1", "commend"),
        ("a", "2013", "46.00", "33.50", "38.50", "III", "2", "delist"),
    ]
    assert found[0]["explanation"].endswith("= 38.5")


def test_a_wrong_row_writes_nothing(tmp_path: Path) -> None:
    rows = ganzhou("a", 2012, 1, 1)
    rows[0] = ("a", 2012, "half", "department", 4.5)
    out = tmp_path / "result.csv"
    status, _, problems = run(
        "--scheme", PROGRAMMES / "ganzhou-2012", "--id", "bases",
        "--scores", scores(tmp_path / "s.csv", rows),
        "--out", out,
    )  # fmt: skip
    assert status == 1
    assert "s.csv:2: points:" in problems
    assert len(problems.splitlines()) == 1
    assert not out.exists()


def test_no_such_scheme_and_no_such_file(tmp_path: Path) -> None:
    path = scores(tmp_path / "s.csv", [])
    status, _, problems = run(
        "--scheme", PROGRAMMES / "ganzhou-2012", "--id", "none", "--scores", path,
        "--out", tmp_path / "r.csv",
    )  # fmt: skip
    assert (status, "bases" in problems) == (1, True)
    status, _, problems = run(
        "--scheme", tmp_path / "x.yaml", "--scores", path, "--out", tmp_path / "r.csv"
    )
    assert (status, len(problems.splitlines())) == (1, 1)
    assert run("--scores", path)[0] == 2
