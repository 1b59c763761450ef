"""The columns of a delivery: which there are, what they are called, who may state them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.cells import shown
from miaopu.engine.sheets.header import plain_title, unit_of
from miaopu.parties.dictionary import fact_dictionary

KEY = "uscc"


@dataclass(frozen=True)
class DeliveryColumn:
    """One column. `is_fact`: stands in the fact dictionary; `register`: belongs to the register."""

    name: str
    type: str
    title: Bilingual
    unit: Bilingual | None
    aliases: tuple[str, ...]
    codes: Mapping[str, Bilingual]
    is_fact: bool
    register: bool
    required: bool
    note: Bilingual
    length: int
    sources: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The title as the template writes it: with its unit where it is money."""
        if self.type == "money" and self.unit is not None:
            words = workbook_words()
            return str(words["heading_with_unit"]).format(title=self.title.zh, unit=self.unit.zh)
        return self.title.zh


@dataclass(frozen=True)
class MappedColumn:
    """A column of the file that is taken: its place from 0, and the unit its title names."""

    place: int
    column: DeliveryColumn
    unit: str


def _read(name: str) -> Any:
    text = resources.files("miaopu.parties").joinpath(f"data/{name}").read_text("utf-8")
    return yaml.safe_load(text)


@cache
def _document() -> Any:
    return _read("columns.yaml")


@cache
def workbook_words() -> Mapping[str, Any]:
    """What stands in the template and in the workbook that goes back, in Chinese."""
    words: Mapping[str, Any] = _read("workbook_words.yaml")
    return words


@cache
def delivery_columns() -> tuple[DeliveryColumn, ...]:
    """All columns in the template's order."""
    return tuple(_column(row) for row in _document()["columns"])


def _column(row: Mapping[str, Any]) -> DeliveryColumn:
    fact = fact_dictionary().get(row["name"])
    note = row["note"]
    return DeliveryColumn(
        name=row["name"],
        type=fact.type if fact else row["type"],
        title=fact.title if fact else Bilingual(row["zh"], row["en"]),
        unit=fact.unit if fact else None,
        aliases=fact.aliases if fact else tuple(row["aliases"]),
        codes=fact.codes if fact else {},
        is_fact=fact is not None,
        register=bool(row.get("register")),
        required=bool(row.get("required")),
        note=Bilingual(note["zh"], note["en"]),
        length=row.get("length", 0),
        sources=fact.sources if fact else (),
    )


def may_register(source: str) -> bool:
    """Whether deliveries of the source register enterprises and change their entries."""
    return source in _document()["register_sources"]


def columns_for(source: str) -> tuple[DeliveryColumn, ...]:
    """The columns that a source may state: the code, its facts, and the register if it keeps it."""
    return tuple(
        column
        for column in delivery_columns()
        if column.name == KEY
        or (column.is_fact and source in column.sources)
        or (column.register and may_register(source))
    )


@cache
def known_titles() -> Mapping[str, DeliveryColumn]:
    """Every title that a column goes by, plain, in Chinese and English."""
    titles: dict[str, DeliveryColumn] = {}
    for column in delivery_columns():
        for title in (column.title.zh, column.title.en, column.name, *column.aliases):
            titles.setdefault(plain_title(title), column)
    return titles


def map_header(header: tuple[Any, ...]) -> tuple[list[MappedColumn], list[str]]:
    """The columns that the line of titles names, and titles that name one a second time."""
    mapped: dict[str, MappedColumn] = {}
    twice: list[str] = []
    for place, cell in enumerate(header):
        column = known_titles().get(plain_title(cell))
        if column is None:
            continue
        if column.name in mapped:
            twice.append(shown(cell))
        else:
            mapped[column.name] = MappedColumn(place, column, unit_of(cell))
    return list(mapped.values()), twice
