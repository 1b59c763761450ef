"""Verbs that run the system: demo, serve, worker, migrate, load, import, verify-books.

docs/cli.md describes them.
"""

import io
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.core.management import call_command

from miaopu.app.cli import site
from miaopu.app.cli.database import database, no_database
from miaopu.app.cli.output import Format, FormatOption, print_json

HostOption = Annotated[str, typer.Option(help="监听地址 / address to listen on")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="端口 / port to listen on")]


def demo(
    port: PortOption = 8000,
    host: HostOption = "127.0.0.1",
    enterprises: Annotated[
        int, typer.Option(min=200, max=1_000_000, help="企业数量 / number of enterprises")
    ] = 2000,
    cases: Annotated[
        bool, typer.Option(help="带六周的办件 / with six weeks of cases in every district")
    ] = True,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="先清除演示数据 / erase the demo data first")
    ] = False,
    shape: FormatOption = Format.TABLE,
) -> None:
    """运行演示站点 / Run the site over demo data, in the foreground."""
    site.demo(site.Address(host, port), shape, enterprises=enterprises, cases=cases, fresh=fresh)


def serve(
    port: PortOption = 8000, host: HostOption = "127.0.0.1", shape: FormatOption = Format.TABLE
) -> None:
    """运行站点 / Run the site over its own data, in the foreground."""
    site.serve(site.Address(host, port), shape)


def worker(shape: FormatOption = Format.TABLE) -> None:
    """运行后台任务 / Run background jobs until SIGINT or SIGTERM."""
    with database():
        call_command("run_worker")
    if shape is Format.JSON:
        print_json({"stopped": True})


def migrate(shape: FormatOption = Format.TABLE) -> None:
    """更新数据库结构 / Bring the database up to date."""
    with database():
        call_command("migrate_database", format=shape.value)


def load(
    packs: Annotated[list[Path], typer.Argument(help="项目包目录 / folders of packs")],
    shape: FormatOption = Format.TABLE,
) -> None:
    """载入项目包 / Load programme packs; a pack that is loaded already changes nothing."""
    with database():
        printed = io.StringIO()
        call_command("load_pack", *(str(pack) for pack in packs), stdout=printed)
    if shape is Format.JSON:
        print_json({"packs": printed.getvalue().splitlines()})
    else:
        typer.echo(printed.getvalue(), nl=False)


class TableKind(StrEnum):
    """What the rows of a file are about."""

    ENTERPRISES = "enterprises"


def import_table(
    kind: Annotated[TableKind, typer.Argument(help="表的内容 / what the rows are about")],
    file: Annotated[Path, typer.Argument(help="文件 / .xlsx, .xls, .csv", exists=True)],
    source: Annotated[str, typer.Option(help="来源部门 / whose data: market, tax, hr, …")],
    region: Annotated[str, typer.Option(help="区划代码 / code of the region, such as 520100")],
    by: Annotated[str, typer.Option(help="经办人账号 / user who answers for it")],
    as_of: Annotated[
        str | None, typer.Option(help="数据截至日 / the day of the data; today if not given")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="写入无误的行 / write the sound rows")
    ] = False,
    returned: Annotated[
        Path | None, typer.Option(help="标出错误的表 / where the workbook with the faults goes")
    ] = None,
    shape: FormatOption = Format.TABLE,
) -> None:
    """检查并导入部门数据 / Check a department's file, and write it where it is confirmed."""
    with database():
        call_command(
            "import_table",
            str(file),
            source=source,
            region=region,
            by=by,
            as_of=as_of,
            confirm=confirm,
            returned=str(returned) if returned else None,
            format=shape.value,
        )


def verify_books(
    export: Annotated[
        Path | None, typer.Option(help="核对这份导出 / verify this export, not the database")
    ] = None,
    shape: FormatOption = Format.TABLE,
) -> None:
    """核对账簿 / Recompute every balance and seal; status 1 where they disagree."""
    with database() if export is None else no_database():
        call_command("verify_books", format=shape.value, export=str(export) if export else None)


def register(cli: typer.Typer) -> None:
    """Add these verbs to the command line."""
    for verb in (demo, serve, worker, migrate, load):
        cli.command()(verb)
    cli.command("import")(import_table)
    cli.command("verify-books")(verify_books)
