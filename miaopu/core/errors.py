"""Refusals that people meet: what is wrong and what to do. Portal turns them into pages."""

from typing import Any


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
