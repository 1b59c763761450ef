"""`plan read` and `plan draft` on the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from miaopu.app.cli.plan_verbs import plan
from miaopu.engine.packs.load import check_pack
from tests.engine.plan_reader.documents import NOTICE


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "plan.txt"
    file.write_text(NOTICE, encoding="utf-8")
    return file


def run(*arguments: str, given: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(plan, [*arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


def test_one_json_document_in_the_shape_of_the_contract(document: Path) -> None:
    status, out, err = run("read", str(document), "--format", "json")
    read = json.loads(out)
    assert (status, err) == (0, "")
    assert [*read] == [
        *("title", "number", "issuer", "date", "text", "clauses", "responsibilities", "targets"),
        *("deadlines", "money", "citations", "repairs", "checks"),
    ]
    assert [*read["clauses"][0]] == ["path", "title", "text", "start", "end"]
    assert {"clause", "date", "from", "what", "raw"} <= {*read["deadlines"][0]}
    for one in read["clauses"]:
        assert read["text"][one["start"] : one["end"]] == one["text"]


def test_a_table_for_people_and_standard_input() -> None:
    status, out, _ = run("read", "-", given=NOTICE.encode("gb18030"))
    assert status == 0
    assert "市科技局" in out


@pytest.mark.parametrize("content", [b"", bytes(range(256)), None])
def test_what_cannot_be_read_is_one_line_and_status_one(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "x.docx"
    if content is not None:
        file.write_bytes(content)
    status, out, err = run("read", str(file), "--format", "json")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


def test_the_plan_verbs_come_without_the_libraries_of_the_others(document: Path) -> None:
    code = (
        "import sys\nfrom miaopu.app.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n"
        "    sys.exit(end.code or 10 * any(name in sys.modules for name in ('django', 'sqlglot')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "plan", "read", str(document), "--format", "json"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["number"] == "云政办发〔2019〕18号"


def test_a_draft_holds_what_was_read_and_names_what_is_missing(
    document: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "draft"
    status, out, _ = run("draft", str(document), "--out", str(folder), "--format", "json")
    assert status == 0
    assert {Path(one).name for one in json.loads(out)["files"]} == {
        *("programme.yaml", "clauses.yaml", "tasks.yaml", "targets.yaml", "funds.yaml"),
        "reading.json",
    }
    targets = yaml.safe_load((folder / "targets.yaml").read_text(encoding="utf-8"))["targets"]
    assert {"8", "600", "5000"} <= {one["value"] for one in targets}
    errors = check_pack(folder).errors
    assert errors
    assert all("unknown key" not in str(error) for error in errors)
    assert any("region" in str(error) for error in errors)
    assert run("draft", str(document), "--out", str(folder))[0] == 1  # never over a pack
