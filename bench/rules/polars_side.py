"""The rules in polars: one lazy query of all rules as columns, counted."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

import polars as pl
import pyarrow as pa

from bench.rules.made import Atom, Made, window_start
from bench.rules.register import TYPES, Register
from miaopu.engine.facts import FactType


class Side:
    """A frame in memory; `counted` says how many are entitled under each rule."""

    def __init__(self, rules: list[Made], register: Register) -> None:
        columns = {
            name: pa.array(
                numbers > 0 if TYPES[name] is FactType.BOOLEAN else numbers,
                mask=~register.known[name],
            )
            for name, numbers in register.numbers.items()
        }
        frame = pl.DataFrame(pa.table(columns))
        self.query = frame.lazy().select(
            [_rule(rule).sum().alias(f"r{place}") for place, rule in enumerate(rules)]
        )

    def counted(self) -> list[int]:
        """For each rule how many are entitled."""
        return list(self.query.collect().row(0))


def _rule(rule: Made) -> pl.Expr:
    asked = [_inside("region", rule.region, 6)] if rule.region else []
    return reduce(and_, asked + [_ask(atom) for atom in rule.conditions])


def _inside(fact: str, prefix: str, digits: int) -> pl.Expr:
    size = 10 ** (digits - len(prefix))
    return pl.col(fact).is_between(int(prefix) * size, int(prefix) * size + size - 1)


def _ask(atom: Atom) -> pl.Expr:
    column, args = pl.col(atom.fact or "region"), atom.args
    match atom.kind:
        case "compare":
            figure = int(str(args[1]))
            if args[0] == "<=":
                return column <= figure
            return column < figure if args[0] == "<" else column >= figure
        case "truth":
            return column
        case "among":
            return reduce(or_, [column == one for one in args])
        case "industry":
            return reduce(or_, [_inside(atom.fact, str(one), 4) for one in args])
        case "since":
            return column >= int(str(args[0]))
        case "window":
            return column >= window_start(int(str(args[0])))
        case "ratio":
            lower = pl.col(str(args[0]))
            return (lower > 0) & (column * int(str(args[2])) >= lower * int(str(args[1])))
    return reduce(or_, [_ask(part) for part in atom.parts])
