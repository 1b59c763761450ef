"""Files for the bank and from it: payment lists out (Excel, CSV), results in (CSV)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import xlsxwriter

from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import MoneyError, fen_to_yuan, rmb_in_words, yuan_to_fen

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_CELL = 1_000
ENCODINGS = ("utf-8-sig", "gb18030")
TOTAL = "合计"

HEADS = ("序号", "扶持编号", "收款户名", "收款账号", "开户银行", "金额（元）", "用途")
RESULT_HEADS = ("扶持编号", "金额（元）", "结果", "银行流水号", "银行日期", "原因", "账户需更正")
_KEYS = ("award", "amount", "result", "reference", "day", "reason", "account_wrong")
_REQUIRED = ("award", "amount", "result")
_ALIASES = {
    **dict(zip(RESULT_HEADS, _KEYS, strict=True)),
    **{key: key for key in _KEYS},
    "金额": "amount",
    "流水号": "reference",
    "日期": "day",
    "失败原因": "reason",
    "退回原因": "reason",
    # Not needed; where a bank repeats whom it paid, it must be who stands on the list.
    **dict.fromkeys(("收款户名", "户名", "payee"), "payee"),
    **dict.fromkeys(("收款账号", "账号", "account"), "account"),
}
_REPEATED = ("payee", "account")
Outcome = Literal["paid", "failed", "returned"]
_OUTCOMES: Mapping[str, Outcome] = {
    **dict.fromkeys(("已付", "成功", "付款成功", "paid"), "paid"),
    **dict.fromkeys(("失败", "付款失败", "failed"), "failed"),
    **dict.fromkeys(("退回", "退票", "已付后退回", "returned"), "returned"),
}
_YES, _NO = frozenset({"是", "yes", "y", "1"}), frozenset({"否", "no", "n", "0"})
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", re.ASCII)
_REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,59}", re.ASCII)
# Excel and its like take what begins so for a formula.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class BankFileError(EngineError):
    """A result file that cannot be read at all."""


@dataclass(frozen=True)
class Payment:
    """One payment as the bank is told of it; `amount_fen` in fen."""

    position: int
    award: str
    payee: str
    bank_account: str
    bank_name: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True)
class Result:
    """What the bank says of one payment; `problems` where the row cannot be understood.

    `payee` and `account` as the bank repeats them, "" where it does not; it may hide signs (*).
    """

    line: int
    award: str
    amount_fen: int | None
    outcome: Outcome | None
    reference: str = ""
    day: date | None = None
    reason: str = ""
    account_wrong: bool = True
    payee: str = ""
    account: str = ""
    problems: tuple[Bilingual, ...] = field(default=())


def plain_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe."""
    shown = _UNSEEN.sub("", text)
    return f"'{shown}" if shown.lstrip().startswith(_LIVE) else shown


def _yuan(fen: int) -> str:
    """The amount in yuan with two decimals and no commas, as banks read it."""
    return f"{fen_to_yuan(fen):f}"


def _rows(payments: Sequence[Payment]) -> list[list[str]]:
    """The rows of the list, and the last one: how many, control sum, and the sum in capitals."""
    total = sum(one.amount_fen for one in payments)
    rows = [
        [
            str(one.position),
            one.award,
            plain_text(one.payee),
            one.bank_account,
            plain_text(one.bank_name),
            _yuan(one.amount_fen),
            plain_text(one.purpose),
        ]
        for one in payments
    ]
    return [*rows, [TOTAL, f"{len(payments)} 笔", "", "", "", _yuan(total), rmb_in_words(total)]]


def bank_csv(payments: Sequence[Payment], encoding: str) -> bytes:
    """The list as CSV in `encoding` (utf-8-sig or gb18030), lines ended as banks expect (CRLF)."""
    if encoding not in ENCODINGS:
        raise ValueError(encoding)
    return _csv_bytes([list(HEADS), *_rows(payments)], encoding)


def _csv_bytes(rows: Sequence[Sequence[str]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def bank_xlsx(payments: Sequence[Payment], title: str, made_at: datetime) -> bytes:
    """The list as an Excel workbook: every cell is text, so that no digit of an account is lost.

    `made_at` is written as the time of creation: the same list gives the same bytes.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    sheet = book.add_worksheet("付款清单")
    text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    right = book.add_format({"num_format": "@", "align": "right"})
    for column, width in enumerate((8, 22, 36, 30, 34, 18, 48)):
        sheet.set_column(column, column, width, text)
    for row, cells in enumerate([list(HEADS), *_rows(payments)]):
        for column, cell in enumerate(cells):
            form = head if row == 0 else right if HEADS[column] == "金额（元）" else text
            sheet.write_string(row, column, cell, form)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def result_template(payments: Sequence[Payment]) -> bytes:
    """A CSV (UTF-8) to be filled in with the bank's results: one row for each payment."""
    rows = [[one.award, _yuan(one.amount_fen), "", "", "", "", ""] for one in payments]
    return _csv_bytes([list(RESULT_HEADS), *rows], "utf-8-sig")


def read_results(content: bytes) -> list[dict[str, str]]:
    """The rows of a result file as texts by column, each with its `line` in the file.

    CSV in UTF-8 or GB18030, at most 2 MB and 5,000 rows. Raises BankFileError where it is something
    else, or has not the columns that it needs.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = next(reader, [])
        keys = _columns(head)
        rows: list[dict[str, str]] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MAX_ROWS:
                raise _refused(f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows")
            row = {"line": str(reader.line_num)}
            for key, cell in zip(keys, cells, strict=False):
                if key:
                    row[key] = _UNSEEN.sub("", cell)[:MAX_CELL].strip()
            rows.append(row)
    except csv.Error as error:
        raise _refused(f"不是完好的 CSV：{error}", f"not a sound CSV: {error}") from error
    if not rows:
        raise _refused("文件里没有结果行", "the file has no row")
    return rows


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _refused("文件超过 2 MB", "the file is larger than 2 MB")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _refused("这是 Excel 文件，不是 CSV", "this is an Excel file, not CSV")
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused("不是 UTF-8 或 GB18030 的文本", "not a text in UTF-8 or GB18030")


def _columns(head: Sequence[str]) -> list[str]:
    """What each column is, "" where it is not needed."""
    keys = [_ALIASES.get(_normal(cell).lower(), "") for cell in head]
    wanting = [name for name, key in zip(RESULT_HEADS, _KEYS, strict=True)
               if key in _REQUIRED and key not in keys]  # fmt: skip
    if wanting:
        names = "、".join(wanting)
        raise _refused(f"表头缺少：{names}", f"the head has no column: {names}")
    twice = {key for key in keys if key and keys.count(key) > 1}
    if twice:
        raise _refused("表头有重复的列", f"columns occur twice: {', '.join(sorted(twice))}")
    return keys


def _refused(zh: str, en: str) -> BankFileError:
    return BankFileError(
        Bilingual(zh, en),
        Bilingual(
            "请用批次页面的结果模板，另存为 CSV 后再上传",
            "use the result template of the batch's page and save it as CSV",
        ),
    )


def _normal(text: str) -> str:
    """The text in half-width signs without blanks around it; （ and ） stay as they are written."""
    return unicodedata.normalize("NFKC", text).strip().replace("(", "（").replace(")", "）")


def parse_result(row: Mapping[str, str]) -> Result:
    """A row of `read_results` understood; what is wrong with it stands in `problems`."""
    problems: list[Bilingual] = []
    value = {
        key: unicodedata.normalize("NFKC", row.get(key, "")).strip() for key in (*_KEYS, *_REPEATED)
    }
    outcome = _OUTCOMES.get(value["result"].lower())
    if outcome is None:
        problems.append(
            Bilingual("结果须为：已付、失败、退回", "the result is one of paid, failed, returned")
        )
    amount = _amount(value["amount"], problems)
    day = _day(value["day"], problems)
    account_wrong = value["account_wrong"].lower() not in _NO
    if value["account_wrong"] and value["account_wrong"].lower() not in _YES | _NO:
        problems.append(Bilingual("“账户需更正”须为是或否", "account to be corrected is yes or no"))
    if outcome == "paid":
        if not _REFERENCE.fullmatch(value["reference"]):
            problems.append(
                Bilingual("已付的须有银行流水号", "a payment needs the bank's reference")
            )
        if day is None and not value["day"]:
            problems.append(Bilingual("已付的须有银行日期", "a payment needs the bank's day"))
    elif outcome is not None and not value["reason"]:
        problems.append(Bilingual("失败或退回须有原因", "a failure or return needs a reason"))
    return Result(
        line=int(row.get("line", "0")),
        award=value["award"][:40],
        amount_fen=amount,
        outcome=outcome,
        reference=value["reference"][:60],
        day=day,
        reason=value["reason"][:200],
        account_wrong=account_wrong,
        payee=value["payee"],
        account=value["account"],
        problems=tuple(problems),
    )


def _amount(text: str, problems: list[Bilingual]) -> int | None:
    try:
        return yuan_to_fen(text)
    except MoneyError as error:
        problems.append(error.message)
        return None


def _day(text: str, problems: list[Bilingual]) -> date | None:
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        problems.append(
            Bilingual(f"“{text[:20]}”不是日期，例如 2018-06-01", f'"{text[:20]}" is no day')
        )
        return None
