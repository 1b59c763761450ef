"""Beginning a decomposition: from the plan's own parts, or from the version before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.engine.definitions.figures import decimals_of
from miaopu.engine.targets.parts import PLACES_MAX
from miaopu.engine.targets.periods import splits_of
from miaopu.plans.decompositions import (
    DecompositionTable,
    named_regions,
    pack_target,
    stated_parts,
    table_of,
)
from miaopu.plans.enums import MemberKind, PeriodSplit, Verb
from miaopu.plans.models import (
    DecompositionMember,
    Programme,
    Target,
    TargetDecomposition,
    TargetPart,
)
from miaopu.plans.target_guards import check_may
from miaopu.plans.target_members import create_members, newcomers
from miaopu.plans.target_states import OFFICER


@dataclass(frozen=True)
class Opening:
    """How a decomposition begins: what is None is taken over from the version before, or the plan.

    `names` are the bases or departments where it is not split over districts; `known` gives for
    names in a register the key and the English name.
    """

    kind: MemberKind = MemberKind.REGION
    split: PeriodSplit | None = None
    value: Decimal | None = None
    baseline: Decimal | None = None
    names: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    illustrative: bool = False


@transaction.atomic
def open_decomposition(
    target: Target, opening: Opening, *, by: User, reason: str = ""
) -> TargetDecomposition:
    """Begin a decomposition, or the next version of one, which needs a reason.

    It takes over the parts of the version in force, or those that the plan itself prints; who is
    not named there is not named. Raises Conflict where one is being worked on.
    """
    programme = target.version.programme
    check_may(by, programme.region_id, OFFICER)
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    known = TargetDecomposition.objects.filter(programme=programme, key=target.key)
    if known.in_work().exists():
        raise Conflict(_("这个目标已有一份分解正在办理"), _("请打开它继续，或先作废"))
    before = known.approved().with_parts().first()
    last = known.order_by("-number").first()
    if before is not None and not reason.strip():
        raise ActionRefused(_("新的版本须写明理由"), _("请说明为什么调整"))
    stated = pack_target(target)
    splits = splits_of(target.period)
    wanted = opening.split or (before.split if before else PeriodSplit.WHOLE)
    made = TargetDecomposition.objects.create(
        programme=programme,
        target=target,
        key=target.key,
        number=last.number + 1 if last else 1,
        kind=before.kind if before else opening.kind,
        value=_first(opening.value, before.value if before else None, target.value),
        baseline=_first(
            opening.baseline,
            before.baseline if before else None,
            Decimal(stated.baseline) if stated.baseline else None,
        ),
        places=_places(target, before, opening.value),
        split=wanted if wanted in splits else PeriodSplit.WHOLE,
        reason=reason.strip() or (_("重新分解") if last else ""),
        illustrative=opening.illustrative,
        made_by=by,
        made_at=clock.now(),
    )
    if before is not None:
        _take_over(made, table_of(before))
    else:
        _begin(made, opening)
    record_event(
        made, Verb.OPEN_DECOMPOSITION, by=by, reason=made.reason, region=programme.region_id,
        data={"target": target.key, "number": made.number, "value": f"{made.value:f}"},
    )  # fmt: skip
    return made


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _places(target: Target, before: TargetDecomposition | None, value: Decimal | None) -> int:
    """The decimals of the finest figure: as the plan prints them, or of the version before."""
    whole = pack_target(target)
    parts = stated_parts(target.version.pack, whole, target.region_id)
    printed = [whole.value, *(part.value for part in parts.values())]
    if value is not None:
        printed.append(f"{value.normalize():f}")
    known = before.places if before else 0
    return min(max(known, *map(decimals_of, printed)), PLACES_MAX)


def _begin(made: TargetDecomposition, opening: Opening) -> None:
    """Members of a first version: the plan's districts with the figures it prints, or names."""
    pack, target = made.target.version.pack, made.target
    if opening.kind != MemberKind.REGION:
        create_members(made, newcomers(opening.kind, opening.names, opening.known, pack, ()))
        return
    stated = stated_parts(pack, pack_target(target), target.region_id)
    whole = len(made.periods) == 1
    members = DecompositionMember.objects.bulk_create(
        DecompositionMember(
            decomposition=made,
            kind=MemberKind.REGION,
            key=region.code,
            name=region.name,
            name_en=region.name_en,
            region=region,
            position=position,
            baseline=Decimal(stated[region.code].baseline or 0) or None
            if region.code in stated
            else None,
        )
        for position, region in enumerate(named_regions(pack, made.programme))
    )
    _fill(made, members, {
        (one.key, made.periods[0]): Decimal(stated[one.key].value)
        for one in members
        if whole and one.key in stated
    })  # fmt: skip


def _take_over(made: TargetDecomposition, before: DecompositionTable) -> None:
    """The members of the version before; their parts too, where the periods are the same."""
    same = made.periods == before.decomposition.periods
    members = DecompositionMember.objects.bulk_create(
        DecompositionMember(
            decomposition=made,
            kind=one.kind,
            key=one.key,
            name=one.name,
            name_en=one.name_en,
            region_id=one.region_id,
            position=one.position,
            baseline=one.baseline,
        )
        for one in before.members
    )
    keys = {one.pk: one.key for one in before.members}
    values = {(keys[pk], period): value for (pk, period), value in before.values.items()}
    _fill(made, members, values if same else {})


def _fill(
    made: TargetDecomposition,
    members: Iterable[DecompositionMember],
    values: Mapping[tuple[str, str], Decimal | None],
) -> None:
    TargetPart.objects.bulk_create(
        TargetPart(member=member, period=period, value=values.get((member.key, period)))
        for member in members
        for period in made.periods
    )
