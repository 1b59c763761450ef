"""Writes of the evidence on score sheets: kept, withdrawn, or handed in after the freeze."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.monitoring.enums import CampaignState, Stage, Verb
from miaopu.monitoring.models import LateScoreFile, ScoreFile, ScoreSheet
from miaopu.monitoring.score_guards import check_stage, locked_sheet, scores_itself
from miaopu.monitoring.sheets import lines_for
from miaopu.plans.evidence import MAX_FILES, GivenFile

F = TypeVar("F", ScoreFile, LateScoreFile)
LATE = (CampaignState.FROZEN, CampaignState.PUBLICITY)
"""While the result is frozen and not published yet, evidence may still come: it counts for
nothing by itself."""


def _check_line(sheet: ScoreSheet, line: str, stage: Stage) -> None:
    if line not in {one.key for one in lines_for(sheet, stage)}:
        raise ActionRefused(_("没有这个评分项"), _("请重新选择评分项"))


def _keep(
    there: QuerySet[F], sheet: ScoreSheet, line: str, given: GivenFile, verb: Verb, *, by: User
) -> F:
    """Keep a file among those that are there already; the same content once."""
    name, content = given
    kept = keep_file(content, by=by)
    known = there.filter(file=kept).first()
    if known is not None:
        return known
    if there.count() >= MAX_FILES:
        raise ActionRefused(_("最多上传 %(count)s 个文件") % {"count": MAX_FILES}, _("请合并文件"))
    made = there.create(
        sheet=sheet, line=line, file=kept, name=PurePath(name).name[:200], by=by, at=clock.now()
    )
    record_event(
        sheet, verb, by=by, region=sheet.subject.region, data={"line": line, "sha256": kept.sha256}
    )
    return made


@transaction.atomic
def keep_score_file(
    sheet: ScoreSheet, line: str, name: str, content: bytes, *, by: User
) -> ScoreFile:
    """Keep a piece of evidence for a line that the user fills in. Refused once frozen."""
    locked = locked_sheet(sheet)
    stage = check_stage(by, locked)
    _check_line(locked, line, stage)
    there = ScoreFile.objects.kept().filter(sheet=locked, line=line)
    return _keep(there, locked, line, (name, content), Verb.KEEP_SCORE_FILE, by=by)


def may_withdraw(user: User, found: ScoreFile, stage: Stage | None) -> bool:
    """Whether somebody who fills the sheet in as `stage` may take the file back: its own.

    What one person of the operator handed in, another may withdraw, also of the next operator.
    """
    if stage is None:
        return False
    given = found.by is not None and found.by.is_party
    return found.by_id == user.pk or (stage == Stage.SELF and given and user.is_party)


@transaction.atomic
def withdraw_score_file(found: ScoreFile, *, by: User, reason: str) -> None:
    """Take a piece of evidence back; it is kept, and counts no more. Refused once frozen."""
    locked = locked_sheet(found.sheet)
    stage = check_stage(by, locked)
    if not may_withdraw(by, found, stage):
        raise NotAllowed(_("只能撤下自己一方上传的材料"), _("请由上传的一方撤下"))
    found.withdrawn_at = clock.now()
    found.save(update_fields=["withdrawn_at"])
    record_event(
        locked, Verb.WITHDRAW_SCORE_FILE, by=by, reason=reason, region=locked.subject.region,
        data={"line": found.line, "sha256": found.file.sha256},
    )  # fmt: skip


def takes_late_files(user: User, sheet: ScoreSheet) -> bool:
    """Whether the user's evidence for the sheet would be kept beside what was frozen."""
    if sheet.campaign.state not in LATE:
        return False
    operators = (sheet.operator_id, sheet.subject.operator_id)
    return any(scores_itself(user, sheet.subject, one) for one in operators)


@transaction.atomic
def keep_late_file(
    sheet: ScoreSheet, line: str, name: str, content: bytes, *, by: User
) -> LateScoreFile:
    """Keep a file that comes after the freeze beside the frozen ones; it changes no score.

    Frozen files and digest stay as they are. Whoever decides an appeal sees both. Raises Conflict
    where nothing is frozen, or the result is published.
    """
    locked = locked_sheet(sheet)
    if not takes_late_files(by, locked):
        raise Conflict(_("现在不能补交材料"), _("冻结以后、公布以前，运营主体可以补交"))
    _check_line(locked, line, Stage.SELF)
    there = LateScoreFile.objects.filter(sheet=locked, line=line)
    return _keep(there, locked, line, (name, content), Verb.KEEP_LATE_FILE, by=by)
