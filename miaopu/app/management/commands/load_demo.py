"""Load the demo's offices, log-ins and enterprises."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from miaopu.app.demo.load import load_demo

FEWEST = 200


class Command(BaseCommand):
    """Load the demo; again changes nothing."""

    help = "Load the demo's offices, log-ins and enterprises."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many enterprises, and whether with cases."""
        parser.add_argument("--enterprises", type=int, default=2000)
        parser.add_argument("--cases", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, with a line for every thousand enterprises."""
        if not settings.DEMO:
            raise CommandError("MIAOPU_DEMO is not set: the demo's data does not go anywhere else")
        if options["enterprises"] < FEWEST:
            raise CommandError(f"--enterprises: at least {FEWEST}")
        load_demo(options["enterprises"], self.stdout.write, cases=options["cases"])
