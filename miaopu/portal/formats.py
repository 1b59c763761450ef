"""How amounts, shares and dates are written for people. Pure functions; the filters are thin."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import get_language, gettext

MISSING = "—"
_MONTHS = "January February March April May June July August September October November December"
_FEN_PER_YUAN = 100
_FEN_PER_WAN = 1_000_000


def is_english() -> bool:
    """Whether the page is being read in English; every other language reads Chinese."""
    return (get_language() or "zh-hans").startswith("en")


def _whole_fen(fen: object) -> int:
    """`fen` as it is, refused unless it is a whole number: money is never guessed at."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError(f"money is written from whole fen, not from {type(fen).__name__}")
    return fen


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals and grouped thousands: 3150000 → 31,500.00; None → —.

    Raises TypeError for anything but whole fen.
    """
    if fen is None:
        return MISSING
    amount = _whole_fen(fen)
    whole, rest = divmod(abs(amount), _FEN_PER_YUAN)
    return f"{'-' if amount < 0 else ''}{whole:,}.{rest:02d}"


def yuan_short(fen: int | None) -> str:
    """Like `yuan`, without decimals where the amount is in whole yuan: 3150000 → 31,500."""
    return yuan(fen).removesuffix(".00")


def wan(fen: int | None) -> str:
    """Fen in 万元 with its unit, to two decimals half up: 3150000 → 3.15 万元.

    English has no such unit and gets the yuan: 31,500 yuan. Raises TypeError as `yuan` does.
    """
    if fen is None:
        return MISSING
    if is_english():
        return gettext("%(amount)s 元") % {"amount": yuan_short(fen)}
    exact = Decimal(_whole_fen(fen)) / _FEN_PER_WAN
    shown = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}".rstrip("0").rstrip(".")
    return gettext("%(amount)s 万元") % {"amount": shown}


def number(value: int | Decimal | None) -> str:
    """A number with grouped thousands, the same in both languages; None → —."""
    return MISSING if value is None else f"{value:,}"


def percent(
    part: int | Decimal | Fraction | None, whole: int | Decimal | Fraction | None = 1
) -> str:
    """`part` of `whole` in per cent to one decimal, half up, exactly; — where undefined."""
    if part is None or not whole:
        return MISSING
    exact = Fraction(part) / Fraction(whole) * 100
    tenths = (abs(exact) * 20 + 1) // 2
    sign = "-" if exact < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def day(value: date | datetime | None) -> str:
    """A date for people: 2018年5月10日 or 10 May 2018; moments are taken in the system's zone."""
    if value is None:
        return MISSING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if is_english():
        return f"{value.day} {_MONTHS.split()[value.month - 1]} {value.year}"
    return gettext("%(year)s年%(month)s月%(day)s日") % {
        "year": value.year,
        "month": value.month,
        "day": value.day,
    }


def month(value: date) -> str:
    """A month: 2018年5月 or May 2018."""
    if is_english():
        return f"{_MONTHS.split()[value.month - 1]} {value.year}"
    return gettext("%(year)s年%(month)s月") % {"year": value.year, "month": value.month}


def month_day(value: date) -> str:
    """A day of the year without its year, short enough for an axis: 5月10日 or 10 May."""
    if is_english():
        return f"{value.day} {_MONTHS.split()[value.month - 1][:3]}"
    return gettext("%(month)s月%(day)s日") % {"month": value.month, "day": value.day}


def moment(value: datetime | None) -> str:
    """Date and time to the minute, in the system's zone: 2018年5月10日 14:05."""
    if value is None:
        return MISSING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"
