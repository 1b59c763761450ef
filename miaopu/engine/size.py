"""Size class of an enterprise by the statistical standard of 2017 (统计上大中小微型企业划分办法).

A class needs all its lower bounds, otherwise the enterprise falls one class down; micro is whoever
misses any bound of small. So an enterprise is as large as its smallest indicator allows, and one
indicator below its small bound decides, whatever the others are. The bounds are data
(`data/size_standard_2017.csv`); persons for employees, 10,000 yuan for revenue and assets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.size_standard import (
    INDICATORS,
    UNCONFIRMED,
    VALID_FROM,
    Standard,
    decimal_text,
    groups_of,
    industry_named,
    nearest_industry,
)

SizeClass = Literal["large", "medium", "small", "micro"]

CLASSES: tuple[SizeClass, ...] = get_args(SizeClass)
CLASS_NAMES: Mapping[SizeClass, Bilingual] = {
    "large": Bilingual("大型", "large"),
    "medium": Bilingual("中型", "medium"),
    "small": Bilingual("小型", "small"),
    "micro": Bilingual("微型", "micro"),
}
_MICRO = CLASSES.index("micro")
_DIGITS_MAX = 18


class SizeError(EngineError):
    """An industry code that does not exist, or a figure that cannot be one."""


@dataclass(frozen=True)
class SizeResult:
    """The class, or None with what is missing; the standard's industry group; and why.

    `missing` names indicators ("employees", "revenue", "assets"), or "industry" where the code is
    so broad that it covers groups with different bounds. An industry the standard does not cover
    has neither class nor anything missing.
    """

    size_class: SizeClass | None
    group: str
    missing: tuple[str, ...]
    reasons: tuple[Bilingual, ...]


def classify(
    industry: str,
    employees: int | None,
    revenue: Decimal | None,
    assets: Decimal | None,
    on: date | None = None,
) -> SizeResult:
    """The size class of an enterprise.

    `industry` is a GB/T 4754-2017 code (section letter, or two to four digits, the letter before
    them or not: "65", "I65", "6511"); `employees` in persons; `revenue` and `assets` in 10,000
    yuan; `on` the day asked for, of which only days before the standard of 2017 make a difference:
    they get a reason that says so. A class of an older edition ("6510") is classified by what is
    left of it in the table ("651"), and a reason says so. Raises SizeError for an unknown code and
    a negative figure.
    """
    figures = _figures(employees, revenue, assets)
    code = industry_named(industry) or nearest_industry(industry)
    if code is None:
        raise SizeError(
            Bilingual(f"没有行业代码 {industry}", f"there is no industry {industry}"),
            Bilingual(
                "请填写 GB/T 4754-2017 的门类字母或 2 至 4 位代码，例如 I65",
                "give a section letter or two to four digits of GB/T 4754-2017, such as I65",
            ),
        )
    groups = groups_of(code)
    results = [_by_standard(group, figures) for group in groups]
    result = results[0] if len(results) == 1 else _together(code, results)
    remarks = _remarks(code, on) + _stands_for(industry, code)
    return SizeResult(result.size_class, result.group, result.missing, result.reasons + remarks)


def _stands_for(industry: str, code: str) -> tuple[Bilingual, ...]:
    if industry_named(industry) is not None:
        return ()
    return (
        Bilingual(
            f"GB/T 4754-2017 没有 {industry}，按 {code} 划型",
            f"GB/T 4754-2017 has no {industry}: classified as {code}",
        ),
    )


def _figures(
    employees: int | None, revenue: Decimal | None, assets: Decimal | None
) -> dict[str, Decimal | None]:
    given = {"employees": employees, "revenue": revenue, "assets": assets}
    figures: dict[str, Decimal | None] = {}
    for name, value in given.items():
        number = None if value is None else Decimal(value)
        if number is not None and not _plausible(number):
            label = INDICATORS[name]
            raise SizeError(
                Bilingual(f"{label.zh} {value} 无效", f"{label.en} {value} is not valid"),
                Bilingual(
                    "请填写不小于零的合理数值", "give a sensible number that is not negative"
                ),
            )
        figures[name] = number
    return figures


def _plausible(number: Decimal) -> bool:
    return number.is_finite() and number >= 0 and number.adjusted() < _DIGITS_MAX


def _by_standard(group: Standard | None, figures: Mapping[str, Decimal | None]) -> SizeResult:
    if group is None:
        return SizeResult(
            None,
            "",
            (),
            (Bilingual("该行业不在划型标准之内", "the standard does not cover this industry"),),
        )
    missing, reasons, smallest = [], [], 0
    for name, bounds in group.bounds:
        figure = figures[name]
        if figure is None:
            missing.append(name)
            reasons.append(_unknown(name))
            continue
        reached = next((at for at, bound in enumerate(bounds) if figure >= bound), _MICRO)
        reasons.append(_reached(name, figure, bounds, reached))
        smallest = max(smallest, reached)
    if missing and smallest != _MICRO:
        return SizeResult(None, group.name, tuple(missing), tuple(reasons))
    size_class = CLASSES[smallest]
    return SizeResult(size_class, group.name, (), (*reasons, _conclusion(group, size_class)))


def _together(code: str, results: list[SizeResult]) -> SizeResult:
    """The result for a code that covers several groups: decided only where all agree."""
    classes = {result.size_class for result in results}
    names = "、".join(result.group for result in results if result.group)
    broad = Bilingual(
        f"代码 {code} 涵盖划型标准不同的行业：{names}",
        f"code {code} covers groups with different bounds: {names}",
    )
    if classes == {None} or len(classes) > 1:
        needed = dict.fromkeys(name for result in results for name in result.missing)
        return SizeResult(None, "", ("industry", *needed), (broad,))
    reasons = [reason for result in results for reason in result.reasons]
    return SizeResult(results[0].size_class, names, (), (broad, *reasons))


def _reached(name: str, figure: Decimal, bounds: tuple[Decimal, ...], reached: int) -> Bilingual:
    label, amount = INDICATORS[name], decimal_text(figure)
    zh, en = f"{label.zh} {amount} {_unit(name).zh}", f"{label.en} {amount}"
    if reached < _MICRO:
        met = CLASS_NAMES[CLASSES[reached]]
        zh += f"，达到{met.zh}下限 {decimal_text(bounds[reached])}"
        en += f", at or above {decimal_text(bounds[reached])} for {met.en}"
    if reached > 0:
        missed = CLASS_NAMES[CLASSES[reached - 1]]
        zh += f"，未达{missed.zh}下限 {decimal_text(bounds[reached - 1])}"
        en += f", below {decimal_text(bounds[reached - 1])} for {missed.en}"
    return Bilingual(zh, f"{en} ({_unit(name).en})")


def _unit(name: str) -> Bilingual:
    """The unit of an indicator."""
    if name == "employees":
        return Bilingual("人", "persons")
    return Bilingual("万元", "10,000 yuan")


def _unknown(name: str) -> Bilingual:
    label = INDICATORS[name]
    return Bilingual(f"缺少{label.zh}", f"{label.en} is not known")


def _conclusion(group: Standard, size_class: SizeClass) -> Bilingual:
    label = CLASS_NAMES[size_class]
    if size_class == "micro":
        return Bilingual(
            f"{group.name}：有一项未达小型下限，为微型",
            "one indicator below the bound of small: micro",
        )
    return Bilingual(
        f"{group.name}：各项均达到{label.zh}下限，为{label.zh}",
        f"every indicator at or above its bound of {label.en}: {label.en}",
    )


def _remarks(code: str, on: date | None) -> tuple[Bilingual, ...]:
    remarks = []
    if on is not None and on < VALID_FROM:
        remarks.append(
            Bilingual(
                f"{on} 早于 2017 年标准施行日 {VALID_FROM}；按 2017 年标准的下限试算，"
                "当时适用的 2011 年标准（工信部联企业〔2011〕300号）未收录，请核对",
                f"{on} is before the standard of 2017 ({VALID_FROM}); its bounds are used, those of"
                " the standard of 2011 then in force are not in the table: to be checked",
            )
        )
    if code[:2] in UNCONFIRMED or code in UNCONFIRMED:
        remarks.append(
            Bilingual(
                "标准涵盖社会工作；所用数据表列为大类 84，"
                "而 GB/T 4754-2017 中 84 为卫生、85 为社会工作，请核对",
                "the standard covers social work; the table used says division 84, which is health"
                " in GB/T 4754-2017 (85 is social work): to be checked",
            )
        )
    return tuple(remarks)
