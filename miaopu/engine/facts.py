"""Facts: what a rule may know about an enterprise, their types, and how a raw value is read.

A value is read once into what expressions work on: an integer (counts; money in fen; codes, regions
and industries as numbers that keep their order by prefix), a boolean, a date, or a set of tags.
None is "unknown" and stays so.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from miaopu.engine.codes import encode_text, industry_range, region_range
from miaopu.engine.messages import Bilingual, EngineError

INT64_MAX = 2**63 - 1
_TRUE = frozenset({"true", "t", "1", "yes", "y", "是"})
_FALSE = frozenset({"false", "f", "0", "no", "n", "否"})

Value = int | Fraction | bool | date | frozenset[int]


class FactType(StrEnum):
    """The types a fact may have (docs/cli.md, "Rules file")."""

    INTEGER = "integer"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    CODE = "code"
    REGION = "region"
    INDUSTRY = "industry"
    TAGS = "tags"


class FactError(EngineError):
    """A value that is not one of its fact's type; `fact` names the fact."""

    def __init__(self, fact: str, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(message, remedy)
        self.fact = fact


@dataclass(frozen=True)
class Fact:
    """One fact of the dictionary: its name, type, what people call it, its unit and its codes."""

    name: str
    type: FactType
    title: Bilingual | None = None
    unit: Bilingual | None = None
    codes: Mapping[str, Bilingual] = field(default_factory=dict)

    @property
    def label(self) -> Bilingual:
        """What people call the fact; its own name where nothing better is known."""
        return self.title or _LABELS.get(self.name) or Bilingual(self.name, self.name)

    @property
    def unit_label(self) -> Bilingual | None:
        """The unit printed after a figure; money is always yuan."""
        if self.type is FactType.MONEY:
            return Bilingual("元", "yuan")
        return self.unit or _UNITS.get(self.name)


def read_fact(fact: Fact, raw: object) -> Value | None:
    """Read `raw` (text of a CSV cell, or a value of JSON, Parquet or Python) as a value of `fact`.

    Money is given in yuan and read into fen; an empty text and None are unknown (None). Raises
    FactError for anything that is not a value of the fact's type, NaN too: a computation has failed
    where it stands, and nobody can tell whether that was meant to be "unknown".
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if _is_nan(raw):
        raise FactError(
            fact.name,
            Bilingual(f"“{fact.name}”是 NaN，不是数", f"{fact.name} is NaN, not a number"),
            Bilingual("没有数据就留空", "leave it empty where there is no figure"),
        )
    try:
        value = _READERS[fact.type](raw)
    except (ValueError, TypeError, ArithmeticError) as error:
        if isinstance(error, EngineError):
            named = Bilingual(
                f"“{fact.name}”：{error.message.zh}", f"{fact.name}: {error.message.en}"
            )
            raise FactError(fact.name, named, error.remedy) from error
        raise FactError(fact.name, *_wrong(fact, raw)) from error
    if fact.codes and fact.type is FactType.CODE and str(raw).strip() not in fact.codes:
        raise FactError(
            fact.name,
            Bilingual(
                f"“{fact.name}”没有取值“{raw}”", f"{fact.name} has no code {str(raw)[:40]!r}"
            ),
            Bilingual(f"可用：{'、'.join(fact.codes)}", f"use one of {', '.join(fact.codes)}"),
        )
    return value


def _is_nan(raw: object) -> bool:
    return isinstance(raw, float | Decimal) and math.isnan(raw)


def _read_integer(raw: object) -> int:
    number = _number(raw)
    if number.denominator != 1:
        raise ValueError(raw)
    return _bounded(int(number))


def _read_money(raw: object) -> int:
    fen = _number(raw) * 100
    if fen.denominator != 1:
        raise EngineError(
            Bilingual(f"金额 {raw} 不足一分的部分无法记账", f"{raw} is finer than one fen"),
            Bilingual("金额以元计，最多两位小数", "give yuan with at most two decimals"),
        )
    return _bounded(int(fen))


def _number(raw: object) -> Fraction:
    if isinstance(raw, bool):
        raise ValueError(raw)
    if isinstance(raw, int):
        return Fraction(raw)
    if isinstance(raw, float):
        return Fraction(Decimal(repr(raw)))
    if isinstance(raw, str):
        text = raw.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", text):
            raise ValueError(raw)
        raw = Decimal(text)
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) < 100:
        return Fraction(raw)
    raise ValueError(raw)


def _bounded(number: int) -> int:
    if abs(number) > INT64_MAX:
        raise EngineError(
            Bilingual(f"数值 {number} 超出范围", f"{number} is out of range"),
            Bilingual("请核对数据", "check the figure"),
        )
    return number


def _read_boolean(raw: object) -> bool:
    text = str(raw).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(raw)


def _read_date(raw: object) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = str(raw).strip()
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]00:00(:00(\.0+)?)?)?", text)
    if not match:
        raise ValueError(raw)
    return date.fromisoformat(match[1])


def _read_code(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ValueError(raw)
    return encode_text(str(raw).strip())


def _read_region(raw: object) -> int:
    text = str(raw).strip()
    if not re.fullmatch(r"[0-9]{2,12}", text):
        raise ValueError(raw)
    return region_range(text)[0]


def _read_industry(raw: object) -> int:
    return industry_range(str(raw).strip())[0]


def _read_tags(raw: object) -> frozenset[int]:
    if isinstance(raw, str):
        parts = [part.strip() for part in re.split(r"[;；|、]", raw)]
    elif isinstance(raw, list | tuple | set | frozenset):
        if not all(isinstance(part, str) for part in raw):
            raise ValueError(raw)
        parts = [str(part).strip() for part in raw]
    else:
        raise ValueError(raw)
    return frozenset(encode_text(part) for part in parts if part)


_READERS: Mapping[FactType, Callable[[object], Value]] = {
    FactType.INTEGER: _read_integer,
    FactType.MONEY: _read_money,
    FactType.BOOLEAN: _read_boolean,
    FactType.DATE: _read_date,
    FactType.CODE: _read_code,
    FactType.REGION: _read_region,
    FactType.INDUSTRY: _read_industry,
    FactType.TAGS: _read_tags,
}

_SHAPES: Mapping[FactType, Bilingual] = {
    FactType.INTEGER: Bilingual("整数，不带逗号和单位", "a whole number, without commas or unit"),
    FactType.MONEY: Bilingual(
        "以元计的金额，最多两位小数，不带逗号和单位",
        "yuan with at most two decimals, without commas or unit",
    ),
    FactType.BOOLEAN: Bilingual("true 或 false（也可写是、否）", "true or false"),
    FactType.DATE: Bilingual("日期，如 2018-01-31", "a date such as 2018-01-31"),
    FactType.CODE: Bilingual("代码文本", "a code as text"),
    FactType.REGION: Bilingual("行政区划代码，如 520102", "a region code such as 520102"),
    FactType.INDUSTRY: Bilingual(
        "GB/T 4754 行业代码，如 C 或 1311", "a GB/T 4754 code such as C or 1311"
    ),
    FactType.TAGS: Bilingual("以分号分隔的标签", "tags separated by semicolons"),
}


_NAMES: Mapping[FactType, Bilingual] = {
    FactType.INTEGER: Bilingual("整数", "an integer"),
    FactType.MONEY: Bilingual("金额", "money"),
    FactType.BOOLEAN: Bilingual("是否", "yes or no"),
    FactType.DATE: Bilingual("日期", "a date"),
    FactType.CODE: Bilingual("代码", "a code"),
    FactType.REGION: Bilingual("区划代码", "a region"),
    FactType.INDUSTRY: Bilingual("行业代码", "an industry"),
    FactType.TAGS: Bilingual("标签", "tags"),
}


def _wrong(fact: Fact, raw: object) -> tuple[Bilingual, Bilingual]:
    shown = str(raw)[:40]
    shape, name = _SHAPES[fact.type], _NAMES[fact.type]
    return (
        Bilingual(
            f"“{fact.name}”的值“{shown}”不能读作{name.zh}",
            f"{fact.name}: cannot read {shown!r} as {name.en}",
        ),
        Bilingual(f"应为：{shape.zh}", f"give {shape.en}"),
    )


_LABELS: Mapping[str, Bilingual] = {
    "employees": Bilingual("从业人员", "employees"),
    "revenue": Bilingual("营业收入", "revenue"),
    "operating_revenue": Bilingual("营业收入", "operating revenue"),
    "assets": Bilingual("资产总额", "total assets"),
    "total_assets": Bilingual("资产总额", "total assets"),
    "tax_paid": Bilingual("纳税额", "tax paid"),
    "region": Bilingual("所在地区", "region"),
    "industry": Bilingual("所属行业", "industry"),
    "size": Bilingual("企业规模", "size class"),
    "status": Bilingual("登记状态", "registration status"),
    "registered_on": Bilingual("成立日期", "date of registration"),
    "tags": Bilingual("标签", "tags"),
}
_UNITS: Mapping[str, Bilingual] = {"employees": Bilingual("人", "persons")}
