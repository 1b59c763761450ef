"""Transition tables."""

import pytest

from miaopu.engine.transitions import (
    Transition,
    TransitionRefused,
    TransitionTable,
    TransitionTableError,
)


def step(name: str, sources: str, target: str, *roles: str) -> Transition:
    return Transition(name, frozenset(sources.split()), target, frozenset(roles))


SUBMIT = step("submit", "draft", "submitted", "enterprise")
ACCEPT = step("accept", "submitted", "accepted", "reviewer")
CORRECT = step("correct", "submitted accepted", "draft", "reviewer", "approver")
CORRECT_LATE = step("correct", "noticed", "accepted", "approver")
TABLE = TransitionTable([SUBMIT, ACCEPT, CORRECT, CORRECT_LATE])


def test_find() -> None:
    assert TABLE.find("submit", "draft") is SUBMIT
    assert TABLE.find("correct", "accepted") is CORRECT
    assert TABLE.find("correct", "noticed") is CORRECT_LATE


def test_refused_step_names_the_states() -> None:
    with pytest.raises(TransitionRefused) as refused:
        TABLE.find("accept", "draft")
    assert "draft" in refused.value.message.en and "accept" in refused.value.message.zh
    assert "submitted" in refused.value.remedy.en


def test_unknown_step_names_the_steps() -> None:
    with pytest.raises(TransitionRefused) as refused:
        TABLE.find("approve", "draft")
    assert "accept, correct, submit" in refused.value.remedy.en


def test_available() -> None:
    assert TABLE.available("submitted", {"reviewer"}) == (ACCEPT, CORRECT)
    assert TABLE.available("submitted", ["approver"]) == (CORRECT,)
    assert TABLE.available("submitted", ()) == ()
    assert TABLE.available("paid", {"reviewer"}) == ()


def test_reachable_and_states() -> None:
    assert TABLE.reachable("draft") == {"draft", "submitted", "accepted"}
    assert TABLE.reachable("noticed") == {"noticed", "accepted", "draft", "submitted"}
    assert TABLE.reachable("paid") == {"paid"}
    assert TABLE.states == {"draft", "submitted", "accepted", "noticed"}
    assert list(TABLE) == [SUBMIT, ACCEPT, CORRECT, CORRECT_LATE]


@pytest.mark.parametrize(
    "steps",
    [
        [step("submit", "", "submitted", "enterprise")],
        [SUBMIT, SUBMIT],
        [CORRECT, step("correct", "accepted", "closed", "approver")],
    ],
)
def test_tables_refused(steps: list[Transition]) -> None:
    with pytest.raises(TransitionTableError):
        TransitionTable(steps)
