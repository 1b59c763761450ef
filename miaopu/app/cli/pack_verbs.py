"""Verbs about programme packs: `pack check`, `pack diff`."""

import json
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
from miaopu.engine.packs.diff import compare
from miaopu.engine.packs.load import check_pack

_WIDTH = 60
_KINDS = {
    "added": "新增 / added",
    "removed": "删除 / removed",
    "changed": "修改 / changed",
    "reordered": "换序 / reordered",
}

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


@pack.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="旧计划包 / the earlier pack")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="新计划包 / the later pack")],
    output: FormatOption = Format.TABLE,
) -> None:
    """比较两个计划包 / Compare packs: what changed, which targets, rules, amounts it touches."""
    packs = []
    for folder in (old, new):
        result = check_pack(folder)
        for error in result.errors:
            print_problem(_line(folder, error))
        if result.pack is not None:
            packs.append(result.pack)
    if len(packs) < 2:
        raise stop(PROBLEMS)
    before, after = packs
    found = compare(before, after)
    if output is Format.JSON:
        sides = {
            side: {"programme": one.programme, "digest": one.digest}
            for side, one in (("old", before), ("new", after))
        }
        print_json({**sides, **found.to_json()})
        return
    print_table(
        ("位置 / place", "变化 / change", "旧 / old", "新 / new"),
        [(one.key, _KINDS[one.kind], _short(one.old), _short(one.new)) for one in found.changes],
    )
    touched = (
        ("目标 / targets", found.targets),
        ("规则 / rules", found.rules),
        ("金额 / amounts", found.amounts),
    )
    print_table(("涉及 / touches", ""), [(name, ", ".join(ids)) for name, ids in touched])


def _short(value: object) -> str:
    """A value of a pack for one cell of a table."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def _line(folder: Path, error: PackError) -> str:
    inside = error.file and error.file != str(folder)
    return f"{folder}/{error}" if inside else str(error)


def _place(folder: Path, file: str) -> str:
    """`file` of the pack in `folder` as the caller would write it."""
    return str(folder if not file or file == str(folder) else folder / file)
