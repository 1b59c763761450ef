"""Verbs that run rules over facts: `match`, `explain`."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from miaopu.app.cli.match_run import MatchRun
from miaopu.app.cli.match_spark import match_with_spark
from miaopu.app.cli.memory import keep_memory
from miaopu.app.cli.output import (
    PROBLEMS,
    WRONG_USAGE,
    Format,
    FormatOption,
    print_json,
    print_json_bytes,
    print_problem,
    print_table,
    stop,
)
from miaopu.engine.definitions.refusals import Refused
from miaopu.engine.matching import (
    Explanation,
    explain_one,
    explanations_as_json,
    near_misses,
)
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import fen_to_yuan
from miaopu.engine.packs.load import load_pack
from miaopu.engine.planes.long_table import SCHEMA, VARIOUS
from miaopu.engine.planes.sets import MatchSets
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.rules import load_rules
from miaopu.engine.tables import write_batches

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Engine(StrEnum):
    """Where the rules are run."""

    PLANES = "planes"
    SPARK = "spark"


def register(cli: typer.Typer) -> None:
    """Add the verbs of this module to `cli`."""
    cli.command("match")(problems_as_lines(match))
    cli.command("explain")(problems_as_lines(explain))


def problems_as_lines(verb: Callable[..., None]) -> Callable[..., None]:
    """Turn an input that the engine refuses into lines on standard error and exit status 1."""

    @wraps(verb)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
        except Refused as error:
            for problem in error.errors:
                print_problem(problem)
            raise stop(PROBLEMS) from error
        except EngineError as error:
            print_problem(error)
            raise stop(PROBLEMS) from error

    return run


def _day(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


RulesOption = Annotated[
    Path, typer.Option("--rules", help="规则文件或计划包 / a rules file, or the folder of a pack")
]
AsOfOption = Annotated[
    date, typer.Option("--as-of", parser=_day, metavar="DATE", help="截至日 / the day asked")
]


def match(
    rules: RulesOption,
    facts: Annotated[Path, typer.Option(help="企业数据 / facts: .csv .parquet .json")],
    as_of: AsOfOption,
    out: Annotated[Path, typer.Option(help="结果 / result: .parquet .csv .xlsx .json")],
    sets: Annotated[
        Path | None,
        typer.Option(help="每条规则的企业集合 / for each rule who, as roaring bitmaps: .parquet"),
    ] = None,
    entitled: Annotated[
        bool,
        typer.Option("--entitled", help="只列可享的 / only who is entitled, not who might be"),
    ] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="在哪里计算 / where: this machine, or Spark")
    ] = Engine.PLANES,
    output: FormatOption = Format.TABLE,
) -> None:
    """谁可享什么 / Who is entitled to what: every rule over every enterprise of a file."""
    started = time.perf_counter()
    rule_set = rule_set_of(rules, as_of)
    problems = 0
    if engine is Engine.SPARK:
        if sets is not None:
            raise typer.BadParameter("--sets 不用于 Spark / is not for Spark")
        found = match_with_spark(rule_set, facts, as_of, out, entitled=entitled)
    else:
        keep_memory()
        run = MatchRun(rule_set, facts, as_of, MatchSets() if sets else None, entitled)
        write_batches(out, SCHEMA, run.batches(), VARIOUS)
        if sets is not None and run.sets is not None:
            run.sets.save(sets)
        found = {"enterprises": run.enterprises, "true": run.true, "unknown": run.unknown}
        problems = run.problems
    summary = {
        "enterprises": found["enterprises"],
        "rules": len(rule_set.rules),
        "true": found["true"],
        **({} if entitled else {"unknown": found["unknown"]}),
        "seconds": round(time.perf_counter() - started, 3),
    }
    if output is Format.JSON:
        print_json(summary)
    else:
        print_table(tuple(summary), [tuple(summary.values())], title=str(out))
    if problems:
        raise stop(PROBLEMS)


def explain(
    rules: RulesOption,
    facts: Annotated[Path, typer.Option(help="一家企业 / one enterprise: .json")],
    as_of: AsOfOption,
    rule: Annotated[str | None, typer.Option(help="只看一条规则 / this rule only")] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """为什么 / Why: every rule for one enterprise, with reasons and what would change them."""
    rule_set = rule_set_of(rules, as_of)
    if rule is not None and rule not in {one.id for one in rule_set.rules}:
        print_problem(Bilingual(f"没有规则 {rule}", f"there is no rule {rule}"))
        raise stop(WRONG_USAGE)
    enterprise, values, decisions = _enterprise(facts, rule_set)
    explained = [
        one
        for one in explain_one(rule_set, values, as_of, decisions)
        if rule is None or one.rule == rule
    ]
    if output is Format.JSON:
        print_json_bytes(explanations_as_json(explained))
    else:
        print_table(
            ("规则 / rule", "结果 / status", "金额 / yuan", "缺少 / missing", "怎样改变 / change"),
            [_shown(one) for one in explained],
            title=enterprise,
        )
        short = near_misses(explained)
        if short:
            print_table(
                ("只差一项 / one condition short", "可得 / yuan", "怎样改变 / change"),
                [_nearly(one) for one in short],
            )


def _shown(one: Explanation) -> tuple[object, ...]:
    return (
        one.rule,
        one.status,
        None if one.amount_fen is None else fen_to_yuan(one.amount_fen),
        ", ".join(one.missing),
        "\n".join(str(change) for change in one.would_change),
    )


def _nearly(one: Explanation) -> tuple[object, ...]:
    short = one.near_miss
    assert short is not None
    gain = None if short.gain_fen is None else fen_to_yuan(short.gain_fen)
    return one.rule, gain, str(short.would_change)


def rule_set_of(path: Path, as_of: date) -> RuleSet:
    """The rules of a file, or of a pack's items for enterprises; raises Refused."""
    return load_pack(path).rule_set(as_of, "enterprise") if path.is_dir() else load_rules(path)


def _enterprise(
    path: Path, rules: RuleSet
) -> tuple[str, dict[str, object], dict[str, bool | None]]:
    """Id, facts and decisions of the file that `explain` reads; raises EngineError."""
    try:
        data = json.loads(
            path.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_constant=_not_json
        )
    except FileNotFoundError as error:
        raise EngineError(
            Bilingual(f"找不到文件 {path}", f"no file {path}"),
            Bilingual("请核对文件路径", "check the path"),
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(
            Bilingual(
                f"{path} 不是可读的 JSON：{error}", f"{path} is not readable as JSON: {error}"
            ),
            Bilingual("请改正文件，存为 UTF-8", "correct the file and save it as UTF-8"),
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("facts"), dict):
        raise _wrong_shape(path)
    decisions = data.get("decisions", {})
    decisions = {} if decisions is None else decisions
    if not isinstance(decisions, dict):
        raise _wrong_shape(path)
    known = {
        f"{rule.id}.{condition.id}"
        for rule in rules.rules
        for condition in rule.conditions
        if condition.decide is not None
    }
    _check_decisions(decisions, known)
    _check_names(data["facts"], rules)
    return str(data.get("enterprise_id") or ""), data["facts"], decisions


def _not_json(word: str) -> object:
    """Python's reader takes NaN and Infinity for numbers; neither is JSON, nor a fact."""
    raise ValueError(f"{word} is not JSON")


def _check_names(facts: Mapping[str, object], rules: RuleSet) -> None:
    """Say which facts no rule can know of: a misspelt name would be unknown in silence."""
    for name in facts:
        if name not in rules.facts and name != rules.region_fact.name:
            print_problem(
                Bilingual(
                    f"规则没有声明事实 {name}，未采用", f"no rule knows a fact {name}: unused"
                )
            )


def _check_decisions(decisions: Mapping[str, object], known: Iterable[str]) -> None:
    """Raise for an answer that is not yes or no; say which answers belong to no condition."""
    for key, answer in decisions.items():
        if not isinstance(answer, bool | None):
            raise EngineError(
                Bilingual(
                    f"对“{key}”的认定不是是非", f"the decision on {key} is not true or false"
                ),
                Bilingual("写 true 或 false", "write true or false"),
            )
        if key not in known:
            print_problem(
                Bilingual(
                    f"没有待认定的条件 {key}，未采用", f"nothing to decide called {key}: unused"
                )
            )


def _wrong_shape(path: Path) -> EngineError:
    return EngineError(
        Bilingual(f"{path} 的结构不对", f"{path} has another structure"),
        Bilingual(
            '写成 {"enterprise_id": …, "facts": {…}, "decisions": {"规则.条件": true}}',
            'give {"enterprise_id": …, "facts": {…}, "decisions": {"rule.condition": true}}',
        ),
    )
