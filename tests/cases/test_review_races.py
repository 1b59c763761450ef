"""Two people at once: one of them is done, the others are told so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from miaopu.cases import objections
from miaopu.cases.corrections import answer_correction, ask_correction, save_correction
from miaopu.cases.decisions import decide_case
from miaopu.cases.models import Case, CaseClock, Correction, Objection
from miaopu.cases.objections import answer_objection, make_objection
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Event
from tests.cases.test_corrections import POINTS, TYPED, asked
from tests.cases.test_objections import SAID, made
from tests.factories import YUNYAN, City, make_officer, make_owner, travel


def test_two_officers_ask_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    case = city.submitted()
    officers = [make_officer(Role.REVIEWER, YUNYAN) for _number in range(6)]
    outcomes = in_threads(
        [lambda officer=officer: ask_correction(case, POINTS, by=officer) for officer in officers]
    )
    assert sum(isinstance(one, Correction) for one in outcomes) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == 5, outcomes
    assert Correction.objects.count() == 1


def test_enterprise_hands_in_twice_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    case, _correction = asked(city)
    colleague = make_owner(city.enterprise)
    save_correction(case, TYPED, remark="计划已在前次上传", revision=1, by=city.owner)
    outcomes = in_threads(
        [lambda by=by: answer_correction(case, by=by) for by in (city.owner, city.owner, colleague)]
    )
    assert sum(isinstance(one, Case) for one in outcomes) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == 2, outcomes
    verbs = Event.objects.for_subject(case).filter(verb="cases.answer_correction")
    assert verbs.count() == 1
    assert CaseClock.objects.filter(case=case).running().count() == 1


@pytest.mark.parametrize("objectors", [1, 3])
def test_objection_and_decision_at_once(
    committed_city: City,
    in_threads: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    objectors: int,
) -> None:
    """Whichever is first counts: granted without an objection, or stopped by it. Never both."""
    monkeypatch.setattr(objections, "check_period_open", lambda publicity: None)  # at midnight
    city = committed_city
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))

    def objects() -> Any:
        return make_objection(publicity, case.number, SAID, by=None)

    def decides() -> Any:
        return decide_case(case, by=city.approver)

    outcomes = in_threads([decides, *[objects] * objectors])
    decided = isinstance(outcomes[0], Case)
    objected = [one for one in outcomes[1:] if isinstance(one, tuple)]
    assert all(isinstance(one, (Case, tuple, ActionRefused)) for one in outcomes), outcomes
    assert decided != bool(objected), outcomes
    case.refresh_from_db()
    assert case.state == ("granted" if decided else "published")
    assert Objection.objects.count() == len(objected)


def test_two_answers_at_once(committed_city: City, in_threads: Callable[..., list[Any]]) -> None:
    city = committed_city
    objection = made(city)
    officers = [make_officer(Role.APPROVER, YUNYAN) for _number in range(4)]
    outcomes = in_threads(
        [
            lambda officer=officer, upheld=bool(place % 2): answer_objection(
                objection, upheld=upheld, by=officer, reason="x"
            )
            for place, officer in enumerate(officers)
        ]
    )
    assert sum(isinstance(one, Objection) for one in outcomes) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == 3, outcomes
