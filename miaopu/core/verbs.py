"""Names of what events say was done: each room registers its own list of verbs at start-up."""

from django.db import models

_LISTS: list[type[models.TextChoices]] = []


def register(verbs: type[models.TextChoices]) -> None:
    """Make the verbs of a room known, so that trails can name them."""
    if verbs not in _LISTS:
        _LISTS.append(verbs)


def label(verb: str) -> str:
    """The name of `verb` for people, in the language of the page; the verb itself if unknown."""
    for verbs in _LISTS:
        if verb in verbs.values:
            return str(verbs(verb).label)
    return verb
