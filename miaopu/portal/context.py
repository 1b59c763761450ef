"""What every page's frame shows: navigation by role, notices, the demo's date, kept forms."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from miaopu.core import clock
from miaopu.core.models import Notice
from miaopu.portal import care, formats, kept_forms
from miaopu.portal.kept_parts import kept
from miaopu.portal.navigation import FOOT, PARTY, SECTIONS, NavItem, NavSection
from miaopu.portal.shapes import Link, Text

LONG = 10  # links: four lines of a phone


@dataclass(frozen=True)
class NavLink:
    """A link of the navigation as shown."""

    text: Text
    href: str
    current: bool


@dataclass(frozen=True)
class NavGroup:
    """A group of links under its title."""

    title: Text
    links: tuple[NavLink, ...]


def href(route: str) -> str:
    """The address of a route without arguments, "" where there is none."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame of one page; everything is worked out only when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user: Any = getattr(request, "user", None)

    @property
    def _signed_in(self) -> bool:
        return self._user is not None and self._user.is_authenticated

    def _meant_for_user(self, section: NavSection) -> bool:
        if section.audience == PARTY:
            return self._signed_in and self._user.is_party
        if section.roles:
            return self._signed_in and self._user.has_role(*section.roles)
        return True

    @property
    def here(self) -> str:
        """The route of the page, "" where it has none."""
        match = self._request.resolver_match
        return (match.url_name or "") if match else ""

    def _links(self, items: Sequence[NavItem]) -> tuple[NavLink, ...]:
        found = ((item, href(item.route)) for item in items)
        return tuple(NavLink(item.text, url, item.route == self.here) for item, url in found if url)

    @cached_property
    def _sections(self) -> tuple[int, ...]:
        """The places of the sections that are meant for this user."""
        return tuple(
            place for place, section in enumerate(SECTIONS) if self._meant_for_user(section)
        )

    @property
    def navigation_key(self) -> Hashable:
        """All that the navigation is made from: under the same key it looks the same."""
        return (self._sections, self.here) if self._sections else None

    @cached_property
    def navigation(self) -> list[NavGroup]:
        """Groups of links for this user; routes that do not exist and empty groups are left out."""
        sections = (SECTIONS[place] for place in self._sections)
        groups = (NavGroup(section.title, self._links(section.items)) for section in sections)
        return [group for group in groups if group.links]

    @property
    def is_long(self) -> bool:
        """Whether the navigation would push the page out of sight on a phone; it is folded then."""
        return sum(len(group.links) for group in self.navigation) > LONG

    @cached_property
    def foot(self) -> tuple[NavLink, ...]:
        """The links at the foot of every page."""
        return self._links(FOOT)

    @property
    def notices_href(self) -> str:
        """Where the user's notices are, "" where there are none to be had."""
        return href("notices") if self._signed_in else ""

    @cached_property
    def unread(self) -> int:
        """How many notices the user has not read."""
        if not self._signed_in:
            return 0
        user = self._user
        return kept(("unread", user.pk), Notice.objects.for_user(user).unread().count)

    @cached_property
    def office(self) -> str:
        """The office the user acts in, in the reader's language; "" for parties."""
        memberships = self._user.live_memberships if self._signed_in else []
        if not memberships:
            return ""
        office = memberships[0].office
        return office.name_en if formats.is_english() and office.name_en else office.name

    @property
    def care(self) -> bool:
        """Whether the reader has switched to 关怀版 (elder mode)."""
        return care.is_on(self._request)

    @property
    def demo(self) -> bool:
        """Whether this is a demo with made-up data and a clock that can be moved."""
        return bool(settings.DEMO)

    @cached_property
    def demo_today(self) -> date:
        """The date that counts in the demo."""
        return clock.today()

    @property
    def demo_clock_href(self) -> str:
        """Where the demo's clock is moved."""
        return href("demo_clock")

    @cached_property
    def _kept(self) -> list[kept_forms.KeptForm]:
        return kept_forms.offered(self._request)

    @property
    def kept_here(self) -> list[kept_forms.KeptForm]:
        """Forms that were typed on this page and not handed in because the sign-in had expired."""
        return [kept for kept in self._kept if kept.page_path == self._request.path]

    @property
    def kept_elsewhere(self) -> list[Link]:
        """Such forms of other pages."""
        here = self._request.path
        return [Link(kept.page_path, kept.page) for kept in self._kept if kept.page_path != here]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: the frame of the page as `shell`."""
    return {"shell": Shell(request)}
