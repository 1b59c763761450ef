"""Checking what only the database has: batches, bank files and accounts against books and events.

The public export of the books names no account and no bank; what the finance bureaus did with them
is checked here. Everything is recomputed from the rows; events and digests say how they were made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Count

from miaopu.core.models import Event
from miaopu.engine.book_records import BookFinding
from miaopu.engine.messages import Bilingual
from miaopu.ledger.batches import digest_of
from miaopu.ledger.enums import AwardState, BatchState, LineState, TransferKind, Verb
from miaopu.ledger.models import Award, BankReply, BatchLine, PayeeAccount, PaymentBatch, Transfer
from miaopu.ledger.result_checks import check_results
from miaopu.ledger.results import results_of

_STATES: dict[BatchState, Callable[[set[LineState]], bool]] = {
    BatchState.OPEN: lambda states: LineState.PENDING in states,
    BatchState.SETTLED: lambda states: not states & {LineState.PENDING, LineState.CANCELLED},
    BatchState.CANCELLED: lambda states: states == {LineState.CANCELLED},
}
LIST = Bilingual("付款清单与摘要不符", "the list differs from its digest")
GONE = Bilingual("批次不见了", "the batch is gone")
HEAD = Bilingual("批次的笔数或金额与清单不符", "count or amount differ from the list")
STATE = Bilingual("批次状态与各笔结果不符", "the batch's state does not follow from its payments")
AMOUNT = Bilingual("付款金额与扶持不符", "the payment is not the award's amount")
PAID = Bilingual(
    "登记为已付，账上没有这次拨付", "booked as paid, but the books have no such payment"
)
BACK = Bilingual("登记为退回，账上没有这次退回", "booked as returned, but the books have no return")
REFERENCE = Bilingual("银行流水号与扶持不符", "the bank's reference is not the award's")
ROWS = Bilingual("结果文件与读入时不符", "the result file is not what was read")
BOOKED = Bilingual("结果文件与登记的结果不符", "the result file does not say what was booked")
ACCOUNT = Bilingual("收款账户与企业填写的不符", "the account is not the one that was given")


def audit_payments() -> list[BookFinding]:
    """What does not agree among batches, their payments, bank files and accounts."""
    return [*_batches(), *_payments(), *_replies(), *_accounts()]


def _said(verb: Verb, name: str) -> Mapping[int, list[Any]]:
    """What all events of a kind say under a name, oldest first, by the key of their subject."""
    rows = Event.objects.filter(verb=verb).order_by("pk").values_list("subject_id", "data")
    said: dict[int, list[Any]] = defaultdict(list)
    for subject, data in rows:
        said[int(subject)].append(data.get(name))
    return said


def _batches() -> Iterator[BookFinding]:
    """Each list is the one that was frozen, and the batch's state follows from its payments."""
    frozen = _said(Verb.CREATE_BATCH, "digest")
    batches = list(PaymentBatch.objects.select_related("programme").order_by("pk"))
    for missing in sorted(frozen.keys() - {batch.pk for batch in batches}):
        yield BookFinding(str(missing), GONE, frozen[missing][0], None)
    for batch in batches:
        lines = list(batch.lines.in_order())
        digest = digest_of(batch, lines)
        for stated in (batch.digest, *(frozen[batch.pk] or [None])):
            if stated != digest:
                yield BookFinding(batch.number, LIST, stated, digest)
        computed = (len(lines), sum(line.amount_fen for line in lines))
        if (batch.count, batch.amount_fen) != computed:
            yield BookFinding(
                batch.number,
                HEAD,
                f"{batch.count}/{batch.amount_fen}",
                "/".join(map(str, computed)),
            )
        states = {LineState(line.state) for line in lines}
        if not _STATES[BatchState(batch.state)](states):
            yield BookFinding(batch.number, STATE, batch.state, "/".join(sorted(states)))


def _payments() -> Iterator[BookFinding]:
    """Each payment moves its award's amount, and the books have what it says."""
    moved: dict[tuple[int, str], int] = {
        (award, kind): n
        for award, kind, n in Transfer.objects.filter(award__batch_lines__isnull=False)
        .values_list("award", "kind")
        .annotate(n=Count("pk", distinct=True))
        .order_by()
    }
    said: Counter[tuple[int, str]] = Counter()
    lines = BatchLine.objects.select_related("award", "batch").order_by("pk")
    for line in lines.iterator(chunk_size=2000):
        where = f"{line.batch.number}/{line.position} {line.award.number}"
        if line.amount_fen != line.award.amount_fen:
            yield BookFinding(where, AMOUNT, line.amount_fen, line.award.amount_fen)
        if line.state in (LineState.PAID, LineState.RETURNED):
            said[line.award_id, TransferKind.POST] += 1
        if line.state == LineState.RETURNED:
            said[line.award_id, TransferKind.RETURN] += 1
        for kind, text in ((TransferKind.POST, PAID), (TransferKind.RETURN, BACK)):
            key = (line.award_id, str(kind))
            if said[key] > moved.get(key, 0):
                yield BookFinding(where, text, said[key], moved.get(key, 0))
        if line.state == LineState.PAID:
            if line.award.state != AwardState.PAID:
                yield BookFinding(where, PAID, line.state, line.award.state)
            elif line.bank_reference != line.award.bank_reference:
                yield BookFinding(where, REFERENCE, line.bank_reference, line.award.bank_reference)


def _replies() -> Iterator[BookFinding]:
    """Each result file is what was read, and says what was booked from it."""
    read = _said(Verb.READ_REPLY, "rows_sha256")
    by_batch: dict[int, list[BankReply]] = defaultdict(list)
    for reply in BankReply.objects.select_related("batch").order_by("pk"):
        by_batch[reply.batch_id].append(reply)
        checked = check_results(reply.batch, results_of(reply)) if reply.booked else []
        known = sum(one.effect == "known" for one in checked)
        if known < reply.booked:
            where = f"{reply.batch.number} {reply.name}"
            yield BookFinding(where, BOOKED, reply.booked, known)
    for batch in sorted(read.keys() | by_batch.keys()):
        computed = [reply.rows_sha256 for reply in by_batch[batch]]
        if read[batch] != computed:
            yield BookFinding(f"{batch}", ROWS, ", ".join(map(str, read[batch])),
                              ", ".join(computed))  # fmt: skip


def _accounts() -> Iterator[BookFinding]:
    """Each account is the one that the enterprise gave."""
    said = _said(Verb.CORRECT_ACCOUNT, "account_sha256")
    by_case: dict[int, list[PayeeAccount]] = defaultdict(list)
    for one in PayeeAccount.objects.select_related("award").order_by("pk"):
        by_case[one.award.case_id].append(one)
    numbers = Award.objects.in_bulk(said.keys() | by_case.keys(), field_name="case_id")
    for case in sorted(said.keys() | by_case.keys()):
        computed = [one.sha256 for one in by_case[case]]
        if said[case] != computed:
            yield BookFinding(
                numbers[case].number, ACCOUNT, ", ".join(map(str, said[case])), ", ".join(computed)
            )
