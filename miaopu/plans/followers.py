"""What follows a match of everybody or a new version: what higher rooms register at start-up."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from miaopu.core.models import User
    from miaopu.plans.models import ProgrammeVersion

Follower = Callable[["ProgrammeVersion", "User | None"], object]

_FOLLOWERS: list[str] = []
_OF_VERSIONS: list[str] = []


def register(path: str) -> None:
    """Let the function at the dotted `path` be called with version and starter after a match."""
    if path not in _FOLLOWERS:
        _FOLLOWERS.append(path)


def follow_match(version: "ProgrammeVersion", by: "User | None") -> None:
    """Call everything that was registered; each starts a job of its own."""
    for path in _FOLLOWERS:
        cast(Follower, import_string(path))(version, by)


def register_for_versions(path: str) -> None:
    """Let the function at the dotted `path` be called when a version is published in the pages.

    It runs with version and publisher in the same transaction: catalogue and books follow at once.
    """
    if path not in _OF_VERSIONS:
        _OF_VERSIONS.append(path)


def follow_version(version: "ProgrammeVersion", by: "User | None") -> None:
    """Call everything that was registered for versions, in the order of the rooms."""
    for path in _OF_VERSIONS:
        cast(Follower, import_string(path))(version, by)
