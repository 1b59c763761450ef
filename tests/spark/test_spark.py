"""The rules over Spark's partitions give the rows that they give on one machine.

Needs Java and the extra `miaopu[spark]` (`make test-spark`); skipped where either is missing,
unless MIAOPU_SPARK=required, as in CI.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from miaopu.engine.matching import MatchRow, match_all
from miaopu.engine.spark import SETTINGS, SparkRefused, check_ids, matched, refusal
from tests.app.test_match_verbs import CLI, COLUMNS, EXPECTED, ROWS, RULES
from tests.engine.expression_cases import AS_OF, TYPES, random_row
from tests.engine.test_planes import ARROW, random_rules

MISSING = [
    what
    for what, there in (
        ("pyspark (miaopu[spark])", find_spec("pyspark")),
        ("Java", shutil.which("java") or os.environ.get("JAVA_HOME")),
    )
    if not there
]
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # of Spark's own making
    pytest.mark.skipif(
        bool(MISSING) and os.environ.get("MIAOPU_SPARK") != "required",
        reason=f"missing: {', '.join(MISSING)}",
    ),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is installed

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    for name, value in {**SETTINGS, "spark.sql.shuffle.partitions": "2"}.items():
        builder = builder.config(name, value)
    made = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    yield made
    made.stop()


def _write(path: Path, rows: list[dict[str, object]], ids: list[str | None]) -> None:
    columns = {
        name: pa.array([row[name] for row in rows], ARROW[kind]) for name, kind in TYPES.items()
    }
    pq.write_table(pa.table({"enterprise_id": ids, **columns}), path)


def test_every_row_is_the_one_of_one_machine(session: Any, tmp_path: Path) -> None:
    random = Random(4)
    rules, rows = random_rules(random, 40), [random_row(random) for _ in range(700)]
    ids: list[str | None] = [f"e{number}" for number in range(len(rows))]
    _write(tmp_path / "facts.parquet", rows, ids)
    frame = session.read.parquet(str(tmp_path / "facts.parquet")).repartition(3)
    check_ids(frame)
    given = [{**row, "enterprise_id": one} for row, one in zip(rows, ids, strict=True)]
    expected = list(match_all(rules, given, AS_OF))
    found = [
        MatchRow(one.enterprise_id, one.rule, one.status, one.amount_fen, tuple(one.missing))
        for one in matched(rules, frame, AS_OF).collect()
    ]
    assert len(found) > 1000
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    true = matched(rules, frame, AS_OF, unknown=False).collect()
    assert sorted((one.enterprise_id, one.rule) for one in true) == sorted(
        (one.enterprise_id, one.rule) for one in expected if one.status == "true"
    )


def test_what_cannot_be_used_is_refused_by_name(session: Any, tmp_path: Path) -> None:
    random = Random(5)
    rules = random_rules(random, 10)
    rows = [random_row(random) for _ in range(3)]
    _write(tmp_path / "twice.parquet", rows, ["a", " b", "b "])
    with pytest.raises(SparkRefused, match="enterprise b is repeated"):
        check_ids(session.read.parquet(str(tmp_path / "twice.parquet")))
    rows[1]["region"] = "nowhere"
    for ids, problem in ((["a", "b", "c"], "enterprise b: region"), (["a", "b", " "], "has no")):
        _write(tmp_path / "bad.parquet", rows if ids[2] == "c" else [rows[0]] * 3, ids)
        frame = session.read.parquet(str(tmp_path / "bad.parquet"))
        with pytest.raises(Exception, match="miaopu refuses") as caught:
            matched(rules, frame, AS_OF).collect()
        refused = refusal(caught.value)
        assert refused is not None
        assert problem in refused.message.en
    assert refusal(ValueError("anything else")) is None


def test_the_verb(session: Any, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    columns = list(zip(*ROWS, strict=True))
    texts = [[None if one in (None, "") else str(one) for one in column] for column in columns]
    pq.write_table(pa.table(dict(zip(COLUMNS, texts, strict=True))), tmp_path / "facts.parquet")
    arguments = [
        "--rules",
        str(tmp_path / "rules.yaml"),
        "--facts",
        str(tmp_path / "facts.parquet"),
    ]
    more = ["--as-of", "2018-06-30", "--out", str(tmp_path / "out.parquet"), "--engine", "spark"]
    result = CliRunner().invoke(CLI, ["match", *arguments, *more, "--format", "json"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["unknown"] == 6
    found = [tuple(row.values()) for row in pq.read_table(tmp_path / "out.parquet").to_pylist()]
    assert sorted(map(repr, found)) == sorted(map(repr, EXPECTED))
