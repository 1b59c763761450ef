"""The site's routes, walked, and the rows of the table that says who gets which answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Everybody of whom the table speaks. Two belong to another party and to another district: they are
# never let in to a thing, whatever their role.
ROLES = (
    *("anonymous", "enterprise", "other_enterprise"),
    *("reviewer", "other_reviewer", "approver", "finance_officer"),
    *("programme_officer", "leading_group", "auditor"),
    *("system_admin", "security_admin", "audit_admin"),
)
OUTSIDERS = frozenset({"other_enterprise", "other_reviewer"})

ENTERPRISES = frozenset({"enterprise", "other_enterprise"})
REVIEWERS = frozenset({"reviewer", "other_reviewer"})
CASE_READERS = frozenset({"reviewer", "approver", "programme_officer", "leading_group", "auditor"})
OFFICIALS = frozenset(ROLES) - ENTERPRISES - {"anonymous"}
SIGNED_IN = frozenset(ROLES) - {"anonymous"}


@dataclass(frozen=True)
class FoundRoute:
    """A route as the resolver has it."""

    name: str
    pattern: str
    arguments: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def is_open(self) -> bool:
        """Whether the middleware lets anyone through, by the mark that it looks for."""
        return not getattr(self.view, "login_required", True)


def _arguments(pattern: Any) -> tuple[str, ...]:
    """Names of what a part of an address takes; groups without a name by their number."""
    if hasattr(pattern, "regex") and not hasattr(pattern, "_route"):
        named = tuple(pattern.regex.groupindex)
        return named or tuple(str(number) for number in range(pattern.regex.groups))
    return tuple(pattern.converters)


def _walk(
    patterns: Iterable[URLPattern | URLResolver],
    namespaces: tuple[str, ...] = (),
    before: str = "",
    taken: tuple[str, ...] = (),
) -> Iterator[FoundRoute]:
    for one in patterns:
        address, arguments = before + str(one.pattern), taken + _arguments(one.pattern)
        if isinstance(one, URLResolver):
            inner = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from _walk(one.url_patterns, inner, address, arguments)
        else:
            name = ":".join((*namespaces, one.name)) if one.name else ""
            yield FoundRoute(name, address, arguments, one.callback)


def all_routes(
    patterns: Iterable[URLPattern | URLResolver] | None = None,
) -> list[FoundRoute]:
    """Every route of the site in the resolver's order (or of the given patterns)."""
    return list(_walk(get_resolver().url_patterns if patterns is None else patterns))


@dataclass(frozen=True)
class Route:
    """One row of the table: who is let in, and what the others get.

    `thing` names a sample that the test makes ("case", "award", …), whose address arguments it
    knows; it belongs to `enterprise` and lies in the district of `reviewer`. A thing out of scope
    answers 404, and so does a page without a thing to a role that it is not for. Anonymous people
    are led to the sign-in page (302), unless the route is open.

    `allow` may see, and get `answer` to a GET. `post` may act (by default the same people) and get
    `posted` to a POST of `data`; who may see but not act gets 404. `methods` are those offered.
    `also` overrides single roles, whatever the method: {"finance_officer": 403}.

    `api`: the route checks token or session itself, so that it is open to the middleware and
    answers anonymous people 401.
    """

    allow: Set[str] = frozenset()
    thing: str = ""
    methods: tuple[str, ...] = ("GET",)
    open: bool = False
    answer: int = 200
    post: Set[str] | None = None
    posted: int = 302
    data: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, int] = field(default_factory=dict)
    api: bool = False

    def _sees(self, role: str) -> bool:
        if self.open:
            return True
        return role in self.allow and not (self.thing and role in OUTSIDERS)

    def expected(self, role: str, method: str = "GET") -> int:
        """The status that the role gets. Raises KeyError for an unknown role or method."""
        if role not in ROLES or method not in self.methods:
            raise KeyError((role, method))
        if role in self.also:
            return self.also[role]
        if not self._sees(role):
            if role == "anonymous":
                return 401 if self.api else 302
            return 404
        if method == "GET":
            return self.answer
        return self.posted if self.post is None or role in self.post else 404


def rows(table: Mapping[str, Route]) -> list[tuple[str, str, str, int]]:
    """Every (route name, method, role, expected status) of the table, for parametrize."""
    return [
        (name, method, role, row.expected(role, method))
        for name, row in table.items()
        for method in row.methods
        for role in ROLES
    ]


def table_problems(table: Mapping[str, Route], found: Iterable[FoundRoute]) -> list[str]:
    """Where the table and the resolver do not say the same."""
    routes = {route.name: route for route in found}
    problems = [
        f"{name}: in the resolver, not in the table" for name in routes if name not in table
    ]
    problems += [
        f"{name}: in the table, not in the resolver" for name in table if name not in routes
    ]
    for name in table.keys() & routes.keys():
        row, route = table[name], routes[name]
        if bool(row.thing) != bool(route.arguments):
            problems.append(f"{name}: takes {route.arguments or 'nothing'}, sample {row.thing!r}")
        if (row.open or row.api) != route.is_open:
            problems.append(f"{name}: open is {row.open} in the table, {route.is_open} on the site")
        if row.open and (row.allow or row.api):
            problems.append(f"{name}: open and for some roles only")
        if not row.methods or set(row.methods) - {"GET", "POST"}:
            problems.append(f"{name}: methods are GET, POST or both, not {row.methods}")
        if row.post is not None and not (row.open or row.post <= row.allow):
            problems.append(f"{name}: may act but not see: {sorted(row.post - row.allow)}")
        unknown = (row.allow | set(row.also) | (row.post or set())) - set(ROLES)
        problems += [f"{name}: there is no role {role!r}" for role in sorted(unknown)]
    return sorted(problems)
