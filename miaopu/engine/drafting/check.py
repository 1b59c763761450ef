"""Checking a draft as every pack is checked, and saying of its plan what the plan has wrong."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from miaopu.engine.drafting.draft import Files, write_files
from miaopu.engine.drafting.pieces import figure, one_line, text
from miaopu.engine.packs.findings import Difference, differences
from miaopu.engine.packs.load import PackCheck, check_pack


def check_draft(files: Files, checks: list[Mapping[str, Any]]) -> tuple[Files, PackCheck]:
    """The files with `plan_findings`, and what `pack check` says of them.

    A check of the reading that a person has accepted and that the pack's own arithmetic finds
    again, with the same figures, is a finding of the plan; everything else stays to be looked at.
    """
    checked = _checked(files)
    if checked.pack is None:
        return files, checked
    said = [
        _finding(one, check)
        for one in differences(checked.pack)
        for check in checks
        if check.get("code") == one.code and _figures(check) == (one.stated, one.computed)
    ]
    unique = list({(one["code"], one["of"]): one for one in said}.values())
    if not unique:
        return files, checked
    whole = {**files, "plan_findings.yaml": {"plan_findings": unique}}
    return whole, _checked(whole)


def _figures(check: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return figure(check.get("stated")), figure(check.get("computed"))


def _checked(files: Files) -> PackCheck:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(files, folder)
        return check_pack(folder)


def _finding(one: Difference, check: Mapping[str, Any]) -> dict[str, Any]:
    what = one_line(re.sub(r"\s+", "", str(check.get("what") or "")))
    return {
        "code": one.code,
        "of": one.of,
        "stated": one.stated,
        "computed": one.computed,
        "grade": one.grade,
        "note": text(
            f"{what}：文中为{one.stated}，按所列各数得{one.computed}",
            f"{what}: stated {one.stated}, the printed parts give {one.computed}",
        ),
    }
