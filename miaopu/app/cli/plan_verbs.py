"""Verbs about plan documents: `plan read`, `plan draft`."""

import sys
from pathlib import Path
from typing import Annotated

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
from miaopu.engine.drafting.draft import write_draft
from miaopu.engine.messages import EngineError
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.files import FILE_LIMIT, read_bytes, read_file
from miaopu.engine.plan_reader.model import Reading

plan = typer.Typer(help="计划文件 / Plan documents", no_args_is_help=True)
FileArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="txt、html、docx、pdf，- 为标准输入 / - is standard input"),
]


@plan.callback()
def _verbs() -> None:
    """计划文件 / Plan documents."""


@plan.command("read")
def read(file: FileArgument, output: FormatOption = Format.TABLE) -> None:
    """读计划 / Read a plan: clauses, duties, targets, deadlines, money, citations, checks."""
    reading = open_plan(file)
    if output is Format.JSON:
        print_json(to_json(reading))
        return
    _print(reading)


@plan.command("draft")
def draft(
    file: FileArgument,
    out: Annotated[Path, typer.Option(metavar="DIR", help="新文件夹 / a new folder")],
    output: FormatOption = Format.TABLE,
) -> None:
    """起草计划包 / Write what was read as a draft pack for a person to complete."""
    reading = open_plan(file)
    try:
        written = [str(path) for path in write_draft(to_json(reading), out)]
    except (EngineError, OSError) as error:
        print_problem(error)
        raise stop(PROBLEMS) from error
    if output is Format.JSON:
        print_json({"files": written})
        return
    print_table(
        ("文件；缺项由 pack check 指出 / file; pack check names what is missing",),
        [(path,) for path in written],
    )


def open_plan(file: str) -> Reading:
    """Read `file`, `-` for standard input; ends the verb with one line where it is refused."""
    try:
        if file == "-":
            return read_bytes(sys.stdin.buffer.read(FILE_LIMIT + 1))
        return read_file(Path(file))
    except (EngineError, OSError) as error:
        print_problem(f"{file}: {error}")
        raise stop(PROBLEMS) from error


def _print(reading: Reading) -> None:
    print_table(
        ("名称 / title", "文号 / number", "发文单位 / issuer", "日期 / date"),
        [(reading.title, reading.number, reading.issuer, reading.date)],
    )
    print_table(
        ("条款 / clause", "标题 / title"), [(one.path, one.title) for one in reading.clauses]
    )
    print_table(
        ("条款 / clause", "角色 / role", "单位 / units", "明示 / explicit"),
        [
            (one.clause, one.role, "、".join(one.units), one.explicit)
            for one in reading.responsibilities
        ],
    )
    print_table(
        ("条款 / clause", "指标 / indicator", "范围 / scope", "数值 / value", "时间 / date"),
        [
            (
                one.clause,
                one.indicator,
                one.scope,
                f"{one.comparator} {one.value} {one.unit}",
                one.date,
            )
            for one in reading.targets
        ],
    )
    print_table(
        ("条款 / clause", "时限 / date", "原文 / raw"),
        [(one.clause, one.date, one.raw) for one in reading.deadlines],
    )
    print_table(
        ("条款 / clause", "金额 / money", "原文 / raw"),
        [(one.clause, f"{one.value} {one.unit}", one.raw) for one in reading.money],
    )
    print_table(
        ("引用文件 / cited", "文号 / number"),
        [(one.title, one.number) for one in reading.citations],
    )
    if reading.repairs:
        print_table(
            ("残缺处 / damaged", "读作 / read as"),
            [(one.raw, one.read_as) for one in reading.repairs],
        )
    if reading.checks:
        print_table(
            ("核对 / check", "等级 / grade", "说明 / what", "所载 / stated", "算得 / computed"),
            [(one.code, one.grade, one.what, one.stated, one.computed) for one in reading.checks],
        )


def main() -> None:
    """`miaopu plan …` alone, without the other verbs and what they load."""
    alone = typer.Typer(name="miaopu", add_completion=False, pretty_exceptions_enable=False)
    alone.callback()(_verbs)
    alone.add_typer(plan, name="plan")
    alone()
