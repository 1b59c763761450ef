"""The rules over the partitions of a Spark cluster: the same planes, the same rows.

Spark cuts the register into partitions and hands each to a Python worker as Arrow batches; what a
worker does with them is what `engine.planes` does on one machine. This module needs no Spark to be
imported: frames come from a session that the caller has opened (the extra `miaopu[spark]`).
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import pyarrow as pa

from miaopu.engine.facts import FactError
from miaopu.engine.matching import ENTERPRISE_ID
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.planes.identity import ids_of
from miaopu.engine.planes.long_table import WORDS, long_table
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.planes.streaming import CHUNK, Part
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COLUMNS = (
    "enterprise_id string, rule string, status string, amount_fen bigint, missing array<string>"
)
SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(CHUNK),
    "spark.sql.execution.pyspark.udf.simplifiedTraceback.enabled": "false",
}
_MARK = "miaopu refuses: "
_BLANK = r"^[\s\u3000\x1c-\x1f]+|[\s\u3000\x1c-\x1f]+$"


class SparkRefused(EngineError):
    """A register that cannot be used: an id is missing or repeated, or a value cannot be read."""


def matched(rules: RuleSet, frame: DataFrame, as_of: date, *, unknown: bool = True) -> DataFrame:
    """The rows of `match` for a frame of facts, lazily; in no order. Without `unknown` the true.

    A session with SETTINGS hands over batches of the size that planes like. An enterprise without
    an id and a value that cannot be read end the job (`refusal` says why); that each id is there
    once is for `check_ids` to find.
    """
    wanted = [fact.name for fact in prepare(rules, as_of).facts if fact.name in frame.columns]
    worker = partial(_matched, pickle.dumps(rules), as_of, unknown)
    return frame.select(ENTERPRISE_ID, *wanted).mapInArrow(worker, COLUMNS)


def check_ids(frame: DataFrame) -> None:
    """Raise SparkRefused where an id of the frame is there twice, blanks around it aside."""
    bare = frame.selectExpr(
        f"regexp_replace(cast({ENTERPRISE_ID} as string), r'{_BLANK}', '') as id"
    )
    for row in bare.groupBy("id").count().where("count > 1 and id <> ''").orderBy("id").take(1):
        raise SparkRefused(
            Bilingual(f"企业 {row['id']} 重复", f"enterprise {row['id']} is repeated"),
            Bilingual("每家企业只留一行", "keep one row per enterprise"),
        )


def refusal(error: Exception) -> SparkRefused | None:
    """What a worker refused, out of the error that Spark raises for it; None for any other."""
    found = re.search(f"{_MARK}(.*?) \\| (.*?) \\| (.*?) \\| (.*)", str(error))
    if found is None:
        return None
    return SparkRefused(Bilingual(found[1], found[2]), Bilingual(found[3], found[4].strip()))


def _matched(
    packed: bytes, as_of: date, unknown: bool, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """What a worker does with its partition."""
    rules = _unpacked(packed)
    for batch in batches:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        ids = ids_of(columns[ENTERPRISE_ID])
        if ids.null_count:
            raise _refused(
                Bilingual("有企业没有 enterprise_id", "an enterprise has no enterprise_id"),
                Bilingual("补上企业编号", "add the enterprise's id"),
            )

        def refuse(row: int, error: FactError, ids: pa.Array = ids) -> None:
            name = ids[row].as_py()
            message = Bilingual(
                f"企业 {name}：{error.message.zh}", f"enterprise {name}: {error.message.en}"
            )
            raise _refused(message, error.remedy)

        facts = read_batch(rules, as_of, columns, batch.num_rows, refuse)
        found = match_batch(rules, as_of, facts, unknown=unknown)
        yield long_table(rules, Part(ids, found.row[:0], found)).cast(WORDS)


def _refused(message: Bilingual, remedy: Bilingual) -> ValueError:
    """An error that keeps its words on the way from a worker."""
    texts = (message.zh, message.en, remedy.zh, remedy.en)
    return ValueError(_MARK + " | ".join(text.replace("\n", " ") for text in texts))


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> RuleSet:
    """The rules as the driver sent them; the same object for all partitions of a worker, so that
    they are made ready once.
    """
    found: RuleSet = pickle.loads(packed)  # noqa: S301 - what the driver has sent its own worker
    return found
