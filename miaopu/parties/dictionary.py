"""The fact dictionary: type, unit, names, sources and their precedence of every fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.engine.messages import Bilingual

FactValue = int | Decimal | bool | date | str | None


@dataclass(frozen=True)
class FactDefinition:
    """One fact of the dictionary."""

    name: str
    type: str
    title: Bilingual
    unit: Bilingual | None
    sources: tuple[str, ...]
    personal: bool
    codes: Mapping[str, Bilingual]
    aliases: tuple[str, ...]
    help: Bilingual | None = None
    ask: Bilingual | None = None  # the yes or no that comes before a date


@cache
def fact_dictionary() -> dict[str, FactDefinition]:
    """All facts by name."""
    text = resources.files("miaopu.parties").joinpath("data/facts.yaml").read_text("utf-8")
    definitions: dict[str, FactDefinition] = {}
    for name, row in yaml.safe_load(text).items():
        unit: dict[str, Any] | None = row.get("unit")
        definitions[name] = FactDefinition(
            name=name,
            type=row["type"],
            title=Bilingual(row["zh"], row["en"]),
            unit=Bilingual(unit["zh"], unit["en"]) if unit else None,
            sources=tuple(row["sources"]),
            personal=bool(row.get("personal", False)),
            codes={
                str(code): Bilingual(name["zh"], name["en"])
                for code, name in row.get("codes", {}).items()
            },
            aliases=tuple(row.get("aliases", ())),
            help=Bilingual(**row["help"]) if "help" in row else None,
            ask=Bilingual(**row["ask"]) if "ask" in row else None,
        )
    return definitions


def precedence(name: str, source: str) -> int:
    """Rank of a source for a fact, 0 first; sources not named come last."""
    sources = fact_dictionary()[name].sources
    return sources.index(source) if source in sources else len(sources)


def encode(name: str, value: FactValue) -> int | bool | str:
    """The JSON form of a fact's value, checked against its type. Money is yuan as text.

    Raises ActionRefused for unknown facts and values of another type.
    """
    definition = fact_dictionary().get(name)
    if definition is None:
        raise ActionRefused(_("未知的数据项 %(name)s") % {"name": name}, _("请查阅数据项字典"))
    match definition.type:
        case "integer" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "date" if isinstance(value, date):
            return value.isoformat()
        case "money" if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            return str(value)
        case "code" | "region" | "industry" if isinstance(value, str) and value:
            return value
    raise ActionRefused(
        _("数据项“%(title)s”不能取值 %(value)s")
        % {"title": definition.title.zh, "value": repr(value)},
        _("请按数据项字典的类型填写"),
    )


def decode(name: str, stored: Any) -> FactValue:
    """The value of a stored fact in the type of the dictionary."""
    match fact_dictionary()[name].type:
        case "date":
            return date.fromisoformat(stored)
        case "money":
            try:
                return Decimal(stored)
            except InvalidOperation as error:
                raise ValueError(f"{name}: {stored!r} is no amount") from error
        case _:
            value: FactValue = stored
            return value
