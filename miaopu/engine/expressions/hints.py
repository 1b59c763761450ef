"""What people type who write rules in Chinese or as they write figures: told what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.messages import Bilingual

if TYPE_CHECKING:
    from miaopu.engine.facts import Fact

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("且", "并且", "而且", "同时"), "and"),
    **dict.fromkeys(("或", "或者"), "or"),
    **dict.fromkeys(("非", "不是"), "not"),
    **dict.fromkeys(("是", "为", "等于"), "="),
    "不等于": "<>",
    **dict.fromkeys(("大于", "超过", "高于", "多于", "晚于"), ">"),
    **dict.fromkeys(("小于", "低于", "少于", "早于"), "<"),
    **dict.fromkeys(("大于等于", "不低于", "不少于", "不小于", "不早于", "至少"), ">="),
    **dict.fromkeys(("小于等于", "不超过", "不高于", "不大于", "不多于", "不晚于", "至多"), "<="),
    "属于": "in ('…')",
    "不属于": "not in ('…')",
    "为空": "is null",
    "不为空": "is not null",
}
_SIGNS: Mapping[str, str] = {
    "≤": "<=",
    "≦": "<=",
    "≥": ">=",
    "≧": ">=",
    "≠": "<>",
    "×": "*",
    "÷": "/",
    "%": "/ 100",
    "&": "and",
    "|": "or",
    "!": "not",
}
_UNITS = re.compile(r"(万|亿|千|百)?(元|人|户|家|个|平方米|年|月|天|日)?")
_POWERS = {"百": 2, "千": 3, "万": 4, "亿": 8}
_GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])")


def instead_of(position: int, text: str) -> ExpressionError | None:
    """The refusal of a Chinese word or a sign that the language writes otherwise; None if not."""
    wanted = _WORDS.get(text) or _SIGNS.get(text[:1])
    if wanted is None:
        return None
    shown = text if text in _WORDS else text[:1]
    return ExpressionError(
        position,
        Bilingual(f"这里不能写“{shown}”", f"“{shown}” is not part of the language"),
        Bilingual(f"写成 {wanted}", f"write {wanted}"),
    )


def with_unit(position: int, figure: str, following: str) -> ExpressionError | None:
    """The refusal of a figure with its unit behind it, such as 300万 or 20人; None if none is."""
    found = _UNITS.fullmatch(following)
    if not following or found is None:
        return None
    power = _POWERS.get(found[1] or "", 0)
    whole, _dot, rest = figure.partition(".")
    digits = whole + rest[:power].ljust(power, "0") + ("." + rest[power:] if rest[power:] else "")
    plain = digits.lstrip("0") or "0"
    return ExpressionError(
        position,
        Bilingual(f"数字后面不写“{following}”", f"“{following}” does not follow a figure"),
        Bilingual(
            f"写成 {plain}；金额以元计，人数和户数只写数字",
            f"write {plain}: money is in yuan, and counts are bare figures",
        ),
    )


def grouped_figure(source: str, position: int) -> Bilingual | None:
    """The remedy where `position` stands in a figure with commas, such as 3,000,000."""
    for found in _GROUPED.finditer(source):
        if found.start() <= position <= found.end():
            plain = found[0].replace(",", "")
            return Bilingual(
                f"数字里不加逗号，写成 {plain}", f"no commas in a figure: write {plain}"
            )
    return None


def no_such_fact(name: str, position: int, facts: Mapping[str, Fact]) -> ExpressionError:
    """The refusal of a name that is no fact: found by its title, by its spelling, or not at all."""
    titled = [one for one in facts.values() if one.label.zh == name]
    if not titled and not name.isascii():
        titled = [one for one in facts.values() if name in one.label.zh or one.label.zh in name]
    if titled:
        words = "、".join(f"{one.name}（{one.label.zh}）" for one in titled[:3])
        remedy = Bilingual(
            f"用它的英文名：{words}", f"use its name: {', '.join(one.name for one in titled[:3])}"
        )
    else:
        remedy = did_you_mean(
            name,
            facts,
            Bilingual(
                f"从数据项清单中选一个，或先在计划包的 facts 中声明；若是文本，写成 '{name}'",
                f"choose one of the facts, or declare it under facts; write a text as '{name}'",
            ),
        )
    return ExpressionError(
        position, Bilingual(f"没有事实 {name}", f"there is no fact {name}"), remedy
    )
