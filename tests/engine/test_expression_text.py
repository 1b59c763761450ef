"""Expressions read out, and what would change."""

from datetime import date

import pytest

from miaopu.engine.expressions.evaluate import runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.reasons import Reasons
from miaopu.engine.expressions.text import read_out
from miaopu.engine.expressions.words import Vocabulary, format_number
from miaopu.engine.facts import Fact, FactType, read_fact
from miaopu.engine.messages import Bilingual

MICRO = {"micro": Bilingual("微型", "micro"), "small": Bilingual("小型", "small")}
TYPES = {
    "employees": "integer",
    "revenue": "money",
    "registered_on": "date",
    "region": "region",
    "industry": "industry",
    "tags": "tags",
}
FACTS = {
    **{name: Fact(name, FactType(kind)) for name, kind in TYPES.items()},
    "size": Fact("size", FactType.CODE, codes=MICRO),
    "poor": Fact("poor", FactType.BOOLEAN, Bilingual("登记在低收入村", "in a low-income village")),
}
AROUND = Surroundings(FACTS, date(2018, 6, 30))
WORDS = Vocabulary(FACTS, {"520191": Bilingual("高新区", "High-tech Zone")})


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("employees <= 20", "从业人员 不超过 20 人", "employees is at most 20 persons"),
        ("not employees <= 20", "从业人员 超过 20 人", "employees is more than 20 persons"),
        ("revenue < 3000000", "营业收入 低于 3,000,000 元", "revenue is less than 3,000,000 yuan"),
        (
            "revenue between 0.5 and 10",
            "营业收入 在 0.5 元 至 10 元 之间",
            "revenue is between 0.5 yuan and 10 yuan",
        ),
        (
            "size in ('micro', 'small')",
            "企业规模 属于：微型、小型",
            "size class is one of: micro, small",
        ),
        ("size <> 'micro'", "企业规模 不是 微型", "size class is not micro"),
        ("in_region(region, '5201')", "所在地区 在 贵阳市", "region is in 贵阳市 (5201)"),
        ("in_region(region, '520191')", "所在地区 在 高新区", "region is in High-tech Zone"),
        ("region = '520102'", "所在地区 为 南明区", "region is 南明区 (520102)"),
        (
            "in_industry(industry, 'C')",
            "所属行业 属于 制造业（C）",
            "industry is in Manufacturing (C)",
        ),
        ("has_tag(tags, 'x')", "标签 含有“x”", "tags include “x”"),
        ("registered_on >= date '2015-01-01'", "成立日期 不早于 2015-01-01", None),
        ("poor and employees > 1", "登记在低收入村，且 从业人员 超过 1 人", None),
        ("not (poor or employees > 1)", "登记在低收入村：否，且 从业人员 不超过 1 人", None),
        ("poor = false", "登记在低收入村：否", "in a low-income village: no"),
        ("revenue is null", "营业收入 没有记录", "revenue is not recorded"),
        ("revenue / employees > 1000", "营业收入 ÷ 从业人员 超过 1,000 元", None),
        ("revenue * 2 > (revenue + 5) * 3", "营业收入 × 2 超过 （营业收入 + 5 元） × 3", None),
        (
            "add_years(registered_on, 3) > :as_of",
            "成立日期 起 3 年 晚于 查询日 2018-06-30",
            "date of registration plus 3 years is after the day asked (2018-06-30)",
        ),
    ],
)
def test_conditions_in_words(source: str, zh: str, en: str | None) -> None:
    text = read_out(lower_condition(source, AROUND), WORDS)
    assert text.zh == zh
    assert en is None or text.en == en


def test_amounts_in_words() -> None:
    text = read_out(lower_amount("least(50000, revenue * 2 / 100)", AROUND), WORDS)
    assert text.zh == "50,000 元、营业收入 × 2 ÷ 100中最小者"
    text = read_out(lower_amount("case when poor then 2 else 1 end", AROUND), WORDS)
    assert text.en == "if in a low-income village then 2, otherwise 1"


@pytest.mark.parametrize(
    ("source", "facts", "zh"),
    [
        ("employees <= 20", {"employees": 35}, "从业人员 不超过 20 人（现为 35 人）"),
        ("employees <= 20", {}, "从业人员 不超过 20 人（缺少数据：从业人员）"),
        ("not poor", {"poor": True}, "登记在低收入村：否（现为 是）"),
        (
            "employees <= 20 or revenue < 5",
            {"employees": 30, "revenue": "5.50"},
            "从业人员 不超过 20 人（现为 30 人），或者 营业收入 低于 5 元（现为 5.5 元）",
        ),
        (
            "not (employees > 20 or size = 'small')",
            {"employees": 30, "size": "small"},
            "从业人员 不超过 20 人（现为 30 人）；并且 企业规模 不是 小型（现为 小型）",
        ),
        ("employees <= 20", {"employees": 20}, None),
    ],
)
def test_what_would_change(source: str, facts: dict[str, object], zh: str | None) -> None:
    known = {name: read_fact(FACTS[name], value) for name, value in facts.items()}
    change = Reasons(runnable(lower_condition(source, AROUND)), WORDS).would_change(known)
    assert (change.zh if change else None) == zh


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [(300000000, 1, "3,000,000"), (1, 1, "0.01"), (5, 0, "5"), (-150, 1, "-1.5")],
)
def test_figures(value: int, scale: int, text: str) -> None:
    assert format_number(value, scale) == text
