"""Items that pay for the same and are counted once: said wherever one of them is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import shapes
from miaopu.portal.present import clause_href, in_language


@dataclass(frozen=True)
class CountedSet:
    """What is counted once, the other items that pay for it, and the clause that says so."""

    what: str
    others: list[shapes.Link]
    clause: str
    clause_href: str

    @property
    def names(self) -> str:
        """The other items."""
        return _("、").join(_("“%(item)s”") % {"item": one.text} for one in self.others)

    @property
    def sentence(self) -> str:
        """The rule in plain words."""
        words = {"what": self.what, "items": self.names}
        return _("%(what)s只计一次：与%(items)s都符合的，只给金额最高的一项") % words


def counted_set(version: ProgrammeVersion, code: str) -> CountedSet | None:
    """The set that an item belongs to; None where it stands alone."""
    pack = version.pack
    name = pack.counted_with(code)
    if name is None:
        return None
    once = pack.counted_once[name]
    others = [
        shapes.Link(
            in_language(pack.items[other].title),
            reverse("item", args=[version.programme.slug, other]),
        )
        for other in once.among
        if other != code
    ]
    return CountedSet(
        in_language(once.title.bilingual), others, once.clause, clause_href(version, once.clause)
    )


def named_with_set(version: ProgrammeVersion, code: str) -> str:
    """The item's title, and with which others it is counted once."""
    title = in_language(version.pack.items[code].title)
    found = counted_set(version, code)
    if found is None:
        return title
    return _("%(title)s（与%(items)s只计一次）") % {"title": title, "items": found.names}
