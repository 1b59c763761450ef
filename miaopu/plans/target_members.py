"""Who takes part in a draft: districts, bases and departments beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.engine.packs.schema import Pack
from miaopu.plans.decompositions import named_regions
from miaopu.plans.enums import MemberKind, Verb
from miaopu.plans.models import DecompositionMember, TargetDecomposition, TargetPart
from miaopu.plans.target_guards import locked_draft

Known = Mapping[str, tuple[str, str]]
"""Key and English name of what stands in a register, by its Chinese name."""


@dataclass(frozen=True)
class Newcomer:
    """Who is to take part: its key is the place's code, the base's number or the unit's id."""

    kind: MemberKind
    key: str
    name: str
    name_en: str = ""
    region: Region | None = None


def newcomers(
    kind: MemberKind, names: Iterable[str], known: Known, pack: Pack, regions: Iterable[Region]
) -> list[Newcomer]:
    """Who is meant by `names`, each once; raises ActionRefused for none, or for unknown districts.

    A registered base and a unit of the pack keep their keys; any other base or unit is its name.
    """
    asked = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not asked:
        raise ActionRefused(_("还没有写出由谁承担"), _("请每行写一个区县、基地或部门"))
    if kind == MemberKind.REGION:
        places = {region.name: region for region in regions}
        strange = [name for name in asked if name not in places]
        if strange:
            raise ActionRefused(
                _("计划的实施区域里没有：%(names)s") % {"names": _("、").join(strange)},
                _("请按区划的全称填写，例如：%(names)s")
                % {"names": _("、").join(list(places)[:3])},
            )
        return [
            Newcomer(kind, place.code, place.name, place.name_en, place)
            for place in (places[name] for name in asked)
        ]
    units = {unit.title.zh: (key, unit.title.en) for key, unit in pack.units.items()}
    keys = {**(units if kind == MemberKind.UNIT else {}), **known}
    return [
        Newcomer(kind, *keys[name][:1], name[:100], keys[name][1])
        if name in keys
        else Newcomer(kind, name[:60], name[:60])
        for name in asked
    ]


def create_members(
    made: TargetDecomposition, found: Iterable[Newcomer], begin: int = 0
) -> list[DecompositionMember]:
    """The members with their empty parts, from position `begin` on."""
    members = DecompositionMember.objects.bulk_create(
        DecompositionMember(
            decomposition=made,
            kind=one.kind,
            key=one.key,
            name=one.name,
            name_en=one.name_en,
            region=one.region,
            position=position,
        )
        for position, one in enumerate(found, begin)
    )
    TargetPart.objects.bulk_create(
        TargetPart(member=member, period=period) for member in members for period in made.periods
    )
    return members


@transaction.atomic
def add_members(
    decomposition: TargetDecomposition,
    kind: MemberKind,
    names: Iterable[str],
    known: Known,
    *,
    by: User,
) -> list[DecompositionMember]:
    """Let more take part in a draft, of whatever kind; who is there already stays as it is.

    Raises ActionRefused where nobody new is named, Conflict once it is no draft any more.
    """
    locked = locked_draft(decomposition, by)
    pack = locked.target.version.pack
    regions = named_regions(pack, locked.programme) if kind == MemberKind.REGION else []
    there = list(locked.members.order_by("position"))
    taken = {(one.kind, one.key) for one in there}
    found = [
        one
        for one in newcomers(kind, names, known, pack, regions)
        if (one.kind, one.key) not in taken
    ]
    if not found:
        raise ActionRefused(_("写出的单位都已经在表中"), _("请填写还没有列入的单位"))
    members = create_members(locked, found, there[-1].position + 1 if there else 0)
    record_event(
        locked, Verb.SAVE_DECOMPOSITION, by=by, region=locked.programme.region_id,
        data={"added": [one.name for one in members]},
    )  # fmt: skip
    return members


@transaction.atomic
def drop_member(decomposition: TargetDecomposition, member: int, *, by: User) -> None:
    """Take a base or a department out of a draft, with its figures.

    A district stays: an empty figure says that it has no target. Raises ActionRefused for others.
    """
    locked = locked_draft(decomposition, by)
    found = locked.members.exclude(kind=MemberKind.REGION).filter(pk=member).first()
    if found is None:
        raise ActionRefused(_("表中没有可以移出的这个单位"), _("请刷新页面后再选"))
    if locked.members.count() == 1:
        raise ActionRefused(_("表中至少要有一个单位"), _("请先加入其他单位"))
    name = found.name
    found.parts.all().delete()
    found.delete()
    record_event(
        locked, Verb.SAVE_DECOMPOSITION, by=by, region=locked.programme.region_id,
        data={"dropped": [name]},
    )  # fmt: skip
