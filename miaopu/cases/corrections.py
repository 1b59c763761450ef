"""Asking an enterprise to correct its application, and the enterprise's answer.

Everything that is missing is told at once (一次性告知). Meanwhile the office's clock is paused. The
enterprise changes only what it was asked for; what it saves enters the case when it hands it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.clocks import calculation_rows
from miaopu.cases.drafts import merge_typed, was_saved_before
from miaopu.cases.enums import CaseState, PointKind, Verb
from miaopu.cases.forms import DECEPTIVE, FormError, check_form
from miaopu.cases.guards import FormConflict, FormRefused, check_length, check_represents
from miaopu.cases.models import Case, Correction
from miaopu.cases.notices import CORRECTED, asked_to_correct, tell_enterprise, tell_officer
from miaopu.cases.workflow import lock_case
from miaopu.cases.workflow import transition as change_state
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.engine.clock import working_days
from miaopu.engine.packs.procedure import FormField

LONGEST_POINT = 500
LONGEST_REMARK = 1000
SIDE_STEP = "correction"
REMARK = "correction_remark"  # the name of the remark beside the names of the form's fields


@dataclass(frozen=True)
class Point:
    """One thing to correct: a field of the form or a kind of paper, and what is wrong with it."""

    kind: PointKind
    id: str
    text: str


def takes_corrections(case: Case) -> bool:
    """Whether the case's item has this step at all."""
    return SIDE_STEP in case.item.definition.side_steps_by_id


def _checked(case: Case, points: Iterable[Point]) -> list[dict[str, str]]:
    """The points as stored. Raises ActionRefused for none, for unknown ones and for empty texts."""
    definition = case.item.definition
    known = {
        PointKind.FIELD: set(definition.fields_by_id),
        PointKind.MATERIAL: {material.id for material in definition.materials},
    }
    rows = []
    for point in points:
        text = DECEPTIVE.sub("", point.text).strip()
        if point.id not in known[point.kind] or not text:
            raise ActionRefused(
                _("补正事项须指明申报表的一项或一种材料，并写明要求"), _("请逐项填写")
            )
        if len(text) > LONGEST_POINT:
            raise ActionRefused(
                _("每项补正要求最多 %(limit)s 个字") % {"limit": LONGEST_POINT}, _("请精简文字")
            )
        rows.append({"kind": str(point.kind), "id": point.id, "text": text})
    if not rows:
        raise ActionRefused(_("没有写明要补正什么"), _("至少填写一项；要一次写全"))
    if len({(row["kind"], row["id"]) for row in rows}) != len(rows):
        raise ActionRefused(_("同一项写了两次"), _("请合并为一项"))
    return rows


@transaction.atomic
def ask_correction(
    case: Case, points: Iterable[Point], *, by: User, reason: str = ""
) -> Correction:
    """Return a case to the enterprise with everything that it must correct; the clock is paused.

    The due date comes from the pack's side step `correction`, in working days; the day of asking
    is not counted. What was not asked the first time needs a `reason` to be asked later.
    """
    locked = lock_case(case)
    if not takes_corrections(locked):
        raise ActionRefused(_("该事项没有补正环节"), _("请直接提出审核意见"))
    rows = _checked(locked, points)
    before = locked.corrections.count()
    reason = reason.strip()
    may_ask = locked.state in (CaseState.SUBMITTED, CaseState.ACCEPTED)
    if may_ask and before and not reason:
        raise ActionRefused(
            _("已要求补正 %(count)s 次：需要补正的内容应当一次性告知") % {"count": before},
            _("确需再次要求的，请写明当时没有提出的理由"),
        )
    changed = change_state(locked, "ask_correction", by=by, reason=reason)
    days = locked.item.definition.side_steps_by_id[SIDE_STEP].working_days
    period = working_days(clock.today(), days)
    assert period.due is not None  # no pause is open
    correction = Correction.objects.create(
        case=changed,
        serial=before + 1,
        points=rows,
        asked_by=by,
        asked_at=clock.now(),
        days=days,
        due_on=period.due,
        provisional=period.provisional,
        calculation=calculation_rows(period),
        answers={
            row["id"]: changed.form.get(row["id"], "")
            for row in rows
            if row["kind"] == PointKind.FIELD
        },
    )
    text = asked_to_correct(len(rows), period.due)
    tell_enterprise(changed, f"correction/{correction.serial}", text, "correction/")
    return correction


def asked_fields(correction: Correction) -> tuple[FormField, ...]:
    """The questions of the form that the enterprise was asked to correct."""
    asked = set(correction.fields)
    return tuple(one for one in correction.case.item.definition.form if one.id in asked)


def open_correction(locked: Case) -> Correction:
    """What is to be corrected now; raises Conflict where nothing is."""
    correction = locked.corrections.open().first()
    if correction is None:
        raise Conflict(_("这件申报现在没有需要补正的内容"), _("请在办件页面查看进度"))
    correction.case = locked
    return correction


@transaction.atomic
def save_correction(
    case: Case,
    typed: Mapping[str, Any],
    *,
    remark: str = "",
    revision: int,
    shown: Mapping[str, Any] | None = None,
    by: User,
    quietly: bool = False,
) -> list[FormError]:
    """Keep what the enterprise corrected so far, right or wrong, and return the errors.

    Only fields that were asked for are taken. `quietly` (saved while typing) leaves one event for
    a sitting. What was changed elsewhere since `revision` stays, where the page that had `shown`
    it did not change it. Raises FormConflict where the same field was changed in both, Conflict
    where nothing is to be corrected (any more).
    """
    check_length({**typed, "": remark})
    locked = lock_case(case)
    check_represents(by, locked.enterprise)
    correction = open_correction(locked)
    values, errors = check_form(asked_fields(correction), typed)
    remark = DECEPTIVE.sub("", remark).strip()[:LONGEST_REMARK]
    if correction.revision != revision:
        saved = {**correction.answers, REMARK: correction.remark}
        merged = merge_typed(saved, {**values, REMARK: remark}, shown)
        if merged is None:
            raise FormConflict(saved, correction.revision)
        remark = merged.pop(REMARK)
        values, errors = check_form(asked_fields(correction), merged)
    if correction.answers != values or correction.remark != remark:
        correction.answers, correction.remark = values, remark
        correction.revision += 1
        correction.save(update_fields=["answers", "remark", "revision"])
        if not (quietly and was_saved_before(locked, by, Verb.SAVE_CORRECTION)):
            record_event(locked, Verb.SAVE_CORRECTION, by=by, region=locked.region_id)
    return errors


def unanswered(correction: Correction) -> list[dict[str, str]]:
    """Points with no answer yet: fields as they were, papers without a new file.

    With a remark the enterprise may leave a field or paper as it is: the remark says why.
    """
    if correction.remark:
        return []
    case = correction.case
    fresh = set(
        case.files.filter(attached_at__gte=correction.asked_at).values_list("material", flat=True)
    )
    return [
        point
        for point in correction.points
        if (point["kind"] == PointKind.MATERIAL and point["id"] not in fresh)
        or (
            point["kind"] == PointKind.FIELD
            and correction.answers.get(point["id"]) == case.form.get(point["id"])
        )
    ]


@transaction.atomic
def answer_correction(case: Case, *, by: User) -> Case:
    """Hand the corrected application in again: completed is accepted, the review goes on.

    Raises FormRefused where a corrected field has errors, ActionRefused where a point has no answer
    and no remark says why, AlreadyDone for a second click.
    """
    locked = lock_case(case)
    correction = locked.corrections.open().first()
    changes: dict[str, Any] = {}
    if correction is not None and locked.state == CaseState.RETURNED:
        check_represents(by, locked.enterprise)
        correction.case = locked
        values, errors = check_form(asked_fields(correction), correction.answers)
        if errors:
            raise FormRefused(errors)
        if missing := unanswered(correction):
            raise ActionRefused(
                _("还有 %(count)s 处没有补正") % {"count": len(missing)},
                _("请改正或上传；确实不需要改的，请在说明中写明原因"),
            )
        correction.before = {name: locked.form.get(name, "") for name in values}
        correction.save(update_fields=["before"])
        changes = {"form": {**locked.form, **values}}
    answered = change_state(locked, "answer_correction", by=by, **changes)
    if correction is not None:
        key = f"corrected/{correction.serial}"
        tell_enterprise(answered, key, CORRECTED)
        tell_officer(correction.asked_by, answered, key, CORRECTED)
    return answered
