"""Writes on batch reviews: a leading group ranks proposals, and confirms whom the money reaches.

Each is atomic and leaves an event. Single cases may be approved one by one at any time: a batch
ranks what is still proposed when it is confirmed, and never holds a case back.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.cases.enums import BatchState, CaseState, Verb
from miaopu.cases.envelope import check_selection
from miaopu.cases.guards import check_other_person, check_still_entitled, reason_needed
from miaopu.cases.models import BatchReview, Case, Item
from miaopu.cases.notices import tell_enterprise
from miaopu.cases.ranking import BatchRanking, digest_of_content, rank_cases, waiting_cases
from miaopu.cases.workflow import AlreadyDone
from miaopu.cases.workflow import transition as change_state
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.plans.models import Programme


class BatchChanged(Conflict):
    """The ranking is no longer the one that the member saw."""


def _check_member(by: User, region_code: str) -> None:
    if not reaches(by, region_code, [Role.LEADING_GROUP]):
        raise NotAllowed(_("您的角色不能办理批次评审"), _("请交由领导小组成员办理"))


def _lock_programme(programme_id: int) -> None:
    # Programme first, then the batch, then cases, then accounts: nobody waits in a circle.
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)


def _lock_open(batch: BatchReview, by: User, done: str) -> BatchReview:
    """The batch as it stands, locked and open.

    Raises AlreadyDone where the same person has just brought it to the state `done`, Conflict where
    it is closed otherwise.
    """
    _check_member(by, batch.region_id)
    locked = (
        BatchReview.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item__version__programme", "region", "closed_by")
        .get(pk=batch.pk)
    )
    if locked.is_open:
        return locked
    if locked.closed_by_id == by.pk and locked.state == done:
        raise AlreadyDone(_("您已经办理过这一步"), _("无需重复操作"))
    raise Conflict(
        _("批次 %(number)s 已由%(who)s办理，现为“%(state)s”")
        % {"number": locked.number, "who": locked.closed_by, "state": locked.get_state_display()},
        _("请查看结果；还需要评审的，请另开一批"),
    )


def _checked_quota(quota: int | None) -> int | None:
    if quota is not None and not 1 <= quota <= 1_000_000:
        raise ActionRefused(_("名额须为大于零的整数"), _("不限名额请留空"))
    return quota


@transaction.atomic
def open_batch(item: Item, region: Region, *, by: User, quota: int | None = None) -> BatchReview:
    """Open a batch for an item in a region; a second call returns the one that is open."""
    _check_member(by, region.code)
    quota = _checked_quota(quota)
    _lock_programme(item.version.programme_id)
    known = BatchReview.objects.open().filter(item=item, region=region).first()
    if known is not None:
        return known
    if not waiting_cases(item, region).exists():
        raise ActionRefused(_("没有等待评审的办件"), _("审核员提出同意意见后再开始评审"))
    programme = item.version.programme
    count = BatchReview.objects.filter(item__version__programme=programme).count()
    try:
        with transaction.atomic():
            batch = BatchReview.objects.create(
                number=f"{programme.slug}-{region.code}-B{count + 1:03d}",
                item=item,
                region=region,
                quota=quota,
                opened_by=by,
                opened_at=clock.now(),
            )
    except IntegrityError:  # the constraint is the last word, whoever came between
        return BatchReview.objects.open().get(item=item, region=region)
    record_event(batch, Verb.OPEN_BATCH, by=by, region=region, data={"quota": quota})
    return batch


@transaction.atomic
def limit_batch(batch: BatchReview, quota: int | None, *, by: User) -> BatchReview:
    """Set how many may be supported at the most; None lifts the limit."""
    quota = _checked_quota(quota)
    locked = _lock_open(batch, by, "")
    if locked.quota != quota:
        locked.quota = quota
        locked.save(update_fields=["quota"])
        record_event(
            locked, Verb.LIMIT_BATCH, by=by, region=locked.region_id, data={"quota": quota}
        )
    return locked


@transaction.atomic
def set_aside(batch: BatchReview, case: Case, *, by: User, reason: str) -> BatchReview:
    """Leave a case out of this batch, with a reason that its enterprise will read."""
    reason = reason_needed(reason)
    locked = _lock_open(batch, by, "")
    if not waiting_cases(locked.item, locked.region).filter(pk=case.pk).exists():
        raise Conflict(_("办件 %(number)s 已不在本批") % {"number": case.number}, _("请刷新排名"))
    if case.number in locked.set_aside:
        raise AlreadyDone(_("该办件已移出本批"), _("无需重复操作"))
    locked.set_aside = {
        **locked.set_aside,
        case.number: {"reason": reason, "by": by.pk, "at": clock.now().isoformat()},
    }
    locked.save(update_fields=["set_aside"])
    record_event(
        case,
        Verb.SET_ASIDE,
        by=by,
        reason=reason,
        region=case.region_id,
        data={"batch": locked.number},
    )
    return locked


@transaction.atomic
def take_back(batch: BatchReview, case: Case, *, by: User) -> BatchReview:
    """Take a case that was set aside back into the batch."""
    locked = _lock_open(batch, by, "")
    if case.number not in locked.set_aside:
        raise AlreadyDone(_("该办件就在本批"), _("无需重复操作"))
    locked.set_aside = {
        number: why for number, why in locked.set_aside.items() if number != case.number
    }
    locked.save(update_fields=["set_aside"])
    record_event(case, Verb.TAKE_BACK, by=by, region=case.region_id, data={"batch": locked.number})
    return locked


@transaction.atomic
def cancel_batch(batch: BatchReview, *, by: User, reason: str) -> BatchReview:
    """Close a batch without a result, with a reason; its cases wait on."""
    reason = reason_needed(reason)
    locked = _lock_open(batch, by, BatchState.CANCELLED)
    locked.state = BatchState.CANCELLED
    locked.closed_by = by
    locked.closed_at = clock.now()
    locked.save(update_fields=["state", "closed_by", "closed_at"])
    record_event(locked, Verb.CANCEL_BATCH, by=by, reason=reason, region=locked.region_id)
    return locked


@transaction.atomic
def confirm_batch(batch: BatchReview, *, seen: str, by: User, reason: str = "") -> BatchReview:
    """Approve the cases that quota and money reach, and freeze the ranking with its digest.

    `seen` is the digest of the ranking that the member looked at. Raises BatchChanged where it is
    another now (a case gone or come, money taken), NotAllowed where she proposed one of the cases,
    ActionRefused where the facts of one have changed or an average would be exceeded; then nothing
    at all has changed. All ranked cases and the money are held until the end.
    """
    _lock_programme(batch.item.version.programme_id)
    locked = _lock_open(batch, by, BatchState.CONFIRMED)
    ranked = rank_cases(locked, _lock_waiting(locked), lock=True)
    if ranked.digest != seen:
        raise BatchChanged(
            _("您查看之后，办件、资金或名额有了变化，本批没有确认"),
            _("请核对现在的排名后再确认"),
        )
    if not ranked.selected:
        raise ActionRefused(_("本批没有可以支持的办件"), _("请追加预算或名额，或取消本批"))
    check_selection(locked.item, ranked.selected)
    for case in ranked.selected:
        _select(case, locked, by)
    _tell_passed_over(ranked, by)
    locked.lines, locked.purses = ranked.lines, ranked.purses
    locked.digest = digest_of_content(locked.frozen_content())
    locked.state = BatchState.CONFIRMED
    locked.closed_by = by
    locked.closed_at = clock.now()
    locked.save(update_fields=["lines", "purses", "digest", "state", "closed_by", "closed_at"])
    record_event(
        locked,
        Verb.CONFIRM_BATCH,
        by=by,
        reason=reason,
        region=locked.region_id,
        data={
            "digest": locked.digest,
            "ranked": len(locked.lines),
            "selected": len(ranked.selected),
            "amount_fen": ranked.ranking.amount_fen,
        },
    )
    return locked


def _lock_waiting(batch: BatchReview) -> list[Case]:
    """The batch's cases, locked in one order; whoever left the state while we waited is gone."""
    waiting = waiting_cases(batch.item, batch.region).order_by("pk")
    return list(
        waiting.select_for_update(of=("self",), no_key=True).select_related(
            "item__version__programme", "enterprise", "region"
        )
    )


def _named(number: str, refused: ActionRefused) -> str:
    return _("办件 %(number)s：%(message)s") % {"number": number, "message": refused.message}


def _select(case: Case, batch: BatchReview, by: User) -> None:
    """Approve a case as selected; what refuses names the case."""
    number = case.number
    try:
        check_other_person(case, by)
        check_still_entitled(case)
    except NotAllowed as refused:
        raise NotAllowed(_named(number, refused), refused.remedy) from refused
    except ActionRefused as refused:
        raise ActionRefused(
            _named(number, refused), _("请将它移出本批，或退回重审；本次没有任何改动")
        ) from refused
    assert case.state == CaseState.PROPOSED
    change_state(case, "select", by=by, reason=batch.number, approved_by=by)


def _tell_passed_over(ranked: BatchRanking, by: User) -> None:
    """Record for every case below the cut where it stood, and tell its enterprise."""
    funded = len(ranked.ranking.funded)
    ranks = {line.candidate.key: line.rank for line in ranked.ranking.lines}
    for case in ranked.passed_over:
        where: dict[str, Any] = {
            "batch": ranked.batch.number,
            "rank": ranks[case.number],
            "funded": funded,
        }
        record_event(case, Verb.RANK, by=by, region=case.region_id, data=where)
        tell_enterprise(
            case,
            f"rank/{ranked.batch.number}",
            Bilingual(
                f"本批评审排第 {where['rank']} 名，支持 {funded} 户，转入下一批评审",
                f"ranked {where['rank']} in this batch, which reached {funded}; it stays for the "
                "next one",
            ),
        )
