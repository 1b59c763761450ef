"""The unified social credit code (统一社会信用代码, GB 32100-2015): check, normalise, make.

Eighteen places: registering department, kind of party, region (GB/T 2260), organisation code of
nine places, check sign. A code is refused where it cannot have been issued: wrong length, a letter
the alphabet leaves out (I O Z S V), no department 0, a region part that is not six digits in an
existing province (100000 is the national register), a wrong check sign. A county unknown to the
region table is accepted: counties are renumbered, codes stay. The organisation code's own check
sign (GB 11714) is not enforced: the codes known to be valid all keep it, but the credit code's
own sign already finds every single misprint, and a party whose department issued it otherwise
must not be shut out.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from stdnum.cn.uscc import calc_check_digit

from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.reference import regions

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SERIAL_MAX = len(ALPHABET) ** 6 - 1

_LENGTH = 18
_NATIONAL = "100000"
_BEYOND_THE_TABLE = frozenset({"71", "81", "82"})
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_MODULUS = 11
_FORM = re.compile(f"[{ALPHABET[1:]}][{ALPHABET}]{{17}}")
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_MODULUS = len(ALPHABET)
_WEIGHTS = tuple(pow(3, place, _MODULUS) for place in range(_LENGTH - 1))  # GB 32100-2015
_SEPARATORS = str.maketrans("", "", " -\t\u3000")


class CodeError(EngineError):
    """Parts from which no credit code can be made."""


@dataclass(frozen=True)
class CodeResult:
    """A code, normalised; whether it can be a credit code; and why not."""

    code: str
    valid: bool
    reason: Bilingual | None


def normalise(code: str) -> str:
    """The code in half-width capitals, without spaces and hyphens."""
    return unicodedata.normalize("NFKC", code).translate(_SEPARATORS).strip().upper()


def check(code: str) -> CodeResult:
    """Whether `code`, once normalised, can be a credit code; the first reason if it cannot."""
    plain = normalise(code)
    reason = _refusal(plain)
    return CodeResult(plain, reason is None, reason)


def is_sound(code: str) -> bool:
    """Whether `code` is a credit code just as it stands: what `check` says, many times faster.

    False for a code that `check` would normalise first. For the reason ask `check`.
    """
    if not _FORM.fullmatch(code) or not _possible_region(code[2:8]):
        return False
    sum_ = 0
    for sign, weight in zip(code, _WEIGHTS, strict=False):  # the eighteenth is the check sign
        sum_ += _VALUES[sign] * weight
    return _VALUES[code[-1]] == -sum_ % _MODULUS


def make(department: str, kind: str, region: str, serial: int) -> str:
    """A valid code for made-up parties: the same parts always give the same code.

    `department` and `kind` are one sign each ("9", "1": a company at market supervision), `region`
    six digits, `serial` 0 to SERIAL_MAX. Both check signs are right. Raises CodeError for parts
    that no valid code can have.
    """
    if not 0 <= serial <= SERIAL_MAX:
        raise CodeError(
            Bilingual(f"序号 {serial} 超出范围", f"serial {serial} is out of range"),
            Bilingual(f"请使用 0 至 {SERIAL_MAX}", f"use 0 to {SERIAL_MAX}"),
        )
    body = "MA"
    for place in range(5, -1, -1):
        body += ALPHABET[serial // len(ALPHABET) ** place % len(ALPHABET)]
    code = f"{department}{kind}{region}{body}{_org_check_sign(body)}"
    result = check(code + (calc_check_digit(code) if _in_alphabet(code) else "?"))
    if result.reason is not None:
        raise CodeError(
            result.reason,
            Bilingual("请核对登记部门、类别和区划", "check department, kind and region"),
        )
    return result.code


def _refusal(code: str) -> Bilingual | None:
    if len(code) != _LENGTH:
        return Bilingual(
            f"应为 18 位，现为 {len(code)} 位", f"18 signs expected, {len(code)} found"
        )
    if not _in_alphabet(code):
        wrong = "、".join(dict.fromkeys(sign for sign in code if sign not in ALPHABET))
        return Bilingual(
            f"含有不允许的字符 {wrong}（不使用 I、O、Z、S、V）",
            f"sign not allowed: {wrong} (the letters I O Z S V are never used)",
        )
    if not code.strip("0"):
        return Bilingual("全部为零", "nothing but zeros")
    if code[0] == "0":
        return Bilingual("没有编号为 0 的登记管理部门", "there is no registering department 0")
    region = code[2:8]
    if not _possible_region(region):
        return Bilingual(f"行政区划码 {region} 不存在", f"there is no region {region}")
    expected = calc_check_digit(code[:-1])
    if code[-1] != expected:
        return Bilingual(
            "校验码不符，请核对是否有误写", "the check sign does not fit: look for a misprint"
        )
    return None


def _in_alphabet(code: str) -> bool:
    return all(sign in ALPHABET for sign in code)


@cache
def _provinces() -> frozenset[str]:
    return frozenset(code[:2] for code in regions()) | _BEYOND_THE_TABLE


def _possible_region(region: str) -> bool:
    return region == _NATIONAL or (region.isdigit() and region[:2] in _provinces())


def _org_check_sign(body: str) -> str:
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORG_WEIGHTS, strict=True))
    value = -total % _ORG_MODULUS
    return "X" if value == _ORG_MODULUS - 1 else str(value)
