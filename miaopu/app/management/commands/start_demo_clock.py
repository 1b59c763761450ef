"""Set the demo's first day, before anything else is loaded."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from miaopu.app.demo.cases import OPENING_DAY
from miaopu.app.demo.load import FIRST_DAY
from miaopu.app.demo.xinjiang import STORY_DAY, load_xinjiang
from miaopu.core.actions import start_demo_clock


class Command(BaseCommand):
    """Start the demo's clock; a clock that runs is left alone."""

    help = "Set the demo's first day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether cases will be loaded, whose story begins earlier."""
        parser.add_argument("--cases", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the clock once; with cases the story of the year before is told first."""
        if not settings.DEMO:
            raise CommandError("MIAOPU_DEMO is not set: only the demo's clock can be set")
        start_demo_clock(STORY_DAY if options["cases"] else FIRST_DAY)
        if options["cases"]:
            load_xinjiang(OPENING_DAY)
