"""Verbs that run rules over facts: `match`, `explain`."""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from miaopu.app.cli.output import (
    PROBLEMS,
    WRONG_USAGE,
    Format,
    FormatOption,
    print_json,
    print_json_text,
    print_problem,
    print_table,
    stop,
)
from miaopu.engine.definitions.refusals import Refused
from miaopu.engine.matching import (
    Explanation,
    FactsRefused,
    explain_one,
    explanations_as_text,
    near_misses,
)
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import fen_to_yuan
from miaopu.engine.packs.load import load_pack
from miaopu.engine.planes.sets import MatchSets
from miaopu.engine.planes.streaming import CHUNK, Chunk, matched_chunks
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.rules import load_rules
from miaopu.engine.tables import columns_of, read_chunks, write_rows

COLUMNS = ("enterprise_id", "rule", "status", "amount_fen", "missing")
_TYPES: Mapping[str, type] = {
    "enterprise_id": str,
    "rule": str,
    "status": str,
    "amount_fen": int,
    "missing": tuple,
}
_SHOWN_PROBLEMS = 1_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


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
    output: FormatOption = Format.TABLE,
) -> None:
    """谁可享什么 / Who is entitled to what: every rule over every enterprise of a file."""
    started = time.perf_counter()
    rule_set = rule_set_of(rules, as_of)
    run = _Run(rule_set, facts, as_of)
    write_rows(out, COLUMNS, run.rows(), types=_TYPES)
    if sets is not None:
        run.sets.save(sets)
    summary = {
        "enterprises": run.enterprises,
        "rules": len(rule_set.rules),
        "true": run.statuses["true"],
        "unknown": run.statuses["unknown"],
        "seconds": round(time.perf_counter() - started, 3),
    }
    if output is Format.JSON:
        print_json(summary)
    else:
        print_table(tuple(summary), [tuple(summary.values())], title=str(out))
    if run.problems:
        raise stop(PROBLEMS)


class _Run:
    """One run of `match` over a facts file, counting as it goes."""

    def __init__(self, rules: RuleSet, facts: Path, as_of: date) -> None:
        self.rules, self.facts, self.as_of = rules, facts, as_of
        self.enterprises = self.problems = 0
        self.statuses: Counter[str] = Counter()
        self.sets = MatchSets()
        columns = columns_of(facts)
        if "enterprise_id" not in columns and columns:
            raise EngineError(
                Bilingual(f"{facts} 没有 enterprise_id 列", f"{facts} has no column enterprise_id"),
                Bilingual("每家企业一行，并写明编号", "give one row per enterprise, with its id"),
            )
        for fact in prepare(rules, as_of).facts:
            if fact.name not in columns:
                print_problem(
                    Bilingual(
                        f"{facts} 没有 {fact.name} 列，按未知处理",
                        f"{facts} has no column {fact.name}: unknown for everybody",
                    )
                )

    def rows(self) -> Iterator[list[object]]:
        """The rows of the matches file."""
        for part in matched_chunks(self.rules, self._counted(), self.as_of, self._problem):
            self.sets.add(self.rules, part.matches, part.numbers)
            for row, rule, status, fen, missing in part.matches.rows():
                self.statuses[status] += 1
                yield [part.ids[row], self.rules.rules[rule].id, status, fen, missing]

    def _counted(self) -> Iterator[Chunk]:
        quiet = not sys.stderr.isatty()
        columns = (SpinnerColumn(), TextColumn("{task.completed:,} 家 / enterprises"))
        with Progress(
            *columns, TimeElapsedColumn(), console=Console(stderr=True), disable=quiet
        ) as bar:
            task = bar.add_task("", total=None)
            for values, rows in read_chunks(self.facts, CHUNK):
                yield Chunk(values, rows)
                self.enterprises += rows
                bar.update(task, completed=self.enterprises)

    def _problem(self, refusal: FactsRefused) -> None:
        self.problems += 1
        if self.problems <= _SHOWN_PROBLEMS:
            print_problem(f"{self.facts}: {refusal}")
        elif self.problems == _SHOWN_PROBLEMS + 1:
            print_problem(Bilingual("其余问题不再列出", "further problems are not listed"))


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
        print_json_text(explanations_as_text(explained))
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
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(
            Bilingual(f"{path} 不是可读的 JSON", f"{path} is not readable as JSON"),
            Bilingual("请核对文件", "check the file"),
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
    return str(data.get("enterprise_id") or ""), data["facts"], decisions


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
