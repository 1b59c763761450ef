"""Figures of a score sheet that the records gave: what they are made of, and where that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.bases.models import AttachedOfficer, Base
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import Stage, SubjectKind
from miaopu.monitoring.models import AssessmentCampaign, ScoreSheet
from miaopu.monitoring.querysets import TOLD
from miaopu.monitoring.score_guards import belongs
from miaopu.monitoring.sheets import computed_points, lines_of, plain
from miaopu.portal import formats, present, shapes

_SHOWN = 8


@dataclass(frozen=True)
class ShownFigure:
    """A figure with its unit, what it is made of, and the pages behind it."""

    title: str
    value: str
    unit: str
    note: str
    links: tuple[shapes.Link, ...]


@dataclass(frozen=True)
class ShownPoints:
    """Points that are worked out, of how many, and by which expression."""

    title: str
    points: str
    most: str
    how: str


def figures_of(sheet: ScoreSheet, user: User) -> list[ShownFigure]:
    """What the records gave to the sheet, with links for officials; bases have theirs typed in."""
    if sheet.campaign.subject_kind == SubjectKind.BASE:
        return []
    known = {one.line: one for one in sheet.scores.all() if one.recorded}
    found = []
    scheme = sheet.campaign.scheme
    told = [*scheme.figures, *scheme.figure_names]  # in the order in which the scheme names them
    for line in sorted(lines_of(scheme), key=lambda one: (*told, one.key).index(one.key)):
        one = known.get(line.key)
        if one is not None:
            note = present.in_language(Bilingual(one.note, one.note_en or one.note))
            if one.value is None:
                note = _("不计这一项：%(why)s") % {"why": note}
            links = () if user.is_party else tuple(_links(line.key, sheet, user))
            value = plain(one.value) or formats.MISSING
            unit = present.in_language(line.unit) if line.unit and one.value is not None else ""
            found.append(ShownFigure(present.in_language(line.title), value, unit, note, links))
    return found


def worked_out(sheet: ScoreSheet, user: User) -> list[ShownPoints]:
    """The lines whose points are worked out, as they are now; for bases the preview says it.

    Whoever is assessed is not told what others made of a figure before the result is told.
    """
    scheme = sheet.campaign.scheme
    if sheet.campaign.subject_kind == SubjectKind.BASE:
        return []
    own = user.is_party or belongs(user, sheet.subject)
    told = not own or sheet.campaign.state in TOLD
    scores = (one for one in sheet.scores.all() if told or one.stage == Stage.SELF)
    found = []
    for line, points in computed_points(scheme, scores):
        title = present.in_language(line.title) or line.id
        left_out = points is None and line.unknown == "left_out"
        shown = _("不计") if left_out else plain(points) or "0"
        found.append(ShownPoints(title, shown, line.max or "", line.points or ""))
    return found


def _links(name: str, sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    for beginnings, made in _BEHIND:
        if name.startswith(beginnings) or name.endswith(beginnings):
            yield from made(sheet, user)
            return


def _targets(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    yield shapes.Link(_("分解目标"), reverse("target_board"))


def _tasks(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    yield shapes.Link(_("任务"), reverse("task_board"))


def _duties(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    yield shapes.Link(_("履职"), reverse("duties"))


def _money(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    yield shapes.Link(_("资金"), reverse("money"))


def _rankings(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    """The published results of the bases of the same programme and year."""
    rows = AssessmentCampaign.objects.public().filter(
        programme=sheet.campaign.programme_id,
        year=sheet.campaign.year,
        subject_kind=SubjectKind.BASE,
    )
    for one in rows.order_by("pk"):
        title = present.in_language(one.scheme.title) or one.scheme_key
        yield shapes.Link(title, reverse("ranking", args=[one.pk]))


def _tenants(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    """The growth plans of the tenants that the person is attached to; else the bases."""
    if sheet.subject.user_id is None:
        yield from _bases(sheet, user)
        return
    rows = AttachedOfficer.objects.for_user(user).filter(officer=sheet.subject.user_id)
    for one in rows.select_related("plan__tenancy__enterprise").order_by("pk")[:_SHOWN]:
        tenancy = one.plan.tenancy
        yield shapes.Link(tenancy.tenant_name, reverse("office_growth", args=[tenancy.number]))


def _bases(sheet: ScoreSheet, user: User) -> Iterator[shapes.Link]:
    """The bases whose tenants were asked."""
    rows = Base.objects.for_user(user)
    if sheet.subject.user_id is None:
        rows = rows.filter(operator=sheet.subject.enterprise_id)
    else:
        attached = AttachedOfficer.objects.for_user(user).filter(officer=sheet.subject.user_id)
        rows = rows.filter(pk__in=attached.values("plan__tenancy__base"))
    for one in rows.order_by("number")[:_SHOWN]:
        yield shapes.Link(one.name, reverse("office_base_care", args=[one.number]))


_BEHIND: tuple[tuple[tuple[str, ...], Callable[[ScoreSheet, User], Iterator[shapes.Link]]], ...] = (
    (("targets_", "_target", "_done"), _targets),
    (("tasks_",), _tasks),
    (("duties_", "visits_"), _duties),
    (("money_", "payments_"), _money),
    (("bases_",), _rankings),
    (("needs_", "services_", "tenants_"), _tenants),
    (("satisfaction",), _bases),
)
"""Where the records of a figure are shown, by how its name begins or ends."""
