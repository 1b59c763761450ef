"""Points that are worked out: the figures an expression reads, and its value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from miaopu.engine.assessment.scheme import Assessment, Criterion, ScoreItem
from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError, Path
from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.expressions.evaluate import Runnable, amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.parse import parse
from miaopu.engine.expressions.syntax import names_in
from miaopu.engine.facts import Fact, FactType
from miaopu.engine.messages import Bilingual

_ANY_DAY = date(2000, 1, 1)  # no expression of a scheme speaks of a day


@dataclass(frozen=True)
class Computed:
    """A line whose points are worked out: the figures it reads, and how."""

    line: ScoreItem | Criterion
    figures: tuple[str, ...]
    run: Runnable

    def points(self, figures: Mapping[str, Decimal]) -> Decimal | None:
        """The points, half up to two decimals, within 0 and the maximum; None where unknown."""
        known = {name: Fraction(figures[name]) for name in self.figures if name in figures}
        hundredths = amount_in_fen(self.run.value(known))
        if hundredths is None:
            return None
        points = Decimal(hundredths).scaleb(-2)
        return min(max(points, Decimal(0)), Decimal(self.line.max or 0))


def computed_line(line: ScoreItem | Criterion) -> Computed:
    """The line ready to run; raises ExpressionError where its expression cannot be read.

    Every name in the expression is a figure, a number.
    """
    source = line.points or ""
    names = names_in(parse(source), "name")
    facts = {name: Fact(name, FactType.INTEGER) for name in names}
    node = lower_amount(source, Surroundings(facts, _ANY_DAY))
    return Computed(line, names, runnable(node))


def check_assessment(
    assessment: Assessment, documents: Mapping[str, Document], path: Path
) -> list[PackError]:
    """The errors of the expressions of an assessment at `path`."""
    errors: list[PackError] = []
    read: set[str] = set()
    scored = {leaf.id for _, leaf in assessment.leaves if leaf.kind != "computed"}
    for number, criterion in enumerate(assessment.criteria):
        for order, leaf in enumerate(criterion.leaves):
            if leaf.kind != "computed":
                continue
            below: Path = ("items", order) if criterion.items else ()
            place = (*path, "criteria", number, *below, "points")
            try:
                figures = computed_line(leaf).figures
            except ExpressionError as error:
                errors.append(error_at(documents, place, error.message, error.remedy))
                continue
            read.update(figures)
            errors += [
                error_at(
                    documents,
                    place,
                    Bilingual(f"{name} 也是打分项的编号", f"{name} is the id of a scored line too"),
                    Bilingual("给其中一个换名", "rename one of them"),
                )
                for name in figures
                if name in scored
            ]
    return errors + [
        error_at(
            documents,
            (*path, "figures", name),
            Bilingual(f"没有评分项用到数据 {name}", f"no line reads the figure {name}"),
            did_you_mean(
                name,
                sorted(read),
                Bilingual("删去它，或在 points 里用它", "remove it, or read it in points"),
            ),
        )
        for name in assessment.figures
        if name not in read
    ]
