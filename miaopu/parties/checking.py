"""The dry run of a delivery: every row checked and compared, nothing written but the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.core.files.storage import default_storage

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.reading import Table, read_table
from miaopu.engine.sheets.references import column_letters
from miaopu.engine.sheets.refusals import HEADER_LINE, SheetError, refuse
from miaopu.parties.deliveries import finish_check, keep_rows, refuse_delivery, restart_check
from miaopu.parties.delivery_checks import CheckedRow, RowChecker, fault
from miaopu.parties.delivery_columns import (
    KEY,
    MappedColumn,
    columns_for,
    known_titles,
    map_header,
    may_register,
)
from miaopu.parties.delivery_places import Places
from miaopu.parties.delivery_plans import Planner, Refusal, code_of, known_enterprises
from miaopu.parties.enums import RowOutcome
from miaopu.parties.models import Delivery
from miaopu.parties.returned import keep_returned

CHUNK = 2000
Report = Callable[[int, int], None]
Kept = tuple[int, str, str, str, str, str]


def file_of(delivery: Delivery) -> Path:
    """Where the content of a delivery's file lies."""
    return Path(default_storage.path(delivery.file.storage_name))


def check_file(delivery: Delivery, report: Report) -> bool:
    """Check the whole file; False where it was refused. Idempotent: an earlier try is forgotten.

    `report(done, total)` is called after every chunk of rows.
    """
    restart_check(delivery)
    try:
        with read_table(file_of(delivery), known_titles()) as table:
            run = _Run(delivery, table)
            total = max(table.rows - table.header_row, 1)
            for last in run.chunks():
                report(min(last - table.header_row, total), total)
    except SheetError as error:
        refuse_delivery(delivery, error)
        return False
    returned = keep_returned(delivery, file_of(delivery)) if run.counts[RowOutcome.WRONG] else None
    finish_check(
        delivery,
        run.counts,
        sheet=table.sheet,
        columns=[one.column.name for one in run.mapped],
        notes=[note.to_json() for note in (*table.notes, *run.notes)],
        returned=returned,
    )
    return True


class _Run:
    """One pass over a table."""

    def __init__(self, delivery: Delivery, table: Table) -> None:
        self.delivery = delivery
        self.counts: Counter[RowOutcome] = Counter()
        self._lines = table.lines
        self.mapped, self.notes = take_columns(delivery.source, table.header)
        self._checker = RowChecker(
            self.mapped,
            Places.of(delivery.region),
            as_of=delivery.as_of,
            era_1904=table.era_1904,
            required=may_register(delivery.source),
        )
        self._planner = Planner(delivery.source, delivery.region_id)
        self._key = next(one.place for one in self.mapped if one.column.name == KEY)
        self._seen: dict[str, int] = {}

    def chunks(self) -> Iterator[int]:
        """Check and keep chunk by chunk; gives the number of each chunk's last row."""
        while lines := list(islice(self._lines, CHUNK)):
            rows = [self._checker.check(line) for line in lines]
            codes = {code for row in rows if (code := code_of(row.values))}
            known = known_enterprises(codes, self.delivery.source, self.delivery.as_of)
            keep_rows(self.delivery, [self._judged(row, known) for row in rows])
            yield rows[-1].number
        if not self._seen and not self.counts:
            raise refuse("表头下面没有数据", "there is nothing below the line of titles")

    def _judged(self, row: CheckedRow, known: dict[str, Any]) -> Kept:
        code = code_of(row.values)
        faults = list(row.faults)
        outcome = RowOutcome.WRONG
        if code:
            first = self._seen.setdefault(code, row.number)
            if first != row.number:
                faults.append(self._about_code(code, *_twice(first)))
            judged = self._planner.judge(row.values, known.get(code))
            if isinstance(judged, Refusal):
                faults.append(self._about_code(code, judged.message, judged.remedy))
            else:
                outcome = judged
                if outcome is RowOutcome.NEW:
                    faults += self._checker.missing(row)
        if faults:
            outcome = RowOutcome.WRONG
        self.counts[outcome] += 1
        return (
            row.number,
            outcome.value,
            code[:40],
            row.values.get("name", ""),
            orjson.dumps(row.values).decode(),
            orjson.dumps(faults).decode(),
        )

    def _about_code(self, code: str, message: Bilingual, remedy: Bilingual) -> dict[str, Any]:
        return fault(self._key, KEY, code, message, remedy)


def _twice(first: int) -> tuple[Bilingual, Bilingual]:
    return (
        Bilingual(f"与第 {first} 行的代码重复", f"the same code stands in row {first}"),
        Bilingual("每家企业只留一行", "leave one row for each enterprise"),
    )


def take_columns(source: str, header: Sequence[Any]) -> tuple[list[MappedColumn], list[Bilingual]]:
    """The columns that the source may state, and remarks on those left out.

    Raises SheetError without a column of codes, and where a title stands twice.
    """
    found, twice = map_header(tuple(header))
    if twice:
        raise refuse(
            f"表头里有重复的列：{'、'.join(twice)}",
            f"titles that stand twice: {', '.join(twice)}",
            HEADER_LINE,
        )
    allowed = {column.name for column in columns_for(source)}
    mapped = [one for one in found if one.column.name in allowed]
    if KEY not in {one.column.name for one in mapped}:
        raise refuse(
            "表头里没有“统一社会信用代码”这一列",
            "no column is titled 统一社会信用代码 (credit code)",
            HEADER_LINE,
        )
    notes = [
        Bilingual(
            f"{column_letters(one.place + 1)} 列“{one.column.title.zh}”不由这个来源提供，没有采用",
            f"column {column_letters(one.place + 1)}, {one.column.title.en}: not this source's"
            " to state, left out",
        )
        for one in found
        if one.column.name not in allowed
    ]
    return mapped, notes
