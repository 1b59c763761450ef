"""Writes on awards: committed at the decision, paid by another person, or released.

What comes back after it was paid stands in `returns`, many at once in `batches` and `results`.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.clocks import stop_clock
from miaopu.cases.models import Case
from miaopu.cases.notices import tell_enterprise
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.ledger.enums import AccountKind, AwardState, TransferKind, Verb
from miaopu.ledger.models import Award
from miaopu.ledger.moves import move_awards
from miaopu.ledger.paying import (
    SHOWN_REASON,
    Payment,
    check_not_at_bank,
    check_payer,
    lock_award,
    post_payments,
)


@transaction.atomic
def commit_award(case: Case, by: User) -> Award:
    """The outcome `award`: the decided amount is committed at every level, or nothing is decided.

    Raises BudgetShort where a level's account does not hold its share.
    """
    if case.approved_by is None or case.amount_fen is None:
        raise ActionRefused(_("办件没有批准人或金额"), _("请退回重审"))
    award = Award.objects.create(
        number=f"A{case.number}",
        case=case,
        amount_fen=case.amount_fen,
        approved_by=case.approved_by,
        decided_by=by,
        committed_at=clock.now(),
    )
    move_awards([award], TransferKind.COMMIT, AccountKind.AVAILABLE, AccountKind.COMMITTED, by=by)
    record_event(
        case,
        Verb.COMMIT,
        by=by,
        region=case.region_id,
        data={"award": award.number, "amount_fen": award.amount_fen},
    )
    tell_enterprise(
        case,
        "granted",
        Bilingual(
            f"已决定扶持 {format_yuan(award.amount_fen)} 元，等待拨付",
            f"support of {format_yuan(award.amount_fen)} yuan was granted and awaits payment",
        ),
    )
    return award


@transaction.atomic
def pay_award(award: Award, bank_reference: str, *, by: User, reason: str = "") -> Award:
    """Mark an award as paid: the committed money is posted. Not by who approved or decided.

    Raises NotAllowed, ActionRefused where the bank reference is missing or the account awaits
    correction, Conflict when not open or when a batch with it is at the bank.
    """
    locked = lock_award(award)
    check_payer(locked, by)
    if locked.state != AwardState.COMMITTED:
        if locked.paid_by_id == by.pk and locked.bank_reference == bank_reference.strip():
            return locked
        raise Conflict(
            _("扶持 %(number)s 现为“%(state)s”")
            % {"number": locked.number, "state": locked.get_state_display()},
            _("可能有人先办理了。请查看记录"),
        )
    if not bank_reference.strip():
        raise ActionRefused(_("请填写银行流水号"), _("流水号在银行回单上"))
    check_not_at_bank([locked])
    if locked.awaits_account:
        raise ActionRefused(_("企业还没有更正收款账户"), _("更正后才能再次拨付"))
    post_payments([Payment(locked, bank_reference.strip()[:60], reason)], by=by)
    return locked


@transaction.atomic
def release_award(award: Award, *, by: User, reason: str) -> Award:
    """Release the committed money of an award that will not be paid, with a reason."""
    check_reason(reason)
    locked = lock_award(award)
    if not reaches(by, locked.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能释放资金"), _("请交由财务经办办理"))
    if locked.state != AwardState.COMMITTED:
        raise Conflict(_("只有待拨付的扶持可以释放资金"), _("请查看记录"))
    check_not_at_bank([locked])
    locked.state = AwardState.RELEASED
    locked.awaits_account = False
    locked.save(update_fields=["state", "awaits_account"])
    move_awards([locked], TransferKind.RELEASE, AccountKind.COMMITTED, AccountKind.AVAILABLE, by=by)
    stop_clock(locked.case)
    record_event(locked.case, Verb.RELEASE, by=by, reason=reason, region=locked.case.region_id)
    tell_enterprise(
        locked.case,
        "released",
        Bilingual(
            f"扶持资金不再拨付：{reason.strip()[:SHOWN_REASON]}",
            f"the support will not be paid: {reason.strip()[:SHOWN_REASON]}",
        ),
    )
    return locked
