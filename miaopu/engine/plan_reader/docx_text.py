"""Word documents to text: paragraphs, tables, generated numbers; within fixed bounds."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from miaopu.engine.plan_reader.docx_numbers import Numbering, W, number_of, read_numbering
from miaopu.engine.plan_reader.errors import DocumentRefused, refused, too_large
from miaopu.engine.plan_reader.merged_cells import repeated

_ENTRIES = 4_000
_PART_LIMIT = 24_000_000
_CHUNK = 1 << 16
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def docx_to_text(data: bytes) -> str:
    """The text of a Word document, a line per paragraph and table row.

    Raises DocumentRefused for damaged, encrypted, macro-laden or oversized files; what is unpacked
    is counted while it is read, so a small file cannot grow without bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = _checked_names(archive)
            styles = _parse(archive, "word/styles.xml") if "word/styles.xml" in names else None
            numbers = (
                _parse(archive, "word/numbering.xml") if "word/numbering.xml" in names else None
            )
            reader = _Reader(read_numbering(numbers), styles)
            return "\n".join(reader.lines(archive))
    except (
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        NotImplementedError,
        EOFError,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        if isinstance(error, DocumentRefused):
            raise
        raise refused(
            "Word 文件已损坏，无法读取",
            "the Word file is damaged",
            "请在 Word 中打开并重新保存为 docx",
            "open it in Word and save it as docx again",
        ) from error


def _checked_names(archive: zipfile.ZipFile) -> set[str]:
    infos = archive.infolist()
    if len(infos) > _ENTRIES:
        raise too_large(f"{_ENTRIES} 个部件 / parts")
    names = {one.filename for one in infos}
    if "word/document.xml" not in names:
        raise refused(
            "压缩包中没有 Word 正文",
            "an archive without a Word document",
            "请提供 txt、html、docx 或有文字的 pdf",
            "give a txt, html, docx, or a pdf with text",
        )
    if any(one.flag_bits & 1 for one in infos):
        raise encrypted()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(
            "文件含有宏",
            "the file contains macros",
            "请另存为不含宏的 docx",
            "save it as docx without macros",
        )
    return names


def encrypted() -> DocumentRefused:
    """The refusal of a file under a password."""
    return refused(
        "文件已加密",
        "the file is encrypted",
        "请去除密码后再提供",
        "remove the password first",
    )


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    total = 0
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            total += len(chunk)
            if total > _PART_LIMIT:
                raise too_large(f"{_PART_LIMIT // 1_000_000} MB（解压后 / unpacked）")
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise refused(
                    "Word 文件含有不允许的声明",
                    "the Word file declares entities",
                    "请在 Word 中重新保存为 docx",
                    "save it as docx in Word again",
                )
            yield chunk


def _events(parser: "XMLPullParser[Element]") -> Iterator[tuple[str, Element]]:
    return cast("Iterator[tuple[str, Element]]", parser.read_events())


def _parse(archive: zipfile.ZipFile, name: str) -> Element | None:
    parser: XMLPullParser[Element] = XMLPullParser(events=("start",))
    root = None
    for chunk in _chunks(archive, name):
        parser.feed(chunk)
        for _, element in _events(parser):
            root = element if root is None else root
    parser.close()
    return root


class _Reader:
    def __init__(self, numbering: Numbering, styles: Element | None) -> None:
        self.numbering = numbering
        self.style_numbers: dict[str, tuple[str, int]] = {}
        self.contents: set[str] = set()
        if styles is not None:
            self._read_styles(styles)

    def _read_styles(self, styles: Element) -> None:
        based: dict[str, str] = {}
        for style in styles.iter(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            shown = style.find(f"{W}name")
            label = (shown.get(f"{W}val", "") if shown is not None else "").lower()
            if label.startswith("toc") or "目录" in label:
                self.contents.add(name)
            found = number_of(style.find(f"{W}pPr"))
            if found is not None:
                self.style_numbers[name] = found
            base = style.find(f"{W}basedOn")
            if base is not None:
                based[name] = base.get(f"{W}val", "")
        for name in list(based):
            step, seen = based[name], 0
            while name not in self.style_numbers and step and seen < 20:
                if step in self.style_numbers:
                    self.style_numbers[name] = self.style_numbers[step]
                step, seen = based.get(step, ""), seen + 1

    def lines(self, archive: zipfile.ZipFile) -> Iterator[str]:
        """The lines of the body; each paragraph and table is let go once it is read."""
        parser: XMLPullParser[Element] = XMLPullParser(events=("start", "end"))
        path: list[Element] = []
        depth_of_block = 0
        for chunk in _chunks(archive, "word/document.xml"):
            parser.feed(chunk)
            for event, element in _events(parser):
                if event == "start":
                    path.append(element)
                    if not depth_of_block and element.tag in (f"{W}p", f"{W}tbl"):
                        depth_of_block = len(path)
                    if len(path) > 500:
                        raise ValueError("nested too deeply")
                    continue
                if depth_of_block == len(path):
                    yield from (
                        self._table(element)
                        if element.tag == f"{W}tbl"
                        else self._paragraph(element)
                    )
                    if len(path) > 1:
                        path[-2].remove(element)
                    depth_of_block = 0
                path.pop()
        parser.close()

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        text = self._text(paragraph)
        if text is not None:
            yield from text.split("\n")

    def _text(self, paragraph: Element) -> str | None:
        """The paragraph with its number; None for lines of a table of contents."""
        properties = paragraph.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        style_name = style.get(f"{W}val", "") if style is not None else ""
        if style_name in self.contents or style_name.upper().startswith("TOC"):
            return None
        text = "".join(_runs(paragraph))
        number = number_of(properties) or self.style_numbers.get(style_name)
        if number is not None and text.strip():
            return self.numbering.mark(*number) + text
        return text

    def _table(self, table: Element) -> Iterator[str]:
        above: dict[int, str] = {}
        for row in table.iter(f"{W}tr"):
            cells: list[str] = []
            column = 0
            for cell in row.findall(f"{W}tc"):
                parts = [self._text(one) or "" for one in cell.iter(f"{W}p")]
                text = " ".join(part.replace("\n", " ") for part in parts).strip()
                goes_on, width = _reach(cell)
                if goes_on and not text:
                    text = repeated(above.get(column, ""))
                else:
                    above[column] = text
                cells.append(text)
                column += width
            yield "\t".join(cells)


def _reach(cell: Element) -> tuple[bool, int]:
    """Whether a cell goes on with the one above it, and how many columns it is wide."""
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return False, 1
    merged = properties.find(f"{W}vMerge")
    span = properties.find(f"{W}gridSpan")
    wide = span.get(f"{W}val", "1") if span is not None else "1"
    width = int(wide) if wide.isascii() and wide.isdigit() and len(wide) < 4 else 1
    return merged is not None and merged.get(f"{W}val") != "restart", width


def _runs(paragraph: Element) -> Iterator[str]:
    """The text of a paragraph without deleted, hidden and alternative parts."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        if element.tag in (
            f"{W}del",
            f"{W}pPr",
            f"{_MC}Fallback",
            f"{W}instrText",
            f"{W}txbxContent",
        ):
            continue
        if element.tag == f"{W}t":
            yield element.text or ""
        elif element.tag == f"{W}tab":
            yield "\t"
        elif element.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif element.tag == f"{W}noBreakHyphen":
            yield "-"
        elif element.tag == f"{W}r" and _hidden(element):
            continue
        else:
            stack.extend(reversed(element))


def _hidden(run: Element) -> bool:
    properties = run.find(f"{W}rPr")
    vanish = properties.find(f"{W}vanish") if properties is not None else None
    return vanish is not None and vanish.get(f"{W}val", "true") not in ("0", "false")
