"""File sizes, and no circle among modules."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house.tree import ROOT, Source, imports, listed, package, sources

AIM, LIMIT, LIMIT_OF_TESTS = 300, 600, 1000

# Files over the aim, with the length that they may have. Entries only shrink and go: a file that
# has become shorter lowers its entry, a new long file is split instead of listed.
LONG_FILES: dict[str, int] = {}
SLACK = 20


def too_long(files: Iterable[Source], allowed: Mapping[str, int]) -> list[str]:
    """Files over the limit, files over the aim without an allowance, allowances out of date."""
    problems, lengths = [], {}
    for source in files:
        if source.is_vendored or source.is_migration:
            continue
        length = lengths[source.path] = len(source.text.splitlines())
        is_test = source.parts[0] == "tests"
        limit = LIMIT_OF_TESTS if is_test else LIMIT
        if length > limit:
            problems.append(source.at(length, f"{length} lines, the limit is {limit}"))
        elif not is_test and length > max(AIM, allowed.get(source.path, 0)):
            problems.append(source.at(length, f"{length} lines, aim under {AIM}: split it"))
    for path, most in allowed.items():
        length = lengths.get(path, 0)
        if length <= AIM:
            problems.append(f"{path}: {length} lines now, remove its allowance")
        elif most > length + SLACK:
            problems.append(f"{path}: {length} lines now, lower its allowance of {most}")
    return problems


def test_files_are_short() -> None:
    files = sources(ROOT, suffixes=[".py", ".html", ".js", ".css"])
    assert len(files) > 100
    problems = too_long(files, LONG_FILES)
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("path", "lines", "allowed", "found"),
    [
        ("miaopu/core/x.py", 300, {}, ""),
        ("miaopu/core/x.py", 301, {}, "split it"),
        ("miaopu/core/x.py", 301, {"miaopu/core/x.py": 310}, ""),
        ("miaopu/core/x.py", 311, {"miaopu/core/x.py": 310}, "split it"),
        ("miaopu/core/x.py", 601, {"miaopu/core/x.py": 601}, "the limit is 600"),
        ("miaopu/core/x.py", 299, {"miaopu/core/x.py": 310}, "remove its allowance"),
        ("miaopu/core/x.py", 310, {"miaopu/core/x.py": 400}, "lower its allowance"),
        ("miaopu/portal/templates/x.html", 601, {}, "the limit is 600"),
        ("miaopu/portal/static/portal/vendor/x.js", 9000, {}, ""),
        ("miaopu/core/migrations/0001_x.py", 9000, {}, ""),
        ("tests/core/test_x.py", 1000, {}, ""),
        ("tests/core/test_x.py", 1001, {}, "the limit is 1000"),
    ],
)
def test_long_files_are_found(path: str, lines: int, allowed: dict[str, int], found: str) -> None:
    problems = too_long([Source(path, "x\n" * lines)], allowed)
    assert len(problems) == bool(found)
    assert found in listed(problems)


def module_graph(files: Iterable[Source]) -> dict[str, set[str]]:
    """Which module needs which of the same files to be run; imports for types do not count."""
    files = list(files)
    modules = {source.module for source in files}
    graph: dict[str, set[str]] = {}
    for source in files:
        needed = {one.full if one.full in modules else one.module for one in imports(source)}
        graph[source.module] = (needed & modules) - {source.module}
    return graph


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, [] where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_among_modules() -> None:
    graph = module_graph(package())
    assert "miaopu.core.models" in graph["miaopu.core.actions"]
    assert circle(graph) == []


def test_circles_are_found() -> None:
    files = [
        Source("miaopu/core/a.py", "from miaopu.core import b"),
        Source("miaopu/core/b.py", "from miaopu.core.c import thing"),
        Source("miaopu/core/c.py", "def thing():\n    import miaopu.core.a"),
    ]
    assert set(circle(module_graph(files))) == {f"miaopu.core.{name}" for name in "abc"}


def test_imports_for_types_make_no_circle() -> None:
    only_types = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from miaopu.core.a import A"
    )
    files = [
        Source("miaopu/core/a.py", "from miaopu.core import b"),
        Source("miaopu/core/b.py", only_types),
    ]
    assert circle(module_graph(files)) == []
