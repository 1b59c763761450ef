"""What an enterprise was asked to correct, and its answer, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.cases.enums import CorrectionState, PointKind
from miaopu.cases.models import Case, CaseFile, Correction
from miaopu.portal import present, shapes
from miaopu.portal.case_form import show
from miaopu.portal.side_steps import side_clock

TONES: dict[str, shapes.Tone] = {
    CorrectionState.ANSWERED: "good",
    CorrectionState.LAPSED: "late",
    CorrectionState.OPEN: "soon",
}


@dataclass(frozen=True)
class PointView:
    """One point: what it is about, what was asked, what stood there and stands there now."""

    kind: str
    id: str
    label: str
    asked: str
    before: str = ""
    now: str = ""
    files: tuple[shapes.Link, ...] = ()


@dataclass(frozen=True)
class CorrectionView:
    """One correction with its points and its own clock."""

    row: Correction
    points: list[PointView]
    clock: shapes.Clock

    @property
    def tone(self) -> shapes.Tone:
        """The tone of its state."""
        return TONES.get(self.row.state, "neutral")

    @property
    def is_open(self) -> bool:
        """Whether it waits for the enterprise."""
        return self.row.state == CorrectionState.OPEN

    @property
    def is_late(self) -> bool:
        """Whether it waits although its time is over."""
        return self.is_open and self.clock.overdue


def _clock(row: Correction, case: Case, today: date) -> shapes.Clock:
    return side_clock(
        row,
        case.item,
        "correction",
        today,
        is_open=row.state == CorrectionState.OPEN,
        why=(_("环节：补正"), _("环节：补正（示例时限）")),
    )


def _values(row: Correction, name: str, case: Case, *, masked: bool) -> tuple[str, str]:
    """Before and now of a field; before is "" while there is no answer that was handed in."""
    question = case.item.definition.fields_by_id[name]
    if row.state != CorrectionState.ANSWERED:
        return "", show(question, case.form.get(name, ""), masked=masked)
    return (
        show(question, row.before.get(name, ""), masked=masked),
        show(question, row.answers.get(name, ""), masked=masked),
    )


def correction_views(
    case: Case, rows: list[Correction], files: list[CaseFile], today: date, *, own: bool, route: str
) -> list[CorrectionView]:
    """The corrections of a case, the latest first; accounts masked, other personal data unless own.

    `route` hands out files; of them only those that came after the asking are shown.
    """
    definition = case.item.definition
    titles = {
        (PointKind.FIELD, one.id): present.in_language(one.title) for one in definition.form
    } | {
        (PointKind.MATERIAL, one.id): present.in_language(one.title) for one in definition.materials
    }
    return [
        CorrectionView(row, _points(case, row, files, titles, own, route), _clock(row, case, today))
        for row in sorted(rows, key=lambda row: -row.serial)
    ]


def _points(
    case: Case,
    row: Correction,
    files: list[CaseFile],
    titles: Mapping[Any, str],
    own: bool,
    route: str,
) -> list[PointView]:
    definition = case.item.definition
    points = []
    for point in row.points:
        kind, name = PointKind(point["kind"]), point["id"]
        label = titles.get((kind, name), name)
        if kind == PointKind.MATERIAL:
            fresh = tuple(
                shapes.Link(file.name, reverse(route, args=[file.pk]))
                for file in files
                if file.material == name
                and file.attached_at >= row.asked_at
                and (row.closed_at is None or file.attached_at <= row.closed_at)
            )
            points.append(PointView(kind, name, label, point["text"], files=fresh))
        else:
            masked = not own or definition.fields_by_id[name].type == "account"
            before, now = _values(row, name, case, masked=masked)
            points.append(PointView(kind, name, label, point["text"], before, now))
    return points
