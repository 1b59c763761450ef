"""Tables for people: frozen columns, rows of anything, made into HTML here.

Not by template tags: a page of rows holds hundreds of cells, and as loops of tags they took more
time than everything else on the page together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from miaopu.portal import formats
from miaopu.portal.chips import clause_chip
from miaopu.portal.shapes import Text

Kind = Literal["text", "number", "money", "date", "moment", "percent", "tag", "clause"]
_NUMERIC = ("number", "money", "percent")
_FORMATS: dict[str, Callable[[Any], str]] = {
    "number": formats.number,
    "money": formats.yuan,
    "date": formats.day,
    "moment": formats.moment,
    "percent": formats.percent,
}


@dataclass(frozen=True)
class Column:
    """A column: `key` is read from each row (mapping key or attribute, dots lead deeper).

    `unit` stands in the head, never in the cells. `link` is the key of the row's address for this
    cell, `tone` the key of the tone of a "tag". `money` cells are fen; "clause" cells open beside
    the page. `figure` is the key of the figure's name in the open data.
    """

    key: str
    title: Text
    kind: Kind = "text"
    align: Literal["", "start", "end"] = ""
    unit: Text = ""
    link: str = ""
    tone: str = ""
    figure: str = ""

    @property
    def end(self) -> bool:
        """Whether the column is set flush right: numbers are, unless `align` says otherwise."""
        return self.align == "end" or (not self.align and self.kind in _NUMERIC)


@lru_cache(maxsize=1000)
def _tag(place: int, label: str, style: str) -> SafeString:
    """The beginning of a cell: the same all the way down a column."""
    named = format_html(' class="{}"', style) if style else ""
    return format_html(
        '<td role="cell" aria-colindex="{}" data-label="{}"{}', str(place), label, named
    )


class Cell(NamedTuple):
    """A cell ready to be shown: `label` is its column's head, `tag` and `clause` its kind.

    `style` is its class: "end" where it is set flush right, "date" stays on one line, "blank"
    has nothing to say (a card on a narrow screen leaves such a line out).
    """

    text: Text
    href: str
    label: str
    style: str
    tag: bool
    tone: str
    clause: bool = False
    figure: str = ""
    place: int = 1

    @property
    def html(self) -> SafeString:
        """The cell as it is shown, every value escaped."""
        if self.clause:
            shown = clause_chip(str(self.text), str(self.href))
        else:
            shown = conditional_escape(localize(self.text))
            if self.href:
                shown = format_html('<a href="{}">{}</a>', self.href, shown)
            elif self.tag:
                shown = format_html('<span class="tag tag-{}">{}</span>', self.tone, shown)
        figure = format_html(' data-figure="{}"', self.figure) if self.figure else ""
        return SafeString(f"{_tag(self.place, self.label, self.style)}{figure}>{shown}</td>")


def read(row: Any, key: str) -> Any:
    """The value under `key` of a row; None where a step on the way is None.

    Raises AttributeError or KeyError where the row has no such key: a table never hides a typo.
    """
    value = row
    for part in key.split("."):
        if value is None:
            return None
        value = value[part] if isinstance(value, Mapping) else getattr(value, part)
    return value() if callable(value) else value


@dataclass(frozen=True)
class Table:
    """Columns over rows, with the caption that says what they are.

    `stack`: on a narrow screen each row becomes a card; otherwise the table scrolls in its box.
    `queue`: rows are walked with j, k and Enter. `empty` is said instead of an empty table,
    `empty_hint` below it says what to do about it.
    """

    columns: Sequence[Column]
    rows: Iterable[Any]
    caption: Text
    empty: Text = ""
    empty_hint: Text = ""
    stack: bool = True
    queue: bool = False

    @property
    def head_html(self) -> SafeString:
        """The heads of the columns, each with its unit."""
        return SafeString("".join(map(_head, range(1, len(self.columns) + 1), self.columns)))

    @property
    def rows_html(self) -> SafeString:
        """The rows as they are shown; "" for none."""
        mark = " data-row" if self.queue else ""
        return SafeString(
            "\n".join(
                f'<tr role="row"{mark}>{"".join(cell.html for cell in row)}</tr>'
                for row in self.body
            )
        )

    @property
    def body(self) -> list[list[Cell]]:
        """The rows as cells."""
        heads = [(column, _label(column)) for column in self.columns]
        return [
            [_cell(row, column, label, place) for place, (column, label) in enumerate(heads, 1)]
            for row in self.rows
        ]


def _head(place: int, column: Column) -> SafeString:
    """The head of a column."""
    unit = format_html('<span class="unit">{}</span>', _unit(column)) if column.unit else ""
    return format_html(
        '<th scope="col" role="columnheader" aria-colindex="{}"{}>{}{}</th>',
        str(place),
        SafeString(' class="end"') if column.end else "",
        column.title,
        unit,
    )


def _unit(column: Column) -> str:
    return gettext("（%(unit)s）") % {"unit": column.unit}


def _label(column: Column) -> str:
    """The head of a column with its unit, as a card on a narrow screen repeats it."""
    if not column.unit:
        return str(column.title)
    return str(column.title) + _unit(column)


def _cell(row: Any, column: Column, label: str, place: int) -> Cell:
    value = read(row, column.key)
    shown = _FORMATS[column.kind](value) if column.kind in _FORMATS else value
    blank = shown is None or shown == "" or shown == formats.MISSING
    styles = [
        name
        for name, holds in (
            ("end", column.end),
            ("date", column.kind == "date" and not blank),
            ("blank", blank),
        )
        if holds
    ]
    return Cell(
        text=formats.MISSING if blank else shown,
        href=read(row, column.link) or "" if column.link else "",
        label=label,
        style=" ".join(styles),
        tag=column.kind == "tag" and not blank,
        tone=read(row, column.tone) or "neutral" if column.tone else "neutral",
        clause=column.kind == "clause" and not blank,
        figure=read(row, column.figure) or "" if column.figure else "",
        place=place,
    )
