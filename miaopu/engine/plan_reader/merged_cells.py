"""Cells that reach over several rows: what stands in them holds for each of these rows."""

import re

_MOST_ROWS = 200
_MOST_COLUMNS = 60
_LONGEST = 80
# A number or a counted thing is said once; a name or an office is said of every row.
_SAID_ONCE = re.compile(r"\d|^[(（]?[一二三四五六七八九十]{1,3}[、)）]|^第")


class Merged:
    """The cells of a table that reach down into the rows below, while its rows are read."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, str]] = {}

    def row(self, cells: list[tuple[str, int, int]]) -> list[str | None]:
        """The cells of one row, given as text, rows and columns: None stands for each printed
        cell in its turn, a text for a cell from above that reaches into this row."""
        row: list[str | None] = []
        opened = self._open
        self._open = {column: (left - 1, text) for column, (left, text) in opened.items()}
        column = 0
        for text, rows, columns in cells:
            column = self._from_above(opened, column, row)
            row.append(None)
            if rows > 1 and column < _MOST_COLUMNS:
                self._open[column] = (min(rows, _MOST_ROWS) - 1, repeated(text))
            column += max(1, min(columns, _MOST_COLUMNS))
        self._from_above(opened, column, row)
        self._open = {at: kept for at, kept in self._open.items() if kept[0] > 0}
        return row

    def _from_above(
        self, opened: dict[int, tuple[int, str]], column: int, row: list[str | None]
    ) -> int:
        while column in opened:
            row.append(opened[column][1])
            column += 1
        return column


def repeated(text: str) -> str:
    """What a merged cell says in the rows below its first: a name again, a number not."""
    plain = re.sub(r"\s+", " ", text).strip()
    return "" if len(plain) > _LONGEST or _SAID_ONCE.search(plain) else plain
