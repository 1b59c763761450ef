"""`miaopu verify-books`: recompute everything from the entries, of the database or of an export."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from miaopu.engine import books as engine_books
from miaopu.engine.book_records import Books
from miaopu.ledger.audit import audit_payments
from miaopu.ledger.books import audit_books


class Command(BaseCommand):
    """Verify the books; exit status 1 where anything does not agree."""

    help = "Recompute balances, sums, awards and seals from the entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """An export to verify instead of the database; the output's format."""
        parser.add_argument("--export", default=None)
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was checked and every finding."""
        if options["export"]:
            books = self._read_export(Path(options["export"]))
            findings = engine_books.verify(books)
        else:
            books, findings = audit_books()
            findings += audit_payments()
        result = {
            "ok": not findings,
            "accounts": len(books.accounts),
            "transfers": len(books.transfers),
            "awards": len(books.awards),
            "seals": len(books.seals),
            "chain": books.seals[-1].chain if books.seals else None,
            "findings": [
                {
                    "where": finding.where,
                    "what": str(finding.what),
                    "stated": finding.stated,
                    "computed": finding.computed,
                }
                for finding in findings
            ],
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
        else:
            self.stdout.write(
                f"accounts {result['accounts']}, transfers {result['transfers']}, "
                f"awards {result['awards']}, seals {result['seals']}: "
                + ("账目相符 / the books agree" if not findings else "账目不符 / differences")
            )
        for finding in findings:
            self.stderr.write(
                f"{finding.where}: {finding.what}: {finding.stated} ≠ {finding.computed}"
            )
        if findings:
            raise SystemExit(1)

    def _read_export(self, path: Path) -> Books:
        try:
            return engine_books.from_export(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"{path}: {error}") from error
