"""Versions of a programme: two side by side, what they touch, and which cases stay on which."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import ENDED, CaseState
from miaopu.cases.models import Case
from miaopu.core.enums import Role
from miaopu.plans.models import ProgrammeVersion
from miaopu.plans.version_diff import compare_packs
from miaopu.portal import present
from miaopu.portal.access import role_required
from miaopu.portal.own_programmes import own_first
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.version_words import Words
from miaopu.portal.views.enterprise_scope import person

DONE = (CaseState.GRANTED, *ENDED)
VERSION_COLUMNS = (
    Column("number", _("版本"), kind="number"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("loaded_at", _("载入时间"), kind="moment"),
    Column("digest", _("摘要")),
    Column("running", _("在办"), kind="number", unit=_("件")),
    Column("ended", _("已办结"), kind="number", unit=_("件")),
)
CHANGE_COLUMNS = (
    Column("entry", _("哪一项")),
    Column("field", _("内容")),
    Column("kind", _("变化"), kind="tag", tone="tone"),
    Column("old", _("原来")),
    Column("new", _("现在")),
    Column("key", _("计划包中的位置")),
)


def _chosen(asked: str, versions: list[ProgrammeVersion], place: int) -> ProgrammeVersion:
    """The version that the address names, else the one at this place from the newest."""
    for version in versions:
        if str(version.number) == asked:
            return version
    return versions[min(place, len(versions) - 1)]


def counts_of(request: HttpRequest, versions: list[ProgrammeVersion]) -> dict[int, dict[str, int]]:
    """Running and ended cases of the reader's scope by version."""
    rows = (
        Case.objects.for_user(person(request))
        .filter(item__version__in=versions)
        .order_by()
        .values("item__version")
        .annotate(
            running=Count("pk", filter=~Q(state__in=[*DONE, CaseState.DRAFT])),
            ended=Count("pk", filter=Q(state__in=DONE)),
        )
    )
    return {
        row["item__version"]: {"running": row["running"], "ended": row["ended"]} for row in rows
    }


@require_safe
@role_required(Role.PROGRAMME_OFFICER)
def programme_versions(request: HttpRequest) -> HttpResponse:
    """What changed between two versions, what it touches, and which cases stay on the old one."""
    user = person(request)
    current = ProgrammeVersion.objects.public().current().defer("content")
    programmes = [one.programme for one in own_first(user, current)]
    slug = request.GET.get("programme", "")
    programme = next((one for one in programmes if one.slug == slug), None)
    programme = programme or (programmes[0] if programmes else None)
    context: dict[str, Any] = {
        "programmes": [
            {"slug": one.slug, "title": present.in_language(one.name), "current": one == programme}
            for one in programmes
        ],
        "versions": [],
    }
    if programme is None:
        return render(request, "office/programme_versions.html", context)
    versions = list(ProgrammeVersion.objects.public().filter(programme=programme))
    new = _chosen(request.GET.get("new", ""), versions, 0)
    old = _chosen(request.GET.get("old", ""), versions, 1)
    counts = counts_of(request, versions)
    words = Words(compare_packs(old.pack, new.pack))
    page = page_of(request, words.rows(), 100)
    context |= {
        "programme": programme,
        "title": present.in_language(programme.name),
        "versions": versions,
        "old": old,
        "new": new,
        "table": Table(
            VERSION_COLUMNS,
            [
                {
                    "number": one.number,
                    "state": one.get_state_display(),
                    "tone": "good" if one.state == "current" else "neutral",
                    "loaded_at": one.loaded_at,
                    "digest": f"{one.digest[:12]}…",
                    "running": counts.get(one.pk, {}).get("running", 0),
                    "ended": counts.get(one.pk, {}).get("ended", 0),
                }
                for one in versions
            ],
            gettext("版本和办件"),
        ),
        "staying": counts.get(old.pk, {}).get("running", 0) if old != new else 0,
        "page": page,
        "changes": Table(
            CHANGE_COLUMNS,
            list(page.object_list),
            gettext("变化"),
            empty=gettext("两个版本没有不同"),
            empty_hint=gettext("请选择另一个版本比较。"),
        ),
        "touched": words.touched(),
    }
    return render(request, "office/programme_versions.html", context)
