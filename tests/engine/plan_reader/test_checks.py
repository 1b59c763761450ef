"""Arithmetic over printed numbers: what is reported, with which grade, and what is not."""

import pytest

from miaopu.engine.plan_reader.read import read_text


def checks(text: str) -> list[tuple[str, str, float, float]]:
    found = read_text(f"一、目标\n{text}\n二、其他\n做好工作。").checks
    return [(one.code, one.grade, one.stated, one.computed) for one in found]


DISTRICTS = (
    "2024年，云州市小微企业营业收入达到{whole}亿元。\n"
    "2024年，东区达到10亿元，西区达到20亿元，北县达到{last}亿元。"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DISTRICTS.format(whole=60, last=30), []),
        (DISTRICTS.format(whole=60, last=31), [("sum-mismatch", "possible-rounding", 60, 61)]),
        (DISTRICTS.format(whole=60, last=34), [("sum-mismatch", "error", 60, 64)]),
        # Finer parts: half of the whole's last digit is nothing to report.
        (DISTRICTS.format(whole=60, last="30.4"), []),
        (
            DISTRICTS.format(whole=60, last="30.6"),
            [("sum-mismatch", "possible-rounding", 60, 60.6)],
        ),
        # Far from the whole: the enumeration is not complete.
        (DISTRICTS.format(whole=600, last=30), []),
        # Persons and enterprises are counted, not rounded.
        (
            "2024年，云州市新增企业60户。\n2024年，东区新增10户，西区新增20户，北县新增31户。",
            [("sum-mismatch", "error", 60, 61)],
        ),
    ],
)
def test_parts_over_districts(text: str, expected: list[tuple[str, str, float, float]]) -> None:
    assert checks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("总投资9亿元，其中：市级3亿元，县级6亿元。", []),
        (
            "总投资9亿元，其中：市级3亿元，县级7亿元。",
            [("sum-mismatch", "possible-rounding", 9, 10)],
        ),
        ("安排资金1.25亿元，配套1.35亿元，共计2.6亿元。", []),
        ("安排资金1.2亿元，配套1.9亿元，共计2.9亿元。", [("sum-mismatch", "error", 2.9, 3.1)]),
        ("安排资金500万元，配套700万元，共计0.12亿元。", []),
        ("营业收入达到90亿元，其中：2024年40亿元，2025年60亿元，2026年90亿元。", []),
    ],
)
def test_sums_of_money(text: str, expected: list[tuple[str, str, float, float]]) -> None:
    assert checks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("企业总户数1000户，其中制造业333户，占33.3%。", []),
        ("企业总户数1000户，其中制造业333户，占33.5%。", [("share-mismatch", "error", 33.5, 33.3)]),
        ("企业总户数1000户，其中制造业333户，占全省的12%。", []),
        ("半年考核占总分的40%，年终考核占总分的60%。", []),
        ("半年考核占总分的40%，年终考核占总分的50%。", [("sum-mismatch", "error", 100, 90)]),
        ("三类占比分别为33.3%、33.3%、33.3%。", []),
    ],
)
def test_shares(text: str, expected: list[tuple[str, str, float, float]]) -> None:
    assert checks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("产值由100亿元增长到150亿元，增长50%。", []),
        ("产值由100亿元增长到150亿元，增长40%。", [("growth-mismatch", "error", 40, 50)]),
        ("2020—2022年，产值由100亿元增长到121亿元，年均增长10%。", []),
        (
            "2020—2022年，产值由100亿元增长到121亿元，年均增长13%。",
            [("growth-mismatch", "error", 13, 10)],
        ),
        ("2020—2025年，企业由100户发展到601户，年均增长100户。", []),
        (
            "2020—2025年，企业由100户发展到651户，年均增长100户。",
            [("growth-mismatch", "error", 100, 110)],
        ),
        ("产值从3亿元增长到4亿元，增长28%。", []),  # both may be rounded: 2.5 to 4.5 and more
    ],
)
def test_growth(text: str, expected: list[tuple[str, str, float, float]]) -> None:
    assert checks(text) == expected


def test_goal_increase_and_growth_of_a_period() -> None:
    text = (
        "2021—2023年三年示范期内，云州市营业收入将达到150亿元，其中：2021年达到110亿元；2022年达到130亿元；"
        "2023年达到150亿元；三年累计增加50亿元，年均增长率为14%，比2020年增长{growth}%。"
    )
    assert checks(text.format(growth=50)) == []
    assert checks(text.format(growth=40)) == [("growth-mismatch", "error", 40, 50)]


def test_a_raised_limit_is_no_growth() -> None:
    """Two limits that are raised, one behind the other, say nothing of each other."""
    plan = (
        "方案\n一、支持\n个人额度由20万元提高至30万元，小微企业额度提高至400万元。\n二、管理\n甲。"
    )
    assert not read_text(plan).checks
    grown = (
        "方案\n一、目标\n增加值由2020年的100亿元增加到2025年的200亿元，年均增长20%。"
        "\n二、管理\n甲。"
    )
    assert [(one.code, one.stated, one.computed) for one in read_text(grown).checks] == [
        ("growth-mismatch", 20, 15)
    ]


def test_members_that_share_a_number_are_no_sum() -> None:
    plan = (
        "方案\n一、目标\n全市发放贷款10亿元，其中东区、西区各2亿元，南区3亿元，北区2亿元。"
        "\n二、管理\n甲。"
    )
    assert not read_text(plan).checks


@pytest.mark.parametrize(
    ("last", "expected"), [(350, []), (360, [("sum-mismatch", "error", 1000, 1010)])]
)
def test_what_each_year_brings_and_all_years(
    last: int, expected: list[tuple[str, str, float, float]]
) -> None:
    years = f"2016年完成300户，2017年完成350户，2018年完成{last}户"
    assert checks(f"{years}，三年累计完成1000户。") == expected
    assert checks(f"{years}，五年累计完成2000户。") == []  # two years are not told


@pytest.mark.parametrize(
    "text",
    [
        "项目总投资3.5亿元，其中申请中央资金1亿元。",
        "总规模10亿元的基金，首期规模3亿元，其中市财政出资1亿元，社会资本2亿元。",
        "培育企业100家，其中专精特新30家以上、高新技术企业50家以上。",
        "发放贷款5亿元，其中小微企业贷款占60%，即3亿元。",
        "省、市、县分别承担2万元、1.5万元、1.5万元，每户5万元。",
        "安排资金2000万元，较上年增加500万元，增长33.3%。",
        "一等奖1名奖励10万元，二等奖2名各奖励5万元，共奖励20万元。",
        "每季度不少于3次，全年不少于12次。",
        "中小企业营业收入增长12%，其中小微企业增长15%、中型企业增长10%。",
    ],
)
def test_no_alarm_where_nothing_is_wrong(text: str) -> None:
    assert checks(text) == []
