"""Which programme an office sees first: one of its own regions, and one that runs today."""

from __future__ import annotations

from collections.abc import Iterable

from miaopu.core import clock
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.models import User
from miaopu.core.scope import region_prefix, region_prefixes
from miaopu.plans.models import ProgrammeVersion


def own_first(user: User, versions: Iterable[ProgrammeVersion]) -> list[ProgrammeVersion]:
    """The versions, those of the user's city and districts first, of these the running ones.

    A programme is her own where her office covers its region or lies in it. The content of the
    versions is not read unless two are equally near.
    """
    prefixes, today = region_prefixes(user, WORKING_ROLES), clock.today()

    def distance(version: ProgrammeVersion) -> tuple[bool, bool, str]:
        code = version.programme.region_id
        mine = any(code.startswith(one) or one.startswith(region_prefix(code)) for one in prefixes)
        period = version.pack.period
        return not mine, not period.start <= today <= period.end, version.programme.slug

    return sorted(versions, key=distance)
