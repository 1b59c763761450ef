"""Masking of personal data for public pages, and a finder of what was left unmasked.

Public lists show parties, not persons: names keep their first sign, numbers so much that their
owner recognises them. Credit codes are public and never masked. Source: PIPL art. 28 and 51.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

STAR = "*"

_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
_MOBILE_DIGITS, _PHONE_SHORTEST, _TAIL = 11, 7, 4
_ID_HEAD, _ID_TAIL = 4, 2
_ACCOUNT_SHORTEST = 8

_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?1[3-9][0-9]([ -]?)[0-9]{4}\1[0-9]{4}(?![0-9A-Za-z])"
)
_ID_18 = re.compile(
    r"(?<![0-9A-Za-z.])[1-9][0-9]{5}((?:18|19|20)[0-9]{6})[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_ID_15 = re.compile(r"(?<![0-9A-Za-z.])[1-9][0-9]{5}([0-9]{6})[0-9]{3}(?![0-9A-Za-z])")
_ACCOUNT = re.compile(
    r"(?<![0-9A-Za-z.])[3-6](?:[0-9]{15,18}|[0-9]{3}(?: [0-9]{4}){3}(?: [0-9]{1,3})?)"
    r"(?![0-9A-Za-z])"
)
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)]
    + [*range(61, 66), 71, 81, 82, 83]
)


@dataclass(frozen=True)
class Personal:
    """Personal data found in a text: "phone", "id_number" or "account", and where it stands."""

    kind: str
    text: str
    start: int


def mask_name(name: str) -> str:
    """张三丰 is 张**; a single sign is masked whole."""
    plain = name.strip()
    return plain[:1] + STAR * (len(plain) - 1) if len(plain) > 1 else STAR * len(plain)


def mask_phone(phone: str) -> str:
    """13812345678 is 138****5678; other numbers keep their last four digits, short ones nothing."""
    digits = _digits(phone)
    if len(digits) == _MOBILE_DIGITS + 2 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < _PHONE_SHORTEST:
        return STAR * len(digits)
    head = digits[:3] if len(digits) == _MOBILE_DIGITS and digits[0] == "1" else ""
    return head + STAR * (len(digits) - len(head) - _TAIL) + digits[-_TAIL:]


def mask_id_number(number: str) -> str:
    """An identity number keeps its first four (province, city) and last two signs."""
    plain = "".join(number.translate(_FULL_WIDTH).split())
    hidden = len(plain) - _ID_HEAD - _ID_TAIL
    if hidden < _ID_HEAD + _ID_TAIL:
        return STAR * len(plain)
    return plain[:_ID_HEAD] + STAR * hidden + plain[-_ID_TAIL:]


def mask_account(account: str) -> str:
    """A bank account keeps its last four digits."""
    plain = "".join(account.translate(_FULL_WIDTH).replace("-", "").split())
    if len(plain) < _ACCOUNT_SHORTEST:
        return STAR * len(plain)
    return STAR * (len(plain) - _TAIL) + plain[-_TAIL:]


def find_personal(text: str) -> list[Personal]:
    """Mobile numbers, identity numbers and bank cards that stand unmasked in `text`, in order.

    Reads full-width digits and the usual spaces and hyphens. An identity number needs a province
    and a date of birth; a card 16 to 19 digits whose check digit fits, so that credit codes,
    amounts and hashes are not taken for either.
    """
    plain = text.translate(_FULL_WIDTH)
    found = sorted(_spans(plain), key=lambda span: (span[1], -span[2]))
    result, reached = [], 0
    for kind, start, end in found:
        if start >= reached:
            result.append(Personal(kind, text[start:end], start))
            reached = end
    return result


def _spans(plain: str) -> Iterator[tuple[str, int, int]]:
    for match in _MOBILE.finditer(plain):
        yield "phone", match.start(), match.end()
    for match in _ID_18.finditer(plain):
        if int(match[0][:2]) in _PROVINCES and _is_date(match[1]):
            yield "id_number", match.start(), match.end()
    for match in _ID_15.finditer(plain):
        if int(match[0][:2]) in _PROVINCES and _is_date("19" + match[1]):
            yield "id_number", match.start(), match.end()
    for match in _ACCOUNT.finditer(plain):
        if _luhn(match[0].replace(" ", "")):
            yield "account", match.start(), match.end()


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


def _digits(text: str) -> str:
    return "".join(re.findall("[0-9]", text.translate(_FULL_WIDTH)))
