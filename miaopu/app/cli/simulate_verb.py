"""The verb `simulate`: whom rules would reach and what they would cost."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
import yaml

from miaopu.app.cli.match_verbs import (
    AsOfOption,
    RulesOption,
    problems_as_lines,
    rule_set_of,
)
from miaopu.app.cli.memory import keep_memory
from miaopu.app.cli.output import (
    PROBLEMS,
    WRONG_USAGE,
    Format,
    FormatOption,
    print_json,
    print_problem,
    print_table,
    stop,
)
from miaopu.engine.matching import FactsRefused
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import fen_to_yuan, yuan_to_fen
from miaopu.engine.planes.streaming import CHUNK, Chunk, read_ahead
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.simulation.answer import to_json, warnings
from miaopu.engine.simulation.run import Effect, Simulation, decided
from miaopu.engine.simulation.run import simulate as run_simulation
from miaopu.engine.simulation.tally import Tally, cut_off
from miaopu.engine.tables import read_chunks, write_rows

COLUMNS = ("enterprise_id", "change", "before_fen", "after_fen", "before_rules", "after_rules")
_TYPES: Mapping[str, type] = {"enterprise_id": str, "change": str} | dict.fromkeys(COLUMNS[2:], int)


def register(cli: typer.Typer) -> None:
    """Add the verb to `cli`."""
    cli.command("simulate")(problems_as_lines(simulate))


def simulate(
    rules: RulesOption,
    facts: Annotated[Path, typer.Option(help="企业数据 / facts: .csv .parquet .json")],
    as_of: AsOfOption,
    by: Annotated[
        str, typer.Option(help="分组 / group by: region,size,industry,age", metavar="NAMES")
    ] = "",
    against: Annotated[
        Path | None, typer.Option(help="与之比较的版本 / the version to compare with")
    ] = None,
    budget: Annotated[
        list[str] | None, typer.Option(help="规则=元 / RULE=YUAN: how far it reaches")
    ] = None,
    quota: Annotated[
        list[str] | None, typer.Option(help="规则=户数 / RULE=PLACES: how far they reach")
    ] = None,
    assume_decided: Annotated[
        bool, typer.Option("--decided", help="视同认定为是 / as if every decision were yes")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="增减的企业 / who gains and loses: .csv .xlsx …")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """试算 / What rules would cost and whom they would reach; two versions side by side."""
    new, old = rule_set_of(rules, as_of), rule_set_of(against, as_of) if against else None
    if out is not None and old is None:
        raise _wrong_usage("--out 需要 --against", "--out needs --against")
    budgets, quotas = _budgets(budget or [], new), _quotas(quota or [], new)
    if assume_decided:
        new, old = decided(new), decided(old) if old else None
    keep_memory()
    problems: list[FactsRefused] = []
    found = run_simulation(
        new,
        read_ahead(Chunk(columns, rows) for columns, rows in read_chunks(facts, CHUNK)),
        as_of,
        by=[name.strip() for name in by.split(",") if name.strip()],
        against=old,
        problem=problems.append,
    )
    for refusal in problems:
        print_problem(f"{facts}: {refusal}")
    if out is not None:
        write_rows(out, COLUMNS, _changes(found), types=_TYPES)
    if output is Format.JSON:
        print_json(to_json(found, budgets=budgets, quotas=quotas, sources=_sources()))
    else:
        _print(found)
        _print_reach(found, budgets, quotas)
        _print_difference(found)
    for warning in warnings(found.effect, _sources()):
        print_problem(warning.text)
    if problems:
        raise stop(PROBLEMS)


def _changes(found: Simulation) -> list[list[object]]:
    return [
        [
            one.enterprise_id,
            "gain" if one.gains else "lose",
            one.before_fen,
            one.after_fen,
            one.before_rules,
            one.after_rules,
        ]
        for one in found.changes
    ]


def _by_rule(texts: list[str], rules: RuleSet) -> Iterator[tuple[str, str]]:
    """The rule and the rest of texts such as "r001=2000000"; wrong usage for no such rule."""
    known = {rule.id for rule in rules.rules}
    for text in texts:
        rule, _sign, rest = text.partition("=")
        if rule not in known:
            raise _wrong_usage(f"没有规则 {rule}", f"there is no rule {rule}")
        yield rule, rest


def _budgets(texts: list[str], rules: RuleSet) -> dict[str, int]:
    """Fen by rule."""
    budgets = {rule: yuan_to_fen(yuan) for rule, yuan in _by_rule(texts, rules)}
    if any(fen < 0 for fen in budgets.values()):
        raise _wrong_usage("资金不能小于零", "a budget is not below zero")
    return budgets


def _quotas(texts: list[str], rules: RuleSet) -> dict[str, int]:
    """Places by rule."""
    found = dict(_by_rule(texts, rules))
    wrong = [text for text in found.values() if not (text.isascii() and text.isdigit())]
    if wrong:
        raise _wrong_usage(f"“{wrong[0]}”不是户数", f"{wrong[0]!r} is no number of places")
    return {rule: int(text) for rule, text in found.items()}


def _wrong_usage(zh: str, en: str) -> typer.Exit:
    print_problem(Bilingual(zh, en))
    return stop(WRONG_USAGE)


def _print(found: Simulation) -> None:
    before = {one.rule: one for one in found.before.rules} if found.before else {}
    print_table(
        (
            "规则 / rule",
            "企业 / enterprises",
            "元 / yuan",
            "各级 / by level",
            "无法判断 / unknown",
            "待认定 / undecided",
            "原为 / before",
        ),
        [
            (
                one.rule,
                one.tally.enterprises,
                fen_to_yuan(one.tally.cost_fen),
                _levels(one.tally),
                one.unknown,
                one.undecided,
                before[one.rule].tally.enterprises if one.rule in before else None,
            )
            for one in found.effect.rules
        ],
        title=f"{found.enterprises:,} 家 / enterprises",
    )
    if found.by:
        _print_groups(found, found.effect)


def _levels(tally: Tally) -> str:
    return "\n".join(f"{level} {fen_to_yuan(fen)}" for level, fen in tally.by_level.items())


def _print_reach(found: Simulation, budgets: Mapping[str, int], quotas: Mapping[str, int]) -> None:
    """How far the budgets and quotas reach, rule by rule."""
    rows = []
    for one in found.effect.rules:
        if one.rule in budgets or one.rule in quotas:
            line = cut_off(one.standing, budgets.get(one.rule), quotas.get(one.rule))
            money = None if line.budget_fen is None else fen_to_yuan(line.budget_fen)
            rows.append(
                (one.rule, money, line.quota, line.supported)
                + (line.points, line.at_line, line.reached_at_line, line.below)
            )
    if rows:
        print_table(
            (
                "规则 / rule",
                "资金（元） / yuan",
                "名额 / places",
                "全部支持 / supported",
                "线上分 / points at the line",
                "同分 / at the line",
                "其中约 / about",
                "排不上 / below",
            ),
            rows,
        )


def _print_difference(found: Simulation) -> None:
    """Who gains and who loses against the other version."""
    if found.before is None:
        return
    gain = sum(change.gains for change in found.changes)
    cost = sum(one.tally.cost_fen for one in found.effect.rules)
    before = sum(one.tally.cost_fen for one in found.before.rules)
    print_table(
        ("受益 / gain", "受损 / lose", "资金增减（元） / change in cost, yuan"),
        [(gain, len(found.changes) - gain, fen_to_yuan(cost - before))],
    )


def _print_groups(found: Simulation, effect: Effect) -> None:
    print_table(
        (*(way.name for way in found.by), "企业 / enterprises", "元 / yuan"),
        [
            (*key, tally.enterprises, fen_to_yuan(tally.cost_fen))
            for key, tally in sorted(
                effect.groups.items(), key=lambda item: [one or "~" for one in item[0]]
            )
        ],
    )


@cache
def _sources() -> dict[str, list[str]]:
    """Which departments can give a fact, by the fact dictionary."""
    text = resources.files("miaopu.parties").joinpath("data/facts.yaml").read_text("utf-8")
    return {name: list(row["sources"]) for name, row in yaml.safe_load(text).items()}
