"""YAML with positions: plain data, and the line on which every key and every list entry stands.

A small and safe part of YAML: one document of mappings, lists and scalars. No anchors, aliases,
tags or merge keys, so nothing can be built that is larger than the file. A plain scalar is null,
true or false, a whole number, a decimal, a date, or else text; yes, no, on, off and 012 are text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

import yaml

from miaopu.engine.definitions.refusals import PackError, Path, key_of
from miaopu.engine.messages import Bilingual

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
# The reader in C takes a tenth of the time; an installation whose PyYAML has none does without.
_QUICK_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_READ_OTHERWISE = re.compile(
    r"[\t?\ufeff]|[|>]\S*#"
)  # signs that the two do not take alike in every place
_SIMPLER = Bilingual("请改用普通的写法", "write it out plainly")


@dataclass(frozen=True)
class Document:
    """The data of one file, the line of every path in it, and what was wrong with it."""

    file: str
    data: object
    lines: Mapping[Path, int]
    errors: tuple[PackError, ...]


def read_document(path: FilePath, name: str = "") -> Document:
    """Read the YAML file at `path`, called `name` in errors. Never raises: see `errors`."""
    name = name or path.name
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _failed(name, 1, "", Bilingual("无法读取文件", f"cannot be read ({error.strerror})"))
    if len(data) > MAX_BYTES:
        return _failed(name, 1, "", Bilingual("文件超过 2 MB", "the file is larger than 2 MB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _failed(name, line, "", Bilingual("文件不是 UTF-8 编码", "the file is not UTF-8"))
    return read_text(text, name)


def read_text(text: str, name: str) -> Document:
    """Read YAML `text`, called `name` in errors. Never raises: see `errors`."""
    if _READ_OTHERWISE.search(text):
        return _built_plainly(text, name)
    try:
        return _built(text, name, _QUICK_LOADER)
    except yaml.YAMLError:  # said in the words of the other, which names the place better
        return _built_plainly(text, name)


def _built_plainly(text: str, name: str) -> Document:
    try:
        return _built(text, name, yaml.SafeLoader)
    except yaml.YAMLError as error:
        return _failed(name, _line_of(error), "", _problem_of(error))


def _built(text: str, name: str, loader: Any) -> Document:
    builder = _Builder(name)
    try:
        data = builder.document(iter(yaml.parse(text, Loader=loader)))
    except _Stop as stop:
        builder.errors.append(stop.error)
        return Document(name, None, builder.lines, tuple(builder.errors))
    return Document(name, data, builder.lines, tuple(builder.errors))


class _Stop(Exception):
    def __init__(self, error: PackError) -> None:
        self.error = error


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.errors: list[PackError] = []

    def document(self, events: Iterator[yaml.Event]) -> object:
        """The data of the only document among `events`."""
        data: object = None
        seen = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise self.stop(
                        event, (), Bilingual("文件里有第二份文档", "a second document begins")
                    )
                seen = True
                data = self.node(next(events), events, ())
        return data

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> object:
        """The data that begins with `event`."""
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.stop(
                event, path, Bilingual("不能使用锚点和别名", "anchors and aliases are not allowed")
            )
        if getattr(event, "tag", None):
            raise self.stop(event, path, Bilingual("不能使用标签", "tags are not allowed"))
        if len(path) > MAX_DEPTH:
            raise self.stop(event, path[:3], Bilingual("嵌套太深", "nested too deep"))
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        return _scalar(event)

    def mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, object]:
        """The mapping whose entries follow; a key given twice is an error, the first one counts."""
        found: dict[str, object] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self.stop(event, path, Bilingual("键必须是文本", "a key must be text"))
            key = str(event.value)
            line = _line(event)
            if key in found:
                first = self.lines[(*path, key)]
                self.errors.append(
                    PackError(
                        self.name,
                        line,
                        key_of((*path, key)),
                        Bilingual(
                            f"键重复（首见第 {first} 行）", f"key repeated (first on line {first})"
                        ),
                        Bilingual("删去其中一个", "remove one of them"),
                    )
                )
                _Builder(self.name).node(next(events), events, (*path, key))
                continue
            self.lines[(*path, key)] = line
            found[key] = self.node(next(events), events, (*path, key))
        return found

    def sequence(self, events: Iterator[yaml.Event], path: Path) -> list[object]:
        """The list whose entries follow."""
        found: list[object] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.node(event, events, (*path, len(found))))
        return found

    def stop(self, event: yaml.Event, path: Path, message: Bilingual) -> _Stop:
        """The error after which the file is not read on."""
        return _Stop(PackError(self.name, _line(event), key_of(path), message, _SIMPLER))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _scalar(event: yaml.Event) -> object:
    text = str(getattr(event, "value", ""))
    if getattr(event, "style", None):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", text):
        return Decimal(text)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _failed(name: str, line: int, key: str, message: Bilingual) -> Document:
    remedy = Bilingual("请保存为 UTF-8 的 YAML 文件", "save it as a YAML file in UTF-8")
    return Document(name, None, {}, (PackError(name, line, key, message, remedy),))


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.line) + 1 if mark is not None else 1


def _problem_of(error: yaml.YAMLError) -> Bilingual:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    return Bilingual(f"不是合格的 YAML（{problem}）", f"not valid YAML ({problem})")
