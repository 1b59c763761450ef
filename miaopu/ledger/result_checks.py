"""What booking a bank's results would do, line by line; nothing is written here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone

from miaopu.core import clock
from miaopu.engine.bank_files import Result
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.ledger.enums import LineState
from miaopu.ledger.models import BatchLine, PaymentBatch

Effect = Literal["book", "known", "wrong"]
_WITHDRAWN = Bilingual(
    "批次已撤销，不登记结果；银行若已付款，请立即向银行核实并退回",
    "the batch was taken back: nothing is booked; if the bank has paid, ask it to return the money",
)
_TWICE = Bilingual("同一笔扶持在文件中出现多次", "the award occurs more than once in the file")


@dataclass(frozen=True)
class CheckedResult:
    """A result and what booking it would do: something, nothing (known), or it is wrong."""

    result: Result
    line: BatchLine | None
    effect: Effect
    problems: tuple[Bilingual, ...] = ()


def check_results(batch: PaymentBatch, results: Sequence[Result]) -> list[CheckedResult]:
    """Each result held against the batch as it stands: what booking it would do."""
    named = batch.lines.filter(award__number__in={one.award for one in results})
    lines = {line.award.number: line for line in named.in_order()}
    times = Counter(one.award for one in results)
    checked = []
    for one in results:
        line = lines.get(one.award)
        problems = list(one.problems)
        if times[one.award] > 1:
            problems.append(_TWICE)
        if line is None:
            problems.append(Bilingual("这个批次没有这笔扶持", "the batch has no such award"))
            checked.append(CheckedResult(one, None, "wrong", tuple(problems)))
            continue
        problems += _differences(batch, line, one)
        effect: Effect = "wrong"
        if not problems:
            effect, problem = _effect(line, one)
            problems += [problem] if problem else []
        checked.append(CheckedResult(one, line, effect, tuple(problems)))
    return checked


def _differences(batch: PaymentBatch, line: BatchLine, result: Result) -> list[Bilingual]:
    """Where a result does not fit the payment that it names."""
    found = []
    if result.amount_fen is not None and result.amount_fen != line.amount_fen:
        listed, said = format_yuan(line.amount_fen), format_yuan(result.amount_fen)
        found.append(
            Bilingual(f"金额 {said} 与清单的 {listed} 不符", f"{said} is not the list's {listed}")
        )
    if not repeats(result.payee, line.payee):
        found.append(Bilingual("户名与清单不符", "the payee is not the list's"))
    if not repeats(result.account, line.bank_account):
        found.append(Bilingual("账号与清单不符", "the account is not the list's"))
    made_on = timezone.localdate(batch.made_at)
    if result.day is not None and not made_on <= result.day <= clock.today():
        found.append(
            Bilingual(
                f"银行日期须在 {made_on} 至今天之间",
                f"the bank's day is between {made_on} and today",
            )
        )
    return found


def _effect(line: BatchLine, result: Result) -> tuple[Effect, Bilingual | None]:
    """What booking a sound result does to its payment, or why it cannot be booked."""
    same_payment = (line.bank_reference, line.bank_day) == (result.reference, result.day)
    match line.state, result.outcome:
        case LineState.PENDING, "paid" | "failed":
            return "book", None
        case LineState.PENDING, _other:
            return "wrong", Bilingual(
                "还没有登记为已付，没有付成请填失败", "not booked as paid: if it was not, it failed"
            )
        case LineState.CANCELLED, _any:
            return "wrong", _WITHDRAWN
        case LineState.PAID, "returned":
            return "book", None
        case (LineState.PAID, "paid") | (LineState.RETURNED, "paid") if same_payment:
            return "known", None
        case (LineState.FAILED, "failed") | (LineState.RETURNED, "returned"):
            return "known", None
    shown = str(line.get_state_display())
    return "wrong", Bilingual(f"已登记为“{shown}”，与此不符", f'already booked as "{line.state}"')


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def repeats(said: str, listed: str) -> bool:
    """Whether what a bank repeats is what was listed; "" says nothing, * stands for hidden signs.

    Blanks are put aside, half-width and full-width signs are the same.
    """
    parts = [re.escape(part) for part in re.split(r"\*+", _plain(said))]
    return not _plain(said) or re.fullmatch(".*".join(parts), _plain(listed)) is not None
