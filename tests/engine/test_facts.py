"""Reading raw values as facts."""

import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.codes import (
    decode_digits,
    decode_industry,
    decode_text,
    encode_text,
    industry_path,
    industry_range,
    region_range,
)
from miaopu.engine.facts import Fact, FactError, FactType, read_fact
from miaopu.engine.messages import Bilingual
from miaopu.engine.reference import industries, regions


def read(kind: str, raw: object) -> object:
    """`raw` as a value of the type `kind`."""
    return read_fact(Fact("f", FactType(kind)), raw)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("integer", "20", 20),
        ("integer", 20.0, 20),
        ("integer", Decimal("3.00"), 3),
        ("money", "12.34", 1234),
        ("money", 0.1, 10),
        ("money", Decimal("31500"), 3_150_000),
        ("money", "1e4", 1_000_000),
        ("boolean", "是", True),
        ("boolean", 0, False),
        ("boolean", "TRUE", True),
        ("date", "2018-01-31", date(2018, 1, 31)),
        ("date", datetime(2018, 1, 31), date(2018, 1, 31)),  # noqa: DTZ001
        ("date", "2018-01-31 00:00:00", date(2018, 1, 31)),
        ("code", " micro ", encode_text("micro")),
        ("region", 520102, region_range("520102")[0]),
        ("tags", "a; b；c|a", frozenset(map(encode_text, "abc"))),
        ("tags", [], frozenset()),
        ("tags", ["a;b"], frozenset([encode_text("a;b")])),
    ],
)
def test_read(kind: str, raw: object, expected: object) -> None:
    found = read(kind, raw)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("kind", list(FactType))
@pytest.mark.parametrize("raw", [None, "", "  "])
def test_unknown_stays_unknown(kind: str, raw: object) -> None:
    assert read(kind, raw) is None


@pytest.mark.parametrize("kind", list(FactType))
@pytest.mark.parametrize("raw", [math.nan, Decimal("NaN")])
def test_what_is_no_number_is_not_taken_for_unknown(kind: str, raw: object) -> None:
    with pytest.raises(FactError, match="is NaN, not a number") as refused:
        read(kind, raw)
    assert refused.value.remedy.zh == "没有数据就留空"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("integer", "2.5"),
        ("integer", "x"),
        ("integer", True),
        ("integer", math.inf),
        ("integer", 2**63),
        ("money", "0.001"),
        ("money", "1,000"),
        ("money", Decimal("Infinity")),
        ("money", "9" * 25),
        ("money", Decimal("1e999999")),
        ("boolean", "perhaps"),
        ("date", "2018-02-30"),
        ("date", "31.1.2018"),
        ("date", "2018-01-31 12:00"),
        ("code", 1.5),
        ("region", "贵阳"),
        ("region", "5"),
        ("industry", "Z"),
        ("industry", "A13"),
        ("industry", "1"),
        ("tags", 7),
        ("tags", [1]),
    ],
)
def test_refused(kind: str, raw: object) -> None:
    with pytest.raises(FactError) as caught:
        read(kind, raw)
    assert caught.value.fact == "f"
    assert caught.value.remedy.zh


def test_a_code_must_be_declared_where_codes_are() -> None:
    fact = Fact("size", FactType.CODE, codes={"micro": Bilingual("微型", "micro")})
    assert read_fact(fact, "micro") == encode_text("micro")
    with pytest.raises(FactError):
        read_fact(fact, "tiny")


@given(st.text())
def test_texts_keep_apart_and_come_back(text: str) -> None:
    assert decode_text(encode_text(text)) == text


@given(st.text("0123456789", min_size=1, max_size=12), st.text("0123456789", max_size=6))
def test_a_region_range_is_a_prefix(code: str, prefix: str) -> None:
    first, last = region_range(prefix or "1")
    assert (first <= region_range(code)[0] <= last) == code.startswith(prefix or "1")
    assert decode_digits(region_range(code)[0]) == code


def test_every_reference_code_can_be_read() -> None:
    for code, entry in industries().items():
        path = industry_path(code)
        assert decode_industry(industry_range(code)[0]) == path
        first, last = industry_range(entry.section)
        assert first <= industry_range(code)[0] <= last
    for code in regions():
        assert read("region", code) == region_range(code)[0]
