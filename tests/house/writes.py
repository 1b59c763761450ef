"""Who writes: a call graph over the functions of the rooms, by names resolved through imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.house.tree import Source, calls, imports

ROW_WRITES = frozenset(
    "save create update delete get_or_create update_or_create bulk_create bulk_update".split()
)
# Hashes and dictionaries have an `update` too.
NOT_ROWS = frozenset({"digest", "context", "values"})


@dataclass
class Function:
    """A function at the top of a module, and the dotted names of what it calls."""

    source: Source
    node: ast.FunctionDef
    called: set[str] = field(default_factory=set)
    writes_rows: bool = False

    @property
    def name(self) -> str:
        """The dotted name."""
        return f"{self.source.module}.{self.node.name}"

    @property
    def short(self) -> str:
        """The name as exceptions list it: room.file.function."""
        return self.name.removeprefix("miaopu.")

    @property
    def is_public(self) -> bool:
        """Whether other modules may call it."""
        return not self.node.name.startswith("_")

    def takes(self, name: str) -> bool:
        """Whether it has the keyword-only argument."""
        return any(argument.arg == name for argument in self.node.args.kwonlyargs)

    @property
    def is_atomic(self) -> bool:
        """Whether it is decorated with transaction.atomic."""
        decorators = {ast.unparse(one).partition("(")[0] for one in self.node.decorator_list}
        return bool(decorators & {"transaction.atomic", "atomic"})


def _full_name(func: ast.expr, names: dict[str, str]) -> str:
    """The dotted name of what is called, "" where it is not a plain name or module.name."""
    match func:
        case ast.Name(id=name):
            return names.get(name, "")
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in names:
            return f"{names[owner]}.{name}"
    return ""


def _functions_of(source: Source) -> Iterator[Function]:
    nodes = [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]
    names = {one.known_as: one.full for one in imports(source)}
    names |= {node.name: f"{source.module}.{node.name}" for node in nodes}
    for node in nodes:
        found = Function(source, node)
        for call, last in calls(node):
            found.called.add(_full_name(call.func, names))
            if last in ROW_WRITES and isinstance(call.func, ast.Attribute):
                if last != "update" or ast.unparse(call.func.value) not in NOT_ROWS:
                    found.writes_rows = True
        # A function that is handed over (a default, a callback) may be called as well.
        found.called |= {
            names[inner.id]
            for inner in ast.walk(node)
            if isinstance(inner, ast.Name) and inner.id in names
        }
        yield found


class CallGraph:
    """The functions of some files by dotted name."""

    def __init__(self, files: Iterable[Source]) -> None:
        self.functions = {one.name: one for source in files for one in _functions_of(source)}

    def reached(self, function: Function) -> set[str]:
        """Names of all functions that it calls, itself and through others."""
        seen: set[str] = set()
        waiting = [function.name]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.functions:
                waiting.extend(self.functions[name].called)
        return seen

    def writes(self, function: Function) -> bool:
        """Whether it changes rows, itself or through what it calls."""
        return any(
            self.functions[name].writes_rows
            for name in self.reached(function)
            if name in self.functions
        )
