"""A reading as the next version of a programme that runs: which ones, and what it would change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.scope import region_prefix
from miaopu.engine.packs.schema import Pack
from miaopu.plans.models import PlanReading, Programme, ProgrammeVersion
from miaopu.plans.querysets import ProgrammeQuerySet
from miaopu.plans.version_diff import VersionDifference, compare_packs


@dataclass(frozen=True)
class NextVersion:
    """What a draft would be the next version of, and what it takes over from the one in force.

    `kept` are the parts of the pack, `kept_clauses` the clauses that the new plan does not have
    but that what was taken over rests on.
    """

    base: ProgrammeVersion
    kept: tuple[str, ...]
    kept_clauses: tuple[str, ...]
    pack: Pack | None

    @cached_property
    def difference(self) -> VersionDifference | None:
        """What the draft says otherwise; None where it has errors."""
        return compare_packs(self.base.pack, self.pack) if self.pack is not None else None

    @property
    def same(self) -> bool:
        """Whether it says just what the version in force says."""
        return self.pack is not None and self.pack.digest == self.base.pack.digest

    @property
    def stand(self) -> str:
        """What a person has seen when she saw this difference."""
        return f"{self.base.pk}:{self.pack.digest}" if self.pack is not None else ""


def programmes_for(reading: PlanReading) -> ProgrammeQuerySet:
    """The programmes that a reading may become the next version of: those of its region."""
    prefix = region_prefix(reading.region_id)
    return Programme.objects.filter(region__code__startswith=prefix).order_by("slug")


def base_of(reading: PlanReading) -> ProgrammeVersion | None:
    """The version in force of the programme chosen for the reading; None for a new programme."""
    slug = str(dict(reading.choices).get("onto") or "")
    if not slug:
        return None
    programme = programmes_for(reading).filter(slug=slug).first()
    base = programme.versions.current().select_related("programme").first() if programme else None
    if base is None:
        raise ActionRefused(_("没有可以接续的计划 %(slug)s") % {"slug": slug}, _("请重新选择"))
    return base


def check_seen(following: NextVersion, pack: Pack, seen: str) -> None:
    """Raises Conflict unless the person saw this very difference, ActionRefused elsewhere."""
    if pack.region != following.base.programme.region_id:
        raise ActionRefused(_("下一版的实施区域须与原计划相同"), _("请改正实施区域"))
    if seen != following.stand:
        raise Conflict(
            _("载入前请先核对与第 %(number)s 版的不同") % {"number": following.base.number},
            _("不同之处列在下面，核对后再载入"),
        )
