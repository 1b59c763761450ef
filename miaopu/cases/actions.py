"""Writes on cases up to the approval. Each is atomic and leaves an event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.cases.drafts import merge_answers, was_saved_before
from miaopu.cases.enums import CaseChannel, CaseState, Verb
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import (
    FormRefused,
    amount_to_propose,
    check_draft,
    check_length,
    check_materials,
    check_may_refuse,
    check_other_person,
    check_period,
    check_represents,
    check_still_entitled,
    reason_needed,
)
from miaopu.cases.letters import freeze_letter
from miaopu.cases.models import Case, CaseFile, Item
from miaopu.cases.notices import BACK, tell_enterprise
from miaopu.cases.opening import check_same_item, live_case, new_case
from miaopu.cases.prefill import known_answers
from miaopu.cases.workflow import lock_case
from miaopu.cases.workflow import transition as change_state
from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import explain_item
from miaopu.plans.models import ProgrammeVersion

MAX_FILES = 20


@transaction.atomic
def publish_items(version: ProgrammeVersion) -> list[Item]:
    """Enter the items of a programme's version in the catalogue; again changes nothing."""
    items = []
    for code, definition in version.pack.items.items():
        zh, en = definition.title.zh, definition.title.en
        named = {"title": zh, "title_en": en, "outcome": definition.outcome}
        item, _created = Item.objects.get_or_create(version=version, code=code, defaults=named)
        items.append(item)
    return items


@transaction.atomic
def open_case(
    item: Item, enterprise: Enterprise, *, by: User, subject: Enterprise | None = None
) -> Case:
    """The enterprise's draft for the item, prefilled; a second call returns the same case.

    `subject` is the tenant for whom the enterprise, which runs the base, is rewarded (items for a
    base); that it is its tenant the caller has proved. Raises NotAllowed unless `by` represents
    the enterprise, ActionRefused where facts exclude it.
    """
    check_represents(by, enterprise)
    if item.definition.party != ("enterprise" if subject is None else "base"):
        raise ActionRefused(_("“%(item)s”不面向企业") % {"item": item.title}, _("请选择其他事项"))
    once_key = item.once_key(clock.today(), subject)
    known = live_case(item, enterprise, subject)
    if known is not None:
        return check_same_item(known, item)
    check_period(item)
    explanation = explain_item(item.version, item.code, subject or enterprise, clock.today())
    if explanation.status == "false":
        raise ActionRefused(
            _("该企业不符合“%(item)s”的条件") % {"item": item.title}, _("请查看每项条件的依据")
        )
    try:
        with transaction.atomic():
            answers = known_answers(item.definition.form, enterprise)
            return new_case(
                item,
                enterprise,
                once_key=once_key,
                form={name: answer.text for name, answer in answers.items()},
                known=answers,
                channel=CaseChannel.APPLICATION,
                by=by,
                subject=subject,
            )
    except IntegrityError:  # another tab was faster
        faster = live_case(item, enterprise, subject)
        assert faster is not None
        return check_same_item(faster, item)


@transaction.atomic
def save_form(
    case: Case,
    typed: Mapping[str, Any],
    *,
    revision: int,
    by: User,
    only: Collection[str] | None = None,
    quietly: bool = False,
) -> list[FormError]:
    """Keep what was typed in a draft, right or wrong, and return the errors.

    `only` names the questions of the page, `revision` is what it showed; other pages' answers are
    merged. `quietly` (saved while typing) leaves one event for a sitting, not one for each pause.
    Raises FormConflict where a question was answered otherwise since, Conflict once submitted,
    ActionRefused where it is longer than anybody types.
    """
    check_length(typed)
    locked = lock_case(case)
    check_represents(by, locked.enterprise)
    check_draft(locked)
    asked = tuple(one for one in locked.questions if only is None or one.id in only)
    values, errors = check_form(asked, typed)
    merged = merge_answers(locked, values, revision)
    if locked.form != merged:
        locked.form = merged
        locked.revision += 1
        locked.save(update_fields=["form", "revision"])
        if not (quietly and was_saved_before(locked, by)):
            record_event(locked, Verb.SAVE_FORM, by=by, region=locked.region_id)
    return errors


@transaction.atomic
def attach_file(case: Case, material: str, name: str, content: bytes, *, by: User) -> CaseFile:
    """Hand in a file with a draft. Raises ActionRefused for unknown kinds, Conflict later."""
    locked = lock_case(case)
    check_represents(by, locked.enterprise)
    check_draft(locked, material)
    if material not in {entry.id for entry in locked.item.definition.materials}:
        raise ActionRefused(_("没有这种材料"), _("请从材料清单中选择"))
    if locked.files.kept().count() >= MAX_FILES:
        raise ActionRefused(_("最多上传 %(count)s 个文件") % {"count": MAX_FILES}, _("请合并文件"))
    file = keep_file(content, by=by)
    attached, created = CaseFile.objects.get_or_create(
        case=locked,
        material=material,
        file=file,
        removed_at=None,
        defaults={"name": PurePath(name).name[:200], "attached_at": clock.now()},
    )
    if created:
        record_event(locked, Verb.ATTACH_FILE, by=by, region=locked.region_id)
    return attached


@transaction.atomic
def submit_case(case: Case, *, by: User) -> Case:
    """Submit a draft: the acceptance clock starts. Raises FormRefused where the form has errors."""
    locked = lock_case(case)
    if locked.state == CaseState.DRAFT:
        _values, errors = check_form(locked.questions, locked.form)
        if errors:
            raise FormRefused(errors)
        check_period(locked.item)
        check_materials(locked)
        explanation = explain_item(
            locked.item.version, locked.item.code, locked.judged, clock.today()
        )
        if explanation.status == "false":
            raise ActionRefused(_("企业现已不符合条件"), _("请查看每项条件的依据"))
        changes: dict[str, Any] = {
            "submitted_at": clock.now(),
            "trace": explanation.trace(),
            "priority_points": explanation.priority_points,
        }
    else:
        changes = {}
    return change_state(locked, "submit", by=by, **changes)


@transaction.atomic
def withdraw_case(case: Case, *, by: User, reason: str = "") -> Case:
    """Withdraw an application before it was reviewed."""
    return change_state(lock_case(case), "withdraw", by=by, reason=reason)


@transaction.atomic
def accept_case(case: Case, *, by: User, reason: str = "") -> Case:
    """Accept an application: the review clock starts."""
    return change_state(lock_case(case), "accept", by=by, reason=reason)


@transaction.atomic
def propose_grant(
    case: Case,
    decisions: Mapping[str, bool],
    *,
    by: User,
    reason: str = "",
    amount_fen: int | None = None,
) -> Case:
    """Propose support. The reviewer answers every discretion of the rule and signs with her name.

    `amount_fen` is her amount where the pack leaves it to people (`amount_decided`). Raises
    ActionRefused unless facts and answers together make the rule true and its amount known.
    """
    locked = lock_case(case)
    changes: dict[str, Any] = {}
    if locked.state == CaseState.ACCEPTED:
        signed = {
            name: {"answer": bool(answer), "by": by.pk, "at": clock.now().isoformat()}
            for name, answer in decisions.items()
        }
        answers = {name: bool(answer) for name, answer in decisions.items()}
        version, code = locked.item.version, locked.item.code
        explanation = explain_item(version, code, locked.judged, clock.today(), answers)
        amount = amount_to_propose(locked.item, explanation.amount_fen, amount_fen)
        if explanation.status != "true" or not amount:
            raise ActionRefused(
                _("按现有数据和您的判断，还不能提出同意意见"),
                _("请核对判定依据中打叉和打问号的条件，或提出不予扶持意见"),
            )
        changes = {
            "decisions": signed,
            "trace": {**explanation.trace(), "amount_fen": amount},
            "amount_fen": amount,
            "priority_points": explanation.priority_points,
            "proposed_by": by,
        }
    return change_state(locked, "propose_grant", by=by, reason=reason, **changes)


@transaction.atomic
def propose_refusal(case: Case, *, by: User, reason: str) -> Case:
    """Propose to refuse support, with a reason that the enterprise will read.

    Raises ActionRefused while the enterprise has still time to correct its application.
    """
    reason = reason_needed(reason)
    locked = lock_case(case)
    check_may_refuse(locked)
    return change_state(locked, "propose_refusal", by=by, reason=reason, proposed_by=by)


@transaction.atomic
def approve_case(case: Case, *, by: User, reason: str = "") -> Case:
    """Approve a proposal to support; another person than the proposer.

    Raises ActionRefused where the facts have changed since the proposal.
    """
    locked = lock_case(case)
    check_other_person(locked, by)
    changes: dict[str, Any] = {}
    if locked.state == CaseState.PROPOSED:
        check_still_entitled(locked)
        changes = {"approved_by": by}
    return change_state(locked, "approve", by=by, reason=reason, **changes)


@transaction.atomic
def confirm_refusal(case: Case, *, by: User, reason: str = "") -> Case:
    """Confirm a proposal to refuse; another person than the proposer."""
    locked = lock_case(case)
    check_other_person(locked, by)
    signs = locked.state == CaseState.REFUSAL_PROPOSED
    changes: dict[str, Any] = {"decided_by": by, "decided_at": clock.now()} if signs else {}
    refused = change_state(locked, "confirm_refusal", by=by, reason=reason, **changes)
    return freeze_letter(refused, by=by).case


@transaction.atomic
def send_back(case: Case, *, by: User, reason: str) -> Case:
    """Send a proposal back to review, with a reason; also out of publicity (an objection upheld).

    The list stands as it was published; the case needs another one.
    """
    reason = reason_needed(reason)
    locked = lock_case(case)
    check_other_person(locked, by)
    was_published = locked.state == CaseState.PUBLISHED
    sent = change_state(
        locked,
        "send_back",
        by=by,
        reason=reason,
        proposed_by=None,
        approved_by=None,
        publicity=None,
        amount_fen=None,
        decisions={},
    )
    if was_published:
        tell_enterprise(sent, f"send_back/{sent.revision}", BACK)
    return sent
