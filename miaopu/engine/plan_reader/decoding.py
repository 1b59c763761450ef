"""Bytes to text: UTF-8, GB18030, UTF-16 with a mark, or line by line where encodings are mixed."""

import codecs
import re

from miaopu.engine.plan_reader.errors import refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ODD = re.compile("[\ue000-\uf8ff\U00010000-\U0010ffff\ufffd\u0080-\u009f]")
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def decode(data: bytes) -> str:
    """The text of `data`; raises DocumentRefused where it is not text or in no known encoding."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(
                    data[len(mark) :].decode(name) if name == "utf-8" else data.decode(name)
                )
            except UnicodeDecodeError:
                break
    if b"\0" in data[:65_536]:
        raise _binary()
    text = _whole(data, "utf-8")
    if text is None:
        text = _whole(data, "gb18030")
        if text is None or _looks_wrong(text) or _is_mostly_utf8(data):
            text = _by_line(data)
    return _checked(text)


def _whole(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_mostly_utf8(data: bytes) -> bool:
    lines = [line for line in data.split(b"\n")[:2_000] if not line.isascii()]
    good = sum(_whole(line, "utf-8") is not None for line in lines)
    return good > len(lines) // 10


def _by_line(data: bytes) -> str:
    lines = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        text = _whole(line, "utf-8")
        if text is None:
            text = _whole(line, "gb18030")
        if text is None:
            raise refused(
                f"第 {number} 行的文字编码无法识别",
                f"line {number} is in no known encoding",
                "请另存为 UTF-8 文本",
                "save the text as UTF-8",
            )
        lines.append(text)
    return "\n".join(lines)


def _looks_wrong(text: str) -> bool:
    odd = len(_ODD.findall(text))
    return odd > 10 and odd * 10 > len(_CHINESE.findall(text))


def _checked(text: str) -> str:
    """Refuses what decodes but is no text."""
    if len(_CONTROL.findall(text[:200_000])) > max(8, len(text[:200_000]) // 500):
        raise _binary()
    if _looks_wrong(text):
        raise refused(
            "文字编码无法识别",
            "the encoding is not known",
            "请另存为 UTF-8 文本",
            "save the text as UTF-8",
        )
    return _CONTROL.sub(" ", text)


def _binary() -> Exception:
    return refused(
        "不是文本：文件内容是二进制数据，可能改过扩展名",
        "not text: the content is binary, perhaps under another suffix",
        "请提供 txt、html、docx 或有文字的 pdf",
        "give a txt, html, docx, or a pdf with text",
    )
