"""`match --engine spark`: the rules over the partitions of Spark, and one file of the rows."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from miaopu.engine.expressions.plain import TRUE
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.planes.long_table import VARIOUS, WORDS
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.spark import SETTINGS, check_ids, matched, refusal
from miaopu.engine.tables import columns_of, write_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def match_with_spark(
    rules: RuleSet, facts: Path, as_of: date, out: Path, *, entitled: bool
) -> dict[str, int]:
    """Write the rows of a Parquet file to `out`; how many enterprises, true and unknown rows.

    Raises EngineError where Java or Spark is missing, and for what cannot be used: nothing is
    written then.
    """
    if facts.suffix.lower() != ".parquet":
        raise EngineError(
            Bilingual("Spark 只读取 .parquet 文件", "Spark reads .parquet files only"),
            Bilingual("转为 Parquet，或不用 --engine spark", "convert it, or leave out --engine"),
        )
    columns_of(facts)
    with _session() as session:
        frame = session.read.parquet(str(facts.resolve()))
        check_ids(frame)
        found = _collected(matched(rules, frame, as_of, unknown=not entitled))
        enterprises = frame.count()
    write_batches(out, WORDS, found.to_batches(), VARIOUS)
    true = int(pc.sum(pc.equal(found["status"], TRUE)).as_py() or 0)
    return {"enterprises": enterprises, "true": true, "unknown": found.num_rows - true}


def _collected(frame: "DataFrame") -> pa.Table:
    try:
        return frame.toArrow().cast(WORDS)
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


@contextmanager
def _session() -> "Iterator[SparkSession]":
    """The session that is open, or one for as long as this lasts, as spark-defaults.conf says."""
    _check_installed()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    sessions = import_module("pyspark.sql").SparkSession
    running = sessions.getActiveSession()
    if running is not None:
        yield running
        return
    builder = sessions.builder.appName("miaopu match")
    for name, value in {**SETTINGS, "spark.ui.showConsoleProgress": "false"}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def _check_installed() -> None:
    if find_spec("pyspark") is None:
        raise EngineError(
            Bilingual("没有安装 Spark", "Spark is not installed"),
            Bilingual("安装 miaopu[spark]", "install miaopu[spark]"),
        )
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise EngineError(
            Bilingual("没有安装 Java", "Java is not installed"),
            Bilingual("安装 Java 17 或更新版本", "install Java 17 or newer"),
        )
