"""The rules written by hand in numpy, each for itself: 64-bit floats, not known is not-a-number."""

from __future__ import annotations

import numpy as np

from bench.rules.made import Atom, Made, window_start
from bench.rules.register import TYPES, Register
from miaopu.engine.facts import FactType

Found = np.ndarray


class Side:
    """Columns of floats; `eligible` computes every rule anew."""

    def __init__(self, rules: list[Made], register: Register) -> None:
        self.rules = rules
        self.columns = {
            name: register.known[name] & (numbers > 0)
            if TYPES[name] is FactType.BOOLEAN
            else np.where(register.known[name], numbers, np.nan)
            for name, numbers in register.numbers.items()
        }

    def eligible(self) -> list[Found]:
        """For each rule who is entitled."""
        return [self._rule(rule) for rule in self.rules]

    def _rule(self, rule: Made) -> Found:
        found = None
        if rule.region:
            found = self._inside("region", rule.region, 6)
        for atom in rule.conditions:
            asked = self._ask(atom)
            found = asked if found is None else found & asked
        assert found is not None
        return found

    def _inside(self, fact: str, prefix: str, digits: int) -> Found:
        size = 10 ** (digits - len(prefix))
        column, first = self.columns[fact], int(prefix) * size
        return (column >= first) & (column < first + size)

    def _ask(self, atom: Atom) -> Found:
        column, args = self.columns.get(atom.fact), atom.args
        if atom.kind == "any" or column is None:
            return np.logical_or.reduce([self._ask(part) for part in atom.parts])
        match atom.kind:
            case "compare":
                figure = int(str(args[1]))
                if args[0] == "<=":
                    return column <= figure
                return column < figure if args[0] == "<" else column >= figure
            case "truth":
                return column
            case "among":
                return np.logical_or.reduce([column == one for one in args])
            case "industry":
                return np.logical_or.reduce([self._inside(atom.fact, str(one), 4) for one in args])
            case "since":
                return column >= int(str(args[0]))
            case "window":
                return column >= window_start(int(str(args[0])))
        lower = self.columns[str(args[0])]
        return (lower > 0) & (column * int(str(args[2])) >= lower * int(str(args[1])))
