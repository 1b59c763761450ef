"""Arithmetic of a pack: what does not add up, for a person to look at.

Nothing here refuses a pack, except that a `plan_findings` entry must be true: what a pack says of
its plan is found again, with the same figures.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from miaopu.engine.definitions.figures import reach, shown, sum_grade
from miaopu.engine.definitions.pieces import error_at, place_of
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import Finding, PackError, Path, key_of
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.growth import growth_problems
from miaopu.engine.packs.plan_parts import Fund, Grade, PlanFinding
from miaopu.engine.packs.schema import Pack, Target

Documents = Mapping[str, Document]


@dataclass(frozen=True)
class Difference:
    """A finding with the entry it is about and its figures."""

    path: Path
    code: str
    of: str
    stated: str
    computed: str
    message: Bilingual
    grade: Grade = "error"


def findings_of(pack: Pack, documents: Documents) -> tuple[list[Finding], list[PackError]]:
    """Everything in `pack` that does not add up, and errors where `plan_findings` is not true."""
    known: dict[tuple[str, str], PlanFinding] = {
        (one.code, one.of): one for one in pack.plan_findings
    }
    findings, confirmed = [], set()
    for found in differences(pack):
        file, line = place_of(documents, found.path)
        key = key_of(found.path)
        finding = Finding(found.code, file, line, key, found.message, found.grade)
        said = known.get((found.code, found.of))
        if said is not None and (said.stated, said.computed) == (found.stated, found.computed):
            confirmed.add((said.code, said.of))
            finding = replace(finding, origin="plan", grade=said.grade)
        findings.append(finding)
    errors = [
        error_at(
            documents,
            ("plan_findings", number),
            Bilingual(f"没有算出 {one.of} 的这个差异", f"no such difference is found for {one.of}"),
            Bilingual("核对 stated 和 computed，或删去", "check stated and computed, or drop it"),
        )
        for number, one in enumerate(pack.plan_findings)
        if (one.code, one.of) not in confirmed
    ]
    return findings, errors


def differences(pack: Pack) -> Iterator[Difference]:
    """Everything that does not add up, with its figures, whatever `plan_findings` says of it."""
    yield from _sums_over_regions(pack)
    yield from _sums_over_years(pack)
    yield from _sums_of_funds(pack)
    yield from _growth(pack)
    yield from _shares_of_statistics(pack)
    yield from _shares_of_budgets(pack)
    yield from _outside_period(pack)


def _sum(
    path: Path, of: str, stated: str, parts: Sequence[str], what: Bilingual, *, counted: bool
) -> Iterator[Difference]:
    """A finding where parts as printed do not make the whole as printed (`sum_grade`)."""
    total, grade = sum_grade(stated, parts, counted=counted)
    if grade is None:
        return
    computed = _plain(total)
    yield Difference(
        path,
        "sum-mismatch",
        of,
        stated,
        computed,
        Bilingual(
            f"{what.zh}：各部分合计 {computed}，写作 {stated}",
            f"{what.en}: the parts add up to {computed}, stated {stated}",
        ),
        grade,
    )


def _plain(number: Fraction) -> str:
    """A sum of printed figures without needless zeros."""
    text = shown(number, 6).rstrip("0")
    return text.rstrip(".")


def _sums_over_regions(pack: Pack) -> Iterator[Difference]:
    """The parts of a target by district against the target of the whole region."""
    groups: dict[tuple[str, str], dict[str, tuple[int, Target]]] = defaultdict(dict)
    for number, target in enumerate(pack.targets):
        if target.upper is None:
            groups[target.indicator, target.period][target.region] = number, target
    for (indicator, period), by_region in groups.items():
        if pack.region in by_region and len(by_region) > 1:
            number, whole = by_region.pop(pack.region)
            yield from _sum(
                ("targets", number, "value"),
                whole.id,
                whole.value,
                [part.value for _, part in by_region.values()],
                Bilingual(f"{indicator} {period} 分地区", f"{indicator} {period} by district"),
                counted=pack.indicators[indicator].counted,
            )


def _sums_over_years(pack: Pack) -> Iterator[Difference]:
    """What is new in each year against what is new in the years together."""
    for number, whole in enumerate(pack.targets):
        first, _, last = whole.period.partition("/")
        if not (pack.indicators[whole.indicator].adds_up and first.isdigit() and last.isdigit()):
            continue
        years = [str(year) for year in range(int(first), int(last) + 1)]
        parts = {
            one.period: one.value
            for one in pack.targets
            if (one.indicator, one.region) == (whole.indicator, whole.region)
        }
        if all(year in parts for year in years):
            yield from _sum(
                ("targets", number, "value"),
                whole.id,
                whole.value,
                [parts[year] for year in years],
                Bilingual(f"{whole.indicator} 分年度", f"{whole.indicator} by year"),
                counted=pack.indicators[whole.indicator].counted,
            )


def _sums_of_funds(pack: Pack) -> Iterator[Difference]:
    """Funds against what they are made up of; finer parts may miss half of the last digit."""
    funds = {fund.id: fund for fund in pack.funds}
    for number, fund in enumerate(pack.funds):
        for order, group in enumerate(fund.sums):
            parts = [funds[part] for part in group.parts]
            total = sum((Fraction(part.amount) for part in parts), Fraction(0))
            difference = abs(Fraction(fund.amount) - total)
            finer = any(_digit(part) < _digit(fund) for part in parts)
            if difference and not (finer and difference <= _digit(fund) / 2):
                slack = (_digit(fund) + sum(map(_digit, parts), Fraction(0))) / 2
                computed = _plain(total)
                yield Difference(
                    ("funds", number, "sums", order),
                    "sum-mismatch",
                    fund.id,
                    fund.amount,
                    computed,
                    Bilingual(
                        f"{fund.title.zh}：各部分合计 {computed} 元，写作 {fund.amount} 元",
                        f"{fund.title.en}: the parts add up to {computed} yuan, "
                        f"stated {fund.amount}",
                    ),
                    "possible-rounding" if difference <= slack else "error",
                )


def _digit(fund: Fund) -> Fraction:
    """The last printed digit of a fund's amount in yuan; a fen where nothing is said."""
    return Fraction(fund.rounded_to or "0.01")


def _growth(pack: Pack) -> Iterator[Difference]:
    for number, target in enumerate(pack.targets):
        for stated, computed, message in growth_problems(target):
            path: Path = ("targets", number, "value")
            yield Difference(path, "growth-mismatch", target.id, stated, computed, message)


def _shares_of_statistics(pack: Pack) -> Iterator[Difference]:
    """A printed share against the printed numbers it comes from, rounding allowed."""
    figures = {one.id: one for one in pack.statistics}
    for number, one in enumerate(pack.statistics):
        whole = figures.get(one.part_of or "")
        if one.percent is None or whole is None or not Fraction(whole.value):
            continue
        ends = [100 * part / all_of for part in reach(one.value) for all_of in reach(whole.value)]
        low, high = reach(one.percent)
        if high < min(ends) or max(ends) < low:
            decimals = len(one.percent.partition(".")[2])
            computed = shown(100 * Fraction(one.value) / Fraction(whole.value), decimals)
            yield Difference(
                ("statistics", number, "percent"),
                "share-mismatch",
                one.id,
                one.percent,
                computed,
                Bilingual(
                    f"{one.title.zh}：{one.value} 占 {whole.value} 的 {computed}%，"
                    f"写作 {one.percent}%",
                    f"{one.title.en}: {one.value} of {whole.value} is {computed} %, "
                    f"stated {one.percent} %",
                ),
            )


def _shares_of_budgets(pack: Pack) -> Iterator[Difference]:
    """The budgets of an item by level against the shares the levels bear."""
    ordered = sorted(pack.budgets, key=lambda one: (one.item, one.year))
    for (item_id, year), budgets in groupby(ordered, key=lambda one: (one.item, one.year)):
        totals: dict[str, int] = defaultdict(int)
        for budget in budgets:
            totals[budget.level] += budget.amount_fen
        shares = pack.items[item_id].shares
        levels = [level for level, part in shares.items() if part]
        whole, parts = sum(totals.values()), sum(shares.values())
        if levels and any(totals[x] * parts != whole * shares[x] for x in levels):
            stated = ":".join(str(shares[level]) for level in levels)
            yield Difference(
                ("budgets",),
                "share-mismatch",
                item_id,
                stated,
                "",
                Bilingual(
                    f"{item_id} {year} 年各级预算不合 {stated}",
                    f"{item_id} {year}: the budgets by level do not stand as {stated}",
                ),
            )


def _outside_period(pack: Pack) -> Iterator[Difference]:
    """Targets and budgets of a year in which the programme does not run."""
    years = range(pack.period.start.year, pack.period.end.year + 1)
    places: list[tuple[Path, str, str]] = [
        (("targets", number, "period"), target.id, target.period[:4])
        for number, target in enumerate(pack.targets)
    ]
    places += [
        (("budgets", number, "year"), budget.id, str(budget.year))
        for number, budget in enumerate(pack.budgets)
    ]
    for path, of, year in places:
        if not year.isdigit() or int(year) not in years:
            message = Bilingual(
                f"{year} 不在计划期内", f"{year} lies outside the programme's period"
            )
            yield Difference(path, "outside-period", of, year, "", message)
