"""Masking and the finder of what was left unmasked."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.masking import (
    find_personal,
    mask_account,
    mask_id_number,
    mask_name,
    mask_phone,
)
from miaopu.engine.uscc import make

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ID_NUMBERS = st.builds(
    lambda region, year, month, day, tail: f"{region}{year}{month:02d}{day:02d}{tail}",
    st.sampled_from(["520102", "110101", "440305"]),
    st.integers(1900, 2025),
    st.integers(1, 12),
    st.integers(1, 28),
    st.from_regex(r"[0-9]{3}[0-9X]", fullmatch=True),
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("张三", "张*"), ("张", "*"), ("", ""), (" 欧阳锋 ", "欧**")],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("0851-85551234", "********1234"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_mask_phone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_mask_numbers() -> None:
    assert mask_id_number("520102199001011234") == "5201************34"
    assert mask_id_number("52010219900101123x") == "5201************3x"
    assert mask_id_number("520102900101123") == "5201*********23"
    assert mask_id_number("123456") == "******"
    assert mask_account("6222 0212 3456 7890 123") == "***************0123"
    assert mask_account("1234567") == "*******"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("联系电话：13812345678。", "phone", "13812345678"),
        ("电话138 1234 5678", "phone", "138 1234 5678"),
        ("电话138-1234-5678", "phone", "138-1234-5678"),
        ("+8613812345678", "phone", "+8613812345678"),
        ("<td>１３８１２３４５６７８</td>", "phone", "１３８１２３４５６７８"),
        ("身份证52010219900101123X,", "id_number", "52010219900101123X"),
        ("身份证520102900101123。", "id_number", "520102900101123"),
        ("账号4111111111111111", "account", "4111111111111111"),
        ("账号4111 1111 1111 1111", "account", "4111 1111 1111 1111"),
    ],
)
def test_found(text: str, kind: str, found: str) -> None:
    (one,) = find_personal(text)
    assert (one.kind, one.text) == (kind, found)
    assert text[one.start : one.start + len(found)] == found


@pytest.mark.parametrize(
    "text",
    [
        "", "张**，138****5678", "金额 13,812,345,678.00 元", "3150000", "2018-01-02 12:30:45",
        "91520102MA6DN3T17X", "110000199013011234", "0.13812345678", "1381234567", "138123456789",
        "4111111111111112",
    ],
)  # fmt: skip
def test_not_personal(text: str) -> None:
    assert find_personal(text) == []


def test_several_in_order() -> None:
    text = "甲 13812345678 乙 520102199001011234 丙 13912345678"
    assert [one.kind for one in find_personal(text)] == ["phone", "id_number", "phone"]


@settings(deadline=None)
@given(MOBILES)
def test_masked_phones_are_not_found(phone: str) -> None:
    assert [one.text for one in find_personal(f"电话{phone}，")] == [phone]
    assert find_personal(f"电话{mask_phone(phone)}，") == []


@settings(deadline=None)
@given(ID_NUMBERS)
def test_masked_id_numbers_are_not_found(number: str) -> None:
    assert [one.kind for one in find_personal(f"（{number}）")] == ["id_number"]
    assert find_personal(f"（{mask_id_number(number)}）") == []


def test_codes_and_hashes_are_not_personal() -> None:
    for serial in range(2000):
        code = make("9", "1", "520102", serial * 7919)
        assert find_personal(f"代码 {code} 公示") == []
        assert find_personal(hashlib.sha256(code.encode()).hexdigest()) == []
