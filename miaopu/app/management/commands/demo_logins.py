"""Print the demo's log-ins by role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from miaopu.core.people import demo_people


class Command(BaseCommand):
    """The demo's log-ins."""

    help = "Print the demo's log-ins by role."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line each; nothing outside the demo."""
        if not settings.DEMO:
            return
        for user in demo_people():
            self.stdout.write(f"  {user.username:<18} {user.demo_note} / {user.demo_note_en}")
        self.stdout.write(f"  password 密码: {settings.DEMO_PASSWORD}")
