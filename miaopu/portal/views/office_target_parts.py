"""What the pages of targets share: the programme asked for, tables of parts, words for states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from miaopu.bases.models import Base
from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.models import User
from miaopu.core.scope import reaches, region_prefix
from miaopu.monitoring.board import in_force
from miaopu.plans.enums import DecompositionState, TargetLetterState
from miaopu.plans.models import (
    DecompositionMember,
    Programme,
    ProgrammeVersion,
    Target,
    TargetDecomposition,
)
from miaopu.portal import present, shapes
from miaopu.portal.own_programmes import own_first
from miaopu.portal.views.enterprise_scope import person

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Pack

TONES: dict[str, shapes.Tone] = {
    DecompositionState.DRAFT: "neutral",
    DecompositionState.SUBMITTED: "soon",
    DecompositionState.APPROVED: "good",
}
LETTER_TONES: dict[str, shapes.Tone] = {
    TargetLetterState.MADE: "neutral",
    TargetLetterState.ISSUED: "soon",
    TargetLetterState.ACKNOWLEDGED: "good",
}


def packs_in_force() -> dict[int, Pack]:
    """The packs in force by the id of their programme, in one statement."""
    _state, versions = in_force()
    return {one.programme_id: one.pack for one in versions}


def chosen_version(
    request: HttpRequest,
) -> tuple[ProgrammeVersion | None, list[shapes.Link]]:
    """The programme asked for (else the nearest of the user's), and links to the others."""
    _state, found = in_force()
    versions = own_first(person(request), found)
    asked = request.GET.get("programme", "")
    chosen = [one for one in versions if one.programme.slug == asked] or versions[:1]
    links = [
        shapes.Link(
            present.in_language(one.programme.name),
            f"{request.path}?{urlencode({'programme': one.programme.slug})}",
        )
        for one in versions
        if one not in chosen
    ]
    return (chosen[0] if chosen else None), links


def target_or_404(slug: str, key: str) -> Target:
    """A target of a programme in force; of its whole region, as only that is split."""
    rows = Target.objects.public().select_related("version__programme__region", "region")
    found = get_object_or_404(rows, version__programme__slug=slug, key=key)
    if found.region_id != found.version.programme.region_id:
        raise Http404
    return found


def works_in(user: User, programme: Programme, *roles: str) -> bool:
    """Whether the user works for the programme's whole region, with one of the roles if given."""
    return reaches(user, programme.region_id, roles or WORKING_ROLES)


def known_bases(programme: Programme) -> dict[str, tuple[str, str]]:
    """The admitted bases of the programme's region by name, each with its number."""
    prefix = region_prefix(programme.region_id)
    rows = Base.objects.public().filter(region__code__startswith=prefix).order_by("number")
    return {one.name: (one.number, "") for one in rows}


def may_prepare(user: User, programme: Programme) -> bool:
    """Whether the user may draft and hand in."""
    return works_in(user, programme, Role.PROGRAMME_OFFICER)


def may_decide(user: User, programme: Programme) -> bool:
    """Whether the user may approve and issue what somebody else has prepared."""
    return works_in(user, programme, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)


def own_keys(user: User, decomposition: TargetDecomposition) -> frozenset[str]:
    """The members whose parts the user may see on the pages of the offices."""
    members = DecompositionMember.objects.for_user(user).filter(decomposition=decomposition)
    return frozenset(members.values_list("key", flat=True))
