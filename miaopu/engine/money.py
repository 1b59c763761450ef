"""Money in whole fen: exact conversion from and to yuan, shares, and amounts in capital words."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from miaopu.engine.messages import Bilingual, EngineError

FEN_MAX = 2**63 - 1
FEN_MIN = -(2**63)

_AMOUNT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_WEIGHT = re.compile(r"\d{1,18}(\.\d{1,6})?", re.ASCII)
_AMOUNT_LENGTH = 64
_PARTS_MAX = 100
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


class MoneyError(EngineError):
    """An amount or a sharing ratio that cannot be taken exactly."""


def yuan_to_fen(yuan: Decimal | str | int) -> int:
    """The amount `yuan` in fen, exactly.

    Text may carry thousands commas and full-width digits ("31,500.00"). Raises MoneyError for
    anything that is no number, a part of a fen, NaN or infinity, and more than 64 bits hold.
    Floats are refused: they are not exact.
    """
    number = _decimal(yuan)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise _refused(yuan, "不是有限的数", "is not finite", "请填写金额", "give an amount")
    if not number:
        return 0
    if number.adjusted() > len(str(FEN_MAX)):
        raise _too_large(yuan)
    shift = exponent + 2
    kept, rest = (digits, ()) if shift >= 0 else (digits[:shift], digits[shift:])
    if any(rest):
        raise _refused(
            yuan,
            "含有不足一分的部分",
            "has a part of a fen",
            "最多保留两位小数",
            "give two decimals at most",
        )
    fen = int("".join(map(str, kept)) + "0" * max(shift, 0) or "0")
    fen = -fen if sign else fen
    if not FEN_MIN <= fen <= FEN_MAX:
        raise _too_large(yuan)
    return fen


def fen_to_yuan(fen: int) -> Decimal:
    """The amount `fen` in yuan, with exactly two decimals, whatever its size."""
    digits = tuple(int(digit) for digit in str(abs(fen)))
    return Decimal((int(fen < 0), digits, -2))


def format_yuan(fen: int) -> str:
    """The amount `fen` for people, in yuan: 3150000 is "31,500.00"."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def parse_ratio(text: str) -> tuple[int, ...]:
    """The weights of a sharing ratio: "7:1:2" is (7, 1, 2), "1:1.5" is (10, 15).

    The signs ： and ∶ and full-width digits are read too. Raises MoneyError for fewer than two
    parts, a part that is no number, and a ratio of zeros only.
    """
    plain = unicodedata.normalize("NFKC", text).replace("∶", ":")
    parts = [part.strip() for part in plain.split(":")]
    if not 2 <= len(parts) <= _PARTS_MAX or not all(map(_WEIGHT.fullmatch, parts)):
        raise _refused(
            text,
            "不是分担比例",
            "is not a sharing ratio",
            "请写成 7:1:2 的形式",
            "write it like 7:1:2",
        )
    decimals = max(len(part.partition(".")[2]) for part in parts)
    weights = tuple(_scaled(part, decimals) for part in parts)
    _check_weights(weights)
    return weights


def split(fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share `fen` in the proportion of `weights`: whole fen that always add up to `fen`.

    Every part gets the whole fen of its exact share; the fen left over go to the largest
    remainders, ties to the earlier part; a part with weight zero gets nothing. Raises MoneyError
    for a negative amount, a negative weight, and weights that are all zero.
    """
    if fen < 0:
        raise _refused(
            format_yuan(fen),
            "是负数，不能分担",
            "is negative and cannot be shared",
            "请填写正数",
            "give a positive amount",
        )
    _check_weights(weights)
    total = sum(weights)
    shares = [fen * weight // total for weight in weights]
    remainders = [fen * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda part: -remainders[part])
    for part in by_remainder[: fen - sum(shares)]:
        shares[part] += 1
    return tuple(shares)


def yuan_in_words(fen: int) -> str:
    """The amount `fen` in capital Chinese words, as on bills: 3150000 is 叁万壹仟伍佰元整.

    整 follows an amount without fen; a zero between 元 and 分 is read 零. Above 万亿 the words nest
    (亿亿). Source: 正确填写票据和结算凭证的基本规定.
    """
    yuan, cents = divmod(abs(fen), 100)
    jiao, rest = divmod(cents, 10)
    words = "负" if fen < 0 else ""
    if yuan or not cents:
        words += (_whole_in_words(yuan) or "零") + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif rest and yuan:
        words += "零"
    return words + (_DIGITS[rest] + "分" if rest else "整")


def rmb_in_words(fen: int) -> str:
    """The amount in capitals as bank forms want it: 人民币肆万伍仟元整."""
    return f"人民币{yuan_in_words(fen)}"


def _whole_in_words(number: int) -> str:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if number >= size:
            upper, lower = divmod(number, size)
            words = _whole_in_words(upper) + unit
            gap = "零" if 0 < lower < size // 10 else ""
            return words + gap + _whole_in_words(lower)
    words, pending = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            pending = bool(words)
            continue
        words += ("零" if pending else "") + _DIGITS[int(digit)] + place
        pending = False
    return words


def _decimal(yuan: Decimal | str | int) -> Decimal:
    if isinstance(yuan, Decimal):
        return yuan
    if isinstance(yuan, str):
        plain = unicodedata.normalize("NFKC", yuan).strip()
        if len(plain) <= _AMOUNT_LENGTH and _AMOUNT.fullmatch(plain):
            return Decimal(plain.replace(",", ""))
    elif isinstance(yuan, int) and not isinstance(yuan, bool):
        return Decimal(yuan)
    raise _refused(
        yuan,
        "不是金额",
        "is not an amount",
        "请用数字填写，单位为元",
        "write it in digits, in yuan",
    )


def _scaled(part: str, decimals: int) -> int:
    whole, _, fraction = part.partition(".")
    return int(whole + fraction.ljust(decimals, "0"))


def _check_weights(weights: Sequence[int]) -> None:
    if any(weight < 0 for weight in weights) or not any(weights):
        raise _refused(
            ":".join(map(str, weights)),
            "作为分担比例无效：份额不能为负，也不能全为零",
            "is no sharing ratio: no part may be negative, and not all may be zero",
            "请核对比例",
            "check the ratio",
        )


def _too_large(yuan: object) -> MoneyError:
    return _refused(
        yuan, "超出可记账的范围", "is beyond what can be booked", "请核对金额", "check it"
    )


def _refused(what: object, zh: str, en: str, remedy_zh: str, remedy_en: str) -> MoneyError:
    shown = str(what)[:_AMOUNT_LENGTH]
    return MoneyError(
        Bilingual(f"“{shown}”{zh}", f'"{shown}" {en}'), Bilingual(remedy_zh, remedy_en)
    )
