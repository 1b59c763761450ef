"""A draft pack from a reading: files of plain values in the keys of docs/packs.md.

What the reading cannot know (region codes, the programme's English name, items with their rules and
steps) comes from a person's choices or is left out rather than invented, so nothing that was only
read can be loaded. Summaries of clauses are made from figures, never from sentences of the plan.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from miaopu.engine.drafting import figures, times, units
from miaopu.engine.drafting.pieces import (
    PREAMBLE,
    Choices,
    Drafting,
    LeftOut,
    one_line,
    short_path,
    text,
)
from miaopu.engine.messages import Bilingual
from miaopu.engine.plan_reader.errors import refused

_HEAD = "# Drafted from the plan: every entry is to be read and completed by a person.\n"
_MOMENT = (1980, 1, 1, 0, 0, 0)
Files = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Draft:
    """The files of a draft by name, as plain values, and what is not in them."""

    files: Files
    left_out: tuple[LeftOut, ...]


class _Dumper(yaml.SafeDumper):
    """Packs know no anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value out."""
        return True


def draft(document: Mapping[str, Any], choices: Choices | None = None) -> Draft:
    """The draft of a document of `plan read`, with what a person chose."""
    drafting = Drafting(document, choices or Choices())
    ids, unit_rows = units.units(drafting)
    indicators, targets = figures.targets(drafting)
    people = _filled(
        units=unit_rows,
        tasks=_tasks(drafting, ids),
        phases=times.phases(drafting),
        duties=times.duties(drafting, ids),
    )
    numbers = _filled(
        indicators=indicators, targets=targets, statistics=figures.statistics(drafting)
    )
    money = _filled(funds=figures.funds(drafting), ratios=figures.ratios(drafting))
    programme = _programme(drafting)
    files = {
        "programme.yaml": programme,
        "clauses.yaml": {"clauses": _clauses(drafting)},
        "tasks.yaml": people,
        "targets.yaml": numbers,
        "funds.yaml": money,
    }
    found = {name: content for name, content in files.items() if content}
    return Draft(found, tuple(dict.fromkeys(drafting.left_out)))


def yaml_text(content: Mapping[str, Any], head: str = _HEAD) -> str:
    """A file of a draft as YAML, below the comment `head`."""
    dumped = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return head + str(dumped)


def zipped(files: Files, folder: str = "draft", head: str = _HEAD) -> bytes:
    """The files in a folder of a zip archive; the same files are the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"{folder}/{name}", _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, yaml_text(content, head))
    return stream.getvalue()


def write_files(files: Files, folder: Path) -> list[Path]:
    """Write the files of a draft into `folder`; raises OSError."""
    written = []
    for name, content in files.items():
        path = folder / name
        path.write_text(yaml_text(content), encoding="utf-8")
        written.append(path)
    return written


def write_draft(
    document: Mapping[str, Any], folder: Path, choices: Choices | None = None
) -> list[Path]:
    """Write the draft of a reading into `folder`, new or empty, with the reading beside it.

    Raises DocumentRefused or OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refused(
            f"文件夹 {folder.name} 不是空的",
            f"the folder {folder.name} is not empty",
            "请另选一个新的文件夹",
            "name a new folder",
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = write_files(draft(document, choices).files, folder)
    path = folder / "reading.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return [*written, path]


def suggested_years(document: Mapping[str, Any]) -> tuple[int, int] | None:
    """The years a programme seems to run: those of the title, else of targets, else of the date."""
    named = times.years_of(str(document.get("title") or ""))
    if named is not None:
        return named
    dated = [
        years
        for kind in ("targets", "deadlines")
        for one in document.get(kind) or ()
        if (years := times.years_of(str(one.get("date") or ""))) is not None
    ]
    if dated:
        return min(first for first, _last in dated), max(last for _first, last in dated)
    return times.years_of(str(document.get("date") or ""))


def _filled(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}


def _programme(drafting: Drafting) -> dict[str, Any]:
    document, chosen = drafting.document, drafting.choices
    plan = str(document.get("title") or "")
    row: dict[str, Any] = {"programme": chosen.programme or "draft"}
    title = chosen.title or one_line(plan)
    row["title"] = {"zh": title, "en": chosen.title_en} if chosen.title_en else {"zh": title}
    if chosen.region:
        row["region"] = chosen.region
    years = suggested_years(document)
    if chosen.start and chosen.end:
        row["period"] = {"from": chosen.start, "to": chosen.end}
    elif years is not None:
        row["period"] = {"from": f"{years[0]}-01-01", "to": f"{years[1]}-12-31"}
    row["source"] = _source(drafting, one_line(plan) or title)
    if chosen.zones:
        row["zones"] = [
            {"code": one.code, "title": text(one.name, one.name_en), "parent": one.parent}
            for one in chosen.zones
        ]
    return row


def _source(drafting: Drafting, title: str) -> dict[str, Any]:
    document, chosen = drafting.document, drafting.choices
    source: dict[str, Any] = {"title": text(title) if chosen.title_en else {"zh": title}}
    source |= {key: document[key] for key in ("number", "date") if document.get(key)}
    cited = drafting.entries("citations")
    numbers = list(dict.fromkeys(str(one["number"]) for one in cited if one.get("number")))
    if numbers:
        source["based_on"] = numbers
    clauses = drafting.entries("clauses")
    citations: list[dict[str, Any]] = []
    for one in cited:
        if not one.get("title"):
            continue
        row: dict[str, Any] = {"title": text(one["title"])}
        if one.get("number"):
            row["number"] = str(one["number"])
        if one.get("start") is not None:
            row["clause"] = drafting.clause(units.clause_at(clauses, one["start"]))
        citations.append(row)
    if citations:
        source["citations"] = citations
    return source


def _tasks(drafting: Drafting, ids: units.UnitIds) -> list[dict[str, Any]]:
    deadlines = _by_clause(times.usable_deadlines(drafting))
    targets = _by_clause(times.target_times(drafting))
    groups = units.marks(drafting)
    marks_of = Counter(str(group[0].get("clause") or "") for group in groups)
    rows: list[dict[str, Any]] = []
    before: dict[str, int] = {}
    for group in groups:
        path = str(group[0].get("clause") or "")
        end = group[-1].get("end")
        alone = marks_of[path] == 1
        since = before.get(path, -1)
        # A time that only dates a target is no deadline of its own in a reading, but it is one
        # for whoever is to reach it.
        due, aimed = (
            [
                one
                for one in entries.get(path, ())
                if alone or (None not in (end, one.get("start")) and since <= one["start"] < end)
            ]
            for entries in (deadlines, targets)
        )
        due = due or aimed[-1:]
        if end is not None:
            before[path] = end
        row = units.task_of(drafting, group, ids, len(rows) + 1)
        rows.append({**row, **times.due_of(due), **_doubt(drafting, due)})
    return rows


def _by_clause(entries: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in entries:
        found.setdefault(str(one.get("clause") or ""), []).append(one)
    return found


def _doubt(drafting: Drafting, due: list[Mapping[str, Any]]) -> dict[str, Any]:
    """How a damaged place in the deadlines of a task was read."""
    places = [(one["start"], one["end"]) for one in due if one.get("start") is not None]
    for one in drafting.entries("repairs"):
        start, end = one.get("start"), one.get("end")
        if start is None or end is None:
            continue
        if any(start < finish and begin < end for begin, finish in places):
            raw, read_as = one.get("raw"), one.get("read_as")
            return {"doubt": text(f"“{raw}”读作“{read_as}”", f"“{raw}” read as “{read_as}”")}
    return {}


def _clauses(drafting: Drafting) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for one in drafting.entries("clauses"):
        path = short_path(str(one["path"]))
        if path not in rows:
            title = text(one.get("title") or path)
            rows[path] = {"title": title, "summary": _summary(drafting, str(one["path"]), title)}
    if PREAMBLE in drafting.cited or not rows:
        rows[PREAMBLE] = {"title": text("前言", "Preamble"), "summary": text("前言", "Preamble")}
    return rows


def _summary(drafting: Drafting, path: str, title: dict[str, str]) -> dict[str, str]:
    """What stands in a clause, in figures; its title where it has none of its own."""
    zh, en = [], []
    for kind, words, name in (
        ("targets", "目标", "targets"),
        ("responsibilities", "责任分工", "responsibilities"),
        ("deadlines", "时限", "deadlines"),
        ("money", "资金", "sums and ratios"),
    ):
        count = len(drafting.within(kind, path))
        if count:
            zh.append(f"{words}{count}项")
            en.append(f"{name}: {count}")
    below = len(drafting.below(path))
    if below:
        zh.insert(0, f"下分{below}条")
        en.insert(0, f"parts: {below}")
    if not zh:
        return title
    made = Bilingual(f"{'，'.join(zh)}。", f"{'; '.join(en)}.")
    return {"zh": made.zh, "en": f"{made.en[0].upper()}{made.en[1:]}"}
