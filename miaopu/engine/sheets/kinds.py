"""What kind of table a file is, by its first bytes; names and suffixes prove nothing."""

from __future__ import annotations

from typing import Literal

from miaopu.engine.sheets.refusals import EXPORT_AGAIN, refuse

Kind = Literal["xlsx", "xls", "csv"]

HEAD_BYTES = 8
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
_NOT_TABLES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"MZ", "EXE"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
)


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with `head`. Raises SheetError where it cannot be a table."""
    if not head:
        raise refuse("文件是空的", "the file is empty", EXPORT_AGAIN)
    for magic, name in _NOT_TABLES:
        if head.startswith(magic):
            raise refuse(f"这是 {name} 文件，不是表格", f"this is a {name} file, not a table")
    if head.startswith(_EMPTY_ZIP):
        raise refuse("这是空的压缩包", "this is an empty archive", EXPORT_AGAIN)
    if head.startswith(_ZIP):
        return "xlsx"
    return "xls" if head.startswith(_OLE) else "csv"
