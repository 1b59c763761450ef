"""The files of a batch: what the bank is told, and the template for what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from miaopu.engine import bank_files
from miaopu.engine.bank_files import Payment
from miaopu.ledger.batches import check_digest
from miaopu.ledger.models import PaymentBatch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = ("xlsx", "utf8", "gb18030", "template")


@dataclass(frozen=True)
class BankFile:
    """A file with the name and the media type under which it is handed out."""

    name: str
    media_type: str
    content: bytes


def payments_of(batch: PaymentBatch, *, pending: bool = False) -> list[Payment]:
    """The list as the bank is told of it; `pending`: only what waits for a result."""
    lines = batch.lines.in_order()
    return [
        Payment(
            position=line.position,
            award=line.award.number,
            payee=line.payee,
            bank_account=line.bank_account,
            bank_name=line.bank_name,
            amount_fen=line.amount_fen,
            purpose=f"{batch.programme.name.zh} {line.award.number}",
        )
        for line in (lines.pending() if pending else lines)
    ]


def bank_file(batch: PaymentBatch, kind: str) -> BankFile:
    """One of KINDS: for the bank as Excel or CSV, or a template for its results.

    The caller has proved that the user is a finance officer of the batch's region. Raises
    ActionRefused where the list does not have its digest, KeyError for another kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    check_digest(batch)
    if kind == "xlsx":
        made_at = timezone.localtime(batch.made_at).replace(microsecond=0)
        content = bank_files.bank_xlsx(payments_of(batch), batch.number, made_at)
        return BankFile(f"{batch.number}.xlsx", XLSX, content)
    if kind == "template":
        content = bank_files.result_template(payments_of(batch, pending=True))
        return BankFile(f"{batch.number}-results.csv", "text/csv; charset=utf-8", content)
    encoding = "gb18030" if kind == "gb18030" else "utf-8-sig"
    content = bank_files.bank_csv(payments_of(batch), encoding)
    media_type = f"text/csv; charset={encoding.removesuffix('-sig')}"
    return BankFile(f"{batch.number}.csv", media_type, content)
