"""The rules in OpenFisca-core, as its users write them: a variable for each rule.

Figures are 32-bit floats, not known is not-a-number, so that every comparison with it is false; no
rule negates, so the enterprises found are the right ones. Two forms are measured and the faster one
counts: every rule by itself, and with a variable for each question that rules share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

from bench.rules.made import Atom, Made, window_start
from bench.rules.register import TYPES, Register
from miaopu.engine.facts import FactType

DAY = "2018-06-30"
Ask = Callable[[Any, Any], Any]


class Side:
    """A simulation over the register; `eligible` computes every rule anew."""

    def __init__(self, rules: list[Made], register: Register, *, shared: bool) -> None:
        self.rules, self.register = rules, register
        entity = entities.build_entity(
            key="enterprise", plural="enterprises", label="", doc="", is_person=True
        )
        self.system = taxbenefitsystems.TaxBenefitSystem([entity])
        for name, kind in TYPES.items():
            self._variable(name, entity, bool if kind is FactType.BOOLEAN else float, None)
        numbers: dict[Atom, str] = {}
        for place, rule in enumerate(rules):
            asked = [_region(rule.region)] if rule.region else []
            for atom in rule.conditions:
                ask = _formula(atom)
                if shared:
                    if atom not in numbers:
                        numbers[atom] = f"atom{len(numbers)}"
                        self._variable(numbers[atom], entity, bool, ask)
                    ask = _variable_of(numbers[atom])
                asked.append(ask)
            self._variable(f"rule{place}", entity, bool, _all_of(asked))
        self.inputs = {name: self._input(name) for name in TYPES}

    def eligible(self) -> list[np.ndarray]:
        """For each rule who is entitled."""
        builder = simulations.SimulationBuilder()
        simulation = builder.build_default_simulation(self.system, count=self.register.rows)
        for name, values in self.inputs.items():
            simulation.set_input(name, DAY, values)
        return [simulation.calculate(f"rule{place}", DAY) for place in range(len(self.rules))]

    def _variable(self, name: str, entity: Any, kind: type, ask: Ask | None) -> None:
        content: dict[str, Any] = {
            "value_type": kind,
            "entity": entity,
            "definition_period": periods.DAY,
            "label": name,
        }
        if ask is not None:
            content["formula"] = lambda enterprise, period, _parameters: ask(enterprise, period)
        self.system.add_variable(type(name, (variables.Variable,), content))

    def _input(self, name: str) -> np.ndarray:
        numbers, known = self.register.numbers[name], self.register.known[name]
        if TYPES[name] is FactType.BOOLEAN:
            return known & (numbers > 0)
        return np.where(known, numbers, np.nan).astype(np.float32)


def _variable_of(name: str) -> Ask:
    return lambda enterprise, period: enterprise(name, period)


def _all_of(asked: list[Ask]) -> Ask:
    def every(enterprise: Any, period: Any) -> Any:
        found = asked[0](enterprise, period)
        for ask in asked[1:]:
            found = found * ask(enterprise, period)
        return found

    return every


def _region(prefix: str) -> Ask:
    size = 10 ** (6 - len(prefix))
    first = int(prefix) * size

    def ask(enterprise: Any, period: Any) -> Any:
        region = enterprise("region", period)
        return (region >= first) * (region < first + size)

    return ask


def _formula(atom: Atom) -> Ask:
    fact, args = atom.fact, atom.args
    match atom.kind:
        case "compare":
            return _compare(fact, str(args[0]), int(str(args[1])))
        case "truth":
            return _variable_of(fact)
        case "among":
            return lambda enterprise, period: _any(
                [enterprise(fact, period) == one for one in args]
            )
        case "industry":
            starts = [int(str(one)) * 100 for one in args]
            return lambda enterprise, period: _any(
                [
                    (enterprise(fact, period) >= one) * (enterprise(fact, period) < one + 100)
                    for one in starts
                ]
            )
        case "since":
            return _compare(fact, ">=", int(str(args[0])))
        case "window":
            return _compare(fact, ">=", window_start(int(str(args[0]))))
        case "ratio":
            return _ratio(fact, str(args[0]), int(str(args[1])), int(str(args[2])))
    parts = [_formula(part) for part in atom.parts]
    return lambda enterprise, period: _any([part(enterprise, period) for part in parts])


def _compare(fact: str, sign: str, figure: int) -> Ask:
    if sign == "<=":
        return lambda enterprise, period: enterprise(fact, period) <= figure
    if sign == "<":
        return lambda enterprise, period: enterprise(fact, period) < figure
    return lambda enterprise, period: enterprise(fact, period) >= figure


def _ratio(upper: str, lower: str, share: int, whole: int) -> Ask:
    def ask(enterprise: Any, period: Any) -> Any:
        below = enterprise(lower, period)
        return (below > 0) * (enterprise(upper, period) * whole >= below * share)

    return ask


def _any(found: list[Any]) -> Any:
    result = found[0]
    for one in found[1:]:
        result = result + one
    return result
