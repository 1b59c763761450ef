"""`miaopu import`: a department's file, checked; written where `--confirm` says so."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from miaopu.core import clock
from miaopu.core.models import Region, User
from miaopu.parties.checking import check_file
from miaopu.parties.deliveries import DELIVERED_BY, confirm_delivery, deliver_file
from miaopu.parties.enums import DeliveryState, RowOutcome, Source
from miaopu.parties.findings import findings_of
from miaopu.parties.importing import import_rows
from miaopu.parties.models import Delivery

Report = Callable[[int, int], None]


class Command(BaseCommand):
    """Check a file and, once confirmed, write its sound rows; status 1 where anything is wrong."""

    help = "Check a department's file, and write its sound rows where it is confirmed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file; whose data it is, of where and when; who answers for it."""
        parser.add_argument("file")
        parser.add_argument("--source", required=True, choices=[str(one) for one in DELIVERED_BY])
        parser.add_argument("--region", required=True)
        parser.add_argument("--as-of", default=None)
        parser.add_argument("--by", required=True)
        parser.add_argument("--confirm", action="store_true")
        parser.add_argument("--returned", default=None)
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, confirm and write; print what came of it and every fault."""
        by = _user(options["by"])
        delivery = deliver_file(
            _content(Path(options["file"])),
            Path(options["file"]).name,
            source=Source(options["source"]),
            region=_region(options["region"]),
            as_of=_day(options["as_of"]),
            by=by,
        )
        if delivery.state == DeliveryState.CHECKING:
            _never_beside_a_job(delivery)
            with _progress("检查 / checking") as report:
                check_file(delivery, report)
            delivery.refresh_from_db()
        if options["confirm"] and delivery.importable_count:
            if delivery.state == DeliveryState.CHECKED:
                delivery = confirm_delivery(delivery, by=by)
            else:
                _never_beside_a_job(delivery)
            with _progress("写入 / writing") as report:
                delivery = import_rows(delivery, report)
        if options["returned"] and delivery.returned is not None:
            with default_storage.open(delivery.returned.storage_name) as kept:
                with Path(options["returned"]).open("wb") as out:
                    shutil.copyfileobj(kept, out)
        self._print(delivery, options["format"])

    def _print(self, delivery: Delivery, shape: str) -> None:
        faults = list(_faults(delivery))
        result = {
            "delivery": delivery.number,
            "state": str(delivery.state),
            "rows": delivery.rows_count,
            "new": delivery.new_count,
            "changed": delivery.changed_count,
            "unchanged": delivery.unchanged_count,
            "wrong": delivery.wrong_count,
            "registered": delivery.registered_count,
            "updated": delivery.updated_count,
            "facts": delivery.facts_count,
            "refusal": delivery.refusal or None,
            "notes": delivery.notes,
            "faults": faults,
        }
        if shape == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(
                f"{delivery.number} {delivery.get_state_display()} / {delivery.state}: "
                + ", ".join(f"{name} {result[name]}" for name in _SHOWN)
            )
        for one in faults:
            self.stderr.write(f"{one['cell']}: {one['message']} — {one['remedy']}")
        if delivery.refusal:
            parts = [_both(delivery.refusal[name]) for name in ("message", "remedy")]
            self.stderr.write(" — ".join(part for part in parts if part))
        if delivery.refusal or faults:
            raise SystemExit(1)


_SHOWN = ("rows", "new", "changed", "unchanged", "wrong", "registered", "updated", "facts")


def _faults(delivery: Delivery) -> Iterator[dict[str, str]]:
    """Every fault with its cell, in the order of the file."""
    rows = delivery.lines.filter(outcome=RowOutcome.WRONG).order_by("delivery_id", "number")
    for row in rows.iterator(chunk_size=1000):
        for one in findings_of(row, personal=True):
            message, remedy = str(one.message), str(one.remedy)
            yield {"cell": one.cell, "message": message, "remedy": remedy}


def _both(text: dict[str, str]) -> str:
    return " / ".join(part for part in (text.get("zh", ""), text.get("en", "")) if part)


def _never_beside_a_job(delivery: Delivery) -> None:
    """What a worker does is not done a second time at once."""
    if delivery.job is not None:
        raise CommandError(
            f"{delivery.number} 正在后台进行，请稍后再试"
            " / is under way in the background: try later"
        )


def _content(path: Path) -> bytes:
    if path.stat().st_size > settings.FILE_MAX_BYTES:
        limit = settings.FILE_MAX_BYTES // 1024**2
        raise CommandError(f"{path.name}: 超过 {limit} MB / larger than {limit} MB")
    return path.read_bytes()


def _user(name: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"没有这个在用的账号 / no active user: {name}")
    return user


def _region(code: str) -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise CommandError(f"没有这个区域 / no such region: {code}")
    return region


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise CommandError(f"不是日期 / not a date: {text}") from error


@contextmanager
def _progress(what: str) -> Iterator[Report]:
    """A bar on standard error, where somebody looks at it."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
