"""Matching: who is entitled to what (`match_all`), and why (`explain_one`).

Both run the same prepared rules, enterprise by enterprise: the plain way, and the reference for the
fast one (`engine.planes`), which gives the same rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from miaopu.engine.asking import Asking
from miaopu.engine.explaining import (
    Explanation,
    counted_once,
    explain_rule,
    explanations_as_json,
    near_misses,
)
from miaopu.engine.explanations import MatchRow, PriorityPoints
from miaopu.engine.expressions.plain import TRUE
from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.facts import FactError
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.prepared import Decisions, prepare
from miaopu.engine.rule_sets import RuleSet

__all__ = [
    "ENTERPRISE_ID",
    "Decisions",
    "Explanation",
    "FactsRefused",
    "MatchRow",
    "PriorityPoints",
    "ReasonNode",
    "explain_one",
    "explanations_as_json",
    "match_all",
    "near_misses",
]
ENTERPRISE_ID = "enterprise_id"


class FactsRefused(EngineError):
    """A row of facts that cannot be used; `row` counts from 1, a header is none."""

    def __init__(self, row: int, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(
            Bilingual(f"第 {row} 行数据：{message.zh}", f"data row {row}: {message.en}"), remedy
        )
        self.row = row


def match_all(
    rules: RuleSet,
    facts: Iterable[Mapping[str, object]],
    as_of: date,
    problem: Callable[[FactsRefused], None] | None = None,
) -> Iterator[MatchRow]:
    """The true and unknown rows of every enterprise of `facts` under every rule, in that order.

    A row of `facts` has `enterprise_id` and one value per fact (money in yuan; None is unknown).
    Raises FactsRefused for a row without an id, an id met before, and a value of another type; with
    `problem` it is told instead, and goes on: without the row, or with the value unknown.
    """
    prepared = prepare(rules, as_of)
    seen: set[str] = set()

    def report(refusal: FactsRefused) -> None:
        if problem is None:
            raise refusal
        problem(refusal)

    for number, row in enumerate(facts, start=1):
        enterprise_id = _id_of(row, number, seen, report)
        if enterprise_id is None:
            continue
        known = prepared.read(row, partial(_report_value, report, number))
        matched = [rule.match(enterprise_id, known) for rule in prepared.rules]
        if prepared.counted_once:
            true = {
                n: one.amount_fen for n, one in enumerate(matched) if one and one.status == TRUE
            }
            for place in prepared.elsewhere(true):
                matched[place] = None
        yield from (one for one in matched if one is not None)


def explain_one(
    rules: RuleSet,
    facts: Mapping[str, object],
    as_of: date,
    decisions: Decisions | None = None,
    problem: Callable[[FactError], None] | None = None,
) -> list[Explanation]:
    """Every rule for one enterprise with its reasons, in the order of the rules.

    `decisions` answers discretion by "rule.condition" (None and absent: not yet decided). Raises
    FactError for a value that is not one of its fact's type; with `problem` it is told instead, and
    the value is unknown.
    """
    prepared = prepare(rules, as_of)

    def refuse(error: FactError) -> None:
        raise error

    known = prepared.read(facts, problem or refuse, priorities=True)
    asking = Asking(known, decisions or {}, prepared)
    explained = [explain_rule(rule, asking) for rule in prepared.rules]
    return counted_once(prepared, explained) if prepared.counted_once else explained


def _id_of(
    row: Mapping[str, object],
    number: int,
    seen: set[str],
    report: Callable[[FactsRefused], None],
) -> str | None:
    raw = row.get(ENTERPRISE_ID)
    enterprise_id = "" if raw is None else str(raw).strip()
    if enterprise_id and enterprise_id not in seen:
        seen.add(enterprise_id)
        return enterprise_id
    report(refused_id(number, enterprise_id))
    return None


def refused_id(number: int, enterprise_id: str) -> FactsRefused:
    """Why row `number` cannot be used: its id was met before, or ("") it has none."""
    if enterprise_id:
        message = Bilingual(
            f"“{ENTERPRISE_ID}”：企业 {enterprise_id} 重复",
            f"{ENTERPRISE_ID}: enterprise {enterprise_id} is repeated",
        )
        remedy = Bilingual("每家企业只留一行", "keep one row per enterprise")
    else:
        message = Bilingual("没有 enterprise_id", "there is no enterprise_id")
        remedy = Bilingual("补上企业编号", "add the enterprise's id")
    return FactsRefused(number, message, remedy)


def _report_value(report: Callable[[FactsRefused], None], number: int, error: FactError) -> None:
    report(FactsRefused(number, error.message, error.remedy))
