"""Files for the bank: control sum, no live formula, capitals; results in, hostile ones too."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime

import openpyxl
import pytest

from miaopu.engine.bank_files import (
    ENCODINGS,
    HEADS,
    MAX_BYTES,
    MAX_ROWS,
    RESULT_HEADS,
    BankFileError,
    Payment,
    bank_csv,
    bank_xlsx,
    parse_result,
    plain_text,
    read_results,
    result_template,
)
from miaopu.engine.money import yuan_in_words, yuan_to_fen

AT = datetime(2018, 6, 1, 9, 30, tzinfo=UTC)
LIST = [
    Payment(
        1, "A1", "贵阳苗岭1号商行", "6222020200012345678", "贵阳银行云岩支行", 4_500_000, "补助"
    ),
    Payment(2, "A2", "贵阳䶮𬱖商行", "0085200012345678", "贵阳银行", 4_500_001, "补助"),
]
FORMULAS = [
    "=1+1",
    "+A1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=cmd|' /C calc'!A0",
    "＝1+1",
    " =HYPERLINK(1)",
]
GOOD = "扶持编号,金额（元）,结果,银行流水号,银行日期,原因\nA1,45000.00,已付,B1,2018-06-01,\n"


def rows_of(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_csv_has_every_payment_and_the_control_sum(encoding: str) -> None:
    head, first, second, total = rows_of(bank_csv(LIST, encoding), encoding)
    assert head == list(HEADS)
    assert first[2:6] == ["贵阳苗岭1号商行", "6222020200012345678", "贵阳银行云岩支行", "45000.00"]
    assert second[2] == "贵阳䶮𬱖商行" and second[3] == "0085200012345678"
    assert total[1] == "2 笔" and total[5] == "90000.01"
    assert total[6] == "人民币玖万元零壹分"


def test_excel_holds_texts_only_and_the_same_bytes() -> None:
    content = bank_xlsx(LIST, "P1", AT)
    assert content == bank_xlsx(LIST, "P1", AT)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["D2"].value == "6222020200012345678" and sheet["F4"].value == "90000.01"


@pytest.mark.parametrize("name", FORMULAS)
def test_no_export_holds_a_live_formula(name: str) -> None:
    payment = Payment(1, "A1", name, "6222020200012345678", name, 100, name)
    [_head, row, _total] = rows_of(bank_csv([payment], "gb18030"), "gb18030")
    for cell in (row[2], row[4], row[6]):
        assert cell.startswith("'")
    sheet = openpyxl.load_workbook(io.BytesIO(bank_xlsx([payment], "P1", AT))).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert plain_text("贵阳-苗岭") == "贵阳-苗岭"


DIGITS = {digit: number for number, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def _read_whole(text: str) -> int:
    """A whole number in capitals read back: an oracle that shares nothing with the writer."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            upper, lower = text.rsplit(unit, 1)
            return _read_whole(upper) * size + _read_whole(lower)
    total, digit = 0, 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        else:
            total, digit = total + digit * UNITS[sign], 0
    return total + digit


def _read_back(text: str) -> int:
    yuan, _sign, rest = text.partition("元") if "元" in text else ("", "", text)
    fen = _read_whole(yuan) * 100
    for unit, size in (("角", 10), ("分", 1)):
        if unit in rest:
            fen += DIGITS[rest[rest.index(unit) - 1]] * size
    return fen


def test_ten_thousand_amounts_in_capitals_read_back() -> None:
    dice = random.Random(20180601)
    amounts = [dice.randrange(10 ** dice.randint(1, 17)) for _ in range(10_000)]
    for fen in [*amounts, 1, 10, 100, 1_000_000, 10_000_000_001, 10**12]:
        words = yuan_in_words(fen)
        assert _read_back(words) == fen, (fen, words)
        assert "零零" not in words and (words.endswith("整") == (fen % 10 == 0))


@pytest.mark.parametrize("encoding", ["utf-8", *ENCODINGS])
def test_results_are_read_in_either_encoding(encoding: str) -> None:
    [row] = read_results(GOOD.encode(encoding))
    result = parse_result(row)
    assert (result.line, result.award, result.amount_fen, result.outcome) == (
        2,
        "A1",
        4_500_000,
        "paid",
    )
    assert (result.reference, result.day, result.problems) == ("B1", date(2018, 6, 1), ())


def test_the_template_is_read_back_and_asks_for_results() -> None:
    rows = read_results(result_template(LIST))
    assert [row["award"] for row in rows] == ["A1", "A2"]
    assert [yuan_to_fen(row["amount"]) for row in rows] == [4_500_000, 4_500_001]
    assert all(parse_result(row).problems for row in rows)
    assert rows_of(result_template(LIST), "utf-8-sig")[0] == list(RESULT_HEADS)


def row_of(**changes: str) -> dict[str, str]:
    good = {"line": "2", "award": "A1", "amount": "45,000.00", "result": "已付"}
    return {**good, "reference": "B1", "day": "2018-06-01", **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "好"}, {"result": ""}, {"amount": "45000.001"}, {"amount": "1e5"},
        {"amount": ""},
        {"amount": "=45000"}, {"amount": "NaN"}, {"day": "2018-02-30"}, {"day": "昨天"},
        {"day": ""},
        {"reference": ""}, {"reference": "<script>alert(1)</script>"}, {"reference": "=1+1"},
        {"reference": "B" * 61}, {"result": "失败"}, {"result": "退回"}, {"account_wrong": "也许"},
        {"amount": "９" * 70},
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_said(changes: dict[str, str]) -> None:
    assert parse_result(row_of(**changes)).problems


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "paid"), ({"result": "成功", "day": "20180601"}, "paid"),
        ({"day": "2018/6/1"}, "paid"),
        ({"day": "2018年6月1日", "amount": "４５０００"}, "paid"),
        ({"result": "失败", "reason": "户名不符"}, "failed"),
        ({"result": "退票", "reason": "销户", "account_wrong": "否"}, "returned"),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(changes: dict[str, str], outcome: str) -> None:
    result = parse_result(row_of(**changes))
    assert result.problems == () and result.outcome == outcome
    assert result.amount_fen == 4_500_000
    assert result.account_wrong is (changes.get("account_wrong") != "否")


BAD: dict[str, bytes] = {
    "empty": b"",
    "head only": "扶持编号,金额,结果\n".encode(),
    "no head": "A1,45000,已付\n".encode(),
    "column missing": "扶持编号,金额\nA1,1\n".encode(),
    "column twice": "扶持编号,金额,金额（元）,结果\nA1,1,1,已付\n".encode(),
    "utf-16": GOOD.encode("utf-16"),
    "excel": b"PK\x03\x04" + b"\0" * 100,
    "old excel": b"\xd0\xcf\x11\xe0" + b"\0" * 100,
    "pdf": b"%PDF-1.4\n%\xff\xff\xff\xff\n",
    "nul": GOOD.replace("B1", "B\x00").encode(),
    "random": bytes(range(128, 256)) * 40,
    "too large": b"a" * (MAX_BYTES + 1),
    "too many rows": (GOOD + "A1,1,已付\n" * (MAX_ROWS + 1)).encode(),
    "endless cell": ('扶持编号,金额,结果\n"' + "x" * 200_000).encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_what_is_no_result_file_is_refused(kind: str) -> None:
    with pytest.raises(BankFileError) as refused:
        read_results(BAD[kind])
    assert refused.value.remedy.zh and refused.value.message.en


def test_random_bytes_never_crash() -> None:
    dice = random.Random(7)
    for _ in range(300):
        content = (GOOD + "A2,1,已付\n").encode("gb18030")
        broken = bytearray(content)
        for _change in range(dice.randint(1, 8)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            rows = read_results(bytes(broken))
        except BankFileError:
            continue
        for row in rows:
            parse_result(row)
