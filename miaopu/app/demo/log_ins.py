"""Log-ins of enterprises that are on their way when the demo opens."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from miaopu.core.enums import UserKind
from miaopu.core.models import User
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Enterprise


@dataclass(frozen=True)
class LogIn:
    """A user name, and what one can try with it."""

    username: str
    note_zh: str
    note_en: str


def open_log_in(enterprise: Enterprise, log_in: LogIn) -> None:
    """A log-in for the enterprise, shown among the demo's."""
    user = User.objects.create(
        username=log_in.username,
        name=enterprise.legal_representative,
        kind=UserKind.PARTY,
        password=make_password(settings.DEMO_PASSWORD),
        demo_note=log_in.note_zh,
        demo_note_en=log_in.note_en,
    )
    add_representative(user, enterprise, by=None)
