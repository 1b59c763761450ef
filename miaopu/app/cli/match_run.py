"""One run of `match` over a facts file: chunk after chunk, told as it goes."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from miaopu.app.cli.output import print_problem
from miaopu.engine.matching import ENTERPRISE_ID, FactsRefused
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.planes.identity import IdColumn
from miaopu.engine.planes.long_table import long_table
from miaopu.engine.planes.sets import MatchSets
from miaopu.engine.planes.streaming import CHUNK, Chunk, matched_chunks, read_ahead
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.tables import columns_of, read_chunks, rows_stored

_SHOWN_PROBLEMS = 1_000


class MatchRun:
    """One run of `match` over a facts file, counting as it goes."""

    def __init__(
        self, rules: RuleSet, facts: Path, as_of: date, sets: MatchSets | None, entitled: bool
    ) -> None:
        self.rules, self.facts, self.as_of = rules, facts, as_of
        self.sets, self.entitled = sets, entitled
        self.enterprises = self.problems = self.true = self.unknown = 0
        columns = columns_of(facts)
        if "enterprise_id" not in columns and columns:
            raise EngineError(
                Bilingual(f"{facts} 没有 enterprise_id 列", f"{facts} has no column enterprise_id"),
                Bilingual("每家企业一行，并写明编号", "give one row per enterprise, with its id"),
            )
        for fact in prepare(rules, as_of).facts:
            if fact.name not in columns:
                print_problem(
                    Bilingual(
                        f"{facts} 没有 {fact.name} 列，按未知处理",
                        f"{facts} has no column {fact.name}: unknown for everybody",
                    )
                )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of the matches file."""
        parts = matched_chunks(
            self.rules,
            read_ahead(self._counted()),
            self.as_of,
            self._problem,
            column=self._ids(),
            unknown=not self.entitled,
        )
        for part in parts:
            if self.sets is not None:
                self.sets.add(self.rules, part.matches, part.numbers)
            true = int(part.matches.true.sum())
            self.true += true
            self.unknown += len(part.matches) - true
            yield long_table(self.rules, part)

    def _ids(self) -> IdColumn | None:
        """The ids of a file that says its length; elsewhere all are kept."""
        rows = rows_stored(self.facts)
        if rows is None:
            return None

        def read() -> Iterator[pa.Array]:
            for columns, _rows in read_chunks(self.facts, CHUNK, {ENTERPRISE_ID}):
                yield columns[ENTERPRISE_ID]

        return IdColumn(read, rows)

    def _counted(self) -> Iterator[Chunk]:
        quiet = not sys.stderr.isatty()
        columns = (SpinnerColumn(), TextColumn("{task.completed:,} 家 / enterprises"))
        with Progress(
            *columns, TimeElapsedColumn(), console=Console(stderr=True), disable=quiet
        ) as bar:
            task = bar.add_task("", total=None)
            wanted = {fact.name for fact in prepare(self.rules, self.as_of).facts}
            for values, rows in read_chunks(self.facts, CHUNK, {ENTERPRISE_ID, *wanted}):
                yield Chunk(values, rows)
                self.enterprises += rows
                bar.update(task, completed=self.enterprises)

    def _problem(self, refusal: FactsRefused) -> None:
        self.problems += 1
        if self.problems <= _SHOWN_PROBLEMS:
            print_problem(f"{self.facts}: {refusal}")
        elif self.problems == _SHOWN_PROBLEMS + 1:
            print_problem(Bilingual("其余问题不再列出", "further problems are not listed"))
