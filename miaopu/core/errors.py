"""Refusals that people meet: what is wrong and what to do. Portal turns them into pages."""

from typing import Any

from django.utils.translation import gettext as _


class ActionRefused(Exception):
    """An action that cannot be done now; `message` and `remedy` are shown to the person."""

    status = 409

    def __init__(self, message: Any, remedy: Any = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy


class NotAllowed(ActionRefused):
    """The person's role does not allow the action (also: a second pair of eyes is missing)."""

    status = 403


class Conflict(ActionRefused):
    """Somebody else was faster: the thing is no longer in the state the person saw."""


def check_reason(reason: str, message: Any = "", remedy: Any = "") -> None:
    """Raises ActionRefused where no reason is given; `message`, `remedy` say which is missing."""
    if not reason.strip():
        raise ActionRefused(message or _("请写明理由"), remedy or _("理由会记入办理记录"))
