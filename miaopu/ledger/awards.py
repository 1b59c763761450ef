"""Writes on awards: committed at the decision, paid by another person, or released."""

from __future__ import annotations

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
from miaopu.ledger.models import Account, Award
from miaopu.ledger.support_facts import record_payment

SHOWN_REASON = 200  # signs of a reason in a notice; the page of the case shows it whole
WIDTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}


def bearer(case: Case, level: Level | str) -> Region:
    """The region that bears the level's share of a case."""
    code = f"{case.region_id[: WIDTH[Level(level)]]:0<6}"
    return Region.objects.get(code=code)


def shares_of(case: Case) -> list[tuple[Level, int]]:
    """The amount of a case split over the levels by the pack's ratio, exact to the fen."""
    shares = case.item.definition.shares
    levels = [Level(level) for level in shares]
    parts = split(case.amount_fen or 0, [shares[level] for level in shares])
    return [(level, part) for level, part in zip(levels, parts, strict=True) if part]


def _account(case: Case, level: Level, kind: AccountKind) -> Account:
    programme = case.item.version.programme
    return account_of(programme, case.item.code, level, bearer(case, level), kind)


def _move(
    award: Award, kind: TransferKind, source: AccountKind, target: AccountKind, by: User
) -> None:
    lines = []
    for level, part in shares_of(award.case):
        lines.append(Line(_account(award.case, level, source), -part))
        lines.append(Line(_account(award.case, level, target), part))
    make_transfer(
        f"{kind}/{award.number}", kind, lines, by=by, award=award, reason=award.case.number
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
    _move(award, TransferKind.COMMIT, AccountKind.AVAILABLE, AccountKind.COMMITTED, by)
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


def _locked(award: Award) -> Award:
    return (
        Award.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__item__version__programme", "case__enterprise")
        .get(pk=award.pk)
    )


@transaction.atomic
def pay_award(award: Award, bank_reference: str, *, by: User, reason: str = "") -> Award:
    """Mark an award as paid: the committed money is posted. Not by who approved or decided.

    Raises NotAllowed, ActionRefused where the bank reference is missing, Conflict when not open.
    """
    locked = _locked(award)
    if not reaches(by, locked.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能办理拨付"), _("请交由财务经办办理"))
    if by.pk in (locked.approved_by_id, locked.decided_by_id):
        raise NotAllowed(_("批准或决定的人不能办理拨付"), _("请由另一位财务经办办理"))
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
    locked.state = AwardState.PAID
    locked.paid_by = by
    locked.paid_at = clock.now()
    locked.bank_reference = bank_reference.strip()[:60]
    locked.save(update_fields=["state", "paid_by", "paid_at", "bank_reference"])
    _move(locked, TransferKind.POST, AccountKind.COMMITTED, AccountKind.PAID, by)
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
        "paid",
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
    locked = _locked(award)
    if not reaches(by, locked.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能释放资金"), _("请交由财务经办办理"))
    if locked.state != AwardState.COMMITTED:
        raise Conflict(_("只有待拨付的扶持可以释放资金"), _("请查看记录"))
    locked.state = AwardState.RELEASED
    locked.save(update_fields=["state"])
    _move(locked, TransferKind.RELEASE, AccountKind.COMMITTED, AccountKind.AVAILABLE, by)
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
