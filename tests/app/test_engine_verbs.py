"""The verbs `size`, `uscc`, `clock` and `split` as they are called."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from miaopu.app.cli.engine_verbs import register
from miaopu.engine.tables import read_rows

cli = typer.Typer(pretty_exceptions_enable=False)
register(cli)


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def document(*args: object, status: int = 0) -> Any:
    result = run(*args, "--format", "json")
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_size() -> None:
    answer = document("size", "--industry", "I65", "--employees", 103, "--revenue", 15735)
    assert list(answer) == ["class", "group", "missing", "reasons"]
    assert answer["class"] == "medium"
    assert answer["group"] == "软件和信息技术服务业"
    assert answer["missing"] == []
    assert all(isinstance(reason, str) for reason in answer["reasons"])


def test_size_undecided_is_an_answer() -> None:
    answer = document("size", "--industry", "65", "--employees", 10)
    assert (answer["class"], answer["missing"]) == (None, ["revenue"])
    answer = document("size", "--industry", "J", "--employees", 10)
    assert (answer["class"], answer["missing"], answer["group"]) == (None, [], "")


def test_size_before_the_standard() -> None:
    answer = document("size", "--industry", "65", "--employees", 1, "--on", "2015-12-31")
    assert "2011" in answer["reasons"][-1]


@pytest.mark.parametrize(
    "args",
    [
        ("--industry", "X99", "--employees", "1"),
        ("--industry", "65", "--employees", "-1"),
        ("--industry", "65", "--revenue", "-0.5"),
    ],
)
def test_size_refuses_input(args: tuple[str, ...]) -> None:
    result = run("size", *args, "--format", "json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "args",
    [
        ("size",),
        ("size", "--industry", "65", "--employees", "ten"),
        ("size", "--industry", "65", "--revenue", "1e5"),
        ("size", "--industry", "65", "--on", "2015-13-01"),
        ("size", "--industry", "65", "--on", "20151231"),
        ("size", "--file", "a.csv"),
        ("size", "--out", "a.csv"),
        ("size", "--file", "a.csv", "--out", "b.csv", "--industry", "65"),
        ("uscc",),
        ("clock", "--start", "2018-09-28"),
        ("clock", "--start", "28.9.2018", "--days", "3"),
        ("clock", "--start", "2018-09-28", "--days", "three"),
        ("clock", "--start", "2018-09-28", "--days", "3", "--pause", "2018-10-01"),
        ("split", "45000"),
        ("split", "45000", "7:1:2", "--format", "xml"),
    ],
)
def test_wrong_usage(args: tuple[str, ...]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


TABLE = (
    "id,industry,employees,revenue,assets,on\n"
    "1,I65,103,15735,,\n"
    "2,65,,,,\n"
    "3,X1,5,,,\n"
    "4,0111,,49.5,,2015-01-01\n"
    "5,65,many,,,\n"
    "6,65,1.5,,,\n"
    "7,65,1,,,yesterday\n"
)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_size_of_a_file(tmp_path: Path, suffix: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{suffix}"
    source.write_text(TABLE)
    result = run("size", "--file", source, "--out", target, "--format", "json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["rows"] == 7
    assert answer["problems"] == 4
    assert answer["classes"] == {
        "large": 0,
        "medium": 1,
        "small": 0,
        "micro": 1,
        "undecided": 5,
    }
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"第 {row} 行 / row {row}" for row in (3, 5, 6, 7)
    ]
    rows = list(read_rows(target))
    assert [row["class"] for row in rows] == ["medium", None, None, "micro", None, None, None]
    assert [row["id"] for row in rows] == list("1234567")
    assert list(rows[0]) == [
        *TABLE.split("\n")[0].split(","),
        "class",
        "group",
        "missing",
        "reasons",
    ]
    missing = "employees;revenue" if suffix == ".csv" else ["employees", "revenue"]
    assert rows[1]["missing"] == missing
    assert "2011" in str(rows[3]["reasons"])


def test_size_of_a_good_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xlsx"
    source.write_text("industry,employees,class\n65,1,old\n")
    answer = document("size", "--file", source, "--out", target)
    assert answer["problems"] == 0
    assert target.stat().st_size > 0


def test_size_of_a_bad_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    for content in ("employees\n1\n", "industry,employees\n65\n"):
        source.write_text(content)
        result = run("size", "--file", source, "--out", target)
        assert result.exit_code == 1
        assert not target.exists()
    assert run("size", "--file", tmp_path / "none.csv", "--out", target).exit_code == 1


def test_uscc() -> None:
    answer = document("uscc", "91350100M000100Y43", "91440300708461136T")
    assert answer == {
        "codes": [
            {"code": "91350100M000100Y43", "valid": True, "reason": None},
            {"code": "91440300708461136T", "valid": True, "reason": None},
        ]
    }


def test_uscc_invalid() -> None:
    result = run("uscc", "91350100M000100Y43", "000000000000000000", "--format", "json")
    assert result.exit_code == 1
    good, bad = json.loads(result.stdout)["codes"]
    assert good["valid"] and not bad["valid"]
    assert "zeros" in bad["reason"]
    assert len(result.stderr.splitlines()) == 1


def test_clock() -> None:
    answer = document("clock", "--start", "2018-09-28", "--days", 3)
    assert list(answer) == ["due", "provisional", "days"]
    assert (answer["due"], answer["provisional"]) == ("2018-10-08", False)
    assert [set(one) for one in answer["days"]] == [{"date", "counted", "why"}] * 11
    assert sum(one["counted"] for one in answer["days"]) == 3


def test_clock_with_pauses() -> None:
    pauses = ("--pause", "2018-03-06/2018-03-08", "--pause", "2018-03-07/2018-03-09")
    assert document("clock", "--start", "2018-03-05", "--days", 2, *pauses)["due"] == "2018-03-13"
    answer = document(
        "clock", "--start", "2018-03-05", "--days", 2, "--pause", "2018-03-06/",
        "--until", "2018-03-31",
    )  # fmt: skip
    assert answer["due"] is None
    assert answer["days"][-1]["date"] == "2018-03-31"


def test_clock_provisional_and_refused() -> None:
    assert document("clock", "--start", "2027-01-01", "--days", 3)["provisional"] is True
    assert run("clock", "--start", "2018-01-01", "--days", "2001").exit_code == 1
    assert run("clock", "--start", "2018-01-01", "--days", "-1").exit_code == 1
    swapped = ("--pause", "2018-01-05/2018-01-02")
    assert run("clock", "--start", "2018-01-01", "--days", "1", *swapped).exit_code == 1


def test_split() -> None:
    answer = document("split", "45000", "7:1:2")
    assert answer == {"shares": ["31500.00", "4500.00", "9000.00"]}
    assert document("split", "0.02", "1：1：1") == {"shares": ["0.01", "0.01", "0.00"]}


@pytest.mark.parametrize(
    "args", [("45000.005", "7:1:2"), ("abc", "7:1:2"), ("45000", "7"), ("45000", "0:0")]
)
def test_split_refuses(args: tuple[str, str]) -> None:
    result = run("split", *args, "--format", "json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "shows"),
    [
        (("size", "--industry", "65", "--employees", "1"), "微型"),
        (("uscc", "91350100M000100Y43"), "91350100M000100Y43"),
        (("clock", "--start", "2018-09-28", "--days", "1"), "2018-09-29"),
        (("split", "45000", "7:1:2"), "31500.00"),
    ],
)
def test_readable_tables(args: tuple[str, ...], shows: str) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert shows in result.stdout
