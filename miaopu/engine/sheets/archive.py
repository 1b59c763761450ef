"""First gate: the zip directory of a workbook, before anything in it is interpreted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.limits import ENTRIES_MAX, UNPACKED_MAX
from miaopu.engine.sheets.refusals import EXPORT_AGAIN, SPLIT, SheetError, refuse

_BLOCK = 1 << 18
_WORKBOOK = "xl/workbook.xml"
_ENCRYPTED = 0x1
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class Archive:
    """A workbook's archive whose directory has been looked at; unpacks under one byte budget."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self._entries = self._zip.infolist()
        except (*_DAMAGE, NotImplementedError) as error:
            raise _damaged() from error
        self._left = UNPACKED_MAX
        self._unpacked: dict[str, int] = {}
        self.names = [entry.filename for entry in self._entries]
        _check_directory(self._entries)
        _check_kind(self.names)

    @property
    def has_macros(self) -> bool:
        """Whether the workbook carries a macro project; it is never run and never read."""
        return any(name.lower().endswith("vbaproject.bin") for name in self.names)

    @property
    def has_links(self) -> bool:
        """Whether the workbook points to other workbooks; they are never opened."""
        return any(name.lower().startswith("xl/externallinks/") for name in self.names)

    def unpack(self, name: str, *, again: bool = False) -> Iterator[bytes]:
        """The content of a part in blocks. Raises SheetError where it is damaged or too large.

        What is unpacked once more (`again`, to its end both times) is not counted a second time.
        """
        if again:
            self._left += self._unpacked[name]
        before = self._left
        try:
            with self._zip.open(name) as stream:
                yield from self._blocks(stream)
            self._unpacked[name] = before - self._left
        except SheetError:
            raise
        except NotImplementedError as error:
            raise refuse(
                f"工作簿内的 {name} 使用了不支持的压缩方式",
                f"{name} in the workbook is compressed in a way that is not supported",
            ) from error
        except (*_DAMAGE, KeyError) as error:
            raise _damaged(name) from error

    def _blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        while block := stream.read(_BLOCK):
            self._left -= len(block)
            if self._left < 0:
                limit = UNPACKED_MAX // 1024**2
                raise refuse(f"解压后超过 {limit} MB", f"more than {limit} MB when unpacked", SPLIT)
            yield block


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES_MAX:
        raise refuse(
            f"压缩包内有 {len(entries)} 个部分，超过 {ENTRIES_MAX} 个",
            f"the archive has {len(entries)} parts, more than {ENTRIES_MAX}",
        )
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & _ENCRYPTED:
            raise refuse(
                "工作簿的内容加了密",
                "the content of the workbook is encrypted",
                unlocked(),
            )
        if name.lower() in names or _leaves_the_archive(name) or _is_link(entry):
            raise refuse(
                f"压缩包的目录不正常：{name[:60]!r}",
                f"the archive's directory is not sound: {name[:60]!r}",
            )
        names.add(name.lower())  # the reader finds parts whatever the case, and may take another


def _leaves_the_archive(name: str) -> bool:
    plain = name.replace("\\", "/")
    return (
        "\\" in name
        or "\x00" in name
        or plain.startswith("/")
        or plain[1:2] == ":"
        or ".." in plain.split("/")
    )


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _check_kind(names: list[str]) -> None:
    lower = {name.lower() for name in names}
    if _WORKBOOK in lower:
        return
    if "xl/workbook.bin" in lower:
        raise refuse("这是二进制工作簿（xlsb）", "this is a binary workbook (xlsb)")
    if "content.xml" in lower:
        raise refuse("这是 OpenDocument 表格（ods）", "this is an OpenDocument spreadsheet (ods)")
    if "word/document.xml" in lower:
        raise refuse("这是 Word 文档，不是表格", "this is a Word document, not a table")
    if any(name.endswith((".xlsx", ".xls", ".csv")) for name in lower):
        raise refuse(
            "这是装有表格文件的压缩包",
            "this is an archive with table files in it",
            EXPORT_AGAIN,
        )
    raise refuse("这个压缩包不是工作簿", "this archive is not a workbook")


def unlocked() -> Bilingual:
    """What to do about a password."""
    return Bilingual(
        "请先去掉打开密码，另存后再上传", "take the password off, save it and upload that"
    )


def _damaged(name: str = "") -> SheetError:
    where = f"（{name}）" if name else ""
    return refuse(
        f"文件已损坏或不完整{where}",
        f"the file is damaged or incomplete{f' ({name})' if name else ''}",
        EXPORT_AGAIN,
    )
