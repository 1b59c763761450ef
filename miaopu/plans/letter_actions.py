"""Writes of target letters: make from what was approved, issue, acknowledge, replace."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import Conflict, NotAllowed, check_reason
from miaopu.core.events import acting_office
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, Region, User
from miaopu.engine.letters.target_letter import TargetLetterText, letter_number, told
from miaopu.engine.messages import Bilingual
from miaopu.engine.seals import digest
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.enums import TargetLetterState as State
from miaopu.plans.enums import Verb
from miaopu.plans.letter_content import Addressee, addressees, same_targets
from miaopu.plans.models import Programme, TargetLetter
from miaopu.plans.target_guards import check_may
from miaopu.plans.target_states import DECIDERS, LETTERS, OFFICER

LOCK = 7_102_020  # the advisory lock of the numbers; any number nobody else uses
ACKNOWLEDGE_DAYS = 5
"""Working days within which a letter is to be acknowledged; afterwards reminders come."""


@transaction.atomic
def make_letters(programme: Programme, *, by: User) -> list[TargetLetter]:
    """Make the letters that are missing or no longer say what was approved; the new ones."""
    check_may(by, programme.region_id, OFFICER)
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    return _make(programme, by=by, reason="", only_known=False)


@transaction.atomic
def renew_letters(programme: Programme, *, by: User, reason: str) -> list[TargetLetter]:
    """Replace the letters whose targets have changed; who had none gets none yet.

    `by` prepared the change; another person issues the new versions.
    """
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    return _make(programme, by=by, reason=reason, only_known=True)


def _make(programme: Programme, *, by: User, reason: str, only_known: bool) -> list[TargetLetter]:
    alive = {
        (one.kind, one.key): one for one in TargetLetter.objects.alive().filter(programme=programme)
    }
    made = []
    for addressee in addressees(programme):
        before = alive.get((addressee.kind, addressee.key))
        if before is None and only_known:
            continue
        if before is not None:
            if same_targets(before, addressee):
                continue
            before.state = State.REPLACED
            before.save(update_fields=["state"])
            settle_notices(notice_key(before))
        made.append(_create(programme, addressee, before, by=by, reason=reason))
    return made


def _create(
    programme: Programme, to: Addressee, before: TargetLetter | None, *, by: User, reason: str
) -> TargetLetter:
    day = clock.today()
    serial = _next_serial(programme.region, day.year)
    office = acting_office(by, programme.region_id)
    text = TargetLetterText(
        number=letter_number(programme.region.name, day.year, serial),
        office=office.name if office else programme.region.name,
        day=day,
        addressee=to.name.zh,
        programme=programme.title,
        version=before.version + 1 if before else 1,
        lines=to.lines,
        terms=tuple(term.zh for term in to.terms),
        terms_en=tuple(term.en for term in to.terms),
        replaces=before.number if before else "",
        reasons=(reason,) if before and reason else (),
        days=ACKNOWLEDGE_DAYS,
        illustrative=to.illustrative,
    )
    letter = TargetLetter.objects.create(
        programme=programme,
        kind=to.kind,
        key=to.key,
        name=to.name.zh,
        name_en=to.name.en,
        region=to.region,
        version=text.version,
        issuer=programme.region,
        year=day.year,
        serial=serial,
        number=text.number,
        content=text.to_json(),
        digest=digest(text.to_json()),
        made_by=by,
        made_at=clock.now(),
    )
    record_event(
        letter, Verb.MAKE_TARGET_LETTER, by=by, reason=reason, region=to.region or programme.region,
        data={"number": letter.number, "version": letter.version, "digest": letter.digest},
    )  # fmt: skip
    return letter


def _next_serial(region: Region, year: int) -> int:
    """The next number of the region's series; others wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(region.code)])
    last = TargetLetter.objects.filter(issuer=region, year=year).aggregate(last=Max("serial"))
    return (last["last"] or 0) + 1


def _locked(letter: TargetLetter, step: str) -> TargetLetter:
    """The letter locked, with its next state set; raises Conflict where it has moved on."""
    locked = (
        TargetLetter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme", "region")
        .get(pk=letter.pk)
    )
    try:
        locked.state = LETTERS.find(step, locked.state).target
    except TransitionRefused as refused:
        raise Conflict(
            _("责任书 %(number)s 现为“%(state)s”，不能再做这一步")
            % {"number": locked.number, "state": locked.get_state_display()},
            _("可能有人先办理了，或已有新的版本。请刷新后再看"),
        ) from refused
    return locked


@transaction.atomic
def issue_letter(letter: TargetLetter, *, by: User, reason: str = "") -> TargetLetter:
    """Send a letter to its addressee, whose approvers are told. Not by whoever made it."""
    locked = _locked(letter, "issue")
    check_may(by, locked.programme.region_id, DECIDERS)
    if locked.made_by_id == by.pk:
        raise NotAllowed(_("制作的人不能自己下达"), _("请由另一位有权限的人员下达"))
    locked.issued_by, locked.issued_at = by, clock.now()
    locked.save(update_fields=["state", "issued_by", "issued_at"])
    record_event(
        locked, Verb.ISSUE_TARGET_LETTER, by=by, reason=reason.strip(),
        region=locked.region or locked.programme.region_id, data={"number": locked.number},
    )  # fmt: skip
    tell_once(notices(locked, "issued", told(locked.programme.name, locked.number)))
    return locked


@transaction.atomic
def acknowledge_letter(letter: TargetLetter, *, by: User, reason: str = "") -> TargetLetter:
    """Acknowledge a letter: the district's approver, in the system.

    For a base or a department, which has no people here, the programme officer notes who signed
    the paper; that note is necessary.
    """
    locked = _locked(letter, "acknowledge")
    if locked.region is not None:
        check_may(by, locked.region.code, frozenset({Role.APPROVER}))
    else:
        check_may(by, locked.programme.region_id, OFFICER)
        check_reason(reason, _("请写明由谁签收"), _("例如签收人、日期和收件方式"))
    locked.acknowledged_by, locked.acknowledged_at = by, clock.now()
    locked.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    settle_notices(notice_key(locked))
    record_event(
        locked, Verb.ACKNOWLEDGE_TARGET_LETTER, by=by, reason=reason.strip(),
        region=locked.region or locked.programme.region_id, data={"number": locked.number},
    )  # fmt: skip
    return locked


def notices(letter: TargetLetter, key: str, words: Bilingual) -> Iterator[Notice]:
    """What those who have to acknowledge a letter are told."""
    for user in _people_to_acknowledge(letter):
        yield Notice(
            user=user,
            key=f"{notice_key(letter)}{key}",
            text=words.zh[:300],
            text_en=words.en[:400],
            link=f"/office/target-letters/{letter.pk}/",
        )


def _people_to_acknowledge(letter: TargetLetter) -> list[User]:
    """The district's approvers, else the programme's officers."""
    if letter.region_id is not None:
        return holders(Role.APPROVER, letter.region_id)
    return holders(Role.PROGRAMME_OFFICER, letter.programme.region_id)


def notice_key(letter: TargetLetter) -> str:
    """How the keys of all notices about a letter begin."""
    return f"target-letter/{letter.pk}/"
