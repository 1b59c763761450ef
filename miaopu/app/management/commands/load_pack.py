"""`miaopu load`: check packs and load them as current versions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from miaopu.cases.actions import publish_items
from miaopu.core.actions import load_regions
from miaopu.engine.packs.load import check_pack
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.support_facts import record_earlier_payments
from miaopu.plans.actions import load_version


class Command(BaseCommand):
    """Load programme packs; the same pack again changes nothing."""

    help = "Check packs and load them as current versions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Folders of packs."""
        parser.add_argument("packs", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load every pack, or none of a pack with errors."""
        load_regions()
        for folder in options["packs"]:
            checked = check_pack(Path(folder))
            if checked.pack is None or checked.errors:
                for error in checked.errors:
                    self.stderr.write(
                        f"{error.file}:{error.line}: {error.key}: {error.message} — {error.remedy}"
                    )
                raise CommandError(f"{folder}: {len(checked.errors)} error(s), nothing loaded")
            version, created = load_version(checked.pack, by=None)
            publish_items(version)
            open_budgets(version, by=None)
            record_earlier_payments(version, by=None)
            word = "loaded" if created else "already loaded"
            self.stdout.write(f"{version.programme.slug} v{version.number} {word}")
