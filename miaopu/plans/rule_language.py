"""The language of rules as officials look it up: the reference, and the facts there are."""

from __future__ import annotations

from collections.abc import Iterable

from miaopu.engine.facts import Fact
from miaopu.engine.language import Example, Reference, Trial, reference
from miaopu.plans.models import ProgrammeVersion

__all__ = ["Example", "Fact", "Reference", "Trial", "facts_of_versions", "reference"]


def facts_of_versions(
    versions: Iterable[ProgrammeVersion],
) -> list[tuple[Fact, list[ProgrammeVersion]]]:
    """The facts that rules for enterprises may name, each with the versions that declare it.

    Of two that declare it the first one's wording stands.
    """
    found: dict[str, tuple[Fact, list[ProgrammeVersion]]] = {}
    for version in versions:
        for name, piece in version.pack.facts.items():
            if piece.about == "enterprise":
                found.setdefault(name, (piece.fact(name), []))[1].append(version)
    return list(found.values())
