"""Objections to lines of a list in publicity: made by anybody, answered by an approver.

An open objection stops the decision of its own line only (`guards.check_no_open_objection`). One
that is upheld sends the case back to review; it then needs another list.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from miaopu.cases.actions import send_back
from miaopu.cases.clocks import calculation_rows
from miaopu.cases.enums import CaseState, ObjectionState, Verb
from miaopu.cases.forms import DECEPTIVE
from miaopu.cases.models import Case, Objection, Publicity
from miaopu.cases.notices import (
    OBJECTED,
    OBJECTION_DISMISSED,
    settle_reminders,
    tell_enterprise,
    tell_officer,
)
from miaopu.cases.workflow import AlreadyDone, lock_case
from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days

SIDE_STEP = "objection"
LONGEST_TEXT, LONGEST_NAME, LONGEST_CONTACT, LONGEST_REPLY = 2000, 50, 100, 2000
# From one address within the hour: an internet café may send some, a script not many.
MOST_PER_HOUR = 20
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are taken for each other
_CODE_LENGTH = 12


class TooMany(ActionRefused):
    """More objections from one sender than people make."""

    status = 429


@dataclass(frozen=True)
class Statement:
    """What somebody says against a line: who, how to reach them, what is wrong, and proof."""

    name: str
    contact: str
    text: str
    file_name: str = ""
    content: bytes = b""


def takes_objections(publicity: Publicity) -> bool:
    """Whether the list's item takes objections here (its pack says within how many days)."""
    return SIDE_STEP in publicity.item.definition.side_steps_by_id


def digest_of_code(code: str) -> str:
    """What is kept of a code: it has 60 random bits, so a plain digest gives nothing away."""
    plain = "".join(sign for sign in code.upper() if sign in _SIGNS)
    return hashlib.sha256(plain.encode()).hexdigest()


def sender_digest(address: str) -> str:
    """A network address as a keyed digest of the day: enough to count, too little to trace."""
    text = f"{clock.today().isoformat()}/{address}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def new_code() -> str:
    """A code to follow an objection with: twelve signs that are not taken for each other."""
    signs = "".join(secrets.choice(_SIGNS) for _number in range(_CODE_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def cleaned_statement(statement: Statement) -> Statement:
    """The statement without signs that deceive; raises ActionRefused where something is missing."""
    name, contact, text = (
        DECEPTIVE.sub("", value).strip()
        for value in (statement.name, statement.contact, statement.text)
    )
    if not (name and contact and text):
        raise ActionRefused(_("请写明姓名、联系方式和异议内容"), _("以便核实和答复"))
    limits = (LONGEST_NAME, LONGEST_CONTACT, LONGEST_TEXT)
    if any(len(value) > most for value, most in zip((name, contact, text), limits, strict=True)):
        raise ActionRefused(_("填写的内容太长"), _("请精简文字，详细内容可作为文件上传"))
    file_name = PurePath(DECEPTIVE.sub("", statement.file_name)).name[:200]
    return Statement(name, contact, text, file_name, statement.content)


def check_period_open(publicity: Publicity) -> None:
    """Objections are taken while the list is in publicity; raises ActionRefused afterwards."""
    if clock.today() > publicity.ends_on:
        raise ActionRefused(
            _("公示已于 %(day)s 结束，不能再提出公示异议") % {"day": publicity.ends_on.isoformat()},
            _("对扶持结果有疑问的，请向承办机构书面反映，或者依法申请行政复议"),
        )


def check_sender(sender: str, made: QuerySet[Any]) -> None:
    """Raises TooMany where `sender` has made more of these objections than people do."""
    recent = clock.now() - timedelta(hours=1)
    if sender and made.filter(sender=sender, made_at__gte=recent).count() >= MOST_PER_HOUR:
        raise TooMany(_("这个网络在一小时内提出的异议太多"), _("请稍后再试，或者书面提出"))


def cleaned_reply(text: str) -> str:
    """A reply without deceptive signs. Raises ActionRefused for one that is empty or too long."""
    reply = DECEPTIVE.sub("", text).strip()
    if not reply:
        raise ActionRefused(_("请写明答复"), _("提出异议的人会看到答复，办理记录也会记下"))
    if len(reply) > LONGEST_REPLY:
        raise ActionRefused(
            _("答复最多 %(limit)s 个字") % {"limit": LONGEST_REPLY}, _("请精简文字")
        )
    return reply


@transaction.atomic
def make_objection(
    publicity: Publicity,
    case_number: str,
    statement: Statement,
    *,
    by: User | None,
    sender: str = "",
) -> tuple[Objection, str]:
    """Object to a line of a list in publicity; returns the objection and the code to follow it.

    Raises ActionRefused once the period has ended, for a line that is not on the list (any more),
    for a file of an unknown kind, and TooMany where `sender` sends more than people do.
    """
    said = cleaned_statement(statement)
    check_period_open(publicity)
    if not takes_objections(publicity):
        raise ActionRefused(_("该名单不在网上受理异议"), _("请向承办机构书面提出"))
    # Two objections to a list at once: the second waits for its number.
    Publicity.objects.select_for_update(of=("self",), no_key=True).get(pk=publicity.pk)
    case = Case.objects.filter(number=case_number, publicity=publicity).first()
    locked = lock_case(case) if case is not None else None
    if locked is None or locked.publicity_id != publicity.pk or locked.state != CaseState.PUBLISHED:
        raise ActionRefused(
            _("这一户不在公示中：可能已退回重审，或者不在这份名单上"), _("请核对名单后再选择")
        )
    check_sender(sender, Objection.objects.all())
    count = Objection.objects.filter(publicity=publicity).count()
    file = keep_file(said.content, by=by) if said.content or said.file_name else None
    days = publicity.item.definition.side_steps_by_id[SIDE_STEP].working_days
    period = working_days(clock.today(), days)
    assert period.due is not None  # no pause is open
    code = new_code()
    objection = Objection.objects.create(
        number=f"{publicity.number}-Y{count + 1:03d}",
        code_digest=digest_of_code(code),
        publicity=publicity,
        case=locked,
        name=said.name,
        contact=said.contact,
        text=said.text,
        file=file,
        file_name=said.file_name if file else "",
        sender=sender,
        made_at=clock.now(),
        days=days,
        due_on=period.due,
        provisional=period.provisional,
        calculation=calculation_rows(period),
    )
    record_event(
        locked, Verb.OBJECT, by=by, region=locked.region_id, data={"objection": objection.number}
    )
    tell_enterprise(locked, f"objection/{objection.number}", OBJECTED)
    for officer in holders(Role.APPROVER, locked.region_id):
        if officer.pk != locked.proposed_by_id:
            link = f"/office/objections/{objection.number}/"
            tell_officer(officer, locked, f"objection/{objection.number}", OBJECTED, link)
    return objection, code


@transaction.atomic
def answer_objection(objection: Objection, *, upheld: bool, by: User, reason: str) -> Objection:
    """Answer an objection, with a reply that the objector reads; upheld, the case goes back.

    By an approver of the region who did not propose. Raises NotAllowed otherwise, AlreadyDone for
    a second click, Conflict where somebody else has answered.
    """
    reply = cleaned_reply(reason)
    locked = lock_case(objection.case)
    row = Objection.objects.select_for_update(of=("self",), no_key=True).get(pk=objection.pk)
    if not reaches(by, locked.region_id, [Role.APPROVER]):
        raise NotAllowed(_("您的角色不能答复异议"), _("请交由批准人办理"))
    if row.state != ObjectionState.OPEN:
        if row.answered_by_id == by.pk:
            raise AlreadyDone(_("您已经答复了这件异议"), _("无需重复操作"))
        raise Conflict(
            _("异议 %(number)s 已由他人答复") % {"number": row.number}, _("请查看答复内容")
        )
    if locked.proposed_by_id == by.pk:
        raise NotAllowed(_("提出审核意见的人不能答复对它的异议"), _("请由另一位批准人办理"))
    row.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    row.reply, row.answered_by, row.answered_at = reply, by, clock.now()
    row.save(update_fields=["state", "reply", "answered_by", "answered_at"])
    settle_reminders(f"objection/{row.pk}")
    record_event(
        locked,
        Verb.UPHOLD_OBJECTION if upheld else Verb.DISMISS_OBJECTION,
        by=by,
        reason=reply,
        region=locked.region_id,
        data={"objection": row.number},
    )
    if upheld and locked.state == CaseState.PUBLISHED and locked.publicity_id == row.publicity_id:
        send_back(locked, by=by, reason=_("公示异议成立：%(reply)s") % {"reply": reply})
    elif not upheld:
        tell_enterprise(locked, f"objection/{row.number}/answered", OBJECTION_DISMISSED)
    return row
