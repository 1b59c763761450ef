"""Opening documents: encodings, web pages, Word, PDF, and files that are refused with a reason."""

import io
import zipfile
from collections.abc import Callable

import pypdf
import pytest
import typst
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.files import FILE_LIMIT, read_bytes, text_of
from tests.engine.plan_reader import documents


def paths(data: bytes) -> list[str]:
    return [one.path for one in read_bytes(data).clauses]


def plain(text: str) -> str:
    return "".join(text.split())


EXPECTED = [one for one in paths(documents.COUNTY.encode())]


# ---------------------------------------------------------------- text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding(encoding: str) -> None:
    assert text_of(documents.COUNTY.encode(encoding)) == documents.COUNTY


def test_mixed_encodings_are_read_line_by_line() -> None:
    lines = documents.COUNTY.split("\n")
    mixed = [line.encode("gb18030" if n % 3 == 0 else "utf-8") for n, line in enumerate(lines)]
    assert text_of(b"\n".join(mixed)) == documents.COUNTY


def test_line_ends_of_every_system() -> None:
    assert text_of(documents.COUNTY.replace("\n", "\r\n").encode()) == documents.COUNTY
    assert text_of(documents.COUNTY.replace("\n", "\r").encode()) == documents.COUNTY


# ---------------------------------------------------------------- web pages

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>门户网站</title>
<style>p {{ color: red }}</style><script>var a = "一、脚本";</script></head><body>
<div class="nav"><a href="/">首页</a><a href="/x">关怀版</a></div>
<div class="main"><div class="crumbs">您当前所在位置：<a href="/">首页</a> &gt; 文件</div>
<div class="content">{body}</div>
<div class="related"><h3>相关文章</h3><ul><li><a href="/a">一、别的方案</a></li></ul></div></div>
<div class="footer">版权所有 访问量：12345</div></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_the_plan_of_a_web_page_without_its_chrome(charset: str) -> None:
    body = "".join(f"<p>&emsp;{line}</p>" for line in documents.COUNTY.strip().split("\n"))
    page = PAGE.format(charset=charset, body=body).encode(
        "gb18030" if charset != "utf-8" else charset
    )
    text = text_of(page)
    assert plain(text) == plain(documents.COUNTY)
    assert paths(page) == EXPECTED


def test_a_page_laid_out_in_tables() -> None:
    """A page of about 2015: data of the file above, the plan in a cell, other files beside."""
    body = "".join(f"<p>&nbsp;&nbsp;{line}</p>" for line in documents.COUNTY.strip().split("\n"))
    page = (
        "<html><body><table><tr><td><table><tr><td><b>索 引 号：</b></td><td>0001/2018-22</td></tr>"
        f"</table><table><tr><td>{body}</td></tr></table></td><td><table><tr><td>相关文件<ul>"
        "<li><a href='/a'>关于印发另一个方案的通知一二三四五六七八</a></li></ul></td></tr>"
        "</table></td></tr></table><div class='foot'>版权所有 网站标识码：1</div></body></html>"
    )
    assert paths(page.encode()) == EXPECTED


def test_a_page_with_breaks_tables_and_unclosed_tags() -> None:
    page = (
        "<html><body><div>一、任务<br>（一）甲。乙。<p>（二）丙。丁。<p>二、分解"
        "<table><tr><td>序号<td>单位<tr><td>1<td>市财政局</table></div></body></html>"
    )
    text = text_of(page.encode())
    assert "序号\t单位\n1\t市财政局" in text
    assert paths(page.encode()) == ["一", "一/(一)", "一/(二)", "二"]


def test_a_page_nested_without_end_is_read() -> None:
    page = "<html>" + "<div>" * 50_000 + "一、总则</div><p>甲。"
    assert "一、总则" in text_of(page.encode())


# ---------------------------------------------------------------- Word


def _numbering(document: Document, levels: list[tuple[str, str]]) -> int:
    """Add a list to the document's numbering; gives its number."""
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for depth, (style, text) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for name, value in (("start", "1"), ("numFmt", style), ("lvlText", text)):
            child = OxmlElement(f"w:{name}")
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "77")
    number.append(link)
    root.append(number)
    return 77


def _numbered(document: Document, text: str, depth: int) -> None:
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    numbering = OxmlElement("w:numPr")
    for name, value in (("ilvl", depth), ("numId", 77)):
        child = OxmlElement(f"w:{name}")
        child.set(qn("w:val"), str(value))
        numbering.append(child)
    properties.append(numbering)


def _bytes(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_word_document() -> None:
    document = Document()
    for line in documents.COUNTY.strip().split("\n"):
        document.add_paragraph(line)
    data = _bytes(document)
    assert text_of(data).strip() == documents.COUNTY.strip()
    assert paths(data) == EXPECTED


def test_numbers_that_word_generates_and_tables() -> None:
    document = Document()
    _numbering(
        document,
        [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")],
    )
    for text, depth in (
        ("总则", 0),
        ("目的。提出目的。", 1),
        ("范围。提出范围。", 1),
        ("任务", 0),
        ("培育。开展培育。", 1),
        ("认定", 2),
        ("奖励", 2),
    ):
        _numbered(document, text, depth)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [cell for row in table.rows for cell in row.cells],
        ["任务", "单位", "培育", "市财政局"],
        strict=True,
    ):
        cell.text = text
    data = _bytes(document)
    assert paths(data) == ["一", "一/(一)", "一/(二)", "二", "二/(一)", "二/(一)/1", "二/(一)/2"]
    assert "任务\t单位\n培育\t市财政局" in text_of(data)


def test_deleted_and_hidden_text_is_left_out() -> None:
    document = Document()
    paragraph = document.add_paragraph("一、总则")
    hidden = paragraph.add_run("不印")
    hidden.font.hidden = True
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    gone = OxmlElement("w:t")
    gone.text = "删去"
    run.append(gone)
    deleted.append(run)
    paragraph._p.append(deleted)
    paragraph.add_run("第一").font.size = Pt(12)
    assert text_of(_bytes(document)) == "一、总则第一"


def _archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


START = b"<w:document " + W + b"><w:body><w:p><w:r><w:t>"
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _word(content: bytes) -> bytes:
    return _archive({"word/document.xml": content})


# Name, content, a word of the refusal. Large ones are made when their test runs, not before.
REFUSALS: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("bomb", lambda: _word(START + b"a" * 200_000_000), "文件过大"),
    ("entries", lambda: _archive({f"x{n}": b"" for n in range(5_000)}), "文件过大"),
    ("macros", lambda: _archive({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"1"}), "宏"),
    ("workbook", lambda: _archive({"xl/workbook.xml": b"<a/>"}), "没有 Word 正文"),
    ("broken xml", lambda: _word(START), "已损坏"),
    ("entities", lambda: _word(ENTITIES + START), "不允许的声明"),
    ("cut", lambda: _word(START)[:60], "已损坏"),
    ("deep", lambda: _word(b"<w:document " + W + b"><w:body>" + b"<w:p>" * 3_000), "已损坏"),
    ("empty", lambda: b"", "空的"),
    ("blank", lambda: b" \n\t ", "空的"),
    ("binary", lambda: bytes(range(256)) * 40, "二进制"),
    ("picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "图片"),
    ("old", lambda: COMPOUND + bytes(2_000), "旧版"),
    ("encrypted", lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"), "加密"),
    ("rtf", lambda: rb"{\rtf1 a}", "RTF"),
    ("pdf", lambda: b"%PDF-1.7\nnothing", "已损坏"),
    ("huge", lambda: b"a" * (FILE_LIMIT + 1), "文件过大"),
    ("long", lambda: b"a" * 3_000_001, "文件过大"),
)


@pytest.mark.parametrize(
    ("content", "message"),
    [pytest.param(content, message, id=name) for name, content, message in REFUSALS],
)
def test_what_cannot_be_read_is_refused_with_reason_and_remedy(
    content: Callable[[], bytes], message: str
) -> None:
    data = content()
    with pytest.raises(DocumentRefused) as caught:
        read_bytes(data)
    assert message in caught.value.message.zh
    assert caught.value.remedy.zh and caught.value.remedy.en


# ---------------------------------------------------------------- PDF


def _pdf(text: str) -> bytes:
    source = '#set page(width: 12cm, height: 18cm, numbering: "1")\n#set text(size: 12pt)\n'
    for line in text.strip().split("\n"):
        source += "#" + f"par[#{line!r}]".replace("'", '"') + "\n"
    return typst.compile(source.encode())


def test_a_pdf_with_text() -> None:
    """Lines broken at the page's edge are joined, page numbers left out."""
    lines = [
        "1. " + "Enterprises in the town are helped to grow by the office. " * 4,
        "2. " + "Every report is sent in by the end of the year. " * 5,
        "3. " + "A short one.",
    ]
    data = _pdf("\n".join(lines))
    text = text_of(data)
    assert plain(text) == plain("".join(lines))
    assert [one.path for one in read_bytes(data).clauses] == ["1", "2", "3"]


def test_scans_and_passwords_are_refused() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(300, 300)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(DocumentRefused, match="扫描"):
        read_bytes(stream.getvalue())
    writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(DocumentRefused, match="加密"):
        read_bytes(stream.getvalue())
