"""Who may see what: the regions a user's offices reach, as prefixes of region codes."""

from collections.abc import Hashable, Iterable
from typing import Any, Literal, Protocol

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q


class SignedIn(Protocol):
    """What scopes ask of a user (core.models.User)."""

    pk: Any
    is_active: bool

    @property
    def is_authenticated(self) -> Literal[True]:
        """Set apart from AnonymousUser."""

    @property
    def is_party(self) -> bool:
        """Whether the user acts for a party rather than an office."""

    @property
    def live_memberships(self) -> list[Any]:
        """Memberships that have not ended, with their offices."""


AnyUser = SignedIn | AnonymousUser | None


def region_prefix(code: str) -> str:
    """The prefix that all codes inside the region share: 520100 → 5201, 520103 → 520103."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def regions_above(code: str) -> tuple[str, str]:
    """The codes of the province and the city of a region: 520103 → 520000, 520100."""
    return f"{code[:2]}0000", f"{code[:4]}00"


def region_prefixes(user: AnyUser, roles: Iterable[str] | None = None) -> frozenset[str]:
    """Prefixes of the regions that `user` reaches through offices, with one of `roles` if given.

    Empty for anonymous, inactive and unknown users: closed unless proved otherwise.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    wanted = None if roles is None else frozenset(roles)
    return frozenset(
        region_prefix(membership.office.region_id)
        for membership in user.live_memberships
        if wanted is None or membership.role in wanted
    )


def scope_key(user: SignedIn) -> Hashable:
    """All of a user that a scope may ask: under the same key the same query is made.

    Not the rows: those are the database's, each time anew.
    """
    roles = tuple(
        (membership.role, membership.office_id, membership.office.region_id)
        for membership in user.live_memberships
    )
    return (user.pk, user.is_active, user.is_party, roles)


def within(prefixes: Iterable[str], field: str = "region__code") -> Q:
    """A filter: the code in `field` lies in one of the regions; nothing if there are none."""
    condition = Q(pk__in=[])
    for prefix in sorted(prefixes):
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


def reaches(user: AnyUser, region_code: str, roles: Iterable[str] | None = None) -> bool:
    """Whether `user` holds one of `roles` (any if None) in an office that covers the region."""
    return any(region_code.startswith(prefix) for prefix in region_prefixes(user, roles))
