"""Reminders: due in three and in one working day, and overdue; once per event and person.

They follow the clock of the case: who holds the step is told, nobody while the clock is paused or
once it is stopped. What is overdue the programme officer learns too. A due date that moves (a pause
has ended, a holiday notice has arrived) is another event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, CaseClock, Correction, Objection
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.holders import holders, tell_once
from miaopu.core.models import Notice, User
from miaopu.engine.clock import working_days, working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative

LADDER = (1, 3)  # working days left, the nearest first
OVERDUE = "overdue"
KIND = "reminder"
Holders = Callable[[str, str], list[User]]


@dataclass(frozen=True)
class Waiting:
    """Something with a due date that waits for somebody."""

    key: str
    case: Case
    due_on: date
    what: Bilingual
    people: list[User]
    link: str


def milestone(today: date, due_on: date) -> str:
    """Which reminder is due today: "3", "1", "overdue", or "" while there is time."""
    if due_on < today:
        return OVERDUE
    left = working_days_left(today, due_on)
    return next((str(rung) for rung in LADDER if left <= rung), "")


def _words(one: Waiting, rung: str) -> Bilingual:
    day = one.due_on.isoformat()
    number = one.case.number
    if rung == OVERDUE:
        return Bilingual(
            f"{number}：{one.what.zh}已超期（到期日 {day}）",
            f"{number}: {one.what.en} is overdue (was due on {day})",
        )
    return Bilingual(
        f"{number}：{one.what.zh}将于 {day} 到期", f"{number}: {one.what.en} is due on {day}"
    )


def _notices(one: Waiting, rung: str, find: Holders) -> Iterator[Notice]:
    words = _words(one, rung)
    people = list(one.people)
    if rung == OVERDUE:
        people += find(Role.PROGRAMME_OFFICER, one.case.region_id)
    for user in people:
        yield Notice(
            user=user,
            key=f"{KIND}/{one.key}/{rung}/{one.due_on.isoformat()}",
            text=words.zh,
            text_en=words.en,
            link=one.link,
        )


def _steps(limit: date, find: Holders) -> Iterator[Waiting]:
    """Running clocks of offices; nobody holds the step of publicity, it passes by itself."""
    rows = (
        CaseClock.objects.running()
        .filter(paused_on=None, due_on__lte=limit)
        .exclude(step=Step.PUBLICITY)
        .select_related("case__item__version__programme")
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=500):
        case = row.case
        definition = case.item.definition.steps_by_id[row.step]
        proposals = (CaseState.PROPOSED, CaseState.REFUSAL_PROPOSED, CaseState.PUBLISHED)
        not_by = case.proposed_by_id if case.state in proposals else None
        assert row.due_on is not None  # the clock is not paused
        yield Waiting(
            key=f"clock/{row.pk}",
            case=case,
            due_on=row.due_on,
            what=Bilingual(definition.title.zh, definition.title.en),
            people=[user for user in find(definition.role, case.region_id) if user.pk != not_by],
            link="/finance/payments/" if row.step == Step.PAY else f"/office/cases/{case.number}/",
        )


def _corrections(limit: date, find: Holders, today: date) -> Iterator[Waiting]:
    """What enterprises have to correct; once overdue the reviewers have the next word."""
    rows = (
        Correction.objects.open()
        .filter(due_on__lte=limit)
        .select_related("case__item__version__programme")
        .order_by("pk")
    )
    for row in rows:
        acting = Representative.objects.live().filter(enterprise_id=row.case.enterprise_id)
        yield Waiting(
            key=f"correction/{row.pk}",
            case=row.case,
            due_on=row.due_on,
            what=Bilingual("补正", "the correction"),
            people=[one.user for one in acting.select_related("user").order_by("pk")],
            link=f"/my/cases/{row.case.number}/correction/",
        )
        if row.due_on < today:
            yield Waiting(
                key=f"correction-late/{row.pk}",
                case=row.case,
                due_on=row.due_on,
                what=Bilingual("企业补正", "the enterprise's correction"),
                people=find(Role.REVIEWER, row.case.region_id),
                link=f"/office/cases/{row.case.number}/",
            )


def _objections(limit: date, find: Holders) -> Iterator[Waiting]:
    """Objections that an approver, not the proposer, has to answer."""
    rows = (
        Objection.objects.open()
        .filter(due_on__lte=limit)
        .select_related("case__item__version__programme")
        .order_by("pk")
    )
    for row in rows:
        approvers = find(Role.APPROVER, row.case.region_id)
        yield Waiting(
            key=f"objection/{row.pk}",
            case=row.case,
            due_on=row.due_on,
            what=Bilingual("异议答复", "the answer to an objection"),
            people=[user for user in approvers if user.pk != row.case.proposed_by_id],
            link=f"/office/objections/{row.number}/",
        )


def remind() -> int:
    """Tell everybody what is due soon or overdue; again on the same day tells nobody twice.

    Returns how many notices are new.
    """
    today = clock.today()
    limit = working_days(today, max(LADDER)).due
    assert limit is not None  # no pause is open
    find = cache(holders)
    waiting: Iterable[Waiting] = (
        *_steps(limit, find),
        *_corrections(limit, find, today),
        *_objections(limit, find),
    )
    return tell_once(
        notice
        for one in waiting
        if (rung := milestone(today, one.due_on))
        for notice in _notices(one, rung, find)
    )
