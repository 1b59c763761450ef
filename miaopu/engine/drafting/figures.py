"""Figures of a draft: indicators with targets, figures already reached, funds and ratios."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from miaopu.engine.drafting.pieces import WHOLE, Drafting, Entry, figure, one_line, text
from miaopu.engine.drafting.times import dated_days
from miaopu.engine.messages import Bilingual

_COMPARATORS = {">=": ">=", "<=": "<=", "<": "<", ">": ">=", "range": "range"}
_SUFFIXES = {
    "increase": "（新增）",
    "growth%": "（增长）",
    "decrease": "（减少）",
}
_SAYS = {
    "increase": "新增|增加|再",
    "growth%": "增长|增速",
    "decrease": "减少|下降",
}
_COUNTED = frozenset("户家个人名项件所次种类处座场条辆台套期届批")
_YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 10**6, "千万元": 10**7, "亿元": 10**8}
_LONGEST_PERIOD = 20
_NO_NAME = re.compile(r"(?:同?比)?(?:上年|去年|同期)?(?:净?增长|增加|提高|达到|完成|实现)*")
_MONEY = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
_ALONE = r"(?:(?<![\u4e00-\u9fff])|(?<=[由按各]))"
_LEVEL_WORDS = (
    ("central", re.compile(r"中央|国家")),
    ("province", re.compile(rf"{_ALONE}省|省级|省财政|自治区")),
    ("city", re.compile(rf"{_ALONE}市(?!场)|市级|市本级|市财政")),
    ("county", re.compile(rf"{_ALONE}[县区]|[县区]级|[县区]财政")),
)
_BRACKET_OF_COUNTIES = re.compile(r"(?<=[县区])[(（〔]市?、?[县区]?[)）〕]")


def name_parts(targets: Iterable[Entry]) -> list[dict[str, Any]]:
    """Targets in order, parts without a name of their own under the name of what is before them.

    全市营业收入达到10亿元，其中A区比上年增长2%，达到4亿元: the last is no 比上年增长 but revenue.
    """
    last: dict[tuple[object, object], object] = {}
    rows = []
    for one in sorted(targets, key=lambda one: one.get("start") or 0):
        key, name = (one.get("clause"), one.get("unit")), str(one.get("indicator") or "")
        if one.get("comparator") not in _SUFFIXES:
            name = str(last.get(key, name)) if _NO_NAME.fullmatch(name) else name
            last[key] = name
        rows.append({**one, "indicator": name})
    return rows


def targets(drafting: Drafting) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """`indicators` and `targets` of the pack."""
    names: dict[tuple[str, str], str] = {}
    indicators: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    for one in drafting.entries("targets"):
        if one.get("reached"):
            continue
        row = _target(drafting, one)
        if row is None:
            continue
        title, unit = _indicator(one), one_line(one.get("unit")) or "—"
        if (title, unit) not in names:
            names[title, unit] = f"indicator_{len(names) + 1}"
            indicators[names[title, unit]] = {"title": text(title), "unit": text(unit)}
            if unit in _COUNTED:
                indicators[names[title, unit]]["counted"] = True
        head = {"id": f"target_{len(rows) + 1}", "indicator": names[title, unit]}
        rows.append({**head, **row})
    return indicators, rows


def statistics(drafting: Drafting) -> list[dict[str, Any]]:
    """Figures that a person has marked as already reached."""
    rows: list[dict[str, Any]] = []
    for one in drafting.entries("targets"):
        if not one.get("reached"):
            continue
        value, when = figure(one.get("value")), _period(drafting, one)
        if value is None or not when:
            why = Bilingual("统计须有数值和时间", "a figure reached needs a value and a time")
            drafting.leave_out("target", one, one_line(one.get("indicator")), why)
            continue
        rows.append(
            {
                "id": f"statistic_{len(rows) + 1}",
                "title": text(one.get("indicator")),
                "unit": text(one_line(one.get("unit")) or "—"),
                "clause": drafting.clause(one.get("clause")),
                "period": when,
                "value": value,
            }
        )
    return rows


def funds(drafting: Drafting) -> list[dict[str, Any]]:
    """Amounts that the plan states, in yuan."""
    rows: list[dict[str, Any]] = []
    for one in drafting.entries("money"):
        if one.get("unit") == "ratio":
            continue
        value = one.get("value")
        printed = value[-1] if isinstance(value, list) and value else value
        amount, step = _yuan(printed, str(one.get("unit") or ""))
        if amount is None:
            why = Bilingual("不是以元、万元、亿元计的金额", "no amount in yuan")
            drafting.leave_out("money", one, f"{value}{one.get('unit') or ''}", why)
            continue
        row: dict[str, Any] = {
            "id": f"fund_{len(rows) + 1}",
            "title": text(one.get("what") or one.get("raw") or amount),
            "clause": drafting.clause(one.get("clause")),
            "amount": amount,
        }
        if step is not None:
            row["rounded_to"] = step
        rows.append(row)
    return rows


def ratios(drafting: Drafting) -> list[dict[str, Any]]:
    """In what ratio levels put up money, where the words before the ratio name the levels."""
    rows: list[dict[str, Any]] = []
    for one in drafting.entries("money"):
        if one.get("unit") != "ratio":
            continue
        values = [figure(part) for part in re.split(r"[:：∶]", str(one.get("value") or ""))]
        levels = _levels(f"{one.get('what') or ''} {one.get('raw') or ''}", len(values))
        if levels is None or any(part is None for part in values):
            why = Bilingual("看不出是哪几级的比例", "the levels of the ratio are not clear")
            drafting.leave_out("money", one, str(one.get("value")), why)
            continue
        rows.append(
            {
                "id": f"ratio_{len(rows) + 1}",
                "title": text(one.get("what") or one.get("raw") or one["value"]),
                "clause": drafting.clause(one.get("clause")),
                "parts": dict(zip(levels, values, strict=True)),
            }
        )
    return rows


def _indicator(one: Entry) -> str:
    name = one_line(one.get("indicator")) or "—"
    kind = str(one.get("comparator") or "")
    suffix = _SUFFIXES.get(kind, "")
    return name if not suffix or re.search(_SAYS[kind], name) else f"{name}{suffix}"


def _target(drafting: Drafting, one: Entry) -> dict[str, Any] | None:
    name = one_line(one.get("indicator"))
    value = one.get("value")
    low, high = (value[0], value[-1]) if isinstance(value, list) and value else (value, None)
    least, most = figure(low), figure(high) if high is not None else None
    if least is None or (high is not None and most is None):
        drafting.leave_out("target", one, name, Bilingual("数值无法写入", "no figure of a pack"))
        return None
    row: dict[str, Any] = {}
    chosen = drafting.choices
    if chosen.region:
        scope = one.get("scope")
        code = chosen.scopes.get(str(scope), "") if scope else WHOLE
        if not code:
            why = Bilingual(f"没有选定“{scope}”是哪里", f"no place was chosen for {scope}")
            drafting.leave_out("target", one, name, why)
            return None
        row["region"] = chosen.region if code == WHOLE else code
    if when := _period(drafting, one):
        row["period"] = when
    row["value"] = least
    if most is not None:
        row["upper"] = most
    comparator = _COMPARATORS.get(str(one.get("comparator") or ""), "=")
    if most is not None:
        comparator = "range"
    row["comparator"] = "=" if most is None and comparator == "range" else comparator
    row["clause"] = drafting.clause(one.get("clause"))
    return row


def _period(drafting: Drafting, one: Entry) -> str:
    """The time of a target; where none is printed, the programme's years."""
    when = str(one.get("date") or "")
    days = dated_days(when)
    if days is not None:
        years = f"{days[0].year}/{days[1].year}"
        return when if len(when) <= _LONGEST_PERIOD else years
    first, last = drafting.choices.start[:4], drafting.choices.end[:4]
    return first if first == last else f"{first}/{last}"


def _yuan(value: object, unit: str) -> tuple[str | None, str | None]:
    """An amount in yuan, and the last printed digit of it where it is more than a yuan."""
    printed = figure(value)
    factor = _YUAN.get(unit)
    if printed is None or factor is None:
        return None, None
    amount = figure(Decimal(printed) * factor)
    if amount is None or not _MONEY.fullmatch(amount):
        return None, None
    decimals = len(printed.partition(".")[2])
    step = figure(Decimal(factor) / 10**decimals)
    is_coarse = step is not None and Decimal(step) > 1
    return amount, step if is_coarse else None


def _levels(words: str, count: int) -> list[str] | None:
    plain = _BRACKET_OF_COUNTIES.sub("", words)  # 县(市、区) is the county level alone
    found = [level for level, sign in _LEVEL_WORDS if sign.search(plain)]
    return found if len(found) == count and count > 1 else None
