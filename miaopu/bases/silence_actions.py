"""Forms of self-inspection that are not handed in, and bases that are admitted after the call.

What silence leads to is the pack's rule (`silence`): a second chance first, then its effect, which
comes by itself, is told to everybody concerned, and is taken back only with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.guards import step_from
from miaopu.bases.inspection_actions import (
    Line,
    SheetConflict,
    SheetIncomplete,
    keep_lines,
    lines_of,
    list_problems,
    locked_sheet,
    wanting_of,
)
from miaopu.bases.inspection_enums import InspectionVerb, SheetState
from miaopu.bases.inspection_notices import (
    applied,
    called,
    campaign_key,
    checked,
    silent,
    undone,
)
from miaopu.bases.inspection_states import SHEET_TABLE
from miaopu.bases.models import Base, InspectionCampaign, InspectionSheet
from miaopu.bases.querysets import BaseQuerySet
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, NotAllowed, check_reason
from miaopu.core.holders import settle_notices, tell_once
from miaopu.core.models import User
from miaopu.core.scope import reaches, region_prefix
from miaopu.engine.clock import working_days


def _later(day: date, count: int) -> date:
    until = working_days(day, count).due
    assert until is not None  # nothing pauses it
    return until


def bases_without_form(campaign: InspectionCampaign) -> BaseQuerySet[Base]:
    """Bases of the programme that were admitted after the call and have no form of it."""
    inside = region_prefix(campaign.version.programme.region_id)
    found: BaseQuerySet[Base] = Base.objects.filter(
        state=BaseState.ADMITTED, region__code__startswith=inside
    ).exclude(inspection_sheets__campaign=campaign)
    return found.order_by("number")


def due_for_later(campaign: InspectionCampaign) -> date:
    """By when a base that is admitted now hands in its form: the pack's days, or the call's."""
    days = campaign.definition.admitted_later
    return max(campaign.due_on, _later(clock.today(), days))


def is_running(campaign: InspectionCampaign) -> bool:
    """Whether problems of this self-inspection are still being put right."""
    return campaign.definition.rectify_by >= clock.today()


@transaction.atomic
def add_sheets(campaign: InspectionCampaign, due_on: date, *, by: User) -> list[InspectionSheet]:
    """Give every base that was admitted after the call its form, due on a day of its own.

    Raises NotAllowed for others than the programme officer, ActionRefused for a day that has
    passed, after the end of the self-inspection, and where every base has its form.
    """
    region = campaign.version.programme.region_id
    if not reaches(by, region, [Role.PROGRAMME_OFFICER]):
        raise NotAllowed(_("自查由计划主管部署"), _("请联系计划主管"))
    type(campaign.version).objects.select_for_update(of=("self",), no_key=True).get(
        pk=campaign.version_id
    )
    if not is_running(campaign):
        raise ActionRefused(_("这次自查已经结束"), _("下一次自查再填报"))
    if due_on < clock.today():
        raise ActionRefused(_("上报期限在今天之前"), _("请填写今天或以后的日期"))
    bases = list(bases_without_form(campaign).select_related("region"))
    if not bases:
        raise ActionRefused(_("每个已准入的基地都有自查表"), _("不需要补发"))
    made = []
    for base in bases:
        sheet = InspectionSheet.objects.create(campaign=campaign, base=base, own_due_on=due_on)
        record_event(
            sheet, InspectionVerb.ADD_SHEET, by=by, region=base.region_id,
            data={"base": base.number, "due": due_on.isoformat()},
        )  # fmt: skip
        made.append(sheet)
    tell_once(notice for sheet in made for notice in called(sheet))
    return made


def _waiting(state: SheetState) -> Iterable[InspectionSheet]:
    rows = InspectionSheet.objects.select_for_update(of=("self",), no_key=True).filter(state=state)
    return rows.select_related("base__region", "campaign__version__programme").order_by("pk")


@transaction.atomic
def note_silence(*, by: User | None = None) -> int:
    """Note every form whose day has passed: its second chance begins, and people are told.

    The rule is the pack's (`silence`): so many working days more, then its consequence holds.
    Returns how many forms it was. Run by the system, for whom `by` is None.
    """
    rows = InspectionSheet.objects.due_before(clock.today()).filter(state=SheetState.OPEN)
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    late = list(locked.select_related("base__region", "campaign__version__programme"))
    for sheet in late:
        rule = sheet.campaign.definition.silence
        sheet.state = SheetState(SHEET_TABLE.find("silence", sheet.state).target)
        sheet.chance_until = _later(sheet.due_on, rule.working_days)
        sheet.save(update_fields=["state", "chance_until"])
        record_event(
            sheet, InspectionVerb.NOTE_SILENCE, by=by, region=sheet.base.region_id,
            data={"until": str(sheet.chance_until)},
        )  # fmt: skip
    settle_notices(*(campaign_key(sheet) for sheet in late))
    tell_once(notice for sheet in late for notice in silent(sheet))
    return len(late)


@transaction.atomic
def apply_silence(*, by: User | None = None) -> int:
    """Do what the pack's rule says to every form whose second chance has passed as well.

    A rule without an effect leaves the form as it is; a base that has left is not asked any more.
    Returns how many forms it was. Run by the system, for whom `by` is None.
    """
    today, done = clock.today(), []
    for sheet in _waiting(SheetState.SILENT):
        rule = sheet.campaign.definition.silence
        if rule.effect is None or sheet.base.state != BaseState.ADMITTED:
            continue
        if sheet.chance_until is None or sheet.chance_until >= today:
            continue
        sheet.state = SheetState(SHEET_TABLE.find(rule.effect, sheet.state).target)
        sheet.check_by = _later(today, rule.check_days) if rule.check_days else None
        sheet.revision += 1
        sheet.save(update_fields=["state", "check_by", "revision"])
        record_event(
            sheet, InspectionVerb.APPLY_SILENCE, by=by, region=sheet.base.region_id,
            data={"effect": rule.effect, "check_by": str(sheet.check_by or "")},
        )  # fmt: skip
        done.append(sheet)
    settle_notices(*(campaign_key(sheet) for sheet in done))
    tell_once(notice for sheet in done for notice in applied(sheet))
    return len(done)


@transaction.atomic
def undo_silence(
    sheet: InspectionSheet, until: date, *, revision: int, by: User, reason: str
) -> InspectionSheet:
    """Take back what the rule did: the base may hand its form in until the day after all.

    Raises ActionRefused without a reason or for a day that has passed, Conflict for a stale page.
    """
    check_reason(reason)
    locked = locked_sheet(sheet)
    found = step_from(SHEET_TABLE, "undo", locked.state, locked.base, by)
    _check_revision(locked, revision)
    if until < clock.today():
        raise ActionRefused(_("补报期限在今天之前"), _("请填写今天或以后的日期"))
    before, locked.state = locked.state, SheetState(found.target)
    locked.chance_until, locked.check_by = until, None
    locked.revision += 1
    locked.save()
    record_event(
        locked, InspectionVerb.UNDO_SILENCE, by=by, reason=reason, region=locked.base.region_id,
        data={"before": before, "until": until.isoformat()},
    )  # fmt: skip
    settle_notices(campaign_key(locked))
    tell_once(undone(locked))
    return locked


@transaction.atomic
def check_on_site(
    sheet: InspectionSheet, lines: Mapping[str, Line], *, revision: int, by: User
) -> InspectionSheet:
    """The district has looked at every line at the base; what is wrong is to be put right.

    Raises SheetIncomplete with what is missing, Conflict where it is not the district's to do now.
    """
    locked = locked_sheet(sheet)
    found = step_from(SHEET_TABLE, "check", locked.state, locked.base, by)
    wanting = wanting_of(locked, lines, clock.today())
    if wanting:
        raise SheetIncomplete(wanting)
    _check_revision(locked, revision)
    keep_lines(locked, lines, revision)
    problems = list_problems(locked, lines, by=by)
    locked.state = SheetState(found.target)
    locked.checked_by, locked.checked_on = by, clock.today()
    locked.revision += 1
    locked.save()
    record_event(
        locked, InspectionVerb.CHECK_ON_SITE, by=by, region=locked.base.region_id,
        data={"problems": problems},
    )  # fmt: skip
    settle_notices(campaign_key(locked))
    tell_once(checked(locked, problems))
    return locked


def _check_revision(locked: InspectionSheet, revision: int) -> None:
    if locked.revision != revision:
        raise SheetConflict(locked.revision, lines_of(locked))
