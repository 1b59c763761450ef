"""Further figures of the rules engine: reasons, growth, changes, and a file as a stream."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.ma  # pyarrow asks for it; the command line has it before it begins
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.report import Report
from bench.rules import made, register
from bench.rules.made import AS_OF
from miaopu.app.cli import ALLOCATOR
from miaopu.app.cli.memory import keep_memory
from miaopu.engine.expressions.plain import TRUE
from miaopu.engine.facts import FactError
from miaopu.engine.matching import ENTERPRISE_ID, explain_one, explanations_as_json
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.identity import IdColumn
from miaopu.engine.planes.long_table import SCHEMA, VARIOUS, long_table
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.planes.program import program_of
from miaopu.engine.planes.renewal import renewed
from miaopu.engine.planes.streaming import CHUNK, Chunk, matched_chunks, read_ahead
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.tables import read_chunks, rows_stored, write_batches

EXPLAINED = 100
MEGABYTE = 1024
MILLION = 1_000_000
ROUNDS = 15
_SAME = ["enterprise_id", "rule", "amount_fen"]


class Taken(NamedTuple):
    """One pass over a file: seconds of the processor and by the clock, MB of memory at the most."""

    cpu: float
    clock: float
    most: float


def explaining(report: Report) -> None:
    """Two hundred rules for one enterprise: what they come to, and every reason as JSON."""
    rules = made.in_our_words(made.make(200))
    columns = {n: one.to_pylist() for n, one in register.make(400, provinces=0).arrow().items()}
    rows = [{name: column[place] for name, column in columns.items()} for place in range(400)]
    for row in rows[:EXPLAINED]:
        found = explain_one(rules, row, AS_OF)
        assert (
            explanations_as_json(found)
            == json.dumps([one.to_json() for one in found], ensure_ascii=False).encode()
        )
    taken: tuple[list[float], ...] = ([], [], [])
    for row in rows[EXPLAINED : 3 * EXPLAINED]:
        began = time.process_time()
        found = explain_one(rules, row, AS_OF)
        taken[0].append(time.process_time() - began)
        explanations_as_json(found)
        taken[1].append(time.process_time() - began)
    for row in rows[EXPLAINED : 3 * EXPLAINED]:  # by themselves: what they leave has to be cleared
        began = time.process_time()
        found = explain_one(rules, row, AS_OF)
        for one in found:
            _ = one.tree
        taken[2].append(time.process_time() - began)
    ready, printed, trees = (statistics.median(one) * 1000 for one in taken)
    report.add("200 rules for one enterprise, ready to read: CPU ms", f"{ready:.2f}", "≤ 5 ms",
               ready <= 5)  # fmt: skip
    report.add("200 rules, every reason as JSON: CPU ms", f"{printed:.2f}", "≤ 5 ms", printed <= 5)
    report.add("200 rules, and every node as an object instead: CPU ms", f"{trees:.1f}")


def growth(report: Report, rows: int) -> None:
    """The same enterprises under more and more rules, with rows and amounts of the entitled."""
    facts = register.make(rows).arrow()
    first = 0.0
    for count in (50, 200, 800):
        rules = made.in_our_words(made.make(count))
        batch = read_batch(rules, AS_OF, facts, rows, _never)
        taken = []
        for _ in range(4):
            began = time.process_time()
            match_batch(rules, AS_OF, batch, unknown=False)
            taken.append(time.process_time() - began)
        middle = statistics.median(taken[1:])
        first = first or middle
        report.add(f"{rows:,} × {count} rules: CPU ms", f"{middle * 1000:,.0f}")
    report.add(f"{rows:,}, 800 rules / 50 rules", f"{middle / first:.1f} ×", "< 16 ×",
               middle / first < 16)  # fmt: skip


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def changes(report: Report, rules: RuleSet, batch: Batch) -> None:
    """One enterprise of a hundred has changed: against asking everybody, equal rows."""
    changed = np.arange(0, batch.rows, 100, dtype=np.int64)
    before = match_batch(rules, AS_OF, batch)  # nothing has changed in truth: the rows stay
    whole, part = [], []
    for _ in range(3):
        began = time.process_time()
        full = match_batch(rules, AS_OF, batch)
        whole.append(time.process_time() - began)
        began = time.process_time()
        found = renewed(before, rules, AS_OF, batch, changed)
        part.append(time.process_time() - began)
    assert np.array_equal(found.row, full.row)
    assert np.array_equal(found.fen, full.fen)
    share = statistics.median(part) / statistics.median(whole)
    report.add(f"{batch.rows:,} enterprises, 1 % changed / full run", f"{share:.0%}", "≤ 40 %",
               share <= 0.4)  # fmt: skip


def streaming(report: Report, rows: int) -> None:
    """A Parquet file through the rules into a file, beside the decoding of its columns alone.

    Each in a process of its own, in turn. Of the first million rows everybody who might be entitled
    is asked, too, on planes of numpy: those entitled have to be the same.
    """
    with tempfile.TemporaryDirectory(prefix="miaopu-stream-") as folder:
        path = Path(folder) / "facts.parquet"
        _write(path, MILLION)
        few = {what: _pass(what, path) for what in ("decode", "entitled", "everything")}
        every = pq.read_table(path.with_name("everything.parquet"), columns=["status", *_SAME])
        true = every.filter(pc.equal(every["status"], TRUE)).select(_SAME)
        assert true.num_rows > MILLION // 4
        assert true.equals(pq.read_table(path.with_name("entitled.parquet"), columns=_SAME))
        _write(path, rows)
        taken: dict[str, list[Taken]] = {"decode": [], "entitled": []}
        for _ in range(ROUNDS):
            for what, found in taken.items():
                found.append(_pass(what, path))
    middle = {
        what: Taken(*(statistics.median(one[place] for one in found) for place in range(3)))
        for what, found in taken.items()
    }
    for size, passes in ((MILLION, few), (rows, middle)):
        for what, one in passes.items():
            report.add(f"{size:,} rows of Parquet, {what}: CPU s, s by the clock, MB",
                       f"{one.cpu:.2f}, {one.clock:.2f}, {one.most:,.0f}", "≤ 2,048 MB",
                       one.most <= 2048)  # fmt: skip
    for name, ratio in (
        ("CPU", middle["entitled"].cpu / middle["decode"].cpu),
        ("by the clock", middle["entitled"].clock / middle["decode"].clock),
    ):
        report.add(f"{rows:,} × 200, entitled / decode, {name}", f"{ratio:.2f} ×", "≤ 1.5 ×",
                   ratio <= 1.5)  # fmt: skip


def _pass(what: str, path: Path) -> Taken:
    """What `main` says of one pass over a file, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.rules.further", what, str(path)]
    as_miaopu = {**os.environ, **dict([ALLOCATOR])}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=as_miaopu)
    return Taken(*json.loads(told.stdout))


def _write(path: Path, rows: int) -> None:
    """The register of the other measurements, a million rows at a time region by region."""
    writer, part = None, MILLION
    for start in range(0, rows, part):
        count = min(part, rows - start)
        columns = register.make(count, seed=5 + start).arrow()
        ids = pa.array(np.arange(start, start + count))
        table = pa.table({"enterprise_id": ids, **columns})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def _stream(what: str, path: Path, rules: RuleSet) -> None:
    wanted = {ENTERPRISE_ID, *(fact.name for fact in prepare(rules, AS_OF).facts)}
    if what == "decode":
        for _columns, _count in read_chunks(path, CHUNK, wanted):
            pass
        return

    def ids() -> Iterator[pa.Array]:
        for columns, _count in read_chunks(path, CHUNK, {ENTERPRISE_ID}):
            yield columns[ENTERPRISE_ID]

    column = IdColumn(ids, rows_stored(path) or 0)
    chunks = (Chunk(columns, count) for columns, count in read_chunks(path, CHUNK, wanted))
    parts = matched_chunks(
        rules, read_ahead(chunks), AS_OF, column=column, unknown=what == "everything"
    )
    out = path.with_name(f"{what}.parquet")
    write_batches(out, SCHEMA, (long_table(rules, part) for part in parts), VARIOUS)


def main() -> None:
    """One pass over a file: CPU seconds, seconds by the clock and the most memory, in MB.

    The rules are made ready before. Memory is this process's own: what getrusage says would count
    the process that it was forked from.
    """
    keep_memory()
    rules = made.in_our_words(made.make(200))
    program_of(rules, AS_OF)
    began, clock = time.process_time(), time.perf_counter()
    _stream(sys.argv[1], Path(sys.argv[2]), rules)
    status = Path("/proc/self/status").read_text()
    most = int(status.partition("VmHWM:")[2].split()[0]) // MEGABYTE
    print(json.dumps([time.process_time() - began, time.perf_counter() - clock, most]))


if __name__ == "__main__":
    main()
