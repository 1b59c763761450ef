"""Verbs that need only the engine: `size`, `uscc`, `clock`, `split`."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from miaopu.app.cli.output import (
    PROBLEMS,
    Format,
    FormatOption,
    print_json,
    print_problem,
    print_table,
    stop,
)
from miaopu.app.cli.size_file import classify_file, parse_number
from miaopu.engine.clock import Pause, working_days
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import fen_to_yuan, parse_ratio, split, yuan_to_fen
from miaopu.engine.size import CLASS_NAMES, SizeResult, classify
from miaopu.engine.uscc import check

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YES_NO = {True: Bilingual("是", "yes"), False: Bilingual("否", "no")}


def register(cli: typer.Typer) -> None:
    """Add the verbs of this module to `cli`."""
    for name, verb in (("size", size), ("uscc", uscc), ("clock", clock), ("split", split_amount)):
        cli.command(name)(_problems_as_lines(verb))


def _problems_as_lines(verb: Callable[..., None]) -> Callable[..., None]:
    """Turn an input that the engine refuses into one line on standard error and exit status 1."""

    @wraps(verb)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
        except EngineError as error:
            print_problem(error)
            raise stop(PROBLEMS) from error

    return run


def _day(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _pause(text: str) -> Pause:
    begin, slash, end = text.partition("/")
    if not slash:
        raise ValueError(text)
    return _day(begin), _day(end) if end else None


DayOption = Annotated[
    date | None, typer.Option(parser=_day, metavar="DATE", help="日期 / a day, 2018-12-31")
]
NumberOption = Annotated[
    Decimal | None, typer.Option(parser=parse_number, metavar="N", help="万元 / in 10,000 yuan")
]


def size(
    industry: Annotated[str | None, typer.Option(help="行业代码 / industry code, I65")] = None,
    employees: Annotated[int | None, typer.Option(help="从业人员 / persons")] = None,
    revenue: NumberOption = None,
    assets: NumberOption = None,
    on: DayOption = None,
    file: Annotated[
        Path | None, typer.Option(help="整表划型 / a table of enterprises: .csv .parquet .json")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="结果文件 / where to write: .csv .parquet .json .xlsx")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """企业划型 / Size class of an enterprise, or of every row of a file."""
    single = (industry, employees, revenue, assets)
    if file is not None and out is not None:
        if any(value is not None for value in single):
            raise _usage("使用 --file 时数据取自文件", "with --file the figures come from the file")
        _size_file(file, out, on, output)
        return
    if file is not None or out is not None:
        raise _usage("--file 与 --out 须同时给出", "--file and --out go together")
    if industry is None:
        raise _usage("请给出 --industry 或 --file", "give --industry or --file")
    _print_size(classify(industry, employees, revenue, assets, on), output)


def _print_size(result: SizeResult, output: Format) -> None:
    if output is Format.JSON:
        print_json(
            {
                "class": result.size_class,
                "group": result.group,
                "missing": list(result.missing),
                "reasons": [str(reason) for reason in result.reasons],
            }
        )
        return
    found = CLASS_NAMES[result.size_class] if result.size_class else Bilingual("未定", "undecided")
    print_table(
        ("划型 / size class", "行业 / group", "缺少 / missing"),
        [(found, result.group, ", ".join(result.missing))],
    )
    print_table(("理由 / reasons",), [(reason,) for reason in result.reasons])


def _size_file(file: Path, out: Path, on: date | None, output: Format) -> None:
    problems = 0

    def report(line: str) -> None:
        nonlocal problems
        problems += 1
        print_problem(line)

    counts = classify_file(file, out, on, report)
    if output is Format.JSON:
        print_json({"rows": sum(counts.values()), "problems": problems, "classes": counts})
    else:
        print_table(("划型 / size class", "企业数 / enterprises"), counts.items())
    if problems:
        raise stop(PROBLEMS)


def uscc(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="统一社会信用代码 / codes")],
    output: FormatOption = Format.TABLE,
) -> None:
    """校验统一社会信用代码 / Check unified social credit codes."""
    results = [check(code) for code in codes]
    if output is Format.JSON:
        print_json(
            {
                "codes": [
                    {
                        "code": result.code,
                        "valid": result.valid,
                        "reason": str(result.reason) if result.reason else None,
                    }
                    for result in results
                ]
            }
        )
    else:
        print_table(
            ("代码 / code", "有效 / valid", "原因 / reason"),
            [(result.code, _YES_NO[result.valid], result.reason) for result in results],
        )
    _stop_for(f"{result.code}: {result.reason}" for result in results if not result.valid)


def clock(
    start: Annotated[date, typer.Option(parser=_day, metavar="DATE", help="起算日 / start")],
    days: Annotated[int, typer.Option(help="工作日数 / working days")],
    pause: Annotated[
        list[Any] | None,
        typer.Option(parser=_pause, metavar="FROM/TO", help="暂停（含首尾）/ pause, both included"),
    ] = None,
    until: DayOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """法定期限 / When a period of working days ends; the start day is not counted."""
    result = working_days(start, days, pause or (), until)
    if output is Format.JSON:
        print_json(
            {
                "due": result.due.isoformat() if result.due else None,
                "provisional": result.provisional,
                "days": [
                    {"date": one.date.isoformat(), "counted": one.counted, "why": str(one.why)}
                    for one in result.days
                ],
            }
        )
        return
    due = result.due or Bilingual("暂停中，未定", "open: the clock is paused")
    print_table(("届满日 / due", "暂定 / provisional"), [(due, _YES_NO[result.provisional])])
    print_table(
        ("日期 / day", "计入 / counted", "说明 / why"),
        [(one.date, _YES_NO[one.counted], one.why) for one in result.days],
    )


def split_amount(
    amount: Annotated[str, typer.Argument(help="金额（元）/ amount in yuan")],
    ratio: Annotated[str, typer.Argument(help="分担比例 / ratio, 7:1:2")],
    output: FormatOption = Format.TABLE,
) -> None:
    """按比例分担，精确到分 / Share an amount by a ratio, exact to the fen."""
    weights = parse_ratio(ratio)
    shares = [str(fen_to_yuan(share)) for share in split(yuan_to_fen(amount), weights)]
    if output is Format.JSON:
        print_json({"shares": shares})
    else:
        print_table(("份 / part", "金额（元）/ yuan"), list(zip(weights, shares, strict=True)))


def _stop_for(problems: Iterable[str]) -> None:
    found = list(problems)
    for problem in found:
        print_problem(problem)
    if found:
        raise stop(PROBLEMS)


def _usage(zh: str, en: str) -> typer.BadParameter:
    return typer.BadParameter(str(Bilingual(zh, en)))
