"""What kind of document a file is, by its first bytes; names and suffixes prove nothing."""

from __future__ import annotations

import re
from typing import Literal

from miaopu.engine.plan_reader.errors import refused

Kind = Literal["txt", "html", "docx", "pdf"]

HEAD_BYTES = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|div|p|table)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How a page of the web begins."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NO_DOCUMENTS = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
)


def kind_of(head: bytes) -> Kind:
    """The kind of a document that begins with `head`; the reading proves the rest.

    Raises DocumentRefused for what is evidently no document.
    """
    if not head.strip():
        raise refused(
            "文件是空的", "the file is empty", "请检查文件内容", "check the content of the file"
        )
    for magic, name in _NO_DOCUMENTS:
        if head.startswith(magic):
            raise refused(
                f"这是 {name} 文件，不是计划文件",
                f"this is a {name} file, no document",
                "请提供 txt、html、docx 或有文字的 pdf",
                "give a txt, html, docx, or a pdf with text",
            )
    return kind_by_content(head)


def kind_by_content(head: bytes) -> Kind:
    """What a document that begins with `head` is to be read as; text where nothing else is told."""
    if head.startswith(b"%PDF") or b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP):
        return "docx"
    return "html" if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) else "txt"
