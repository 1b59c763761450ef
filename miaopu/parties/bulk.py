"""Writing many rows at once with COPY, and the lock under which enterprises get their numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any, Literal

from django.db import connection, models
from django.db.models.expressions import RawSQL

from miaopu.parties.models import Enterprise

_NUMBERS_LOCK = 20_180_510
_LINES_A_BLOCK = 500
_SPECIAL = re.compile(r"[\\\t\n\r\x08\x0b\x0c]")
_SPECIAL_BUT_TAB = re.compile(r"[\\\n\r\x08\x0b\x0c]")
_ESCAPED = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\v": r"\v", "\f": r"\f"}
)


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert rows (values in the database's form) by COPY; triggers and constraints hold as ever.

    Returns how many. Runs in the caller's transaction.
    """
    return copy_lines(model, columns, map(_line, rows))


def copy_lines(model: type[models.Model], columns: Sequence[str], lines: Iterable[str]) -> int:
    """Like `copy_rows`, of rows that are lines in COPY's text format already (`escaped` cells).

    Until the last of `lines` the connection is COPY's, and a question would never be answered:
    where making them asks the database, RuntimeError is raised.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    count = 0
    waiting = iter(lines)
    asked_nothing = connection.execute_wrapper(_never_answered)
    with connection.cursor() as cursor, connection.wrap_database_errors, asked_nothing:
        # Names come from models, never from people.
        with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            while block := list(islice(waiting, _LINES_A_BLOCK)):
                copy.write("".join(block))
                count += len(block)
    return count


def _never_answered(*_asked: Any) -> Any:
    raise RuntimeError("the rows of a COPY must not ask the database while they are written")


def _line(row: Sequence[Any]) -> str:
    """A row in COPY's text format; psycopg's own writer takes five times as long."""
    line = "\t".join([cell if type(cell) is str else _text(cell) for cell in row])
    if _SPECIAL_BUT_TAB.search(line) or line.count("\t") >= len(row):
        line = "\t".join([_cell(cell) for cell in row])
    return line + "\n"


def _text(cell: Any) -> str:
    return "\\N" if cell is None else str(cell)


def _cell(cell: Any) -> str:
    return "\\N" if cell is None else escaped(str(cell))


def escaped(text: str) -> str:
    """A text as it stands in a line of COPY's text format."""
    return text.translate(_ESCAPED) if _SPECIAL.search(text) else text


def among(kind: Literal["text", "bigint"], values: Collection[Any]) -> RawSQL:
    """For `__in`: many values as one parameter; a placeholder each takes longer than the search."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])  # noqa: S611 - two kinds, ours


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """So many fresh primary keys of a model, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def lock_numbers(which: int) -> None:
    """Until the transaction ends nobody else gives numbers of this kind (a city's code, a year)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS_LOCK, which])


def next_numbers(region_code: str, count: int) -> list[str]:
    """Stable numbers for new enterprises: the city's code and a running number."""
    city = region_code[:4]
    lock_numbers(int(city))
    last = Enterprise.objects.filter(number__startswith=f"{city}-").order_by("-number").first()
    serial = int(last.number.partition("-")[2]) if last else 0
    return [f"{city}-{serial + place:07d}" for place in range(1, count + 1)]
