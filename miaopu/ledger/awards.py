"""Writes on awards: committed at the decision, paid by another person, or released.

What comes back after it was paid stands in `returns`, many at once in `batches` and `results`.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.clocks import stop_clock
from miaopu.cases.models import Case
from miaopu.cases.notices import tell_enterprise
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan, split
from miaopu.ledger.actions import Line, account_of, make_transfer
from miaopu.ledger.enums import AccountKind, AwardState, Level, TransferKind, Verb
from miaopu.ledger.models import Account, Award, BatchLine
from miaopu.ledger.support_facts import record_payment

SHOWN_REASON = 200  # signs of a reason in a notice; the page of the case shows it whole
WIDTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}


def bearer_code(case: Case, level: Level | str) -> str:
    """The code of the region that bears the level's share of a case."""
    return f"{case.region_id[: WIDTH[Level(level)]]:0<6}"


def bearer(case: Case, level: Level | str) -> Region:
    """The region that bears the level's share of a case."""
    return Region.objects.get(code=bearer_code(case, level))


def shares_of(case: Case) -> list[tuple[Level, int]]:
    """The amount of a case split over the levels by the pack's ratio, exact to the fen."""
    shares = case.item.definition.shares
    levels = [Level(level) for level in shares]
    parts = split(case.amount_fen or 0, [shares[level] for level in shares])
    return [(level, part) for level, part in zip(levels, parts, strict=True) if part]


def _accounts(case: Case, kinds: Sequence[AccountKind]) -> dict[tuple[Level, AccountKind], Account]:
    """The accounts of these kinds that bear a case's shares, read at once; new ones are opened."""
    programme = case.item.version.programme
    regions = {level: bearer_code(case, level) for level, _part in shares_of(case)}
    known = {
        (account.level, account.region_id, account.kind): account
        for account in Account.objects.filter(
            programme=programme, purpose=case.item.code, region__in=regions.values(), kind__in=kinds
        )
    }
    return {
        (level, kind): known.get((level, code, kind))
        or account_of(programme, case.item.code, level, bearer(case, level), kind)
        for level, code in regions.items()
        for kind in kinds
    }


def move_award(
    award: Award, kind: TransferKind, source: AccountKind, target: AccountKind, *, by: User
) -> int:
    """Move a locked award's money at every level; returns the how manieth transfer of its kind.

    An award that came back is paid a second time, under a key of its own: post/A…/2.
    """
    accounts = _accounts(award.case, (source, target))
    lines = []
    for level, part in shares_of(award.case):
        lines.append(Line(accounts[level, source], -part))
        lines.append(Line(accounts[level, target], part))
    occasion = award.transfers.filter(kind=kind).count() + 1
    make_transfer(
        f"{kind}/{award.number}" + (f"/{occasion}" if occasion > 1 else ""),
        kind,
        lines,
        by=by,
        award=award,
        occasion=occasion,
        reason=award.case.number,
    )
    return occasion


def again(key: str, occasion: int) -> str:
    """The key of a notice that may be given more than once: paid, paid/2, …"""
    return key if occasion == 1 else f"{key}/{occasion}"


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
    move_award(award, TransferKind.COMMIT, AccountKind.AVAILABLE, AccountKind.COMMITTED, by=by)
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


def lock_award(award: Award) -> Award:
    """The award as the database has it now, locked until the transaction ends."""
    return (
        Award.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__item__version__programme", "case__enterprise")
        .get(pk=award.pk)
    )


def check_payer(award: Award, by: User) -> None:
    """Who pays is a finance officer of the region who neither approved nor decided."""
    if not reaches(by, award.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能办理拨付"), _("请交由财务经办办理"))
    if by.pk in (award.approved_by_id, award.decided_by_id):
        raise NotAllowed(_("批准或决定的人不能办理拨付"), _("请由另一位财务经办办理"))


def check_not_at_bank(award: Award, line: BatchLine | None = None) -> None:
    """No other payment of the award waits for the bank's result; raises Conflict otherwise."""
    waiting = award.batch_lines.pending()
    if line is not None:
        waiting = waiting.exclude(pk=line.pk)
    found = waiting.select_related("batch").first()
    if found is not None:
        raise Conflict(
            _("扶持 %(number)s 在付款批次 %(batch)s 中，银行结果未到")
            % {"number": award.number, "batch": found.batch.number},
            _("请在批次页面登记结果，或先撤销批次"),
        )


@transaction.atomic
def pay_award(
    award: Award,
    bank_reference: str,
    *,
    by: User,
    reason: str = "",
    line: BatchLine | None = None,
) -> Award:
    """Mark an award as paid: the committed money is posted. Not by who approved or decided.

    `line` is the payment of a batch whose result this is. Raises NotAllowed, ActionRefused where
    the bank reference is missing or the account awaits correction, Conflict when not open or when
    a batch with it is at the bank.
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
    check_not_at_bank(locked, line)
    if locked.awaits_account:
        raise ActionRefused(_("企业还没有更正收款账户"), _("更正后才能再次拨付"))
    locked.state = AwardState.PAID
    locked.paid_by = by
    locked.paid_at = clock.now()
    locked.bank_reference = bank_reference.strip()[:60]
    locked.save(update_fields=["state", "paid_by", "paid_at", "bank_reference"])
    occasion = move_award(locked, TransferKind.POST, AccountKind.COMMITTED, AccountKind.PAID, by=by)
    stop_clock(locked.case)
    record_payment(locked, by=by)
    record_event(
        locked.case,
        Verb.PAY,
        by=by,
        reason=reason,
        region=locked.case.region_id,
        data={"award": locked.number, "bank_reference": locked.bank_reference},
    )
    tell_enterprise(
        locked.case,
        again("paid", occasion),
        Bilingual(
            f"已拨付 {format_yuan(locked.amount_fen)} 元",
            f"{format_yuan(locked.amount_fen)} yuan was paid",
        ),
    )
    return locked


@transaction.atomic
def release_award(award: Award, *, by: User, reason: str) -> Award:
    """Release the committed money of an award that will not be paid, with a reason."""
    if not reason.strip():
        raise ActionRefused(_("请写明理由"), _("理由会记入办理记录"))
    locked = lock_award(award)
    if not reaches(by, locked.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能释放资金"), _("请交由财务经办办理"))
    if locked.state != AwardState.COMMITTED:
        raise Conflict(_("只有待拨付的扶持可以释放资金"), _("请查看记录"))
    check_not_at_bank(locked)
    locked.state = AwardState.RELEASED
    locked.awaits_account = False
    locked.save(update_fields=["state", "awaits_account"])
    move_award(locked, TransferKind.RELEASE, AccountKind.COMMITTED, AccountKind.AVAILABLE, by=by)
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
