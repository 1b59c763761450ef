"""What simulations, their rules and the versions beside them are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from miaopu.plans.models import ProgrammeVersion, Simulation
from miaopu.portal import present

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Pack


def version_name(version: ProgrammeVersion) -> str:
    """A version as people call it."""
    words = {
        "programme": present.in_language(version.programme.name),
        "number": version.number,
    }
    return gettext("%(programme)s 第 %(number)s 版") % words


def numbered(version: ProgrammeVersion) -> str:
    """A version where the programme is plain."""
    return gettext("第 %(number)s 版") % {"number": version.number}


def rule_name(simulation: Simulation) -> str:
    """Which rule was tried."""
    if simulation.proposal is not None:
        return gettext("第 %(number)s 号修改") % {"number": simulation.proposal_id}
    assert simulation.version is not None  # a constraint of the table
    return numbered(simulation.version)


def other_name(simulation: Simulation) -> str:
    """The version it stands beside; "" where there is none.

    Never "in force": that is another one as soon as the next is published.
    """
    return numbered(simulation.against) if simulation.against else ""


def pack_of(simulation: Simulation) -> Pack:
    """A pack that has the item: of the version beside it, of its own, or the draft's base."""
    version = simulation.against or simulation.version or simulation.proposal.base  # type: ignore[union-attr]
    pack: Pack = version.pack
    return pack


def item_name(simulation: Simulation) -> str:
    """The item whose rule was tried."""
    return present.in_language(pack_of(simulation).items[simulation.item].title)
