"""Files with faults in their rows, one kind each: every one told at its row and cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from miaopu.parties.enums import DeliveryState
from miaopu.parties.models import Delivery
from tests.engine import sheet_corpus
from tests.factories import City
from tests.parties.sheets import HEADINGS, code, deliver, good_row, table_of, workbook
from tests.parties.test_deliveries import PLANTED

pytestmark = pytest.mark.django_db
LETTERS = "ABCDEFGHIJKLMNO"

# Files whose rows are all sound, however they are written.
SOUND: dict[str, Callable[[], bytes]] = {
    "full width": lambda: workbook(
        table_of(
            [good_row(1, uscc=_wide(code(1)), employees="１２", phone="１３８００１３８０００")]
        )
    ),
    "blanks everywhere": lambda: workbook(
        table_of([good_row(1, uscc=f"\xa0{code(1)} \u3000", name=" 云岩 店\xa0", status=" 存续 ")])
    ),
    "numbers where text was meant": lambda: workbook(
        table_of([good_row(1, region=520103, industry=5212, phone=13800138000)])
    ),
    "days in many ways": lambda: workbook(
        table_of(
            [
                good_row(n, registered_on=day)
                for n, day in enumerate(("2018/3/5", "2018年3月5日", 20180305, 43164, "2018.03.05"))
            ]
        )
    ),
    "10,000 yuan in the title": lambda: workbook(
        [
            [title.replace("（元）", "（万元）") for title in table_of([])[0]],
            table_of([good_row(1, operating_revenue=50.5, total_assets="1.2")])[1],
        ]
    ),
    "codes with their names": lambda: workbook(
        table_of([good_row(1, region="520103 云岩区", industry="5212 综合零售", status="active")])
    ),
    "other titles, other order": lambda: workbook(
        [
            ["经营者", "登记日期", "单位名称", "社会信用代码", "区县", "行业代码", "谁填的"],
            ["王小苗", "2017-03-01", "云岩店", code(1), "云岩区", "F5212", "我"],
        ]
    ),
    "CSV in GB18030": lambda: sheet_corpus.text(table_of([good_row(1, name="㐀龘店")])).encode(
        "gb18030"
    ),
    "CSV in UTF-16 with tabs": lambda: sheet_corpus.text(table_of([good_row(1)]), "\t").encode(
        "utf-16"
    ),
}

WRONG_FILES: dict[str, tuple[dict[str, Any], str, str]] = {
    **{
        f"{letter}: {message} ({place})": (cells, letter, message)
        for place, (cells, letter, message) in PLANTED.items()
        if "重复" not in message
    },
    "code of an O": ({"uscc": code(1)[:-3] + "OOO"}, "A", "不允许的字符"),
    "code of zeros": ({"uscc": "0" * 18}, "A", "零"),
    "a formula for a name of a region": ({"region": "=A1"}, "C", "没有"),
    "a province": ({"region": "520000"}, "C", "范围内"),
    "a city": ({"region": "贵阳市"}, "C", "范围内"),
    "a section letter": ({"industry": "F"}, "D", "行业代码"),
    "the far future": ({"registered_on": "2999-01-01"}, "H", "晚于"),
    "before all enterprises": ({"registered_on": "1800-01-01"}, "H", "早得不合理"),
    "a list of phones": ({"phone": "13800138000、13900139000"}, "F", "电话"),
    "an amount with a question": ({"total_assets": "30万？"}, "L", "不是数字"),
    "an amount below zero in words": ({"total_assets": "-3万元"}, "L", "小于零"),
    "a group in another language": ({"founder_group": "veterano"}, "M", "列表"),
    "an endless text": ({"name": "长" * 30_000}, "B", "超过 120"),
}


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def test_the_corpus_is_large() -> None:
    assert len(WRONG_FILES) + len(SOUND) + len(sheet_corpus.refused_files()) >= 120


def test_a_wrong_cell_is_told_at_its_place(city: City, subtests: pytest.Subtests) -> None:
    """Of all wrong cells, each in a row of its own with a sound row below it."""
    rows = []
    for place, (cells, _letter, _message) in enumerate(WRONG_FILES.values()):
        rows += [good_row(5 + 2 * place, **cells), good_row(6 + 2 * place)]
    delivery = deliver(workbook(table_of(rows)), city.reviewer)
    each = len(WRONG_FILES)
    assert (delivery.state, delivery.new_count, delivery.wrong_count) == ("checked", each, each)
    wrong = {row.number: row for row in delivery.lines.filter(outcome="wrong")}
    assert sorted(wrong) == [2 + 2 * place for place in range(each)]
    for place, (name, (_cells, letter, message)) in enumerate(WRONG_FILES.items()):
        with subtests.test(name=name):
            row = wrong[2 + 2 * place]
            told = [one["zh"] for one in row.faults if LETTERS[one["c"]] == letter]
            assert any(message in text for text in told), row.faults


@pytest.mark.parametrize("name", SOUND)
def test_what_people_write_is_understood(name: str, city: City) -> None:
    delivery = deliver(SOUND[name](), city.reviewer)
    faults = [row.faults for row in delivery.lines.filter(outcome="wrong")]
    assert (delivery.state, faults) == (DeliveryState.CHECKED, [])
    assert delivery.new_count >= 1
    values = delivery.lines.first()
    assert values is not None
    if name == "10,000 yuan in the title":
        assert (values.values["operating_revenue"], values.values["total_assets"]) == (
            "505000",
            "12000",
        )
    if name == "days in many ways":
        days = {row.values["registered_on"] for row in delivery.lines.all()}
        assert days == {"2018-03-05"}
    if name == "CSV in GB18030":
        assert values.name == "㐀龘店"


def test_files_that_the_gates_refuse_become_refused_deliveries(city: City) -> None:
    refused = sheet_corpus.refused_files()
    for name in ("corner A1+XFD1048576", "300 MB of blanks", "laughs in the sheet", "cut at 200",
                 "CSV, odd quotes", "locked with a password", "no line of titles"):  # fmt: skip
        delivery = deliver(refused[name][0](), city.reviewer, name=f"{name}.xlsx")
        assert delivery.state == DeliveryState.REFUSED, name
        assert delivery.refusal["message"]["zh"]
        assert delivery.refusal["remedy"]["en"]
    assert Delivery.objects.filter(state=DeliveryState.REFUSED).count() == 7


def test_titles_are_needed_and_may_not_stand_twice(city: City) -> None:
    twice = [[*table_of([])[0], "企业名称"], [*table_of([good_row(1)])[1], "x"]]
    assert "重复" in deliver(workbook(twice), city.reviewer).refusal["message"]["zh"]
    no_code = [row[1:] for row in table_of([good_row(1)])]
    refusal = deliver(workbook(no_code), city.reviewer).refusal
    assert HEADINGS["uscc"] in refusal["message"]["zh"]
    assert "没有数据" in deliver(workbook(table_of([])), city.reviewer).refusal["message"]["zh"]
