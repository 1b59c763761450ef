"""From scores to composite, class, rank and consequence, with an explanation that adds up.

Everything is exact: points are decimals, the weights are hundredths, and only what is shown is
rounded. Classes and ranks go by the exact composite.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from miaopu.engine.assessment.scheme import OUTSTANDING, Assessment, Criterion
from miaopu.engine.assessment.scores import Lines, Points, Sheet

RESULT_COLUMNS = (
    "subject",
    "year",
    "half",
    "full",
    "composite",
    "class",
    "rank",
    "consequence",
    "explanation",
)
WEIGHED = ("scored", "computed")
"""Kinds of criteria that make up the whole: not bonus, penalty or veto."""
LEFT_OUT = " left out"
"""How the part ends that stands for lines which are left out."""
_HUNDREDTH = Decimal("0.01")
EXACT = Context(prec=60)
_ZERO = Decimal(0)


@dataclass(frozen=True)
class PeriodScore:
    """The score of one period: signed parts that add up to the total, vetoes, and open lines."""

    parts: tuple[tuple[str, Decimal], ...]
    total: Decimal
    vetoes: tuple[str, ...]
    unscored: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """The result of one subject in one year; `composite` is exact."""

    subject: str
    year: int
    periods: Mapping[str, PeriodScore]
    composite: Decimal
    band: str
    rank: int = 0
    consequence: str = ""
    explanation: str = ""

    @property
    def vetoed(self) -> bool:
        """Whether any period has a veto."""
        return any(period.vetoes for period in self.periods.values())

    def row(self) -> dict[str, object]:
        """The row of the result file, scores half up to two decimals."""
        half = self.periods.get("half")
        return {
            "subject": self.subject,
            "year": self.year,
            "half": None if half is None else rounded(half.total),
            "full": rounded(self.periods["year"].total),
            "composite": rounded(self.composite),
            "class": self.band,
            "rank": self.rank,
            "consequence": self.consequence,
            "explanation": self.explanation,
        }


def assess(scheme: Assessment, sheets: Iterable[Sheet]) -> list[Result]:
    """The results of sound sheets, by year and rank, equals by their subject.

    Ranks are counted within a year, equals share one. A veto gives the last class. `outstanding` go
    to the first ones that are neither vetoed nor in the last class; where equals do not all fit in,
    none of them is named: people decide.
    """
    with localcontext(EXACT):
        lines = Lines(scheme)
        by_year: dict[int, list[Result]] = defaultdict(list)
        for sheet in sheets:
            by_year[sheet.year].append(result_of(scheme, lines, sheet))
        bands = {(one.subject, one.year): one.band for same in by_year.values() for one in same}
        results = []
        for year in sorted(by_year):
            ranked = _ranked(by_year[year])
            first, tied = _outstanding(scheme, ranked)
            for one in ranked:
                before = bands.get((one.subject, year - 1))
                consequence = consequence_of(scheme, one.band, before, one.subject in first)
                explanation = explanation_of(scheme, one, one.subject in tied)
                results.append(replace(one, consequence=consequence, explanation=explanation))
    return results


def rounded(score: Decimal) -> Decimal:
    """A score as it is shown: two decimals, half up."""
    return score.quantize(_HUNDREDTH, ROUND_HALF_UP)


def score_period(lines: Lines, given: Points) -> PeriodScore:
    """The score of one period from points and figures.

    The lines of a criterion together are capped at its maximum; the total is never below zero. Both
    are parts of their own, so that the parts always add up. So is what stands for lines that are
    left out because their figures are not known: the same share as the other lines have reached.
    """
    parts: list[tuple[str, Decimal]] = []
    vetoes: list[str] = []
    unscored: list[str] = []
    counted, left_out = _ZERO, []
    for criterion in lines.scheme.criteria:
        if criterion.kind == "veto":
            vetoes += [criterion.id] if given.get(criterion.id, _ZERO) > 0 else []
            continue
        found = _lines_of(lines, criterion, given)
        parts += found
        over = sum((points for _, points in found), _ZERO) - Decimal(criterion.max or 0)
        if over > 0:
            parts.append((f"{criterion.id} max", -over))
        if criterion.kind in WEIGHED:
            counted += sum((points for _, points in found), _ZERO) - max(over, _ZERO)
            known = {key for key, _ in found}
            left_out += [
                leaf.id
                for leaf in criterion.leaves
                if leaf.kind == "computed" and leaf.unknown == "left_out" and leaf.id not in known
            ]
        unscored += [
            leaf.id for leaf in criterion.leaves if leaf.kind == "scored" and leaf.id not in given
        ]
    if left_out:
        parts.append((f"{'+'.join(left_out)}{LEFT_OUT}", stand_in(lines.scheme, counted, left_out)))
    total = sum((points for _, points in parts), _ZERO)
    if total < 0:
        parts.append(("min 0", -total))
        total = _ZERO
    return PeriodScore(tuple(parts), total, tuple(vetoes), tuple(unscored))


def stand_in(scheme: Assessment, counted: Decimal, left_out: Collection[str]) -> Decimal:
    """Points for the lines that are left out, so that full marks stay full marks.

    `counted` are the points of all other lines that are neither bonus nor penalty: they are raised
    in the proportion of all that could be had to what can be had without; half up to two decimals.
    Nothing where nothing else can be had.
    """
    rest, whole = had_without(scheme, left_out), had_without(scheme, ())
    if rest == 0:
        return _ZERO
    with localcontext(EXACT):
        return rounded(counted * (whole - rest) / rest)


def had_without(scheme: Assessment, left_out: Collection[str]) -> Decimal:
    """The points that can be had, but for bonus and penalty, without the lines left out."""
    rest = _ZERO
    for criterion in scheme.criteria:
        if criterion.kind in WEIGHED:
            most = Decimal(criterion.max or 0)
            kept = (Decimal(leaf.max or 0) for leaf in criterion.leaves if leaf.id not in left_out)
            rest += min(most, sum(kept, _ZERO))
    return rest


def _lines_of(lines: Lines, criterion: Criterion, given: Points) -> list[tuple[str, Decimal]]:
    found = []
    for leaf in criterion.leaves:
        computed = lines.computed.get(leaf.id)
        points = given.get(leaf.id) if computed is None else computed.points(given)
        if points is not None:
            found.append((leaf.id, -points if leaf.kind == "penalty" else points))
    return found


def result_of(scheme: Assessment, lines: Lines, sheet: Sheet) -> Result:
    """Composite and class of one sheet; not ranked yet. To be called within EXACT."""
    periods: dict[str, PeriodScore] = {
        name: score_period(lines, sheet.periods[name]) for name in scheme.periods
    }
    composite = sum(
        (periods[name].total * weight for name, weight in scheme.periods.items()), _ZERO
    ).scaleb(-2)  # the weights are hundredths
    vetoed = any(period.vetoes for period in periods.values())
    reached = [band.name for band in scheme.bands if composite >= Decimal(band.start)]
    band = scheme.bands[-1].name if vetoed else reached[0]
    return Result(sheet.subject, sheet.year, periods, composite, band)


def _ranked(results: list[Result]) -> list[Result]:
    ordered = sorted(results, key=lambda one: (-one.composite, one.subject))
    ranked: list[Result] = []
    for place, one in enumerate(ordered, start=1):
        same = bool(ranked) and ranked[-1].composite == one.composite
        ranked.append(replace(one, rank=ranked[-1].rank if same else place))
    return ranked


def _outstanding(scheme: Assessment, ranked: list[Result]) -> tuple[set[str], set[str]]:
    """Who is outstanding, and who is not only because equals do not all fit in."""
    last = scheme.bands[-1].name
    eligible = [one for one in ranked if not one.vetoed and one.band != last]
    first, rest = eligible[: scheme.outstanding], eligible[scheme.outstanding :]
    if not first or not rest or rest[0].composite != first[-1].composite:
        return {one.subject for one in first}, set()
    edge = first[-1].composite
    tied = {one.subject for one in eligible if one.composite == edge}
    return {one.subject for one in first if one.composite != edge}, tied


def consequence_of(scheme: Assessment, band: str, before: str | None, outstanding: bool) -> str:
    """What follows, joined by ";"; what follows twice running replaces what follows once."""
    once, twice, first = [], [], []
    for rule in scheme.consequences:
        name, running = rule.condition
        if name == OUTSTANDING:
            first += [rule.do] if outstanding else []
        elif name == band:
            if not running:
                once.append(rule.do)
            elif before == name:
                twice.append(rule.do)
    if outstanding and not first:
        first.append(OUTSTANDING)
    return ";".join([*first, *(twice or once)])


def explanation_of(scheme: Assessment, one: Result, tied: bool) -> str:
    """How the composite comes about, in figures that add up to it."""
    texts = []
    for name, period in one.periods.items():
        signed = [
            f"{'-' if points < 0 else '+'} {part} {_plain(abs(points))}"
            for part, points in period.parts
        ]
        text = f"{name}: {' '.join(signed).removeprefix('+ ') or '0'} = {_plain(period.total)}"
        if period.unscored:
            text += f" (未打分按 0 / not scored, 0: {', '.join(period.unscored)})"
        texts.append(text)
    terms = [
        f"{_plain(one.periods[name].total)} × {weight}%" for name, weight in scheme.periods.items()
    ]
    texts.append(f"{' + '.join(terms)} = {_plain(one.composite)}")
    vetoes = sorted({veto for period in one.periods.values() for veto in period.vetoes})
    if vetoes:
        texts.append(f"一票否决 / veto: {', '.join(vetoes)}")
    if tied:
        texts.append(
            f"并列，名额 {scheme.outstanding} 个，由人决定 / "
            f"equal at the edge of {scheme.outstanding}, people decide"
        )
    return "; ".join(texts)


def _plain(number: Decimal) -> str:
    """An exact number without needless zeros."""
    return f"{number.normalize():f}"
