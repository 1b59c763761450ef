"""Opens a document of any accepted kind and reads it: the kind is told by content, not by name."""

from pathlib import Path

from miaopu.engine.plan_reader.decoding import decode
from miaopu.engine.plan_reader.docx_text import docx_to_text, encrypted
from miaopu.engine.plan_reader.errors import refused, too_large
from miaopu.engine.plan_reader.html_text import html_to_text
from miaopu.engine.plan_reader.kinds import HEAD_BYTES, OLE, kind_by_content
from miaopu.engine.plan_reader.model import Reading
from miaopu.engine.plan_reader.pdf_text import pdf_to_text
from miaopu.engine.plan_reader.read import read_text

FILE_LIMIT = 32_000_000
TEXT_LIMIT = 3_000_000
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")


def read_file(path: Path) -> Reading:
    """Read the plan in `path`; raises DocumentRefused or OSError."""
    with path.open("rb") as stream:
        return read_bytes(stream.read(FILE_LIMIT + 1))


def read_bytes(data: bytes) -> Reading:
    """Read a plan from the bytes of a txt, html, docx or pdf; raises DocumentRefused."""
    return read_text(text_of(data))


def text_of(data: bytes) -> str:
    """The text of a document by its kind, line ends as \\n; raises DocumentRefused."""
    if len(data) > FILE_LIMIT:
        raise too_large(f"{FILE_LIMIT // 1_000_000} MB")
    text = _text(data).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise refused(
            "文件是空的", "the file is empty", "请检查文件内容", "check the content of the file"
        )
    if len(text) > TEXT_LIMIT:
        raise too_large(f"{TEXT_LIMIT} 字 / characters")
    return text


def _text(data: bytes) -> str:
    kind = kind_by_content(data[:HEAD_BYTES])
    if kind == "pdf":
        return pdf_to_text(data)
    if kind == "docx":
        return docx_to_text(data)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise encrypted()
        raise refused(
            "这是旧版 Office 文件（doc、wps 等）",
            "an Office file of the old kind (doc, wps)",
            "请另存为 docx",
            "save it as docx",
        )
    if data.startswith(b"{\\rtf"):
        raise refused("这是 RTF 文件", "an RTF file", "请另存为 docx", "save it as docx")
    if data.startswith(_PICTURES[:2] + _PICTURES[4:6]) or (
        data.startswith(_PICTURES) and b"\0" in data[:64]
    ):
        raise refused(
            "这是图片，没有文字",
            "a picture, without text",
            "请提供有文字的 pdf、docx 或 txt",
            "give a pdf with text, a docx or a txt",
        )
    return html_to_text(data) if kind == "html" else decode(data)
