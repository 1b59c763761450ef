"""Writes on payment batches: awards gathered into a frozen list for the bank. Each is atomic."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.many import BATCH, Happened, record_events
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches, region_prefix
from miaopu.engine import seals
from miaopu.ledger.enums import AwardState, BatchState, LineState, Verb
from miaopu.ledger.models import Award, BatchLine, PaymentBatch
from miaopu.ledger.payees import Payee, payees_of
from miaopu.ledger.paying import check_payer, lock_awards

MAX_LINES = 5000  # of one batch, as many as a result file may have


def digest_of(batch: PaymentBatch, lines: Sequence[BatchLine] | None = None) -> str:
    """SHA-256 over the batch's list in canonical form: accounts, amounts, order."""
    return seals.digest(batch.frozen_content(lines))


def check_digest(batch: PaymentBatch) -> None:
    """The list is the one that was frozen; raises ActionRefused otherwise."""
    if digest_of(batch) != batch.digest:
        raise ActionRefused(_("付款清单与摘要不符"), _("请立即联系审计员"))


def lock_batch(batch: PaymentBatch) -> PaymentBatch:
    """The batch as the database has it now, locked until the transaction ends."""
    rows = PaymentBatch.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("programme").get(pk=batch.pk)


def check_officer(region_code: str, by: User) -> None:
    """Batches are the business of a region's finance officers; raises NotAllowed otherwise."""
    if not reaches(by, region_code, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能办理付款批次"), _("请交由财务经办办理"))


def _region_for(awards: Sequence[Award], by: User) -> Region:
    """The smallest region of the officer's finance offices that covers all awards."""
    covering = [
        membership.office.region
        for membership in by.live_memberships
        if membership.role == Role.FINANCE_OFFICER
        and all(
            award.case.region_id.startswith(region_prefix(membership.office.region_id))
            for award in awards
        )
    ]
    if not covering:
        raise NotAllowed(_("所选扶持不都在您的区域内"), _("请只选本区域的扶持"))
    return max(covering, key=lambda region: len(region_prefix(region.code)))


def _payees(awards: Sequence[Award], by: User) -> list[tuple[Award, Payee]]:
    """Where to pay each award; raises ActionRefused with the number of one that cannot be now."""
    at_bank = {
        line.award_id: line.batch.number
        for line in BatchLine.objects.pending().filter(award__in=awards).select_related("batch")
    }
    payees = payees_of(awards)
    for award in awards:
        try:
            check_payer(award, by)
            _check_payable(award, payees[award.pk], at_bank.get(award.pk))
        except ActionRefused as refused:
            raise type(refused)(
                _("%(number)s 不能列入批次：%(why)s")
                % {"number": award.number, "why": refused.message},
                _("批次没有建立，请重新选择"),
            ) from refused
    return [(award, payees[award.pk]) for award in awards]


def _check_payable(award: Award, payee: Payee, batch: str | None) -> None:
    """The award waits for payment, in no other `batch`, and its account is known."""
    if batch is not None:
        raise Conflict(_("已在付款批次 %(batch)s 中，银行结果未到") % {"batch": batch})
    if award.state != AwardState.COMMITTED:
        raise Conflict(_("现为“%(state)s”") % {"state": award.get_state_display()})
    if award.awaits_account:
        raise Conflict(_("企业还没有更正收款账户"))
    if not payee.complete:
        raise ActionRefused(_("申报表里没有完整的收款账户"))


@transaction.atomic
def create_batch(awards: Sequence[Award], *, by: User, request_key: str) -> PaymentBatch:
    """Freeze awards of one programme as a list of payments; the same key returns the same batch.

    Raises NotAllowed, ActionRefused where an award cannot be paid now or the programmes differ;
    then no batch is made.
    """
    if not awards:
        raise ActionRefused(_("没有选择扶持"), _("请至少选择一笔"))
    if len(awards) > MAX_LINES:
        raise ActionRefused(
            _("一个批次最多 %(count)s 笔") % {"count": MAX_LINES}, _("请分成几个批次")
        )
    region = _region_for(awards, by)
    # Two batches of a region at once: the second waits for its number.
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    known = PaymentBatch.objects.filter(request_key=request_key).first()
    if known is not None:
        if known.made_by_id != by.pk:
            raise Conflict(_("这张表已经提交"), _("请重新打开页面"))
        return known
    locked = lock_awards([award.pk for award in awards])
    programmes = {award.case.programme_id for award in locked}
    if len(programmes) != 1:
        raise ActionRefused(_("一个批次只能有一个计划的扶持"), _("请按计划分别建立批次"))
    payees = _payees(locked, by)
    before = f"P{clock.today().year}{region.code}-"
    batch = PaymentBatch(
        number=f"{before}{PaymentBatch.objects.filter(number__startswith=before).count() + 1:04d}",
        programme=locked[0].case.item.version.programme,
        region=region,
        count=len(locked),
        amount_fen=sum(award.amount_fen for award in locked),
        request_key=request_key,
        made_by=by,
        made_at=clock.now(),
    )
    lines = _lines(batch, payees)
    batch.digest = digest_of(batch, lines)
    batch.save()
    BatchLine.objects.bulk_create(lines, batch_size=BATCH)
    record_events(
        (Happened(one.case, Verb.ENTER_BATCH, one.case.region_id, batch.number) for one in locked),
        by=by,
    )
    record_event(
        batch,
        Verb.CREATE_BATCH,
        by=by,
        region=region,
        data={"count": batch.count, "amount_fen": batch.amount_fen, "digest": batch.digest},
    )
    return batch


def _lines(batch: PaymentBatch, payees: Sequence[tuple[Award, Payee]]) -> list[BatchLine]:
    return [
        BatchLine(
            batch=batch,
            position=position,
            award=award,
            payee=payee.name,
            bank_name=payee.bank_name,
            bank_account=payee.bank_account,
            amount_fen=award.amount_fen,
        )
        for position, (award, payee) in enumerate(payees, start=1)
    ]


@transaction.atomic
def cancel_batch(batch: PaymentBatch, *, by: User, reason: str) -> PaymentBatch:
    """Take back a batch that the bank has not carried out: its awards can go into another one.

    Raises NotAllowed, ActionRefused without a reason, Conflict once a result was booked.
    """
    check_officer(batch.region_id, by)
    check_reason(reason)
    locked = lock_batch(batch)
    lines = list(locked.lines.select_related("award__case").in_order())
    if locked.state != BatchState.OPEN or any(one.state != LineState.PENDING for one in lines):
        raise Conflict(
            _("批次 %(number)s 已有结果或已撤销") % {"number": locked.number},
            _("没有付成的，请逐笔登记失败"),
        )
    locked.state = BatchState.CANCELLED
    locked.save(update_fields=["state"])
    locked.lines.update(
        state=LineState.CANCELLED,
        reason=reason.strip()[:200],
        settled_by=by,
        settled_at=clock.now(),
    )
    cases = [line.award.case for line in lines]
    record_events(
        (Happened(case, Verb.LEAVE_BATCH, case.region_id, reason.strip()) for case in cases), by=by
    )
    record_event(locked, Verb.CANCEL_BATCH, by=by, reason=reason.strip(), region=locked.region_id)
    return locked
