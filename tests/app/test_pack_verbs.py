"""The verbs `pack check` and `pack diff`: their JSON and their exit statuses."""

import json
import shutil
from pathlib import Path

import typer
from typer.testing import CliRunner

from miaopu.app.cli import pack_verbs

CLI = typer.Typer()
CLI.add_typer(pack_verbs.pack, name="pack")
GUIYANG = Path(__file__).parents[2] / "programmes" / "guiyang-2018"


def test_a_good_pack() -> None:
    result = CliRunner().invoke(CLI, ["pack", "check", str(GUIYANG), "--format", "json"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"errors": [], "findings": []}
    assert "guiyang-2018" in CliRunner().invoke(CLI, ["pack", "check", str(GUIYANG)]).stdout


def test_a_typo_names_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(GUIYANG, folder)
    path = folder / "items" / "direct_subsidy.yaml"
    text = path.read_text(encoding="utf-8").replace("    outcome:", "    outcom:")
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(
        CLI, ["pack", "check", str(GUIYANG), str(folder), "--format", "json"]
    )
    assert result.exit_code == 1
    errors = json.loads(result.stdout)["errors"]
    assert all(set(error) == {"file", "line", "key", "message", "remedy"} for error in errors)
    (typo,) = [error for error in errors if error["key"] == "items.direct_subsidy.outcom"]
    assert typo["file"] == str(path)
    assert "outcom:" in text.splitlines()[typo["line"] - 1]
    assert "outcome" in typo["remedy"]
    lines = result.stderr.splitlines()
    assert len(lines) == len(errors)
    assert f"{path}:{typo['line']}: items.direct_subsidy.outcom:" in result.stderr


def test_a_folder_that_is_not_there_and_no_folder(tmp_path: Path) -> None:
    missing = CliRunner().invoke(CLI, ["pack", "check", str(tmp_path / "x"), "--format", "json"])
    assert missing.exit_code == 1
    assert len(json.loads(missing.stdout)["errors"]) == 1
    assert CliRunner().invoke(CLI, ["pack", "check"]).exit_code == 2


def test_the_difference_of_two_packs(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(GUIYANG, folder)
    path = folder / "items" / "direct_subsidy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("shares: {province: 7", "shares: {province: 6"), encoding="utf-8")
    command = ["pack", "diff", str(GUIYANG), str(folder)]
    result = CliRunner().invoke(CLI, [*command, "--format", "json"])
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["old"]["digest"] != found["new"]["digest"]
    assert found["changes"] == [
        {"key": "items.direct_subsidy.shares.province", "change": "changed", "old": 7, "new": 6}
    ]
    touched = {"targets": [], "rules": ["direct_subsidy"], "amounts": ["items.direct_subsidy"]}
    assert found["touches"] == touched
    assert "direct_subsidy" in CliRunner().invoke(CLI, command).stdout
    same = CliRunner().invoke(CLI, ["pack", "diff", str(GUIYANG), str(GUIYANG), "--format", "json"])
    assert json.loads(same.stdout)["changes"] == []


def test_a_difference_needs_two_sound_packs(tmp_path: Path) -> None:
    missing = CliRunner().invoke(CLI, ["pack", "diff", str(GUIYANG), str(tmp_path / "x")])
    assert missing.exit_code == 1
    assert len(missing.stderr.splitlines()) == 1
    assert CliRunner().invoke(CLI, ["pack", "diff", str(GUIYANG)]).exit_code == 2
