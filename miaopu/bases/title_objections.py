"""Objections to a list of titles: made by anybody while it is in publicity, answered by the city.

One that is upheld takes the base off the list; the others stand. As with the lists of cases
(`miaopu.cases.objections`), the objector follows it with number and code and is never named.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.models import Nomination, TitleList, TitleObjection
from miaopu.bases.title_actions import check_city, locked_campaign, move_nomination
from miaopu.bases.title_enums import NominationState, TitleObjectionState, TitleVerb
from miaopu.cases.clocks import calculation_rows
from miaopu.cases.objections import (
    Statement,
    check_sender,
    cleaned_reply,
    cleaned_statement,
    digest_of_code,
    new_code,
)
from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import holders, settle_notices
from miaopu.core.models import User
from miaopu.engine.clock import working_days


@transaction.atomic
def object_to_title(
    found: TitleList, base_number: str, statement: Statement, *, by: User | None, sender: str = ""
) -> tuple[TitleObjection, str]:
    """Object to a base on a list in publicity; returns the objection and the code to follow it.

    Raises ActionRefused once the period has ended or for a base that is not on the list (any
    more), TooMany where `sender` sends more than people do.
    """
    said = cleaned_statement(statement)
    campaign = locked_campaign(found.campaign)
    if clock.today() > found.ends_on:
        raise ActionRefused(
            _("公示已于 %(day)s 结束，不能再提出公示异议") % {"day": found.ends_on.isoformat()},
            _("请向市级主管书面反映"),
        )
    rows = Nomination.objects.filter(publicity=found, base__number=base_number)
    nomination = rows.in_states(NominationState.PUBLISHED).select_related("base").first()
    if nomination is None:
        raise ActionRefused(_("这个基地不在公示中"), _("请核对名单后再选择"))
    check_sender(sender, TitleObjection.objects.all())
    period = working_days(clock.today(), campaign.scheme.publicity.objection_days)
    assert period.due is not None  # no pause is open
    code = new_code()
    made = TitleObjection.objects.create(
        number=f"{found.number}-Y{found.objections.count() + 1:03d}",
        code_digest=digest_of_code(code),
        publicity=found,
        nomination=nomination,
        name=said.name,
        contact=said.contact,
        text=said.text,
        sender=sender,
        made_at=clock.now(),
        due_on=period.due,
        calculation=calculation_rows(period),
    )
    record_event(
        nomination, TitleVerb.OBJECT_TO_TITLE, by=by, region=nomination.base.region_id,
        data={"objection": made.number},
    )  # fmt: skip
    for officer in holders(Role.PROGRAMME_OFFICER, campaign.region_id):
        notify(
            officer,
            _notice(made),
            f"有人对示范名单 {found.number} 提出异议，请在 {made.due_on} 前答复",
            f"There is an objection to the list {found.number}; answer by {made.due_on}",
            f"/office/titles/lists/{found.number}/",
        )
    return made, code


def _notice(objection: TitleObjection) -> str:
    return f"title-objection/{objection.number}"


@transaction.atomic
def answer_title_objection(
    objection: TitleObjection, *, upheld: bool, by: User, reason: str
) -> TitleObjection:
    """Answer an objection with a reply that the objector reads; upheld, the base is off the list.

    By another person than who selected the base. Raises Conflict where it has been answered.
    """
    reply = cleaned_reply(reason)
    campaign = locked_campaign(objection.publicity.campaign)
    check_city(by, campaign)
    rows = TitleObjection.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("nomination__base").get(pk=objection.pk)
    if row.state != TitleObjectionState.OPEN:
        raise Conflict(_("异议 %(number)s 已经答复") % {"number": row.number}, _("请查看答复内容"))
    if row.nomination.selected_by_id == by.pk:
        raise NotAllowed(_("评选的人不能答复对它的异议"), _("请由另一位主管答复"))
    row.state = TitleObjectionState.UPHELD if upheld else TitleObjectionState.DISMISSED
    row.reply, row.answered_by, row.answered_at = reply, by, clock.now()
    row.save(update_fields=["state", "reply", "answered_by", "answered_at"])
    settle_notices(_notice(row))
    verb = TitleVerb.UPHOLD_OBJECTION if upheld else TitleVerb.DISMISS_OBJECTION
    if upheld and row.nomination.state == NominationState.PUBLISHED:
        move_nomination(row.nomination, "drop", verb, by=by, reason=reply)
    else:
        record_event(
            row.nomination, verb, by=by, reason=reply, region=row.nomination.base.region_id,
            data={"objection": row.number},
        )  # fmt: skip
    return row
