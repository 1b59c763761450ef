"""Targets, their decomposition and target letters: rows of the URL table, and samples.

The samples belong to the programme, not to an enterprise: what is there already is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.plans.enums import DecompositionState, TargetLetterState
from miaopu.plans.letter_actions import issue_letter, make_letters
from miaopu.plans.models import TargetDecomposition, TargetLetter
from tests.factories import YUNYAN, City
from tests.house.url_roles import CASE_READERS, Route
from tests.plans.targets import approved, drafted, submitted

BOTH, POST = ("GET", "POST"), ("POST",)
READERS = CASE_READERS | {"other_reviewer"}
OFFICER = frozenset({"programme_officer"})
DECIDERS = frozenset({"programme_officer", "leading_group"})
EVERY_DISTRICT = {"other_reviewer": 200}  # a target is the whole programme's

ROWS: dict[str, Route] = {
    "target_board": Route(allow=READERS),
    "target": Route(allow=READERS, thing="target", also=EVERY_DISTRICT),
    "target_open": Route(
        allow=OFFICER,
        thing="target_unsplit",
        methods=POST,
        data={"kind": "region", "split": "whole", "value": "3500"},
    ),
    "target_members": Route(
        allow=OFFICER,
        thing="target_draft",
        methods=POST,
        data={"kind": "base", "names": "城北创业园"},
    ),
    "target_edit": Route(allow=OFFICER, thing="target_draft", methods=BOTH),
    "target_export": Route(allow=READERS, thing="target", also=EVERY_DISTRICT),
    "target_marked": Route(
        allow=OFFICER, thing="target_draft", methods=POST, posted=200, data={"block": "x"}
    ),
    "target_step": Route(
        allow=DECIDERS, thing="target_step", methods=POST, data={"reason": "同意"}
    ),
    "target_letters": Route(allow=READERS),
    "target_letters_make": Route(
        allow=OFFICER, methods=POST, data={"programme": "guiyang-2018", "action": "make"}
    ),
    "target_letter": Route(allow=CASE_READERS, thing="target_letter"),
    "target_letter_file": Route(allow=CASE_READERS, thing="target_letter_file"),
    "target_letter_step": Route(
        allow=DECIDERS | {"approver"}, thing="target_letter_step", methods=POST
    ),
}


def _address(key: str = "enterprises", **more: str) -> dict[str, Any]:
    return {"slug": "guiyang-2018", "key": key, **more}


def _known(state: DecompositionState, key: str) -> bool:
    return TargetDecomposition.objects.filter(state=state, key=key).exists()


def _approved(city: City) -> dict[str, Any]:
    if not _known(DecompositionState.APPROVED, "enterprises"):
        approved(city)
    return _address()


def _draft(city: City) -> dict[str, Any]:
    if not _known(DecompositionState.DRAFT, "jobs"):
        drafted(city, {YUNYAN: "11000"}, key="jobs")
    return _address("jobs")


def _submitted(city: City) -> dict[str, Any]:
    _approved(city)
    submitted(city, reason="省里调整任务")
    return _address(step="approve")


def _letter(city: City) -> dict[str, Any]:
    known = TargetLetter.objects.filter(key=YUNYAN, state=TargetLetterState.ISSUED).first()
    if known is None:
        _approved(city)
        letters = make_letters(city.version.programme, by=city.programme_officer)
        [made] = [one for one in letters if one.key == YUNYAN]
        known = issue_letter(made, by=city.leading_group)
    return {"pk": known.pk}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "target": _approved,
    "target_unsplit": lambda city: _address(),
    "target_draft": _draft,
    "target_step": _submitted,
    "target_letter": _letter,
    "target_letter_file": lambda city: {**_letter(city), "kind": "pdf"},
    "target_letter_step": lambda city: {**_letter(city), "step": "acknowledge"},
}
