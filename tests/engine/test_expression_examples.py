"""The worked examples of docs/expressions.md, run."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.evaluate import amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.named import Function
from miaopu.engine.facts import Fact, FactType, read_fact
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.engine.rule_sets import DatedValue, RuleSet

DOC = Path(__file__).parents[2] / "docs" / "expressions.md"
TYPES = {
    "employees": "integer",
    "revenue": "money",
    "size": "code",
    "high_tech": "boolean",
    "registered_on": "date",
    "tenant_since": "date",
    "graduated_on": "date",
    "region": "region",
    "industry": "industry",
    "tags": "tags",
}
FACTS = {name: Fact(name, FactType(kind)) for name, kind in TYPES.items()}
RATES = (
    DatedValue(date(2017, 1, 1), Decimal("0.02")),
    DatedValue(date(2018, 7, 1), Decimal("0.03")),
)
AS_TENANT = Function(("day", "years"), "within(day, tenant_since, add_years(graduated_on, years))")
AROUND = RuleSet((), FACTS, {"rate": RATES}, functions={"as_tenant": AS_TENANT}).surroundings(
    date(2018, 12, 1)
)


def _examples(kind: str) -> list[tuple[str, str, str]]:
    found = []
    for block in re.findall(
        rf"<!-- examples: {kind} -->\n((?:\|.*\n)+)", DOC.read_text(encoding="utf-8")
    ):
        for line in block.splitlines()[2:]:
            expression, second, third = (cell.strip() for cell in line.strip("|").split("|"))
            found.append((expression.strip("`"), second, third))
    return found


def _facts(text: str) -> dict[str, object]:
    pairs = [part.split(": ") for part in text.split(", ") if part]
    return {name: read_fact(FACTS[name], value) for name, value in pairs}


def test_the_page_has_examples_of_every_kind() -> None:
    assert len(_examples("condition")) > 30
    assert len(_examples("amount")) > 8
    assert len(_examples("refused")) > 8


@pytest.mark.parametrize(("expression", "facts", "answer"), _examples("condition"))
def test_condition(expression: str, facts: str, answer: str) -> None:
    prepared = runnable(lower_condition(expression, AROUND))
    words = {True: "true", False: "false", None: "unknown"}
    assert words[prepared.value(_facts(facts))] == answer


@pytest.mark.parametrize(("expression", "facts", "answer"), _examples("amount"))
def test_amount(expression: str, facts: str, answer: str) -> None:
    fen = amount_in_fen(runnable(lower_amount(expression, AROUND)).value(_facts(facts)))
    assert ("unknown" if fen is None else format_yuan(fen).replace(",", "")) == answer


@pytest.mark.parametrize(("expression", "character", "why"), _examples("refused"))
def test_refused(expression: str, character: str, why: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        lower_condition(expression, AROUND)
    assert caught.value.position + 1 == int(character), why
    assert caught.value.remedy != Bilingual("", "")
