"""The docs keep up: every verb, every variable of the environment, every word of the models."""

import ast
import re
from collections.abc import Iterable
from typing import Any

import pytest
import typer

from miaopu.app.cli.main import cli
from tests.house.tree import ROOT, Source, package, strings

GLOSSARY_ROOMS = ("parties", "plans", "cases", "ledger")


def doc(name: str) -> str:
    """The text of a document, "" where it is not there."""
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def code_spans(text: str) -> str:
    """What stands in backticks or fenced blocks, one span a line."""
    fenced = re.findall(r"^```.*?^```", text, flags=re.DOTALL | re.MULTILINE)
    inline = re.findall(r"`([^`\n]+)`", text)
    return "\n".join([*fenced, *inline])


def has_word(text: str, word: str) -> bool:
    """Whether the word stands in the text, not as a part of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def unknown_to(text: str, words: Iterable[str]) -> list[str]:
    """The words that stand in no code span of the text."""
    spans = code_spans(text)
    return [word for word in words if not has_word(spans, word)]


def verbs(command: Any, before: str = "") -> list[str]:
    """Every verb of a command line with the groups above it: `pack check`."""
    if not hasattr(command, "commands"):
        return [before]
    return [
        verb
        for name, one in sorted(command.commands.items())
        for verb in verbs(one, f"{before} {name}".strip())
    ]


def test_every_verb_is_documented() -> None:
    found = verbs(typer.main.get_command(cli))
    assert {"pack check", "demo", "verify-books", "uscc"} <= set(found)
    missing = unknown_to(doc("docs/cli.md") + doc("README.md"), found)
    assert not missing, f"not in docs/cli.md or README.md: {missing}"


VARIABLE = re.compile(r"(?:MIAOPU|DATABASE)_[A-Z_]+")


def variables(files: Iterable[Source]) -> list[str]:
    """The variables of the environment that the files name."""
    found = {value for one in files for _, value in strings(one.tree) if VARIABLE.fullmatch(value)}
    return sorted(found)


def test_every_variable_of_the_environment_is_documented() -> None:
    found = variables(package())
    assert {"DATABASE_URL", "MIAOPU_SECRET_KEY", "MIAOPU_PRODUCTION"} <= set(found)
    missing = unknown_to(doc("docs/operations.md"), found)
    assert not missing, f"not in docs/operations.md: {missing}"


def model_names(files: Iterable[Source]) -> list[str]:
    """Names of the models that the files define."""
    return [
        node.name
        for source in files
        if "models" in (source.parts[-1].removesuffix(".py"), *source.parts[-2:-1])
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
        if any(ast.unparse(base) == "models.Model" for base in node.bases)
    ]


def test_every_model_stands_in_the_glossary() -> None:
    found = model_names(package(*GLOSSARY_ROOMS))
    assert {"Case", "Award", "Enterprise", "Programme"} <= set(found)
    missing = unknown_to(doc("docs/glossary.md"), found)
    assert not missing, f"not in docs/glossary.md: {missing}"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`miaopu pack check DIR…` checks", []),
        ("```\nmiaopu pack check x\n```\n", []),
        ("you can pack check it", ["pack check"]),
        ("`miaopu pack checks`", ["pack check"]),
        ("`unpack check`", ["pack check"]),
        ("", ["pack check"]),
    ],
)
def test_missing_words_are_found(text: str, missing: list[str]) -> None:
    assert unknown_to(text, ["pack check"]) == missing


def test_verbs_variables_and_models_are_read() -> None:
    outer, inner = typer.Typer(), typer.Typer()
    outer.command("demo")(lambda: None)
    inner.command("check")(lambda: None)
    inner.command("diff")(lambda: None)
    outer.add_typer(inner, name="pack")
    assert verbs(typer.main.get_command(outer)) == ["demo", "pack check", "pack diff"]
    source = Source("miaopu/app/env.py", 'a = f("MIAOPU_PORT"); b = "MIAOPU_X is wrong"')
    assert variables([source]) == ["MIAOPU_PORT"]
    text = "class A(models.Model): ...\nclass B(A): ...\nclass C: ..."
    assert model_names([Source("miaopu/cases/models.py", text)]) == ["A"]
