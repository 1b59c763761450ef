"""How an enterprise stands: what it can get and what not, sorted, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import iterate_known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.models import MatchingOptOut
from miaopu.portal import formats, present, shapes
from miaopu.portal.views.enterprise_facts import is_computed
from miaopu.portal.views.enterprise_had import had_by, prospects_of
from miaopu.portal.views.enterprise_prospects import Prospect
from miaopu.portal.views.public_shared import amount_of


@dataclass(frozen=True)
class NearMiss:
    """An item that is one condition short: which, what to do, and what it would bring.

    `step` is where that is done or looked up, None where it lies outside. With `more` the gain is
    what it pays beyond another item that pays for the same.
    """

    prospect: Prospect
    title: str
    change: str
    step: shapes.Link | None
    gain_fen: int | None
    more: bool
    wrong_href: str


@dataclass(frozen=True)
class Benefits:
    """What one enterprise can get; `matched` is False where it chose not to be matched.

    `once`: counted under another item; `away`: for other places only.
    """

    enterprise: Enterprise
    matched: bool
    open: list[Prospect]
    once: list[Prospect]
    unsure: list[Prospect]
    running: list[Prospect]
    near: list[NearMiss]
    closed: list[Prospect]
    away: list[Prospect]

    @property
    def total_fen(self) -> int:
        """What it can have for the asking, in fen: `total_says` names what is not in it."""
        return sum(one.hoped_fen or 0 for one in self.open if one.promised)

    @property
    def total_of(self) -> str:
        """Of how many items, and under which condition."""
        count = sum(bool(one.promised and one.hoped_fen) for one in self.open)
        text = ngettext("%(count)s 项，审核通过后", "%(count)s 项，审核通过后", count)
        return text % {"count": formats.number(count)}

    @property
    def total_says(self) -> list[str]:
        """What the sum leaves out, one sentence each."""
        unknown = sum(one.promised and bool(one.amount_note) for one in self.open)
        short = sum(bool(one.run_out) for one in self.open)
        rest = sum(len(one.rest) for one in self.open)
        says = [
            (
                unknown,
                ngettext(
                    "另有 %(count)s 项金额未定，没有计入。",
                    "另有 %(count)s 项金额未定，没有计入。",
                    unknown,
                ),
            ),
            (
                rest,
                ngettext(
                    "%(count)s 项与别的事项只计一次，没有另加。",
                    "%(count)s 项与别的事项只计一次，没有另加。",
                    rest,
                ),
            ),
            (
                short,
                ngettext(
                    "%(count)s 项资金已安排完，没有计入。",
                    "%(count)s 项资金已安排完，没有计入。",
                    short,
                ),
            ),
        ]
        return [text % {"count": formats.number(count)} for count, text in says if count > 0]

    @property
    def href(self) -> str:
        """The enterprise's record."""
        return reverse("my_enterprise", args=[self.enterprise.number])

    @property
    def explained_href(self) -> str:
        """How the automated matching works for it."""
        return reverse("matching_explained", args=[self.enterprise.number])

    @property
    def choice_href(self) -> str:
        """Where it chooses whether to be matched."""
        return reverse("matching_choice", args=[self.enterprise.number])


def deadline_of(prospect: Prospect) -> date:
    """The last day to consent or apply."""
    if prospect.offered is not None:
        return prospect.offered.expires_on
    return prospect.item.version.pack.period.end


def _names_asked(prospect: Prospect, condition: str) -> set[str]:
    """The facts that a condition looks at."""
    nodes = prospect.found.explanation.tree.children
    return {name for node in nodes if node.key == condition for name in node.fact_names}


def is_away(prospect: Prospect) -> bool:
    """Whether the item is for other places only: nobody moves her shop for it."""
    dictionary = fact_dictionary()

    def asks_where(names: tuple[str, ...]) -> bool:
        return bool(names) and all(
            name in dictionary and dictionary[name].type == "region" for name in names
        )

    nodes = prospect.found.explanation.tree.children
    return any(node.status == "false" and asks_where(node.fact_names) for node in nodes)


Items = Mapping[tuple[int, str], Item]  # those in force, by version and code


def _near_miss(prospect: Prospect, items: Items) -> NearMiss | None:
    found = prospect.hoped.explanation.near_miss
    if found is None or prospect.case is not None or not prospect.in_period:
        return None
    ahead = prospect.hoped.explanation.ahead_fen
    if ahead and not found.gain_fen:
        return None  # another item pays for the same, and no less
    titles = {one.id: present.in_language(one.title) for one in prospect.definition.conditions}
    names = _names_asked(prospect, found.condition)
    change, step = _what_to_do(prospect, names, present.read_aloud(found.would_change), items)
    gain = found.gain_fen if found.gain_fen is not None else amount_of(prospect.definition)
    return NearMiss(
        prospect,
        titles.get(found.condition, ""),
        change,
        step,
        gain,
        bool(ahead),
        _doubt_href(prospect, names),
    )


def _what_to_do(
    prospect: Prospect, names: set[str], change: str, items: Items
) -> tuple[str, shapes.Link | None]:
    """What would make it fit, as something that can be done or looked up."""
    for (version, _code), item in items.items():
        records = item.definition.records
        if version == prospect.item.version_id and records and names == {records.fact}:
            title = present.in_language(item.name)
            href = reverse("offer", args=[prospect.enterprise.number, item.pk])
            link = shapes.Link(_("先看“%(item)s”") % {"item": title}, href)
            return _("先得到“%(item)s”，拨付以后系统自动记上") % {"item": title}, link
    if names == {"size"}:
        here = reverse("my_enterprise", args=[prospect.enterprise.number]) + "#size"
        text = _("%(change)s；规模由行业、从业人员、营业收入和资产总额算出")
        return text % {"change": change}, shapes.Link(_("看规模怎么算出来的"), here)
    return change, None


def _doubt_href(prospect: Prospect, names: set[str]) -> str:
    """Where the fact behind a condition is said to be wrong; the record where there are several."""
    number = prospect.enterprise.number
    dictionary = fact_dictionary()
    asked = [name for name in names if name in dictionary and not is_computed(dictionary[name])]
    if len(names) == 1 and asked:
        return reverse("fact_doubt", args=[number, asked[0]])
    here = "#size" if names == {"size"} else "#wrong"
    return reverse("my_enterprise", args=[number]) + here


def benefits_of(
    enterprise: Enterprise, prospects: Iterable[Prospect], *, matched: bool
) -> Benefits:
    """The items sorted: largest amount first, then the nearest deadline; near misses by gain."""
    names = ("open", "once", "unsure", "running", "closed", "away")
    groups: dict[str, list[Prospect]] = {name: [] for name in names}
    near, sorted_out = [], list(prospects)
    items = {(one.item.version_id, one.item.code): one.item for one in sorted_out}
    for one in sorted_out:
        if one.case is not None:
            groups["running"].append(one)
        elif is_away(one):
            groups["away"].append(one)
        elif one.elsewhere:
            groups["once"].append(one)
        elif (short := _near_miss(one, items)) is not None:
            near.append(short)
        elif one.excluded or not one.in_period:
            groups["closed"].append(one)
        else:
            groups["open" if one.found.is_entitled else "unsure"].append(one)
    for group in groups.values():
        group.sort(
            key=lambda one: (
                bool(one.run_out),
                -(one.hoped_fen or 0),
                deadline_of(one),
                one.item.pk,
            )
        )
    near.sort(key=lambda one: (one.gain_fen is None, -(one.gain_fen or 0)))
    return Benefits(enterprise, matched, near=near, **groups)


def items_for_enterprises() -> list[Item]:
    """Every item in force that enterprises have for themselves."""
    return [item for item in Item.objects.public() if item.definition.party == "enterprise"]


def benefits_for(request: HttpRequest, page: Iterable[Enterprise]) -> list[Benefits]:
    """For the enterprises of a page, in a constant number of queries."""
    shown, today = list(page), clock.today()
    wanted = [enterprise.pk for enterprise in shown]
    items = items_for_enterprises()
    out = MatchingOptOut.objects.for_user(request.user).filter(enterprise__in=wanted)
    opted_out = set(out.values_list("enterprise_id", flat=True))
    had = had_by(request, shown, items)
    mine = Enterprise.objects.for_user(request.user).filter(pk__in=wanted)
    found = []
    for enterprise, known in iterate_known_facts(mine, today):
        matched = enterprise.pk not in opted_out
        prospects = prospects_of(items, enterprise, known, had, today)
        if not matched:
            prospects = [one for one in prospects if one.case is not None]
        found.append(benefits_of(enterprise, prospects, matched=matched))
    return found
