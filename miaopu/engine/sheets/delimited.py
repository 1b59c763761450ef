"""Tables as text: CSV in UTF-8, UTF-16 or GB18030, with commas, tabs or semicolons."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from miaopu.engine.sheets.limits import too_large
from miaopu.engine.sheets.references import beyond
from miaopu.engine.sheets.refusals import EXPORT_AGAIN, RESAVE, SheetError, refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DELIMITERS = "\t,;"
_MANY_NULS = 4


def decode(content: bytes) -> str:
    """The text of a table file. Raises SheetError where it is in none of the known encodings."""
    text = _decoded(content)
    if text.lstrip()[:1] == "<":
        raise refuse(
            "这是网页或 XML，只是改了文件名", "this is a web page or XML under another name"
        )
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise refuse(
            f"第 {line} 行含有控制字符，这不是文本表格",
            f"line {line} holds a control character: this is no text table",
            EXPORT_AGAIN,
        )
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    head = content[:4096]
    if head.count(0) > len(head) // _MANY_NULS:  # UTF-16 without a mark: every other byte is zero
        return _strictly(content, "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else
                         "utf-16-be")  # fmt: skip
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "gb18030")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse(
            f"第 {line} 行的文字无法辨认，编码不是 UTF-8、UTF-16 或 GB18030",
            f"line {line} cannot be read as UTF-8, UTF-16 or GB18030",
        ) from error


def records(text: str) -> Iterator[list[str]]:
    """The records of the table. Raises SheetError naming the line that is not correct."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns = count = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _incorrect(reader.line_num) from error
        count += 1
        columns = max(columns, len(record))
        if too_large(count, columns):
            raise beyond("CSV", count, columns)
        yield record


def _delimiter(text: str) -> str:
    head = re.sub(r'"[^"]*"', "", text[:20_000])
    counts = {sign: head.count(sign) for sign in _DELIMITERS}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def _incorrect(line: int) -> SheetError:
    return refuse(
        f"第 {line} 行不是正确的 CSV（多半是引号不成对，或一格文字过长）",
        f"line {line} is not correct CSV: a quotation mark is not closed, or a cell is too long",
        RESAVE,
    )
