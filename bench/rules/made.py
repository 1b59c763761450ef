"""Rules for the measurements: deterministic, a mix as a province and its cities write them.

A rule is made of plain pieces, so that every side can say the same in its own words. Eight of a
hundred rules are for everywhere, twenty for the province, 47 for a city, 25 for a county; four to
eight conditions each, drawn from few figures, so that conditions recur as they do in real rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from bench.rules import register
from bench.rules.register import AS_OF, CODES, EPOCH, FACTS, TODAY
from miaopu.engine.rule_sets import Condition, Rule, RuleSet


class Atom(NamedTuple):
    """One question about an enterprise; `kind` says how `fact` and `args` are read."""

    kind: str
    fact: str
    args: tuple[object, ...] = ()
    parts: tuple[Atom, ...] = ()


class Amount(NamedTuple):
    """flat (yuan), cap (yuan, fact, percent), each (cap, fact, yuan per unit), step (fact, from,
    yuan, else yuan)."""

    kind: str
    fact: str
    args: tuple[int, ...]


@dataclass(frozen=True)
class Made:
    """One rule in pieces; `region` is the beginning of six-digit codes, "" everywhere."""

    region: str
    conditions: tuple[Atom, ...]
    amount: Amount


STEPS = {
    "employees": (3, 5, 10, 20, 30, 50, 100, 300),
    "insured": (1, 3, 5, 10, 20, 50),
    "graduates": (1, 2, 3, 5, 10),
    "disabled": (1, 2, 3, 5),
    "patents": (1, 2, 3, 5, 10),
    "credit": (1, 2, 3),
    "area": (50, 100, 200, 500),
    "posts": (1, 2, 3, 5, 10),
    "revenue": (300_000, 500_000, 1_000_000, 3_000_000, 5_000_000, 10_000_000),
    "assets": (100_000, 500_000, 1_000_000, 5_000_000),
    "tax_paid": (5_000, 10_000, 30_000, 50_000, 100_000),
    "rd_spend": (20_000, 50_000, 100_000, 300_000),
    "rent": (20_000, 50_000, 100_000),
    "loan": (100_000, 300_000, 500_000, 1_000_000),
    "interest": (5_000, 20_000, 50_000),
    "exports": (50_000, 200_000, 1_000_000),
    "equipment": (50_000, 100_000, 500_000),
    "payroll": (100_000, 300_000, 1_000_000),
}
SPENT = ("rd_spend", "rent", "interest", "equipment", "payroll")
RATIOS = (("rd_spend", "revenue"), ("graduates", "employees"), ("disabled", "employees"),
          ("exports", "revenue"), ("insured", "employees"))  # fmt: skip
SHARES = ((3, 100), (5, 100), (10, 100), (15, 100), (25, 100), (30, 100))
WINDOWS = (6, 12, 24, 36)


def make(count: int, *, seed: int = 7, provinces: int = 3) -> list[Made]:
    """So many rules for places of so many provinces; 0: for one city and its counties."""
    dice = Random(seed)
    return [_rule(dice, provinces) for _ in range(count)]


def _rule(dice: Random, provinces: int) -> Made:
    conditions = tuple(_atom(dice, deep=True) for _ in range(dice.randint(4, 8)))
    return Made(_region(dice, provinces), tuple(dict.fromkeys(conditions)), _amount(dice))


def _region(dice: Random, provinces: int) -> str:
    city = dice.choice(register.cities(provinces))
    county = dice.choice(register.counties(city))
    return dice.choices(["", str(city)[:2], str(city)[:4], str(county)], (8, 20, 47, 25))[0]


def _atom(dice: Random, *, deep: bool = False) -> Atom:
    kinds = ["compare", "size", "truth", "industry", "since", "window", "group", "ratio", "any"]
    weights = [36, 12, 15, 7, 6, 4, 8, 6, 6 if deep else 0]
    match dice.choices(kinds, weights)[0]:
        case "compare":
            fact = dice.choice(list(STEPS))
            return Atom(
                "compare", fact, (dice.choice(["<=", "<", ">=", ">="]), dice.choice(STEPS[fact]))
            )
        case "size":
            return Atom("among", "size", dice.choice([(0,), (0, 1), (0, 1), (0, 1, 2)]))
        case "truth":
            return Atom("truth", dice.choice(list(register.BOOLEANS)))
        case "industry":
            return Atom(
                "industry", "industry", tuple(sorted(dice.sample(register.DIVISIONS.split(), 3)))
            )
        case "since":
            return Atom(
                "since", "registered_on", (_months_ago(dice.choice((12, 24, 36, 60, 120))),)
            )
        case "window":
            return Atom(
                "window",
                dice.choice(["tenant_since", "graduated_on", "trained_on"]),
                (dice.choice(WINDOWS),),
            )
        case "group":
            chosen = sorted(dice.sample(range(7), dice.randint(1, 4)))
            return Atom("among", "founder_group", tuple(chosen))
        case "ratio":
            upper, lower = dice.choice(RATIOS)
            return Atom("ratio", upper, (lower, *dice.choice(SHARES)))
    return Atom("any", "", (), tuple(_atom(dice) for _ in range(dice.randint(2, 3))))


def _amount(dice: Random) -> Amount:
    match dice.choices(["flat", "cap", "each", "step"], (25, 35, 25, 15))[0]:
        case "flat":
            return Amount("flat", "", (dice.choice((600, 2_000, 5_000, 45_000)),))
        case "cap":
            return Amount(
                "cap", dice.choice(SPENT), (dice.choice((20_000, 50_000)), dice.choice((2, 5, 30)))
            )
        case "each":
            fact = dice.choice(["employees", "graduates", "posts", "area"])
            return Amount(
                "each", fact, (dice.choice((30_000, 100_000)), dice.choice((500, 1_000, 2_000)))
            )
    return Amount("step", "employees", (dice.choice((5, 10, 20)), 20_000, 10_000))


def _months_ago(months: int) -> int:
    """The first of the month so many months ago, in days since 1970."""
    year, month = divmod(AS_OF.year * 12 + AS_OF.month - 1 - months, 12)
    return date(year, month + 1, 1).toordinal() - EPOCH


def window_start(months: int) -> int:
    """The earliest day from which so many months reach today, in days since 1970."""
    year, month = divmod(AS_OF.year * 12 + AS_OF.month - 1 - months, 12)
    return date(year, month + 1, AS_OF.day if month != 1 else 28).toordinal() - EPOCH


def in_our_words(rules: list[Made]) -> RuleSet:
    """The rules in Miaopu's language."""
    return RuleSet(
        tuple(
            Rule(
                f"r{number}",
                rule.region,
                tuple(
                    Condition(f"c{place}", when=_text(atom))
                    for place, atom in enumerate(rule.conditions)
                ),
                amount=_pays(rule.amount),
            )
            for number, rule in enumerate(rules)
        ),
        FACTS,
    )


def _text(atom: Atom) -> str:
    match atom.kind:
        case "compare":
            return f"{atom.fact} {atom.args[0]} {atom.args[1]}"
        case "among":
            codes = ", ".join(f"'{CODES[atom.fact][1][int(str(one))]}'" for one in atom.args)
            return f"{atom.fact} in ({codes})"
        case "truth":
            return atom.fact
        case "industry":
            return " or ".join(f"in_industry(industry, '{one}')" for one in atom.args)
        case "since":
            day = date.fromordinal(int(str(atom.args[0])) + EPOCH)
            return f"{atom.fact} >= date '{day}'"
        case "window":
            return f"add_months({atom.fact}, {atom.args[0]}) >= :as_of"
        case "ratio":
            lower, share, whole = atom.args
            return f"{lower} > 0 and {atom.fact} / {lower} >= {share} / {whole}"
    return " or ".join(f"({_text(part)})" for part in atom.parts)


def _pays(amount: Amount) -> str:
    match amount.kind:
        case "flat":
            return str(amount.args[0])
        case "cap":
            return f"least({amount.args[0]}, {amount.fact} * {amount.args[1]} / 100)"
        case "each":
            return f"least({amount.args[0]}, {amount.fact} * {amount.args[1]})"
    start, more, less = amount.args
    return f"case when {amount.fact} >= {start} then {more} else {less} end"


__all__ = ["TODAY", "Amount", "Atom", "Made", "in_our_words", "make", "window_start"]
