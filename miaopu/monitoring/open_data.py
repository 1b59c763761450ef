"""The open data: files from which every public figure can be worked out again.

One set is of one moment of the database. `tools/recompute_open_data.py` recomputes the figures from
the other files with nothing but Python's standard library.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from miaopu.cases.models import Publicity
from miaopu.core.kept import Kept, database_state
from miaopu.engine.messages import Bilingual
from miaopu.engine.targets.periods import bounds
from miaopu.ledger.enums import AwardState
from miaopu.ledger.models import Account, Award, Entry
from miaopu.monitoring import open_library
from miaopu.monitoring.published import figures_document, plain
from miaopu.monitoring.support import with_jobs
from miaopu.plans.models import ProgrammeVersion, TargetPart

FORMAT = "miaopu-open-data-1"
NAME = "miaopu-open-data.zip"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000

COLUMNS: dict[str, tuple[str, ...]] = {
    "published_cases.csv": (
        *("publicity", "case", "programme", "item", "region", "starts_on", "ends_on"),
        *("enterprise", "uscc", "legal_representative_masked", "amount_fen"),
    ),
    "awards.csv": (
        *("award", "case", "publicity", "programme", "item", "region", "enterprise", "uscc"),
        *("amount_fen", "state", "committed_at", "paid_at"),
        *("employees_before", "employees_now", "jobs_planned"),
    ),
    "entries.csv": (
        *("transfer", "kind", "day", "award", "programme", "purpose", "level", "region"),
        *("account_kind", "amount_fen"),
    ),
    "target_parts.csv": (
        *("programme", "target", "version", "indicator", "places", "kind", "member", "name"),
        *("region", "period", "starts_on", "ends_on", "value"),
    ),
    "accounts.csv": ("programme", "purpose", "level", "region", "account_kind", "balance_fen"),
    **open_library.COLUMNS,
}
_KEPT: Kept[OpenData] = Kept(most=2)


@dataclass(frozen=True)
class OpenFile:
    """A file of the open data; `rows` counts without the head, None where it has no rows."""

    name: str
    content: bytes
    rows: int | None

    @property
    def sha256(self) -> str:
        """The hash of its content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class OpenData:
    """All files of one moment."""

    as_of: date
    files: tuple[OpenFile, ...]

    def manifest(self) -> dict[str, Any]:
        """What there is, with its hashes."""
        return {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "money_unit": "fen",
            "files": [
                {
                    "name": one.name,
                    "bytes": len(one.content),
                    "sha256": one.sha256,
                    **({} if one.rows is None else {"rows": one.rows}),
                    **({"columns": COLUMNS[one.name]} if one.name in COLUMNS else {}),
                }
                for one in self.files
            ],
        }

    def archive(self) -> bytes:
        """All files and the manifest as one ZIP; the same files give the same bytes."""
        packed = io.BytesIO()
        manifest = OpenFile("manifest.json", _json(self.manifest()), None)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in (manifest, *self.files):
                entry = zipfile.ZipInfo(one.name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, one.content)
        return packed.getvalue()


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _cell(value: object) -> str:
    """A value as a cell; nothing for None, and no text that a spreadsheet would run."""
    if value is None:
        return ""
    text = str(value)
    live = isinstance(value, str) and text.startswith(FORMULA_STARTS)
    return f"'{text}" if live else text


def _table(name: str, rows: Iterable[Sequence[object]]) -> OpenFile:
    """A CSV file in UTF-8 with a mark at its head, so that spreadsheets read it right."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS[name])
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return OpenFile(name, written.getvalue().encode("utf-8-sig"), count)


def _published_cases() -> Iterator[Sequence[object]]:
    lists = Publicity.objects.select_related("item__version__programme").defer(
        "item__version__content", "calculation"
    )
    for row in lists.order_by("pk").iterator(chunk_size=CHUNK):
        head = (row.item.version.programme.slug, row.item.code, row.region_id)
        for line in row.lines:
            yield (
                *(row.number, line["case"], *head, row.starts_on, row.ends_on),
                *(line["enterprise"], line["uscc"], line["legal_representative"]),
                line["amount_fen"],
            )


def _awards(day: date) -> Iterator[Sequence[object]]:
    """Awards that stand; jobs stand with each enterprise's first award of a programme only."""
    rows: Any = with_jobs(Award.objects.exclude(state=AwardState.RELEASED), day)
    rows = rows.order_by("pk").values_list(
        *("number", "case__number", "case__publicity__number", "case__programme__slug"),
        *("case__item__code", "case__region", "case__enterprise__name", "case__enterprise__uscc"),
        *("amount_fen", "state", "committed_at", "paid_at", "before", "after", "planned"),
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield tuple(
            timezone.localtime(value).isoformat() if hasattr(value, "tzinfo") else value
            for value in row
        )


def _entries() -> Iterator[Sequence[object]]:
    rows = Entry.objects.order_by("transfer", "pk").values_list(
        *("transfer__key", "transfer__kind", "transfer__at", "transfer__award__number"),
        *("account__programme__slug", "account__purpose", "account__level", "account__region"),
        *("account__kind", "amount_fen"),
    )
    for key, kind, at, *rest in rows.iterator(chunk_size=CHUNK):
        yield (key, kind, timezone.localdate(at), *rest)


def _accounts() -> Iterable[Sequence[object]]:
    return Account.objects.order_by("code").values_list(
        *("programme__slug", "purpose", "level", "region", "kind", "balance_fen")
    )


def _target_parts() -> Iterator[Sequence[object]]:
    """Parts of approved decompositions; a cell without a value names no target, not one of zero."""
    rows = TargetPart.objects.public().select_related("member__decomposition__target")
    rows = rows.select_related("member__decomposition__programme")
    for row in rows.order_by("member__decomposition", "member__position", "member", "period"):
        member, made = row.member, row.member.decomposition
        yield (
            *(made.programme.slug, made.key, made.number, made.target.indicator, made.places),
            *(member.kind, member.key, member.name, member.region_id, row.period),
            *(bounds(row.period) or (None, None)),
            None if row.value is None else plain(row.value),
        )


def _programmes() -> list[dict[str, Any]]:
    """What the figures are measured against, and how the indicators are defined."""
    versions = ProgrammeVersion.objects.current().select_related("programme")
    return [
        {
            "programme": version.programme.slug,
            "region": version.programme.region_id,
            "version": version.number,
            "digest": version.digest,
            "title": version.programme.name.to_json(),
            "period": {
                "from": version.pack.period.start.isoformat(),
                "to": version.pack.period.end.isoformat(),
            },
            "targets": [
                {
                    "id": target.id,
                    "indicator": target.indicator,
                    "region": target.region,
                    "comparator": target.comparator,
                    "value": target.value,
                    "clause": target.clause,
                }
                for target in version.pack.targets
            ],
            "definitions": {name: text.to_json() for name, text in DEFINITIONS.items()},
        }
        for version in versions.order_by("programme__slug")
    ]


DEFINITIONS: dict[str, Bilingual] = {
    "supported_enterprises": Bilingual(
        "有未释放的扶持的企业；得到多次扶持的只计一次，记在首次扶持的区县和日期。",
        "Enterprises with an award that was not released; one with several counts once, in"
        " the district and on the day of the first.",
    ),
    "jobs": Bilingual(
        "获扶持企业现有的从业人员，以各部门最近提供的数为准；未知的不计。",
        "Employees of the supported enterprises as departments last stated them; unknown"
        " ones are not counted.",
    ),
    "jobs_added": Bilingual(
        "首次扶持当日和现在的从业人员都已知的企业，后者减前者。",
        "Employees now less those on the day of the first award, of enterprises of which"
        " both are known.",
    ),
    "jobs_planned": Bilingual(
        "企业在申报表中计划带动的就业；只是计划，不计入完成数。",
        "Jobs that enterprises plan in their applications; a plan, not counted as done.",
    ),
    "committed_fen": Bilingual(
        "已决定、尚未拨付的金额（分）。", "Granted and not yet paid, in fen."
    ),
    "paid_fen": Bilingual("已拨付的金额（分）。", "Paid, in fen."),
    "funded_fen": Bilingual("下达的预算（分）。", "Budget put in, in fen."),
    "available_fen": Bilingual("预算中尚未承诺的金额（分）。", "Budget not committed, in fen."),
}


def open_data(day: date) -> OpenData:
    """The open data as of the day; worked out again only where the database has changed."""
    return _KEPT.get_or(database_state(), day, lambda: _made(day))


def _made(day: date) -> OpenData:
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:  # inside another transaction the caller has chosen the view
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return OpenData(
            day,
            (
                OpenFile("programmes.json", _json(_programmes()), None),
                _table("published_cases.csv", _published_cases()),
                _table("awards.csv", _awards(day)),
                _table("entries.csv", _entries()),
                _table("accounts.csv", _accounts()),
                _table("target_parts.csv", _target_parts()),
                _table("policies.csv", open_library.policies()),
                _table("policy_citations.csv", open_library.policy_citations()),
                _table("fees.csv", open_library.fees()),
                OpenFile("figures.json", _json(figures_document(day)), None),
            ),
        )
