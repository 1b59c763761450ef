"""PDF with text to text: broken lines joined, page numbers left out; scans are refused."""

import io
import logging
import re

import pypdf
from pypdf.errors import PyPdfError

from miaopu.engine.plan_reader.docx_text import encrypted
from miaopu.engine.plan_reader.errors import refused, too_large

_PAGES = 1_000
_CHARACTERS = 3_000_000
_PAGE_NUMBER = re.compile(r"^[\s—–\-·•第共页/]*\d{1,4}[\s—–\-·•页/共第\d]*$")
_ENDS = re.compile(r"[。;；!！?？：:]\s*$")
_STARTS = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[.、．](?!\d)|[①-⑳]|【|——|附件|附表)"
)
_FEW = 15


def pdf_to_text(data: bytes) -> str:
    """The text of a PDF; raises DocumentRefused for scans, passwords and damaged files."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise encrypted()
        if len(reader.pages) > _PAGES:
            raise too_large(f"{_PAGES} 页 / pages")
        pages, total = [], 0
        for page in reader.pages:
            text = page.extract_text() or ""
            total += len(text)
            if total > _CHARACTERS:
                raise too_large(f"{_CHARACTERS} 字 / characters")
            pages.append(text)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
        NotImplementedError,
        AssertionError,
    ) as error:
        if hasattr(error, "remedy"):
            raise
        raise refused(
            "PDF 文件已损坏，无法读取",
            "the PDF is damaged",
            "请重新导出 PDF，或提供 docx",
            "export it again, or give the docx",
        ) from error
    if sum(len(page.strip()) for page in pages) < _FEW * max(1, len(pages)):
        raise refused(
            "PDF 中没有文字，可能是扫描件",
            "the PDF holds no text, it may be a scan",
            "请提供有文字的 PDF、docx 或 txt",
            "give a PDF with text, a docx or a txt",
        )
    return reflow([line for page in pages for line in page.split("\n")])


def reflow(lines: list[str]) -> str:
    """Lines broken at the page's edge joined into paragraphs."""
    kept = [line.rstrip() for line in lines if line.strip() and not _PAGE_NUMBER.match(line)]
    widths = sorted(len(line) for line in kept)
    full = widths[int(len(widths) * 0.8)] if widths else 0
    paragraphs: list[str] = []
    open_line = False
    for line in kept:
        if open_line and not _STARTS.match(line) and not line.startswith(("\u3000\u3000", "    ")):
            paragraphs[-1] += line.strip()
        else:
            paragraphs.append(line.strip())
        open_line = len(line) >= 0.85 * full and not (_ENDS.search(line) and len(line) < full)
        open_line = open_line and not re.search(r"[。]\s*$", line)
    return "\n".join(paragraphs)
