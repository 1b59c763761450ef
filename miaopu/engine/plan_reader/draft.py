"""A draft pack from a reading, for a person to complete; `pack check` names what is missing.

Facts and figures in the keys of docs/packs.md. What the reading cannot know (region codes, English
names, items with their rules and steps) is left out rather than invented, so nothing drafted can be
loaded unread. The whole reading lies beside it as `reading.json`.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.errors import refused
from miaopu.engine.plan_reader.model import Reading, Target

_COMPARATORS = {">=": ">=", "<=": "<=", "<": "<", "range": "range"}
_HEAD = "# Drafted from the plan: every entry is to be read and completed by a person.\n"


def write_draft(reading: Reading, folder: Path) -> list[Path]:
    """Write the draft into `folder`, new or empty; raises DocumentRefused or OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refused(
            f"文件夹 {folder.name} 不是空的",
            f"the folder {folder.name} is not empty",
            "请另选一个新的文件夹",
            "name a new folder",
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in draft_files(reading).items():
        path = folder / name
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
        path.write_text(_HEAD + text, encoding="utf-8")
        written.append(path)
    path = folder / "reading.json"
    path.write_text(json.dumps(to_json(reading), ensure_ascii=False, indent=1), encoding="utf-8")
    return [*written, path]


def draft_files(reading: Reading) -> dict[str, dict[str, Any]]:
    """The files of the draft by name, as plain values."""
    indicators, targets = _targets(reading)
    return {
        "programme.yaml": _programme(reading),
        "clauses.yaml": {"clauses": _clauses(reading)},
        "targets.yaml": {"indicators": indicators, "targets": targets},
    }


def _programme(reading: Reading) -> dict[str, Any]:
    source: dict[str, Any] = {"title": {"zh": reading.title}}
    if reading.number:
        source["number"] = reading.number
    if reading.date:
        source["date"] = reading.date
    numbers = list(dict.fromkeys(one.number for one in reading.citations if one.number))
    if numbers:
        source["based_on"] = numbers
    programme: dict[str, Any] = {"programme": "draft", "title": {"zh": reading.title}}
    years = re.findall(r"(?:19|20)\d\d", reading.title) or re.findall(r"^\d{4}", reading.date or "")
    if years:
        programme["period"] = {"from": f"{min(years)}-01-01", "to": f"{max(years)}-12-31"}
    return {**programme, "source": source}


def _clauses(reading: Reading) -> dict[str, Any]:
    clauses: dict[str, Any] = {}
    for one in reading.clauses:
        clauses.setdefault(one.path, {"title": {"zh": one.title}} if one.title else {})
    return clauses


def _targets(reading: Reading) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    names: dict[tuple[str, str], str] = {}
    indicators: dict[str, Any] = {}
    rows = []
    for order, one in enumerate(reading.targets, start=1):
        key = (one.indicator, one.unit)
        if key not in names:
            names[key] = f"indicator_{len(names) + 1}"
            indicators[names[key]] = {"title": {"zh": one.indicator}, "unit": {"zh": one.unit}}
        rows.append(_target(order, names[key], one))
    return indicators, rows


def _target(order: int, indicator: str, one: Target) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"target_{order}", "indicator": indicator}
    if one.date:
        row["period"] = one.date
    if isinstance(one.value, list):
        row["value"], row["upper"] = (str(end) for end in one.value)
    else:
        row["value"] = str(one.value)
    row["comparator"] = _COMPARATORS.get(one.comparator, "=")
    row["clause"] = one.clause
    return row
