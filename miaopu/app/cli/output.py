"""How every verb prints: one JSON document or a table; problems go to standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

DONE, PROBLEMS, WRONG_USAGE = 0, 1, 2


class Format(StrEnum):
    """Output formats of a verb."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="表格或 JSON / table or one JSON document")
]


def print_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print `document` as the one JSON document of this run."""
    print_json_bytes(json.dumps(document, ensure_ascii=False, default=str).encode())


def print_json_bytes(written: bytes) -> None:
    """Print what is JSON in UTF-8 already as the one JSON document of this run."""
    sys.stdout.write(f"{written.decode()}\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print rows as a readable table; markup in cells is printed as it stands."""
    table = Table(title=title or None)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(markup=False).print(table)


def print_problem(line: object) -> None:
    """Print one problem as one line on standard error."""
    sys.stderr.write(" ".join(str(line).split()) + "\n")


def stop(status: int) -> typer.Exit:
    """The exit to raise: 0 done, 1 problems in the input, 2 wrong usage."""
    return typer.Exit(code=status)
