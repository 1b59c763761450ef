"""The form of a score sheet: a row for each line of one's part, what others gave, what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import CampaignState, SheetState, Stage, SubjectKind
from miaopu.monitoring.evidence_actions import may_withdraw
from miaopu.monitoring.models import LateScoreFile, Score, ScoreFile, ScoreSheet
from miaopu.monitoring.score_actions import NOTE, POINTS, cells_of, own_scores
from miaopu.monitoring.score_guards import belongs, stage_of
from miaopu.monitoring.sheets import (
    ORDER,
    Line,
    by_line,
    lines_for,
    lines_of,
    plain,
    standing,
    total_of,
    two_decimals,
)
from miaopu.portal import formats, present

PREFIX, FILE = "s-", "f-"
LONGEST_SEEN = 100_000


@dataclass(frozen=True)
class Shown:
    """Points of another stage: who, how many, why, and what they were before."""

    who: str
    points: str
    note: str
    earlier: str = ""


@dataclass(frozen=True)
class Shelf:
    """A piece of evidence as the page shows it."""

    kept: ScoreFile
    may_withdraw: bool


@dataclass(frozen=True)
class Unsaved:
    """What was typed into a sheet that takes nothing any more: for the reader to copy."""

    title: str
    text: str


@dataclass(frozen=True)
class Row:
    """A line as the page shows it; the fields are empty where one only reads."""

    line: Line
    group: str
    title: str
    most: str
    evidence: str
    others: tuple[Shown, ...]
    settled: str
    points: str
    note: str
    error: str
    note_error: str
    files: tuple[Shelf, ...]
    late: tuple[LateScoreFile, ...]

    @property
    def points_name(self) -> str:
        """The name of the field for points."""
        return f"{PREFIX}{self.line.key}.{POINTS}"

    @property
    def note_name(self) -> str:
        """The name of the field for the reason."""
        return f"{PREFIX}{self.line.key}.{NOTE}"

    @property
    def file_name(self) -> str:
        """The name of the field for evidence."""
        return f"{FILE}{self.line.key}"


@dataclass(frozen=True)
class ScoreForm:
    """The rows of a sheet for one user; `stage` is None where she only reads."""

    sheet: ScoreSheet
    stage: Stage | None
    rows: tuple[Row, ...]
    seen: str
    given: str = ""
    total: str = ""
    unsaved: tuple[Unsaved, ...] = ()
    errors: Mapping[str, Bilingual] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)


def typed_fields(posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, by the address of the field."""
    return {
        name.removeprefix(PREFIX): str(posted[name]).replace("\x00", "")[:500]
        for name in posted
        if name.startswith(PREFIX)
    }


def seen_fields(posted: Mapping[str, Any]) -> dict[str, str]:
    """What the person saw before typing; nothing where it cannot be read."""
    text = str(posted.get("revision", ""))
    try:
        found = json.loads(text) if len(text) <= LONGEST_SEEN else {}
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if type(found) is dict else {}


def _stages_shown(sheet: ScoreSheet, user: User, stage: Stage | None) -> tuple[str, ...]:
    """Whose points the user sees: the assessed their own until the result is told, experts no
    official's, officials those of the stages before and of their own."""
    if user.is_party or belongs(user, sheet.subject):
        told = sheet.campaign.state in (CampaignState.PUBLICITY, CampaignState.PUBLISHED)
        return tuple(ORDER) if told else (Stage.SELF,)
    if stage == Stage.EXPERT:
        return (Stage.SELF,)
    if sheet.state == SheetState.SELF:
        return ()  # it is the operator's draft
    return (*ORDER, Stage.EXPERT)


def score_form(
    sheet: ScoreSheet,
    user: User,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Bilingual] | None = None,
    conflicts: Mapping[str, str] | None = None,
) -> ScoreForm:
    """The form of a sheet as the user may see and fill it in; `typed` stands over what is saved."""
    typed, errors, conflicts = typed or {}, errors or {}, conflicts or {}
    stage = stage_of(user, sheet)
    lines = lines_for(sheet, stage)
    if stage is None and sheet.campaign.subject_kind != SubjectKind.BASE:
        typed_in = {one.line for one in sheet.scores.all() if not one.recorded}
        lines = [one for one in lines if one.kind != "figure" or one.key in typed_in]
    expert = user if stage == Stage.EXPERT else None
    cells = cells_of(own_scores(sheet, stage, expert) if stage else {}, lines)
    scores = sorted(
        sheet.scores.prefetch_related("changes"),
        key=lambda one: (list(Stage).index(Stage(one.stage)), one.pk),
    )
    files: dict[str, list[Shelf]] = {}
    for file in sheet.files.kept().select_related("file", "by").order_by("pk"):
        shelf = Shelf(file, may_withdraw(user, file, stage))
        files.setdefault(file.line, []).append(shelf)
    late: dict[str, list[LateScoreFile]] = {}
    for after in sheet.late_files.select_related("file").order_by("pk"):
        late.setdefault(after.line, []).append(after)
    shown = _stages_shown(sheet, user, stage)
    settled = by_line(one for one in scores if one.stage in shown)
    rows = []
    for line in lines:
        told = {name: f"{line.key}.{name}" for name in (POINTS, NOTE)}
        value = {name: typed.get(address, cells[address]) for name, address in told.items()}
        rows.append(
            Row(
                line,
                present.in_language(line.group),
                present.in_language(line.title),
                plain(line.maximum) if line.maximum is not None else _unit(line),
                present.in_language(line.evidence),
                tuple(
                    Shown(
                        _("记录") if one.recorded else str(Stage(one.stage).label),
                        _shown(line, one.value),
                        present.in_language(Bilingual(one.note, one.note_en or one.note)),
                        " → ".join(_shown(line, change.before) for change in one.changes.all()),
                    )
                    for one in scores
                    if one.line == line.key and one.stage in shown and one.stage != stage
                ),
                _shown(line, standing(settled.get(line.key, {}))),
                value[POINTS],
                value[NOTE],
                _told(told[POINTS], errors, conflicts),
                _told(told[NOTE], errors, conflicts),
                tuple(files.get(line.key, ())),
                tuple(late.get(line.key, ())),
            )
        )
    seen = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    unsaved = () if stage else tuple(_unsaved(lines, typed, scores))
    given, total = ("", "") if stage == Stage.EXPERT else _so_far(sheet, lines, settled)
    return ScoreForm(sheet, stage, tuple(rows), seen, given, total, unsaved, errors, conflicts)


def _so_far(
    sheet: ScoreSheet, lines: list[Line], settled: Mapping[str, Mapping[str, Score]]
) -> tuple[str, str]:
    """How many lines that must have points have some, and what all the reader sees comes to."""
    wanted = [one for one in lines if one.wanted]
    values = {
        one.key: standing(settled.get(one.key, {})) for one in lines_of(sheet.campaign.scheme)
    }
    points = {key: value for key, value in values.items() if value is not None}
    if not points:
        return "", ""
    given = f"{sum(one.key in points for one in wanted)} / {len(wanted)}"
    return given, two_decimals(total_of(sheet.campaign.scheme, points))


def _unsaved(
    lines: list[Line], typed: Mapping[str, str], scores: Sequence[Score]
) -> Iterator[Unsaved]:
    """What was typed and stands nowhere in the sheet."""
    for line in lines:
        known = [one for one in scores if one.line == line.key]
        saved = {plain(one.value) for one in known} | {one.note for one in known}
        for name in (POINTS, NOTE):
            text = typed.get(f"{line.key}.{name}", "").strip()
            if text and text not in saved:
                yield Unsaved(present.in_language(line.title), text)


def _shown(line: Line, value: Decimal | None) -> str:
    """Points as they were typed, figures with their thousands apart; a dash for none."""
    if value is None:
        return formats.MISSING
    return f"{value.normalize():,f}" if line.kind == "figure" else plain(value)


def _unit(line: Line) -> str:
    return present.in_language(line.unit) if line.unit else ""


def _told(address: str, errors: Mapping[str, Bilingual], conflicts: Mapping[str, str]) -> str:
    if address in errors:
        return present.in_language(errors[address])
    if address in conflicts:
        theirs = conflicts[address] or formats.MISSING
        return present.in_language(
            Bilingual(f"他人已改为 {theirs}", f"somebody changed it to {theirs}")
        )
    return ""
