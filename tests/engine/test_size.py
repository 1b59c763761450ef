"""Size classes."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.messages import EngineError
from miaopu.engine.reference import data_rows, industries
from miaopu.engine.size import CLASSES, classify
from miaopu.engine.size_standard import (
    VALID_FROM,
    groups_of,
    industry_named,
    nearest_industry,
    standards,
)

FIGURES = ("employees", "revenue", "assets")
# One class of every group of the standard.
SAMPLES = {
    "农林牧渔业": "0111", "工业": "C13", "建筑业": "E", "批发业": "F5171", "零售业": "52",
    "交通运输业": "G54", "仓储业": "59", "邮政业": "60", "住宿业": "61", "餐饮业": "H62",
    "信息传输业": "I63", "软件和信息技术服务业": "I65", "房地产开发经营": "7010",
    "物业管理": "K7020", "租赁和商务服务业": "L", "其他未列明行业": "M73",
}  # fmt: skip


def size(industry: str, **figures: int | str | None) -> str | None:
    employees, revenue, assets = (figures.get(name) for name in FIGURES)
    return classify(
        industry,
        None if employees is None else int(employees),
        None if revenue is None else Decimal(revenue),
        None if assets is None else Decimal(assets),
    ).size_class


def test_the_software_firm_checked_by_hand() -> None:
    result = classify("I65", 103, Decimal(15735), None)
    assert (result.size_class, result.group, result.missing) == (
        "medium",
        "软件和信息技术服务业",
        (),
    )
    assert any("300" in reason.zh and "103" in reason.zh for reason in result.reasons)


@pytest.mark.parametrize(
    "row", data_rows("size_standard_2017.csv"), ids=lambda row: row["industry"]
)
def test_every_bound_of_every_group(row: dict[str, str]) -> None:
    code = SAMPLES[row["industry"]]
    numbers = [number for number in "12" if row[f"indicator_{number}"]]
    steps: list[list[tuple[str, int, int]]] = []
    for number in numbers:
        bounds = [int(row[f"{name}_{number}"]) for name in ("large", "medium", "small")]
        values = [(bounds[0], 0), (bounds[0] - 1, 1), (bounds[1], 1), (bounds[1] - 1, 2)]
        values += [(bounds[2], 2), (bounds[2] - 1, 3), (0, 3)]
        steps.append([(row[f"indicator_{number}"], value, at) for value, at in values])
    for combination in product(*steps):
        figures = {name: value for name, value, _ in combination}
        expected = CLASSES[max(at for _, _, at in combination)]
        assert size(code, **figures) == expected, (code, figures)


def test_every_class_belongs_to_at_most_one_group() -> None:
    for industry in industries().values():
        if industry.level == 4:
            assert len(groups_of(industry.code)) == 1
    assert {standard.name for standard in standards()} == set(SAMPLES)
    for name, code in SAMPLES.items():
        (group,) = groups_of(str(industry_named(code)))
        assert group is not None and group.name == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I65", "65"), ("65", "65"), (" i6511 ", "6511"), ("I", "I"), ("651", "651"),
        ("532", "532"), ("G532", "532"), ("C65", None), ("X", None), ("", None), ("99", None),
        ("6510", None), ("6", None), ("65100", None), ("I65!", None), ("工业", None), ("0", None),
    ],
)  # fmt: skip
def test_industry_named(text: str, code: str | None) -> None:
    assert industry_named(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("6510", "651"), ("I6510", "651"), ("6500", "65"), ("C6510", None), ("9910", None)],
)
def test_class_of_an_older_edition(text: str, code: str | None) -> None:
    assert nearest_industry(text) == code
    if code is None:
        with pytest.raises(EngineError):
            classify(text, 103, Decimal(15735), None)
    else:
        result = classify(text, 103, Decimal(15735), None)
        assert result.size_class == "medium"
        assert any(text in reason.zh for reason in result.reasons)


def test_missing_indicator_that_cannot_matter() -> None:
    assert size("I65", employees=9) == "micro"
    assert size("I65", revenue=49) == "micro"
    result = classify("I65", 10, None, None)
    assert (result.size_class, result.missing) == (None, ("revenue",))
    assert any("营业收入" in reason.zh for reason in result.reasons)
    assert classify("I65", None, None, None).missing == ("employees", "revenue")
    assert classify("E", 5, Decimal(299), None).size_class == "micro"
    assert classify("M", None, Decimal(1), Decimal(1)).missing == ("employees",)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(SAMPLES.values())),
    st.tuples(*[st.one_of(st.none(), st.integers(0, 300_000)) for _ in FIGURES]),
)
def test_decided_exactly_where_no_missing_figure_matters(
    code: str, given_figures: tuple[int | None, ...]
) -> None:
    figures = dict(zip(FIGURES, given_figures, strict=True))
    result = classify(code, *[None if v is None else v for v in given_figures])  # type: ignore[arg-type]
    options = [[0, 10**6] if value is None else [value] for value in figures.values()]
    possible = {
        size(code, **dict(zip(FIGURES, chosen, strict=True))) for chosen in product(*options)
    }
    assert (result.size_class is not None) == (len(possible) == 1)
    if result.size_class is not None:
        assert possible == {result.size_class}
        assert result.missing == ()
    else:
        assert result.missing
        assert all(figures[name] is None for name in result.missing)


@pytest.mark.parametrize("code", ["J", "J66", "P", "83", "85", "S", "53", "T", "S91"])
def test_industries_outside_the_standard(code: str) -> None:
    result = classify(code, 5, Decimal(5), Decimal(5))
    assert (result.size_class, result.group, result.missing) == (None, "", ())
    assert "不在划型标准之内" in result.reasons[0].zh


def test_codes_too_broad() -> None:
    result = classify("F", 25, Decimal(5000), None)
    assert result.size_class is None
    assert result.missing == ("industry",)
    assert "批发业" in result.reasons[0].zh and "零售业" in result.reasons[0].zh
    assert size("F", employees=4) == "micro"
    assert classify("70", 5, None, None).missing == ("industry", "revenue", "assets")
    assert size("70", employees=5, revenue=5, assets=5) == "micro"
    assert classify("G", 5, Decimal(5), None).missing == ("industry",)


def test_the_real_estate_exception() -> None:
    assert size("7010", revenue=100, assets=1999) == "micro"
    assert size("7020", employees=100, revenue=500) == "small"
    assert size("7030", employees=10) == "small"


@pytest.mark.parametrize("code", ["84", "Q84", "8411", "85", "Q"])
def test_social_work_is_flagged(code: str) -> None:
    assert any("社会工作" in reason.zh for reason in classify(code, 5, None, None).reasons)


def test_before_the_standard_is_flagged() -> None:
    before = classify("I65", 5, None, None, on=date(2015, 12, 31))
    assert before.size_class == "micro"
    assert "2011" in before.reasons[-1].zh
    after = classify("I65", 5, None, None, on=VALID_FROM)
    assert not any("2011" in reason.zh for reason in after.reasons)


@pytest.mark.parametrize(
    ("industry", "employees", "revenue"),
    [
        ("I99", 5, None),
        ("", 5, None),
        ("65", -1, None),
        ("65", 5, Decimal("-0.01")),
        ("65", 5, Decimal("NaN")),
        ("65", 5, Decimal("1E+999999")),
    ],
)
def test_refusals(industry: str, employees: int, revenue: Decimal | None) -> None:
    with pytest.raises(EngineError) as refused:
        classify(industry, employees, revenue, None)
    assert refused.value.remedy.zh and refused.value.remedy.en
