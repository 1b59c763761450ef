"""What the house tests read: files of the checkout, their syntax trees, and who imports whom.

A check is a function over `Source` objects that returns problems as lines `path:line: what`, so it
can be tried on a bad example that exists only in the test.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# From the highest room to the lowest; a room knows those after it, never those before.
ROOMS = tuple("app portal monitoring bases ledger cases plans parties core engine".split())
DJANGO_ROOMS = ROOMS[:-1]

TEXT_SUFFIXES = frozenset(
    ".py .html .js .css .svg .csv .yaml .yml .toml .txt .md .po .sql .cfg .ini .sh .json".split()
)
TEXT_NAMES = frozenset({"Makefile", "LICENSE", "run", ".gitignore"})


@dataclass(frozen=True)
class Source:
    """A text file: its path from the root of the checkout, and its content."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file; parsed once however many checks read it."""
        return _parsed(self)

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the file name."""
        return tuple(self.path.split("/"))

    @property
    def room(self) -> str:
        """The room that a file of the package lies in, "" elsewhere."""
        return self.parts[1] if self.parts[0] == "miaopu" and len(self.parts) > 2 else ""

    @property
    def module(self) -> str:
        """The dotted name of a Python file."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_vendored(self) -> bool:
        """Whether other people wrote it."""
        return "vendor" in self.parts

    @property
    def is_migration(self) -> bool:
        """Whether Django wrote it."""
        return "migrations" in self.parts

    def at(self, line: int, what: str) -> str:
        """A problem as one line."""
        return f"{self.path}:{line}: {what}"


@cache
def _parsed(source: Source) -> ast.Module:
    return ast.parse(source.text, filename=source.path)


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """The node and every node below it, in the order of `ast.walk`; walked once."""
    return tuple(ast.walk(tree))


def _ignored(root: Path) -> list[str]:
    """Patterns of names that version control leaves out."""
    path = root / ".gitignore"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [".git", *(line.strip().rstrip("/") for line in lines if line.strip())]


def sources(root: Path = ROOT, under: str = "", suffixes: Iterable[str] = ()) -> list[Source]:
    """The text files below `under` that version control would keep, in order of their paths."""
    return list(_sources(root, under, frozenset(suffixes)))


@cache
def _sources(root: Path, under: str, wanted: frozenset[str]) -> list[Source]:
    ignored = _ignored(root)

    def is_kept(name: str) -> bool:
        return not any(fnmatch(name, pattern) for pattern in ignored)

    found = []
    for folder, folders, names in os.walk(root / under):
        folders[:] = sorted(filter(is_kept, folders))
        for name in sorted(filter(is_kept, names)):
            path = Path(folder, name)
            known = path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES
            if known if not wanted else path.suffix in wanted:
                text = path.read_text(encoding="utf-8")
                found.append(Source(path.relative_to(root).as_posix(), text))
    return found


def package(*rooms: str) -> list[Source]:
    """The Python files of the package that people wrote; of the named rooms, or of all."""
    return [
        source
        for source in sources(under="miaopu", suffixes=[".py"])
        if not source.is_migration and (not rooms or source.room in rooms)
    ]


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def walk_run(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below, without the blocks that only type checkers read."""
    yield node
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        for other in node.orelse:
            yield from walk_run(other)
        return
    for child in ast.iter_child_nodes(node):
        yield from walk_run(child)


@dataclass(frozen=True)
class Import:
    """One imported name: `from module import name`, or `import module` with an empty name."""

    line: int
    module: str
    name: str
    known_as: str

    @property
    def full(self) -> str:
        """The dotted name of what is imported."""
        return f"{self.module}.{self.name}" if self.name else self.module

    def is_within(self, prefixes: Iterable[str]) -> bool:
        """Whether what is imported is one of the dotted names or lies inside one."""
        return any(self.full == one or self.full.startswith(f"{one}.") for one in prefixes)


def imports(source: Source, *, types_too: bool = False) -> list[Import]:
    """What a file imports anywhere; what it imports only for its types on request."""
    return list(_imports(source, types_too))


@cache
def _imports(source: Source, types_too: bool) -> list[Import]:
    found = []
    for node in nodes_of(source.tree) if types_too else walk_run(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found.append(Import(node.lineno, alias.name, "", alias.asname or top))
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                known_as = alias.asname or alias.name
                found.append(Import(node.lineno, node.module, alias.name, known_as))
    return found


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the called name ("" where it has none)."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield node, name
                case _:
                    yield node, ""


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant with its line; the fixed parts of f-strings included."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def listed(problems: Iterable[str]) -> str:
    """Problems as the message of a failing test."""
    return "\n" + "\n".join(problems)
