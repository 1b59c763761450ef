"""Our own annotated plans in every style: least scores, places, and no false alarm."""

import json
from pathlib import Path
from typing import Any

import pytest

from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.files import read_file
from tests.engine.plan_reader.scoring import PARTS, counts, f1, path

CORPUS = Path(__file__).parent.parent / "plan_corpus"
# A little below what is reached, so that a change that reads worse is seen.
FLOORS = {
    "clauses": 0.99,
    "responsibilities": 0.99,
    "targets": 0.98,
    "deadlines": 0.97,
    "money": 0.98,
    "citations": 0.99,
}


@pytest.fixture(scope="module")
def plans() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, reading and annotation of every plan."""
    rows = []
    for file in sorted(CORPUS.glob("*.gold.json")):
        name = file.name.removesuffix(".gold.json")
        read = json.loads(json.dumps(to_json(read_file(CORPUS / f"{name}.txt"))))
        rows.append((name, read, json.loads(file.read_text(encoding="utf-8"))))
    return rows


def test_the_corpus_is_large(plans: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    assert len(plans) >= 63
    assert sum(len(gold["targets"]) for _, _, gold in plans) >= 330


@pytest.mark.parametrize("part", PARTS)
def test_least_scores(part: str, plans: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    scored = f1([counts(read, gold)[part] for _, read, gold in plans])
    assert scored >= FLOORS[part], f"{part}: {scored:.3f}"


def test_titles_of_clauses(plans: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    wrong = total = 0
    for _, read, gold in plans:
        titles = {path(one["path"]): one["title"] for one in read["clauses"]}
        for one in gold["clauses"]:
            total += 1
            wrong += path(titles.get(path(one["path"]))) != path(one["title"])
    assert wrong <= total * 0.01, f"{wrong} of {total}"


def test_every_item_stands_in_its_text(
    plans: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    for name, read, _ in plans:
        for part in ("responsibilities", "targets", "deadlines", "money", "citations"):
            for one in read[part]:
                assert one["raw"] in read["text"], (name, part, one)


def test_checks_find_what_is_wrong_and_nothing_else(
    plans: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    for name, read, gold in plans:
        found = [(one["code"], one["stated"], one["computed"]) for one in read["checks"]]
        assert found == [(o["code"], o["stated"], o["computed"]) for o in gold["checks"]], name


def test_annotations_are_about_their_text() -> None:
    """What is annotated is printed, and its clause exists."""
    for file in CORPUS.glob("*.gold.json"):
        gold = json.loads(file.read_text(encoding="utf-8"))
        text = (CORPUS / gold["source"]).read_text(encoding="utf-8")
        known = {one["path"] for one in gold["clauses"]} | {"preamble"}
        for part in ("targets", "deadlines", "funding"):
            for one in gold[part]:
                assert one["raw"] in text, (file.name, one)
                assert one["clause"] in known, (file.name, one)
