"""What a decision causes: handlers that higher rooms register at start-up, one per outcome."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from miaopu.cases.models import Case
    from miaopu.core.models import User

Handler = Callable[["Case", "User"], object]


class OutcomeUnknown(LookupError):
    """A pack names an outcome that no room handles."""


def nothing(case: "Case", by: "User") -> None:
    """The outcome `none`: a decision without consequence in another room."""


_HANDLERS: dict[str, str] = {"none": "miaopu.cases.outcomes.nothing"}


def register(outcome: str, path: str) -> None:
    """Let the function at the dotted `path` be called, in the decision's transaction."""
    _HANDLERS[outcome] = path


def handler_of(outcome: str) -> Handler:
    """The handler of an outcome. Raises OutcomeUnknown if no room has registered one."""
    if outcome not in _HANDLERS:
        raise OutcomeUnknown(outcome)
    return cast(Handler, import_string(_HANDLERS[outcome]))
