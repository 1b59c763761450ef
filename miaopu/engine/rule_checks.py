"""Checks that rules files and packs share: expressions, ids, shares, dated parameters."""

from collections.abc import Mapping, Sequence
from datetime import date

from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.definitions.refusals import Path as Place
from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.named import calls, no_function_in
from miaopu.engine.expressions.parse import parse
from miaopu.engine.expressions.tokens import FUNCTIONS
from miaopu.engine.expressions.tree import Node
from miaopu.engine.messages import Bilingual
from miaopu.engine.rule_sets import Rule, RuleSet


def _expressions_of(rule: Rule) -> list[tuple[Place, str, bool]]:
    """Every expression of `rule`: its place in the rule, its text, whether it is an amount."""
    found: list[tuple[Place, str, bool]] = [
        (("conditions", number, "when"), condition.when, False)
        for number, condition in enumerate(rule.conditions)
        if condition.when is not None
    ]
    found += [
        (("priority", number, "when"), priority.when, False)
        for number, priority in enumerate(rule.priority)
    ]
    if rule.amount is not None:
        found.append((("amount",), rule.amount, True))
    return found


def check_rule(
    rule: Rule, around: Surroundings, documents: Mapping[str, Document], place: Place
) -> tuple[list[PackError], list[tuple[Place, Node]]]:
    """The errors of the rule at `place`, and the typed trees of the expressions that have none."""
    errors: list[PackError] = []
    trees: list[tuple[Place, Node]] = []
    for below, source, amount in _expressions_of(rule):
        try:
            lower = lower_amount if amount else lower_condition
            trees.append(((*place, *below), lower(source, around)))
        except ExpressionError as error:
            errors.append(error_at(documents, (*place, *below), error.message, error.remedy))
    for key, ids in (
        ("conditions", [condition.id for condition in rule.conditions]),
        ("priority", [priority.id for priority in rule.priority]),
    ):
        errors += repeated(ids, documents, (*place, key))
    if rule.shares and not any(rule.shares.values()):
        errors.append(
            error_at(
                documents,
                (*place, "shares"),
                Bilingual("各级分担都是零", "every share is zero"),
                Bilingual("至少一级大于零", "make one larger than zero"),
            )
        )
    return errors, trees


def repeated(
    ids: Sequence[str], documents: Mapping[str, Document], place: Place
) -> list[PackError]:
    """An error for every id of the list at `place` that has been used before."""
    return [
        error_at(
            documents,
            (*place, number, "id"),
            Bilingual(f"编号 {found} 重复", f"the id {found} is used twice"),
            Bilingual("换一个编号", "choose another id"),
        )
        for number, found in enumerate(ids)
        if found in ids[:number]
    ]


def check_parameters(rule_set: RuleSet, documents: Mapping[str, Document]) -> list[PackError]:
    """An error for a parameter without value, of mixed types, or with two values from one day."""
    errors = []
    for name, values in rule_set.parameters.items():
        kinds = {isinstance(value.value, date) for value in values}
        starts = {value.start for value in values}
        if len(kinds) != 1 or len(starts) != len(values):
            errors.append(
                error_at(
                    documents,
                    ("parameters", name),
                    Bilingual(
                        "参数要有取值，类型一致，每个起始日只有一个值",
                        "a parameter needs values of one type, one for each day it starts on",
                    ),
                    Bilingual("核对 from 和 value", "check from and value"),
                )
            )
    return errors


def check_counted_once(rule_set: RuleSet, documents: Mapping[str, Document]) -> list[PackError]:
    """An error for a rule counted once that does not exist, pays nothing, or is named again."""
    errors = []
    known = {rule.id: rule for rule in rule_set.rules}
    seen: set[str] = set()
    for one in rule_set.counted_once:
        for number, name in enumerate(one.rules):
            if name not in known:
                message = Bilingual(f"没有 {name}", f"there is no {name}")
                check = Bilingual("核对编号", "check the id")
                remedy = did_you_mean(name, known, check)
            elif known[name].amount is None:
                message = Bilingual(f"{name} 没有 amount", f"{name} has no amount")
                remedy = Bilingual(
                    "只列按公式计算金额的项目", "name only what pays an amount by a formula"
                )
            elif name in seen:
                message = Bilingual(f"{name} 已列出", f"{name} is named already")
                remedy = Bilingual("每项只列一次", "name each once, in one set")
            else:
                seen.add(name)
                continue
            place: Place = ("counted_once", one.name, "among", number)
            errors.append(error_at(documents, place, message, remedy))
    return errors


def check_functions(rule_set: RuleSet, documents: Mapping[str, Document]) -> list[PackError]:
    """An error for a named function that hides another name or means nothing that can be read."""
    errors = []
    for name, function in rule_set.functions.items():
        place: Place = ("functions", name)
        hidden = [one for one in (name, *function.takes) if one in rule_set.facts]
        if name in FUNCTIONS or hidden or len(set(function.takes)) != len(function.takes):
            errors.append(
                error_at(
                    documents,
                    place,
                    Bilingual(
                        f"函数 {name} 的名称或参数与已有的名称重复",
                        f"the function {name} or what it takes has a name that is taken",
                    ),
                    Bilingual("换一个名称", "choose another name"),
                )
            )
        try:
            if calls(function.means, rule_set.functions):
                raise no_function_in(name, 0)
            parse(function.means)
        except ExpressionError as error:
            errors.append(error_at(documents, (*place, "means"), error.message, error.remedy))
    return errors
