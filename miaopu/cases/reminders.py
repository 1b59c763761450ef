"""Reminders: due in three and in one working day, and overdue; once per event and person.

They follow the clock of the case: who holds the step is told, nobody while the clock is paused or
once it is stopped. What is overdue the programme officer learns too. A due date that moves (a pause
has ended, a holiday notice has arrived) is another event. Enterprises are told before an offer
expires. What a reminder asked for and was done, or a later reminder says again, is unread no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils import timezone

from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, CaseClock, Correction, Objection, Offer
from miaopu.cases.notices import REMINDER
from miaopu.cases.offer_notices import people_told
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.engine.clock import working_days, working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.parties.models import Representative

LADDER = (1, 3)  # working days left, the nearest first
OFFER_LADDER = (1, 3, 10)  # nothing is asked of offices; an enterprise may be away for a week
OVERDUE = "overdue"
Holders = Callable[[str, str], list[User]]


@dataclass(frozen=True)
class Waiting:
    """Something with a due date that waits for somebody."""

    key: str
    region: str
    due_on: date
    what: Bilingual
    people: list[User]
    link: str
    ladder: tuple[int, ...] = LADDER


def milestone(today: date, due_on: date, ladder: tuple[int, ...] = LADDER) -> str:
    """Which reminder is due today: "3", "1", "overdue", or "" while there is time."""
    if due_on < today:
        return OVERDUE
    left = working_days_left(today, due_on)
    return next((str(rung) for rung in ladder if left <= rung), "")


def _words(one: Waiting, rung: str) -> Bilingual:
    day = one.due_on.isoformat()
    if rung == OVERDUE:
        return Bilingual(
            f"{one.what.zh}已超期（到期日 {day}）", f"{one.what.en} is overdue (was due on {day})"
        )
    return Bilingual(f"{one.what.zh}将于 {day} 到期", f"{one.what.en} is due on {day}")


def _of_case(case: Case, zh: str, en: str) -> Bilingual:
    return Bilingual(f"{case.number}：{zh}", f"{case.number}: {en}")


def _notices(one: Waiting, rung: str, find: Holders) -> Iterator[Notice]:
    words = _words(one, rung)
    people = list(one.people)
    if rung == OVERDUE:
        people += find(Role.PROGRAMME_OFFICER, one.region)
    for user in people:
        yield Notice(
            user=user,
            key=f"{REMINDER}/{one.key}/{rung}/{one.due_on.isoformat()}",
            text=words.zh[:300],
            text_en=words.en[:400],
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
            region=case.region_id,
            due_on=row.due_on,
            what=_of_case(case, definition.title.zh, definition.title.en),
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
            region=row.case.region_id,
            due_on=row.due_on,
            what=_of_case(row.case, "补正", "the correction"),
            people=[one.user for one in acting.select_related("user").order_by("pk")],
            link=f"/my/cases/{row.case.number}/correction/",
        )
        if row.due_on < today:
            yield Waiting(
                key=f"correction-late/{row.pk}",
                region=row.case.region_id,
                due_on=row.due_on,
                what=_of_case(row.case, "企业补正", "the enterprise's correction"),
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
            region=row.case.region_id,
            due_on=row.due_on,
            what=_of_case(row.case, "异议答复", "the answer to an objection"),
            people=[user for user in approvers if user.pk != row.case.proposed_by_id],
            link=f"/office/objections/{row.number}/",
        )


def _offers(today: date) -> Iterator[Waiting]:
    """Offers that the enterprise has not answered; nothing is overdue, they expire by themselves.

    Nobody is told on the day on which the offer itself was: the reminder would say the same.
    """
    # An offer may expire on a day off: whatever comes before one working day more.
    limit = working_days(today, max(OFFER_LADDER) + 1).due
    assert limit is not None  # no pause is open
    expiring = Offer.objects.open().filter(expires_on__gte=today, expires_on__lt=limit)
    rows = expiring.select_related("item", "enterprise").defer("trace", "facts").order_by("pk")
    offers = [row for row in rows if timezone.localdate(row.issued_at) < today]
    people = people_told(offers)
    for row in offers:
        amount = format_yuan(row.amount_fen or 0)
        yield Waiting(
            key=f"offer/{row.pk}",
            region=row.region_id,
            due_on=row.expires_on,
            what=Bilingual(
                f"{row.enterprise}“{row.item.title}”{amount}元的邀约",
                f"The offer of “{row.item.title_en}” ({amount} yuan) to {row.enterprise}",
            ),
            people=people[row.enterprise_id],
            link=f"/my/offers/{row.pk}/",
            ladder=OFFER_LADDER,
        )


def remind() -> int:
    """Tell everybody what is due soon or overdue; again on the same day tells nobody twice.

    Reminders of what was done meanwhile, and those that today's say again, are unread no more.
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
        *_offers(today),
    )
    due = [
        notice
        for one in waiting
        if (rung := milestone(today, one.due_on, one.ladder))
        for notice in _notices(one, rung, find)
    ]
    settle_notices(f"{REMINDER}/", but={notice.key for notice in due})
    return tell_once(due)
