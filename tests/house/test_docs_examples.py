"""What the docs show is what happens: packs load, verbs answer as printed, names and links exist.

A fenced block is an example that is tried where its first line says so:
- "yaml example/pack.yaml" (any language, then a file name): the file is there for what follows;
- "console run": lines that begin with "$ miaopu" are run, the lines below are what they print
  (standard output, then standard error), "[status 1]" is the exit status where it is not 0.
"""

import ast
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from miaopu.app.cli.main import cli
from miaopu.engine.definitions.pieces import Text
from miaopu.engine.packs.load import check_pack
from miaopu.engine.packs.schema import Pack
from tests.house.tree import ROOT, Source, listed, sources

RUNNABLE = ("docs/cli.md", "docs/packs.md", "README.md", "README.zh-CN.md")
CHANGES_EACH_TIME = ("seconds",)

_BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\[status (\d)\]")


@dataclass(frozen=True)
class Block:
    """A fenced block: the words of its first line, and its text."""

    info: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Run:
    """A verb to run, what it prints and its exit status."""

    command: str
    printed: str
    status: int


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document."""
    return [Block(tuple(one["info"].split()), one["text"]) for one in _BLOCK.finditer(text)]


def write_files(text: str, folder: Path) -> list[str]:
    """Write the files that a document shows into `folder`; their names."""
    names = []
    for block in blocks(text):
        if len(block.info) == 2 and "." in block.info[1]:
            path = folder / block.info[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            names.append(block.info[1])
    return names


def runs(text: str) -> list[Run]:
    """The verbs that a document says are run as printed."""
    found = []
    for block in blocks(text):
        if block.info != ("console", "run"):
            continue
        for part in re.split(r"^\$ miaopu ", block.text, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            status = _STATUS.search(printed)
            found.append(
                Run(command, _STATUS.sub("", printed).strip(), int(status[1]) if status else 0)
            )
    return found


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if key not in CHANGES_EACH_TIME}
    return value


def _parts(printed: str, *, is_json: bool) -> tuple[object, list[str]]:
    """The JSON document (None where there is none) and the other lines."""
    if is_json and printed[:1] in ("{", "["):
        document, end = json.JSONDecoder().raw_decode(printed)
        return _without_times(document), printed[end:].strip().splitlines()
    return None, [line.rstrip() for line in printed.splitlines()]


def differences(run: Run) -> list[str]:
    """How running a verb differs from what its document says."""
    result = CliRunner().invoke(cli, shlex.split(run.command))
    is_json = "--format json" in run.command
    expected = _parts(run.printed, is_json=is_json)
    got = _parts(result.stdout.strip() + "\n" + result.stderr.strip(), is_json=is_json)
    problems = []
    if (expected[0], expected[1]) != (got[0], [line for line in got[1] if line]):
        problems.append(f"miaopu {run.command}: printed {got}, documented {expected}")
    if run.status != result.exit_code:
        problems.append(f"miaopu {run.command}: status {result.exit_code}, documented {run.status}")
    return problems


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run verbs in, with the programmes beside."""
    (tmp_path / "programmes").symlink_to(ROOT / "programmes")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.mark.parametrize("name", RUNNABLE)
def test_verbs_answer_as_documented(name: str, place: Path) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    write_files(text, place)
    found = runs(text)
    if name == "docs/cli.md":
        assert len(found) > 10
    problems = [line for run in found for line in differences(run)]
    assert not problems, listed(problems)
    for block in blocks(text):
        if block.info == ("text", "matches"):  # the file that the last `match` wrote
            assert (place / "matches.csv").read_text(encoding="utf-8") == block.text


@pytest.mark.parametrize(
    ("printed", "status", "found"),
    [
        ('{"shares": ["31500.00", "4500.00", "9000.00"]}', 0, 0),
        ('{\n  "shares": ["31500.00",\n "4500.00", "9000.00"]}', 0, 0),
        ('{"shares": ["31500.00", "4500.00", "9000.01"]}', 0, 1),
        ('{"shares": ["31500.00", "4500.00", "9000.00"]}\nand more', 0, 1),
        ('{"shares": ["31500.00", "4500.00", "9000.00"]}', 1, 1),
        ("", 0, 1),
    ],
)
def test_wrong_answers_are_found(printed: str, status: int, found: int) -> None:
    assert len(differences(Run("split 45000 7:1:2 --format json", printed, status))) == found


def test_example_pack_is_sound_and_its_typo_is_named(place: Path) -> None:
    text = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    assert write_files(text, place) == ["example/pack.yaml"]
    checked = check_pack(place / "example")
    assert checked.errors == ()
    assert checked.findings == ()

    pack = place / "example" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("outcome: award", "outcom: award"))
    shown = [
        line
        for block in blocks(text)
        if block.info == ("text", "typo")
        for line in block.text.splitlines()
    ]
    refused = [str(error) for error in check_pack(place / "example").errors]
    assert len(shown) == 1
    assert any(line.endswith(shown[0]) for line in refused), refused


# ---------------------------------------------------------------- keys of packs


def keys_of(model: type[BaseModel]) -> set[str]:
    """Every key that a model knows, and the models below it."""
    found: set[str] = set()
    waiting, seen = [model], {model}
    while waiting:
        for name, field in waiting.pop().model_fields.items():
            found.add(field.alias or name)
            below = set(_models_in(field.annotation)) - seen - {Text}
            seen |= below
            waiting += below
    return found


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def test_every_key_of_a_pack_is_documented() -> None:
    text = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    reference = text.partition("## Every key")[2]
    known = keys_of(Pack)
    assert {"from", "for", "not_same_as", "must_be_true", "expect"} <= known
    missing = sorted(key for key in known if f"`{key}`" not in reference)
    assert not missing, f"not in docs/packs.md: {missing}"


# ---------------------------------------------------------------- names and links

_SPAN = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:miaopu|tests|docs|programmes|tools|bench|requirements|\.ci)/[\w./-]*\w")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_DOTTED = re.compile(r"miaopu(?:\.\w+)+")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def guides() -> list[Source]:
    """The documents of the project."""
    return [
        one
        for one in sources(suffixes=[".md"])
        if one.path.startswith("docs/") or "/" not in one.path
    ]


@cache
def _names_in(path: Path) -> frozenset[str]:
    """Names that a Python file defines at its top, those of its classes too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


def _is_there(dotted: str) -> bool:
    """Whether a dotted name of the package is a module, a room, or a name inside a module."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = ROOT.joinpath(*parts[:length])
        if module.is_dir():
            return length == len(parts)
        if module.with_suffix(".py").exists():
            rest = parts[length:]
            return set(rest) <= _names_in(module.with_suffix(".py"))
    return False


def dead_names(source: Source) -> list[str]:
    """Files, tests and functions that a document names in code spans and that do not exist."""
    problems = []
    for number, line in enumerate(source.text.splitlines(), start=1):
        for span in _SPAN.findall(line):
            test = _TEST.fullmatch(span)
            if test:
                path = ROOT / test[1]
                if not path.exists() or test[2] not in _names_in(path):
                    problems.append(source.at(number, f"no test {span}"))
            elif _PATH.fullmatch(span) and not (ROOT / span).exists():
                problems.append(source.at(number, f"no file {span}"))
            elif _DOTTED.fullmatch(span) and not _is_there(span):
                problems.append(source.at(number, f"no {span}"))
    return problems


def dead_links(source: Source) -> list[str]:
    """Relative links of a document that lead nowhere."""
    bare = _BLOCK.sub("", source.text)
    folder = (ROOT / source.path).parent
    return [
        f"{source.path}: no {target}"
        for target in _LINK.findall(bare)
        if "://" not in target and not (folder / target).exists()
    ]


def _all(check: Iterable[list[str]]) -> list[str]:
    return [problem for problems in check for problem in problems]


def test_docs_name_what_exists() -> None:
    assert len(guides()) > 15
    problems = _all(dead_names(source) for source in guides())
    assert not problems, listed(problems)


def test_links_of_the_docs_lead_somewhere() -> None:
    problems = _all(dead_links(source) for source in guides())
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("`miaopu/engine/money.py` and `miaopu.engine.money.split`", 0),
        ("`miaopu.ledger.actions.make_transfer` in `miaopu.ledger`", 0),
        ("`tests/engine/test_money.py::test_split_of_the_subsidy`", 0),
        ("`miaopu/engine/monies.py`", 1),
        ("`miaopu.engine.money.spilt`", 1),
        ("`miaopu.engine.monies`", 1),
        ("`tests/engine/test_money.py::test_nothing`", 1),
        ("`tests/engine/test_monies.py::test_split_of_the_subsidy`", 1),
    ],
)
def test_dead_names_are_found(line: str, found: int) -> None:
    assert len(dead_names(Source("docs/x.md", f"# x\n{line}\n"))) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("[a](packs.md)", 0),
        ("[a](packs.md#form)", 0),
        ("[a](https://example.org)", 0),
        ("[a](no.md)", 1),
    ],
)
def test_dead_links_are_found(line: str, found: int) -> None:
    assert len(dead_links(Source("docs/x.md", line))) == found
