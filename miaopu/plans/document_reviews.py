"""Reviews 立改废: whether a document is kept, amended or repealed; two people, with reasons."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.document_notices import REPEALED, tell_subscribers
from miaopu.plans.document_states import DOCUMENT_TABLE, PUBLISHERS, WRITERS
from miaopu.plans.enums import DocumentState, ReviewOutcome, Verb
from miaopu.plans.models import DocumentReview, PolicyDocument


@transaction.atomic
def propose_review(
    document: PolicyDocument,
    outcome: ReviewOutcome,
    *,
    day: date,
    by: User,
    reason: str,
) -> DocumentReview:
    """Say what a document's review comes to; it counts once another person has confirmed it.

    `day`: of a repeal from when on it holds, else the day of the next review. Raises NotAllowed,
    Conflict where there is an open one already, ActionRefused for a day that has passed.
    """
    locked = _locked(document)
    if not reaches(by, locked.kept_in_id, WRITERS):
        raise NotAllowed(_("您不能清理这份文件"), _("请由该区域的审核员或计划主管办理"))
    if locked.state != DocumentState.IN_FORCE:
        raise Conflict(_("只有现行有效的文件需要清理"), _("请刷新页面查看"))
    if locked.reviews.waiting().exists():
        raise Conflict(_("这份文件已有一个等待确认的意见"), _("请先由另一人确认"))
    check_reason(reason)
    if day < clock.today():
        raise ActionRefused(_("日期不能早于今天"), _("请改正日期"))
    repeal = outcome == ReviewOutcome.REPEAL
    review = DocumentReview.objects.create(
        document=locked,
        outcome=outcome,
        reason=reason.strip(),
        next_due=None if repeal else day,
        repealed_on=day if repeal else None,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record_event(
        locked,
        Verb.PROPOSE_REVIEW,
        by=by,
        reason=review.reason,
        region=locked.kept_in_id,
        data={"outcome": str(outcome), "day": day.isoformat()},
    )
    return review


@transaction.atomic
def confirm_review(review: DocumentReview, *, by: User, reason: str = "") -> PolicyDocument:
    """Let a review count: the next date is set, an amendment asked for, or the document repealed.

    Raises NotAllowed for whoever proposed it, Conflict where it is confirmed already.
    """
    document = _locked(review.document)
    locked = DocumentReview.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    if not reaches(by, document.kept_in_id, PUBLISHERS):
        raise NotAllowed(_("您不能确认这个意见"), _("请由批准人、计划主管或领导小组成员确认"))
    if locked.proposed_by_id == by.pk:
        raise NotAllowed(_("立改废意见须由提出人以外的人确认"), _("请另一位同事确认"))
    if locked.confirmed_at is not None:
        raise Conflict(_("这个意见已经确认"), _("请刷新页面查看"))
    locked.confirmed_by, locked.confirmed_at = by, clock.now()
    locked.save()
    if locked.outcome == ReviewOutcome.REPEAL:
        for version in document.versions.in_force():
            version.state = DOCUMENT_TABLE.find("repeal", version.state).target
            version.save(update_fields=["state"])
        document.state = DocumentState.REPEALED
        document.repealed_on = locked.repealed_on
        document.review_due = None
        document.amendment_wanted = False
    else:
        document.review_due = locked.next_due
        document.amendment_wanted = locked.outcome == ReviewOutcome.AMEND
    document.save()
    record_event(
        document,
        Verb.CONFIRM_REVIEW,
        by=by,
        reason=reason,
        region=document.kept_in_id,
        data={"outcome": locked.outcome},
    )
    if locked.outcome == ReviewOutcome.REPEAL:
        tell_subscribers(document, REPEALED, "repealed")
    return document


def _locked(document: PolicyDocument) -> PolicyDocument:
    return PolicyDocument.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
