"""Files that nobody should be able to hurt us with, each with the words of its refusal.

Made here, byte by byte, so that no hostile file lies in the repository.
"""

from __future__ import annotations

import base64
import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import xlsxwriter

TITLES = ("统一社会信用代码", "企业名称", "从业人员")
LINES: list[list[Any]] = [
    list(TITLES),
    ["91520103MA0MTCF62Q", "甲店", 3],
    ["92520115MA2C3NR538", "乙店", 4],
]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
DAMAGED, UNREADABLE = "损坏", ("损坏", "无法读取", "不完整")
Words = str | tuple[str, ...]


def workbook(
    lines: Sequence[Sequence[Any]] = LINES, *, more: Callable[[Any, Any], None] | None = None
) -> bytes:
    """A workbook of one sheet; `more(book, page)` adds to it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    page = book.add_worksheet("企业")
    for row, line in enumerate(lines):
        for place, cell in enumerate(line):
            page.write(row, place, cell)
    if more is not None:
        more(book, page)
    book.close()
    return out.getvalue()


@cache
def sound() -> bytes:
    """The workbook that all others are made of."""
    return workbook()


def rezip(
    change: Mapping[str, bytes | Callable[[bytes], bytes] | None],
    *,
    content: bytes | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The sound workbook with parts replaced, changed, added (new name) or left out (None)."""
    out = io.BytesIO()
    waiting = dict(change)
    with zipfile.ZipFile(io.BytesIO(content or sound())) as old:
        with zipfile.ZipFile(out, "w", compression) as new:
            for name in old.namelist():
                part: Any = waiting.pop(name, old.read(name))
                if part is not None:
                    new.writestr(name, part(old.read(name)) if callable(part) else part)
            for name, part in waiting.items():
                assert isinstance(part, bytes)
                new.writestr(name, part)
    return out.getvalue()


def sheet(rows: str, *, before: str = "") -> bytes:
    """A worksheet part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet {MAIN}>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()


def cells(*references: str) -> bytes:
    """A worksheet with a text in each of these cells, rows and cells as they come."""
    return sheet(
        "".join(
            f'<row r="{"".join(s for s in one if s.isdigit()) or 1}">'
            f'<c r="{one}" t="inlineStr"><is><t>x</t></is></c></row>'
            for one in references
        )
    )


def _prefixed(*references: str) -> bytes:
    """The same with a prefix before every name."""
    part = cells(*references).replace(b"xmlns=", b"xmlns:x=")
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"is", b"t"):
        for opening in (b"<", b"</"):
            for end in (b" ", b">"):
                part = part.replace(opening + name + end, opening + b"x:" + name + end)
    return part


def with_sheet(part: bytes) -> bytes:
    """The sound workbook with this worksheet."""
    return rezip({SHEET: part})


def flagged(bit: int) -> bytes:
    """The sound workbook whose entries carry a flag, as encrypted archives do."""
    content = bytearray(sound())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= bit
        at += 4
    return bytes(content)


def entry(name: str, *, mode: int = 0o644) -> bytes:
    """The sound workbook with another entry of this name and mode."""
    out = io.BytesIO(sound())
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, b"x")
    return out.getvalue()


def understated(part: bytes) -> bytes:
    """A workbook whose archive says that a large part is small."""
    content = bytearray(with_sheet(part))
    size = struct.pack("<I", len(part))
    assert content.count(size) >= 2
    return bytes(content).replace(size, struct.pack("<I", 100))


def bomb(megabytes: int) -> bytes:
    """A worksheet that is nothing but blanks, which compress a thousandfold."""
    block = b" " * (1 << 20)
    return b"<worksheet>" + block * megabytes


def many_entries(count: int) -> bytes:
    """The sound workbook with so many more parts."""
    return rezip({f"xl/media/image{n}.png": b"x" for n in range(count)})


def archive(entries: Mapping[str, bytes]) -> bytes:
    """An archive of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def ole(*names: str) -> bytes:
    """A compound file with directory entries of these names: old Excel, or an encrypted new one."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root", *names))
    return bytes(header) + directory.ljust(2048, b"\0")


def text(lines: Sequence[Sequence[Any]] = LINES, delimiter: str = ",") -> str:
    """The lines as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def no_header(cell: str = "x") -> bytes:
    """Rows without a line of titles."""
    return workbook([[cell, cell], [cell, cell]])


ENTITIES = (
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
CORNERS = (
    ("A1", "XFD1048576"),
    ("A1", "XFD1"),
    ("A1", "GS1"),
    ("A1", "A1048576"),
    ("A1", "A100001"),
    ("A1", "GR30000"),
    ("XFD1048576",),
    ("A1", "XFD3000"),
    ("B2", "ZZ99999"),
)
NO_PLACES = ("A0", "1A", "ZZZZ1", "A", "7", "A99999999", "", "甲1", "A-1", "a1b2")
OTHER_KINDS = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(40), "JPEG"),
    "gif": (b"GIF89a" + bytes(40), "GIF"),
    "exe": (b"MZ\x90\x00" + bytes(60), "EXE"),
    "elf": (b"\x7fELF" + bytes(60), "ELF"),
    "rar": (b"Rar!\x1a\x07" + bytes(40), "RAR"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z"),
    "gzip": (b"\x1f\x8b\x08" + zlib.compress(b"x"), "gzip"),
    "rtf": (b"{\\rtf1 x}", "RTF"),
    "html under another name": (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "xml of 2003": (b'<?xml version="1.0"?><Workbook></Workbook>', "网页"),
    "html with mark": ("\ufeff <html></html>".encode(), "网页"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "网页"),
    "empty archive": (b"PK\x05\x06" + bytes(18), "空的压缩包"),
    "nothing": (b"", "空的"),
    "one zero": (b"\x00", ("控制字符", "编码")),
    "zeros": (bytes(5000), ("控制字符", "编码")),
    "noise": (bytes(range(256)) * 40, ("控制字符", "编码")),
    "eicar": (
        base64.b64decode(
            "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
        ),
        "表头",
    ),
}


def refused_files() -> dict[str, tuple[Callable[[], bytes], Words]]:
    """Every file that is refused as a whole: how it is made, and words of the refusal."""
    files: dict[str, tuple[Callable[[], bytes], Words]] = {}
    for name, (content, words) in OTHER_KINDS.items():
        files[name] = (lambda content=content: content, words)
    for corner in CORNERS:
        made = lambda corner=corner: with_sheet(cells(*corner))  # noqa: E731
        files[f"corner {'+'.join(corner)}"] = (made, "一直用到")
    for place in NO_PLACES:
        made = lambda place=place: with_sheet(cells(place))  # noqa: E731
        files[f"no place {place!r}"] = (made, "不正确")
    # Named without their sizes: a workbook holds the second in which it was made.
    size = len(sound())
    cuts = {"200": 200, "a quarter": size // 4, "the half": size // 2, "the index": size - 200}
    for name, cut in (
        ("3", 3),
        ("30", 30),
        *cuts.items(),
        ("its end", size - 22),
        ("-1", size - 1),
    ):
        files[f"cut at {name}"] = (lambda cut=cut: sound()[:cut], UNREADABLE)
    for ninth in range(9):  # a byte here and there
        at = 40 + ninth * (size - 140) // 9
        files[f"broken at ninth {ninth}"] = (
            lambda at=at: _broken(at),
            (*UNREADABLE, "目录", "不支持", "表头"),
        )
    for name in ("../evil", "/etc/x", "xl\\..\\x", "C:/x", "a/../../b"):
        files[f"leaves by {name}"] = (lambda name=name: entry(name), "目录不正常")
    files |= _archives() | _parts() | _texts()
    return files


def _broken(at: int) -> bytes:
    content = bytearray(sound())
    content[at : at + 24] = b"\xaa" * 24
    return bytes(content)


def _archives() -> dict[str, tuple[Callable[[], bytes], Words]]:
    return {
        "symbolic link": (lambda: entry("xl/link", mode=0o120777), "目录不正常"),
        "twice the same part": (lambda: _twice(), "目录不正常"),
        "the same part in capitals": (
            lambda: rezip({"XL/worksheets/Sheet1.xml": cells("A1", "XFD1048576")}),
            "目录不正常",
        ),
        "encrypted entries": (lambda: flagged(1), "加了密"),
        "2,001 parts": (lambda: many_entries(2001), "超过 2000"),
        "300 MB of blanks": (lambda: with_sheet(bomb(300)), "超过 200 MB"),
        "300 MB in a picture": (lambda: rezip({"xl/media/x.png": bomb(300)}), "超过 200 MB"),
        "300 MB of shared texts": (lambda: rezip({"xl/sharedStrings.xml": bomb(300)}), "200 MB"),
        "understated size": (lambda: understated(bomb(40)), (*UNREADABLE, "200 MB")),
        "archive of a workbook": (lambda: archive({"a/企业.xlsx": sound()}), "压缩包"),
        "archive in an archive": (lambda: archive({"a.zip": archive({"b.xlsx": b"x"})}), "压缩包"),
        "archive of a CSV": (lambda: archive({"企业.csv": b"a,b"}), "压缩包"),
        "Word": (lambda: archive({"word/document.xml": b"<w/>"}), "Word"),
        "OpenDocument": (lambda: archive({"content.xml": b"<o/>", "mimetype": b"x"}), "ods"),
        "binary workbook": (lambda: archive({"xl/workbook.bin": b"x"}), "xlsb"),
        "lzma": (lambda: rezip({}, compression=zipfile.ZIP_LZMA), ("不支持", *UNREADABLE)),
        "old Excel without content": (lambda: ole("Workbook"), UNREADABLE),
        "old Excel, only a head": (lambda: ole()[:8], UNREADABLE),
        "old Excel, noise": (lambda: ole("Workbook") + bytes(range(256)) * 99, UNREADABLE),
        "locked with a password": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "打开密码"),
    }


def _twice() -> bytes:
    out = io.BytesIO(sound())
    with zipfile.ZipFile(out, "a") as made:
        old = made.read(SHEET)
        info = zipfile.ZipInfo(SHEET)
        made.filelist = [one for one in made.filelist]
        made.NameToInfo.pop(SHEET)
        made.writestr(info, old)
    return out.getvalue()


def _parts() -> dict[str, tuple[Callable[[], bytes], Words]]:
    hidden = lambda part: part.replace(b"<sheet ", b'<sheet state="hidden" ')  # noqa: E731
    return {
        "laughs in the sheet": (
            lambda: with_sheet(sheet("<row><c><v>&c;</v></c></row>", before=ENTITIES)),
            "文档类型",
        ),
        "outside entity in the sheet": (
            lambda: with_sheet(sheet("<row><c><v>&x;</v></c></row>", before=OUTSIDE)),
            "文档类型",
        ),
        "laughs in the workbook": (
            lambda: rezip({BOOK: _with_entities}),
            "文档类型",
        ),
        "no relations": (lambda: rezip({"xl/_rels/workbook.xml.rels": None}), UNREADABLE),
        "no sheet part": (lambda: rezip({SHEET: None}), ("没有可见", *UNREADABLE)),
        "no sheets": (lambda: rezip({BOOK: f"<workbook {MAIN}/>".encode()}), "没有可见"),
        "hidden sheet only": (lambda: rezip({BOOK: hidden}), "没有可见"),
        "workbook is no XML": (lambda: rezip({BOOK: b"workbook"}), "不完整"),
        "sheet is no XML": (lambda: with_sheet(b"{}"), "不完整"),
        "sheet in UTF-7": (lambda: with_sheet(sheet("").replace(b"UTF-8", b"UTF-7")), "不完整"),
        "sheet in no encoding": (lambda: with_sheet(sheet("").replace(b"UTF-8", b"xyz")), "不完整"),
        "workbook in UTF-7": (
            lambda: rezip({BOOK: lambda part: part.replace(b"UTF-8", b"UTF-7")}),
            "不完整",
        ),
        "corner behind a prefix": (lambda: with_sheet(_prefixed("A1", "XFD1048576")), "XFD1048576"),
        "corner by a number of a sign": (
            lambda: with_sheet(cells("A1", "XFD1048576").replace(b'"XFD', b'"&#88;FD')),
            "XFD1048576",
        ),
        "corner in UTF-16": (
            lambda: with_sheet(
                cells("A1", "XFD1048576").decode().replace("UTF-8", "UTF-16").encode("utf-16")
            ),
            "XFD1048576",
        ),
        "sheet ends early": (lambda: rezip({SHEET: lambda part: part[:200]}), "不完整"),
        "sheet is empty": (lambda: with_sheet(b""), "不完整"),
        "sheet without rows": (lambda: with_sheet(sheet("")), "表头"),
        "3 MB of workbook": (
            lambda: rezip({BOOK: _long_winded}),
            "过大",
        ),
        "row 0": (lambda: with_sheet(sheet('<row r="0"><c><v>1</v></c></row>')), "不正确"),
        "row of letters": (lambda: with_sheet(sheet('<row r="x"><c><v>1</v></c></row>')), "不正确"),
        "201 cells without places": (
            lambda: with_sheet(sheet("<row>" + "<c><v>1</v></c>" * 201 + "</row>")),
            "一直用到",
        ),
        "100,001 rows without places": (
            lambda: with_sheet(sheet("<row><c><v>1</v></c></row>" * 100_001)),
            "一直用到",
        ),
        "5 million cells and more": (lambda: with_sheet(cells("A1", "GR26000")), "一直用到"),
        "only formats": (lambda: workbook([["", ""]]), "表头"),
        "no line of titles": (no_header, "表头"),
        "titles in line 40": (lambda: workbook([[]] * 40 + LINES), "表头"),
        "one known title only": (lambda: workbook([["企业名称"], ["甲"]]), "表头"),
        "chart sheet only": (lambda: _chart_only(), ("没有可见", "表头")),
        "merged everywhere": (lambda: _merged_everywhere(), ("合并", "一直用到")),
    }  # fmt: skip


def _with_entities(part: bytes) -> bytes:
    return part.replace(b"<workbook", ENTITIES.encode() + b"<workbook", 1)


def _long_winded(part: bytes) -> bytes:
    return part.replace(b"</workbook>", b" " * 3_000_000 + b"</workbook>")


def _chart_only() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=A!$A$1:$A$2"})
    page = book.add_chartsheet("图")
    page.set_chart(chart)
    book.add_worksheet("A").hide()
    page.activate()
    book.close()
    return out.getvalue()


def _merged_everywhere() -> bytes:
    """Merged areas over a quarter of a million cells, a few bytes long."""
    tail = b'<mergeCells count="1"><mergeCell ref="A3:GR2000"/></mergeCells></worksheet>'
    part = sheet(
        "".join(
            f'<row r="{row}"><c r="{column}{row}" t="inlineStr"><is><t>{word}</t></is></c></row>'
            for row, column, word in ((1, "A", "企业名称"), (2, "A", "x"), (2000, "GR", "y"))
        )
    )
    return with_sheet(part.replace(b"</worksheet>", tail))


def _texts() -> dict[str, tuple[Callable[[], bytes], Words]]:
    plain = text()
    return {
        "CSV, odd quotes": (lambda: (plain + '"甲,乙\r\n').encode(), "CSV"),
        "CSV, text after quotes": (lambda: (plain + '"甲"乙,3\r\n').encode(), "CSV"),
        "CSV, endless cell": (lambda: (plain + "甲" * 200_000).encode(), "CSV"),
        "CSV, 201 columns": (lambda: (plain + "," * 201).encode(), "一直用到"),
        "CSV, 100,001 rows": (lambda: (plain + "a,b\n" * 100_001).encode(), "一直用到"),
        "CSV, no titles": (lambda: b"1,2\n3,4\n", "表头"),
        "CSV, wrong bytes": (lambda: plain.encode() + b"\xff\xfe\xfa,1,2\n", "编码"),
        "CSV, Shift-JIS": (lambda: "名前,会社\nｱｲｳ,ﾊﾟﾋﾟ\n".encode("shift-jis"), ("编码", "表头")),
        "CSV, bell": (lambda: (plain + "\x07,1,2\n").encode(), "控制字符"),
        "CSV, zeros inside": (lambda: (plain + "\x00,1,2\n").encode(), "控制字符"),
        "CSV, UTF-16 cut in half": (lambda: plain.encode("utf-16")[:-1], "编码"),
        "CSV, UTF-8 cut in a sign": (lambda: plain.encode() + "店".encode()[:2], ("编码", "表头")),
        "only a mark": (lambda: b"\xef\xbb\xbf", "表头"),
        "only line ends": (lambda: b"\r\n" * 100, "表头"),
    }
