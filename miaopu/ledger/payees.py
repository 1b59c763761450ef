"""To whom and to which account an award is paid: from the application, or as corrected later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from miaopu.cases.models import Case
from miaopu.engine.packs.procedure import FormField
from miaopu.ledger.models import Award, PayeeAccount


@dataclass(frozen=True)
class Payee:
    """Holder, bank and account number."""

    name: str
    bank_name: str
    bank_account: str

    @property
    def complete(self) -> bool:
        """Whether a bank can be told where to pay to."""
        return bool(self.name and self.bank_name and self.bank_account)


def account_questions(case: Case) -> tuple[FormField, ...]:
    """The questions of the application about the account, in the pack's order.

    The account's own question has the type `account`; what belongs to it begins as its id does
    (bank_account, bank_name).
    """
    questions = case.item.definition.form
    prefixes = {one.id.partition("_")[0] for one in questions if one.type == "account"}
    return tuple(one for one in questions if one.id.partition("_")[0] in prefixes)


def in_form(case: Case) -> tuple[str, str]:
    """The ids of the questions for the bank's name and for the account, "" where not asked."""
    questions = account_questions(case)
    account = next((one.id for one in questions if one.type == "account"), "")
    bank = next((one.id for one in questions if one.type == "text"), "")
    return bank, account


def payee_of(award: Award) -> Payee:
    """Where an award is to be paid: the account given last. The holder is the enterprise itself."""
    return payees_of([award])[award.pk]


def payees_of(awards: Sequence[Award]) -> dict[int, Payee]:
    """Where awards are to be paid, by award; as `payee_of`."""
    given = {one.award_id: one for one in PayeeAccount.objects.filter(award__in=awards)}
    return {award.pk: _payee(award, given.get(award.pk)) for award in awards}


def _payee(award: Award, given: PayeeAccount | None) -> Payee:
    name = award.case.enterprise.name
    if given is not None:
        return Payee(name, given.bank_name, given.bank_account)
    bank, account = in_form(award.case)
    form = award.case.form
    return Payee(name, str(form.get(bank, "")), str(form.get(account, "")))
