"""Money in whole fen."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.money import (
    FEN_MAX,
    FEN_MIN,
    MoneyError,
    fen_to_yuan,
    format_yuan,
    parse_ratio,
    split,
    yuan_in_words,
    yuan_to_fen,
)

FEN = st.integers(FEN_MIN, FEN_MAX)


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("45000", 4500000),
        ("31,500.00", 3150000),
        (" ４５０００．５ ", 4500050),
        ("0.05", 5),
        ("-0.05", -5),
        ("+1", 100),
        ("1.500000", 150),
        (0, 0),
        (45000, 4500000),
        (Decimal("1E+3"), 100000),
        (Decimal("-0.00"), 0),
        (Decimal("0E-500"), 0),
        (Decimal("0E+500"), 0),
        (Decimal("92233720368547758.07"), FEN_MAX),
        (Decimal("-92233720368547758.08"), FEN_MIN),
    ],
)
def test_yuan_to_fen(yuan: Decimal | str | int, fen: int) -> None:
    assert yuan_to_fen(yuan) == fen


@pytest.mark.parametrize(
    "yuan",
    [
        "0.001", "45000.005", "", "abc", "1_000", "1e3", "NaN", "Infinity", "4,50", "1,0000", "--1",
        "1.", ".5", "٤٥", "9" * 65, "0." + "0" * 60 + "1", "92233720368547758.08", Decimal("NaN"),
        Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999"),
        Decimal("-92233720368547758.09"), True, 1.5, None,
    ],
)  # fmt: skip
def test_yuan_refused(yuan: object) -> None:
    with pytest.raises(MoneyError) as refused:
        yuan_to_fen(yuan)  # type: ignore[arg-type]
    assert refused.value.message.zh and refused.value.remedy.en


@settings(deadline=None)
@given(FEN)
def test_there_and_back(fen: int) -> None:
    assert yuan_to_fen(fen_to_yuan(fen)) == fen
    assert yuan_to_fen(str(fen_to_yuan(fen))) == fen
    assert yuan_to_fen(format_yuan(fen)) == fen
    assert fen_to_yuan(fen).as_tuple().exponent == -2


def test_fen_to_yuan_beyond_the_context() -> None:
    assert str(fen_to_yuan(10**40 + 1)) == "1" + "0" * 38 + ".01"
    assert format_yuan(3150000) == "31,500.00"
    assert format_yuan(-5) == "-0.05"


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("7:1:2", (7, 1, 2)),
        ("7：1∶2", (7, 1, 2)),
        (" ７ : 1 :2", (7, 1, 2)),
        ("1:1.5", (10, 15)),
        ("1:0.25", (100, 25)),
        ("0:1", (0, 1)),
    ],
)
def test_parse_ratio(text: str, weights: tuple[int, ...]) -> None:
    assert parse_ratio(text) == weights


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "7:",
        ":7",
        "0:0",
        "-1:2",
        "a:b",
        "1:NaN",
        "1/2",
        "1:" * 200 + "1",
        "9" * 5000 + ":1",
    ],
)
def test_ratio_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_ratio(text)


def test_split_of_the_subsidy() -> None:
    assert split(4500000, (7, 1, 2)) == (3150000, 450000, 900000)
    assert split(5000000, (3, 7)) == (1500000, 3500000)


def test_ties_go_to_the_earlier_part() -> None:
    assert split(1, (1, 1)) == (1, 0)
    assert split(2, (1, 1, 1)) == (1, 1, 0)
    assert split(100, (1, 1, 1)) == (34, 33, 33)


@settings(deadline=None)
@given(
    st.one_of(st.integers(0, 1000), st.integers(0, 10**40)),
    st.lists(st.one_of(st.integers(0, 5), st.integers(0, 10**30)), min_size=1, max_size=12).filter(
        any
    ),
)
def test_split_adds_up_and_is_the_largest_remainder(fen: int, weights: list[int]) -> None:
    shares = split(fen, weights)
    assert sum(shares) == fen
    exact = [Fraction(fen * weight, sum(weights)) for weight in weights]
    raised = [share - part.__floor__() for share, part in zip(shares, exact, strict=True)]
    assert set(raised) <= {0, 1}
    remainders = [part - part.__floor__() for part in exact]
    for part, up in enumerate(raised):
        for other, other_up in enumerate(raised):
            if up > other_up:
                assert (remainders[part], -part) > (remainders[other], -other)
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


@pytest.mark.parametrize(("fen", "weights"), [(-1, (1, 1)), (1, (0, 0)), (1, ()), (1, (2, -1))])
def test_split_refuses(fen: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(MoneyError):
        split(fen, weights)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (3150000, "叁万壹仟伍佰元整"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (1000, "壹拾元整"),
        (100050000, "壹佰万零伍佰元整"),
        (10000000500, "壹亿零伍元整"),
        (1000000000000, "壹佰亿元整"),
        (100000000010000, "壹万亿零壹佰元整"),
        (-450000, "负肆仟伍佰元整"),
    ],
)
def test_words(fen: int, words: str) -> None:
    assert yuan_in_words(fen) == words


DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read_whole(words: str) -> int:
    """Reads a whole number in capital words, by the largest unit first."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        upper, found, lower = words.rpartition(unit)
        if found:
            return read_whole(upper) * size + read_whole(lower)
    return DIGITS[words.lstrip("零")] if words.lstrip("零") else 0


def read_words(words: str) -> int:
    """Reads an amount in capital words back into fen, independently of how it was written."""
    sign = -1 if words.startswith("负") else 1
    rest = words.removeprefix("负").removesuffix("整")
    whole, yuan, cents = rest.rpartition("元")
    assert yuan or "元" not in rest
    jiao, has_jiao, fen = cents.rpartition("角")
    total = read_whole(whole) * 100 if yuan else 0
    total += DIGITS[jiao.lstrip("零")] * 10 if has_jiao else 0
    fen = fen.removesuffix("分").lstrip("零")
    return sign * (total + (DIGITS[fen] if fen else 0))


@settings(deadline=None)
@given(st.one_of(FEN, st.integers(-(10**6), 10**9)))
def test_words_read_back(fen: int) -> None:
    words = yuan_in_words(fen)
    assert read_words(words) == fen
    assert "零零" not in words
    assert words.endswith("整") == (fen % 10 == 0)


def test_negative_amount_is_named_in_yuan() -> None:
    with pytest.raises(MoneyError, match="-5.00"):
        split(-500, (1, 1))
