"""Writes of self-inspection: call it, fill in the form, hand it in; what silence leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.guards import check_runs, step_from
from miaopu.bases.inspection_enums import Finding, InspectionVerb, SheetState
from miaopu.bases.inspection_notices import called, campaign_key
from miaopu.bases.inspection_states import SHEET_TABLE
from miaopu.bases.models import Base, InspectionCampaign, InspectionSheet, SheetAnswer
from miaopu.bases.rectification_actions import Problem, add_rectification
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import settle_notices, tell_once
from miaopu.core.models import User
from miaopu.core.scope import reaches, region_prefix
from miaopu.engine.packs.base_parts import Inspection
from miaopu.plans.models import ProgrammeVersion


@dataclass(frozen=True)
class Line:
    """What was typed on one line of the form; nothing is required before it is handed in."""

    finding: str = ""
    text: str = ""
    owner: str = ""
    measure: str = ""
    deadline: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return self == Line()


FIELDS = ("finding", "text", "owner", "measure", "deadline")


class SheetConflict(Conflict):
    """The form was changed elsewhere; `saved` is what stands there now."""

    def __init__(self, revision: int, saved: Mapping[str, Line]) -> None:
        super().__init__(
            _("自查表已在另一个页面修改"), _("您填写的内容还在，请核对标出的不同之处后再保存")
        )
        self.revision, self.saved = revision, saved


class SheetIncomplete(ActionRefused):
    """The form cannot be handed in yet; `wanting` says of each line what is missing."""

    def __init__(self, wanting: Mapping[str, str]) -> None:
        super().__init__(
            _("还有 %(count)s 项没有填完") % {"count": len(wanting)}, _("请补充后上报")
        )
        self.wanting = wanting


def uncalled(version: ProgrammeVersion) -> list[Inspection]:
    """The inspections of the pack that nobody has called yet."""
    programme = InspectionCampaign.objects.filter(version__programme=version.programme_id)
    called_already = set(programme.values_list("key", flat=True))
    return [one for one in version.pack.inspections if one.id not in called_already]


@transaction.atomic
def open_campaign(version: ProgrammeVersion, key: str, *, by: User) -> InspectionCampaign:
    """Call a self-inspection of the pack: one form for each base that is admitted now.

    Raises NotAllowed for others than the programme officer, ActionRefused after its last day and
    where no base is admitted, Conflict where it was called already.
    """
    region = version.programme.region_id
    if not reaches(by, region, [Role.PROGRAMME_OFFICER]):
        raise NotAllowed(_("自查由计划主管部署"), _("请联系计划主管"))
    ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    definition = next((one for one in uncalled(version) if one.id == key), None)
    if definition is None:
        raise Conflict(_("这次自查已经部署，或者计划中没有"), _("请刷新页面"))
    if definition.due_on < clock.today():
        raise ActionRefused(
            _("上报期限 %(due)s 已过") % {"due": definition.due_on.isoformat()},
            _("请在计划的新版本中写明新的期限"),
        )
    bases = Base.objects.filter(
        state=BaseState.ADMITTED, region__code__startswith=region_prefix(region)
    )
    if not bases:
        raise ActionRefused(_("还没有已准入的基地"), _("基地准入以后再部署自查"))
    campaign = InspectionCampaign.objects.create(
        version=version, key=key, due_on=definition.due_on, opened_by=by, opened_at=clock.now()
    )
    InspectionSheet.objects.bulk_create(
        InspectionSheet(campaign=campaign, base=base) for base in bases.order_by("number")
    )
    record_event(
        campaign,
        InspectionVerb.OPEN_CAMPAIGN,
        by=by,
        region=region,
        data={"inspection": key, "bases": len(bases), "due": definition.due_on.isoformat()},
    )
    sheets = campaign.sheets.select_related("base", "campaign__version__programme")
    tell_once(notice for sheet in sheets for notice in called(sheet))
    return campaign


def lines_of(sheet: InspectionSheet) -> dict[str, Line]:
    """What stands in the form, by item."""
    return {
        row.item: Line(row.finding, row.text, row.owner, row.measure, row.deadline)
        for row in sheet.answers.all()
    }


def locked_sheet(sheet: InspectionSheet) -> InspectionSheet:
    """The form as the database has it now, locked until the transaction ends."""
    rows = InspectionSheet.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("base__region", "campaign__version__programme").get(pk=sheet.pk)


def keep_lines(
    locked: InspectionSheet, lines: Mapping[str, Line], revision: int
) -> Mapping[str, Line]:
    """Write the lines that differ from what stands in the locked form; returns those.

    Raises SheetConflict where the form was changed since `revision`.
    """
    saved = lines_of(locked)
    known = locked.campaign.definition.items_by_id
    changed = {
        item: line
        for item, line in lines.items()
        if item in known and line != saved.get(item, Line())
    }
    if changed and locked.revision != revision:
        raise SheetConflict(locked.revision, saved)
    for item, line in changed.items():
        if line.finding not in ("", *Finding.values):
            raise ActionRefused(_("没有这种自查结果"), _("请重新选择"))
        values = {name: getattr(line, name) for name in FIELDS}
        SheetAnswer.objects.update_or_create(sheet=locked, item=item, defaults=values)
    return changed


@transaction.atomic
def save_sheet(
    sheet: InspectionSheet,
    lines: Mapping[str, Line],
    *,
    revision: int,
    by: User,
    quietly: bool = False,
) -> InspectionSheet:
    """Keep what was typed, complete or not; `quietly` (while typing) without an event of its own.

    Raises SheetConflict where the form was changed since `revision`, Conflict after it was handed
    in, NotAllowed for others than who runs the base.
    """
    locked = locked_sheet(sheet)
    check_runs(by, locked.base)
    if locked.state == SheetState.HANDED_IN:
        raise Conflict(_("自查表已经上报，不能再改"), _("发现新问题请与县区联系"))
    if locked.is_closed:
        raise Conflict(_("上报和补报期限都已过，不能再填"), _("请与县区联系"))
    changed = keep_lines(locked, lines, revision)
    if not changed:
        return locked
    locked.revision += 1
    locked.save(update_fields=["revision"])
    if not quietly:
        record_event(
            locked,
            InspectionVerb.SAVE_SHEET,
            by=by,
            region=locked.base.region_id,
            data={"items": sorted(changed)},
        )
    return locked


def wanting_of(sheet: InspectionSheet, lines: Mapping[str, Line], today: date) -> dict[str, str]:
    """What is missing before the form can be handed in, by item; nothing where it is complete."""
    wanting = {}
    for item in sheet.campaign.definition.items:
        line = lines.get(item.id, Line())
        said = _wanting(line, today, sheet.rectify_by)
        if said:
            wanting[item.id] = said
    return wanting


def _wanting(line: Line, today: date, last: date) -> str:
    if line.finding not in Finding.values:
        return _("请选择自查结果")
    if line.finding != Finding.PROBLEM:
        return ""
    if not line.text.strip():
        return _("请写明存在的问题")
    if not line.owner.strip() or not line.measure.strip():
        return _("请写明整改责任人和措施")
    if line.deadline is None or not today <= line.deadline <= max(last, today):
        return _("整改期限须在今天与 %(last)s 之间") % {"last": last.isoformat()}
    return ""


@transaction.atomic
def hand_in_sheet(sheet: InspectionSheet, *, revision: int, by: User) -> InspectionSheet:
    """Hand the form in; every problem becomes an item to be put right.

    Raises SheetIncomplete with what is missing, SheetConflict where it was changed elsewhere.
    """
    locked = locked_sheet(sheet)
    found = step_from(SHEET_TABLE, "hand_in", locked.state, locked.base, by)
    lines = lines_of(locked)
    if locked.revision != revision:
        raise SheetConflict(locked.revision, lines)
    today = clock.today()
    wanting = wanting_of(locked, lines, today)
    if wanting:
        raise SheetIncomplete(wanting)
    locked.state = SheetState(found.target)
    locked.handed_in_by, locked.handed_in_on = by, today
    locked.revision += 1
    locked.save()
    problems = list_problems(locked, lines, by=by)
    record_event(
        locked,
        InspectionVerb.HAND_IN_SHEET,
        by=by,
        region=locked.base.region_id,
        data={"problems": problems, "late": locked.is_late},
    )
    settle_notices(campaign_key(locked))
    return locked


@transaction.atomic
def list_problems(sheet: InspectionSheet, lines: Mapping[str, Line], *, by: User) -> int:
    """Every problem of a complete form becomes an item to be put right; how many."""
    definition, problems = sheet.campaign.definition, 0
    for item in definition.items:
        line = lines[item.id]
        if line.finding == Finding.PROBLEM:
            assert line.deadline is not None  # the form is complete
            problem = Problem(line.text, line.owner, line.measure, line.deadline, item.id)
            add_rectification(sheet.base, problem, definition, sheet=sheet, by=by)
            problems += 1
    return problems
