"""Verbs about programme packs: `pack check`."""

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
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.packs.load import check_pack

pack = typer.Typer(help="计划包 / Programme packs", no_args_is_help=True)


@pack.callback()
def _verbs() -> None:
    """计划包 / Programme packs."""


@pack.command("check")
def check(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="计划包文件夹 / packs")],
    output: FormatOption = Format.TABLE,
) -> None:
    """检查计划包 / Check packs: schema, references, expressions, sums, growth, their examples."""
    errors: list[dict[str, object]] = []
    findings: list[dict[str, object]] = []
    rows: list[tuple[str, str, int, int]] = []
    for folder in folders:
        result = check_pack(folder)
        for error in result.errors:
            errors.append({**error.to_json(), "file": _place(folder, error.file)})
            print_problem(_line(folder, error))
        for finding in result.findings:
            findings.append({**finding.to_json(), "file": _place(folder, finding.file)})
        name = result.pack.programme if result.pack else "—"
        rows.append((str(folder), name, len(result.errors), len(result.findings)))
    if output is Format.JSON:
        print_json({"errors": errors, "findings": findings})
    else:
        print_table(
            ("文件夹 / folder", "计划 / programme", "错误 / errors", "发现 / findings"), rows
        )
        if findings:
            print_table(
                ("位置 / place", "发现 / finding"),
                [(f"{one['file']}:{one['line']} {one['key']}", one["message"]) for one in findings],
            )
    if errors:
        raise stop(PROBLEMS)


def _line(folder: Path, error: PackError) -> str:
    inside = error.file and error.file != str(folder)
    return f"{folder}/{error}" if inside else str(error)


def _place(folder: Path, file: str) -> str:
    """`file` of the pack in `folder` as the caller would write it."""
    return str(folder if not file or file == str(folder) else folder / file)
