"""The verb `assess`: composite scores, classes, ranks, consequences."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from miaopu.app.cli.match_verbs import problems_as_lines
from miaopu.app.cli.output import Format, FormatOption, print_json, print_table
from miaopu.engine.assessment.load import ScoresRefused, load_scheme
from miaopu.engine.assessment.results import RESULT_COLUMNS, assess
from miaopu.engine.assessment.scheme import Assessment
from miaopu.engine.assessment.scores import read_sheets
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.packs.load import load_pack
from miaopu.engine.tables import read_rows, write_rows

_TYPES = {"subject": str, "year": int, "class": str, "rank": int, "consequence": str}


def register(cli: typer.Typer) -> None:
    """Add the verb of this module to `cli`."""
    cli.command("assess")(problems_as_lines(assess_scores))


def assess_scores(
    scheme: Annotated[Path, typer.Option(help="考核方案文件或计划包 / scheme file, or pack")],
    scores: Annotated[Path, typer.Option(help="分数 / scores: .csv .parquet .json")],
    out: Annotated[Path, typer.Option(help="结果 / result: .csv .parquet .xlsx .json")],
    name: Annotated[
        str, typer.Option("--id", help="计划包里的方案 / which scheme of the pack")
    ] = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """考核评分 / Composite scores, classes, ranks and consequences, each explained."""
    plan = _of_pack(scheme, name) if scheme.is_dir() else load_scheme(scheme)
    sheets, errors = read_sheets(plan, read_rows(scores), str(scores))
    if errors:
        raise ScoresRefused(str(scores), sorted(errors, key=lambda one: one.line))
    results = assess(plan, sheets)
    write_rows(out, RESULT_COLUMNS, (one.row() for one in results), types=_TYPES)
    classes = Counter(one.band for one in results)
    summary = {
        "results": len(results),
        "years": sorted({one.year for one in results}),
        "classes": {band.name: classes[band.name] for band in plan.bands},
        "unscored": sum(len(period.unscored) for one in results for period in one.periods.values()),
    }
    if output is Format.JSON:
        print_json(summary)
        return
    shown = ("year", "rank", "subject", "composite", "class", "consequence")
    rows = [one.row() for one in results]
    print_table(shown, [[row[key] for key in shown] for row in rows], title=str(out))


def _of_pack(folder: Path, name: str) -> Assessment:
    """The scheme `name` of the pack, or its only one; raises EngineError."""
    assessments = load_pack(folder).assessments
    if not name and len(assessments) == 1:
        return next(iter(assessments.values()))
    if name not in assessments:
        known = ", ".join(assessments) or "–"
        raise EngineError(
            Bilingual(f"{folder} 里没有考核方案 {name}", f"{folder} has no scheme {name}"),
            Bilingual(f"用 --id 选一个：{known}", f"choose one by --id: {known}"),
        )
    return assessments[name]
