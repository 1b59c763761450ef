"""Arithmetic of a pack: what does not add up, for a person to look at; nothing here refuses."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from miaopu.engine.definitions.pieces import place_of
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import Finding, Path, key_of
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack, Target

Documents = Mapping[str, Document]
_HALF = Fraction(1, 2)


def findings_of(pack: Pack, documents: Documents) -> list[Finding]:
    """Everything in `pack` that does not add up."""
    return [
        *_sums(pack, documents),
        *_growth(pack, documents),
        *_shares(pack, documents),
        *_periods(pack, documents),
    ]


def _finding(documents: Documents, path: Path, code: str, zh: str, en: str) -> Finding:
    file, line = place_of(documents, path)
    return Finding(code, file, line, key_of(path), Bilingual(zh, en))


def _sums(pack: Pack, documents: Documents) -> Iterator[Finding]:
    """The parts of a target by district against the target of the whole region."""
    groups: dict[tuple[str, str], dict[str, tuple[int, Target]]] = defaultdict(dict)
    for number, target in enumerate(pack.targets):
        if target.upper is None:
            groups[target.indicator, target.period][target.region] = number, target
    for (indicator, period), by_region in groups.items():
        if pack.region not in by_region or len(by_region) == 1:
            continue
        number, whole = by_region.pop(pack.region)
        parts = sum((Decimal(part.value) for _, part in by_region.values()), Decimal(0))
        if parts != Decimal(whole.value):
            yield _finding(
                documents,
                ("targets", number, "value"),
                "sum-mismatch",
                f"{indicator} {period}：各地合计 {parts}，全域目标 {whole.value}",
                f"{indicator} {period}: the parts add up to {parts}, the whole is {whole.value}",
            )


def _growth(pack: Pack, documents: Documents) -> Iterator[Finding]:
    """A target against its baseline and growth, each as exact as it is printed."""
    for number, target in enumerate(pack.targets):
        if target.baseline is None or target.growth_percent is None:
            continue
        ends = [
            base * (1 + growth / 100)
            for base in _reach(target.baseline)
            for growth in _reach(target.growth_percent)
        ]
        low, high = _reach(target.value)
        if high < min(ends) or max(ends) < low:
            exact = Fraction(target.baseline) * (1 + Fraction(target.growth_percent) / 100)
            shown = f"{Decimal(exact.numerator) / Decimal(exact.denominator):.2f}"
            yield _finding(
                documents,
                ("targets", number, "value"),
                "growth-mismatch",
                f"基期 {target.baseline} 增长 {target.growth_percent}% 应为 {shown}，"
                f"写作 {target.value}",
                f"{target.baseline} and {target.growth_percent} % make {shown}, "
                f"stated {target.value}",
            )


def _reach(printed: str) -> tuple[Fraction, Fraction]:
    """The least and greatest number that rounds to what is printed."""
    decimals = len(printed.partition(".")[2])
    half = _HALF / 10**decimals
    return Fraction(printed) - half, Fraction(printed) + half


def _shares(pack: Pack, documents: Documents) -> Iterator[Finding]:
    """The budgets of an item by level against the shares the levels bear."""
    for item_id, item in pack.items.items():
        for year in sorted({budget.year for budget in pack.budgets if budget.item == item_id}):
            totals: dict[str, int] = defaultdict(int)
            for budget in pack.budgets:
                if (budget.item, budget.year) == (item_id, year):
                    totals[budget.level] += budget.amount_fen
            levels = [level for level, part in item.shares.items() if part]
            whole, parts = sum(totals.values()), sum(item.shares.values())
            if levels and any(totals[x] * parts != whole * item.shares[x] for x in levels):
                stated = ":".join(str(item.shares[level]) for level in levels)
                yield _finding(
                    documents,
                    ("budgets",),
                    "share-mismatch",
                    f"{item_id} {year} 年各级预算不合 {stated}",
                    f"{item_id} {year}: the budgets by level do not stand as {stated}",
                )


def _periods(pack: Pack, documents: Documents) -> Iterator[Finding]:
    """Targets and budgets of a year in which the programme does not run."""
    years = range(pack.period.start.year, pack.period.end.year + 1)
    places: list[tuple[Path, str]] = [
        (("targets", number, "period"), target.period[:4])
        for number, target in enumerate(pack.targets)
    ]
    places += [
        (("budgets", number, "year"), str(budget.year))
        for number, budget in enumerate(pack.budgets)
    ]
    for path, year in places:
        if not year.isdigit() or int(year) not in years:
            yield _finding(
                documents,
                path,
                "outside-period",
                f"{year} 不在计划期内",
                f"{year} lies outside the programme's period",
            )
