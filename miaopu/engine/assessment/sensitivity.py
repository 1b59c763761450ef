"""How near a composite is to the classes beside its own, and in what period how much would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

from miaopu.engine.assessment.results import EXACT, Result
from miaopu.engine.assessment.scheme import WHOLE, Assessment

_FINEST = Decimal("0.000001")  # as finely as points are written


@dataclass(frozen=True)
class Way:
    """What separates a composite from a class: so many points, or so many of a single period.

    Up: what is missing until the class is reached. Down: what may still be lost without falling
    into it (a loss of more does). `in_period` leaves out periods of no weight.
    """

    band: str
    points: Decimal
    in_period: Mapping[str, Decimal]


@dataclass(frozen=True)
class Sensitivity:
    """The next class up and the next one down; None at the ends and under a veto."""

    up: Way | None
    down: Way | None


def sensitivity_of(scheme: Assessment, one: Result) -> Sensitivity:
    """How near a result is to the classes beside its own.

    A veto is not a matter of points: nothing lifts it, and its class is the last already.
    """
    if one.vetoed:
        return Sensitivity(None, None)
    names = [band.name for band in scheme.bands]
    place = names.index(one.band)
    with localcontext(EXACT):
        up = down = None
        if place > 0:
            missing = Decimal(scheme.bands[place - 1].start) - one.composite
            up = Way(names[place - 1], missing, _by_period(scheme, missing, up=True))
        if place < len(names) - 1:
            spare = one.composite - Decimal(scheme.bands[place].start)
            down = Way(names[place + 1], spare, _by_period(scheme, spare, up=False))
    return Sensitivity(up, down)


def _by_period(scheme: Assessment, points: Decimal, *, up: bool) -> dict[str, Decimal]:
    """The points of a single period that weigh as much, in millionths: enough up, safe down."""
    found: dict[str, Decimal] = {}
    for name, weight in scheme.periods.items():
        if weight:
            exact = points * WHOLE / weight
            rounding = ROUND_CEILING if up else "ROUND_FLOOR"
            found[name] = exact.quantize(_FINEST, rounding)
    return found
