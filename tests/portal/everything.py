"""Every page of the URL × role table with something on it, and a browser for each role."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from miaopu.core import clock
from miaopu.core.models import User
from miaopu.plans.actions import match_version
from tests.factories import YUNYAN, City, build_city, make_enterprise, make_owner
from tests.harness.pages import StrictClient
from tests.house.url_roles import ROLES
from tests.portal.test_url_roles import THINGS, people_of
from tests.portal.url_table import TABLE

# A form that has to be handed in by a day.
EARLY = ("sheet",)
# Things whose making moves the clock; what is made before them is older, what comes after newer.
LATE = (
    *("award", "publicity", "base_title", "title_motion_new", "motion_step"),
    *("opinion_file", "delisting", "delisting_step"),
    *("bulletin_file", "certificate", "certificate_file", "late_score_file"),
)
# Pages that several roles may read and one works on; else whoever may act, or who comes first.
WORKED_ON_BY = {
    **dict.fromkeys(("office_board", "batches", "batch"), "leading_group"),
    **dict.fromkeys(("publicity_prepare", "office_publicity", "objections"), "approver"),
    **dict.fromkeys(("entitlements", "office_offers", "tokens"), "programme_officer"),
}
_CHANGES = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
_MAIN = re.compile(r"<body class=.*?>|<main .*</main>", re.DOTALL)


@dataclass(frozen=True)
class Visit:
    """A page to look at: the route, as whom, where."""

    route: str
    role: str
    user: User | None
    path: str

    def __str__(self) -> str:
        return f"{self.route} as {self.role}"


@dataclass
class Everything:
    """A city in which every thing of the table exists, each of an enterprise of its own."""

    city: City
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, User] = field(default_factory=dict)
    people: dict[str, User | None] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)

    def user(self, role: str, thing: str) -> User | None:
        """Who asks for a page with the thing in a role."""
        return self.owners[thing] if role == "enterprise" and thing else self.people[role]


def make_everything() -> Everything:
    """Build it through the product's own actions."""
    city = build_city()
    found = Everything(city, people=people_of(city))
    names = sorted({row.thing for row in TABLE.values() if row.thing})
    names.sort(key=lambda one: LATE.index(one) if one in LATE else -2 if one in EARLY else -1)
    with clock.read_once():
        match_version(city.version, clock.today())
    for name in names:
        city.enterprise = make_enterprise(YUNYAN)
        city.owner = make_owner(city.enterprise)
        found.things[name] = THINGS[name](city)
        found.owners[name] = city.owner
    return found


def _digest_of_main(html: str) -> str:
    """What tells pages apart: frame and main part. Navigation differs by role on all alike."""
    shown = "".join(_MAIN.findall(_CHANGES.sub("", html)))
    return hashlib.sha256(shown.encode()).hexdigest()


def _is_page(answer: Any) -> bool:
    """Whether the browser shows it; a file to keep is closed."""
    shown = str(answer["Content-Type"]).startswith("text/html")
    if not shown or answer.get("Content-Disposition", "").startswith("attachment"):
        answer.close()
        return False
    return True


def _client_of(user: User | None, clients: dict[int | None, StrictClient]) -> StrictClient:
    """The person's client, signed in once."""
    key = user.pk if user else None
    if key not in clients:
        clients[key] = StrictClient()
        if user is not None:
            clients[key].force_login(user)
    return clients[key]


def one_visit_each(everything: Everything) -> Iterator[Visit]:
    """Every address once, as the role that works on it; some of them are files to keep."""
    for route, row in TABLE.items():
        may = [role for role in ROLES if "GET" in row.methods and row.expected(role) == 200]
        acting = [role for role in may if row.post is None or role in row.post]
        if not may:
            continue
        role = WORKED_ON_BY.get(route, (acting or may)[0])
        user = everything.user(role, row.thing)
        yield Visit(
            route,
            role,
            user,
            reverse(route, kwargs=everything.things[row.thing] if row.thing else {}),
        )


def visits(everything: Everything) -> Iterator[Visit]:
    """Every page that some role gets with 200; the same page for another role only once."""
    seen: set[str] = set()
    clients: dict[int | None, StrictClient] = {}
    for route, row in TABLE.items():
        if "GET" not in row.methods:
            continue
        path = reverse(route, kwargs=everything.things[row.thing] if row.thing else {})
        for role in ROLES:
            if row.expected(role) != 200:
                continue
            user = everything.user(role, row.thing)
            answer = _client_of(user, clients).get(path, follow=True)
            assert answer.status_code == 200, f"{route} as {role}: {answer.status_code}"
            if not _is_page(answer):
                continue
            digest = _digest_of_main(answer.content.decode())
            if digest not in seen:
                seen.add(digest)
                yield Visit(route, role, user, path)


@contextmanager
def browsers(
    browser: Browser, site: str, *, care: bool = False, script: str = ""
) -> Iterator[Callable[[User | None], Page]]:
    """`page_of(user)`: one browser context a person, signed in, with one page.

    `script` is there on every page before the page's own.
    """
    contexts: dict[int | None, tuple[BrowserContext, Page]] = {}

    def page_of(user: User | None) -> Page:
        key = user.pk if user else None
        if key not in contexts:
            context = browser.new_context(viewport={"width": 1366, "height": 900})
            context.set_default_timeout(20_000)
            if script:
                context.add_init_script(script)
            if care:
                context.add_cookies([{"name": "care", "value": "1", "url": site}])
            if user is not None:
                client = StrictClient()
                client.force_login(user)
                session = client.cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
            contexts[key] = (context, context.new_page())
        return contexts[key][1]

    try:
        yield page_of
    finally:
        for context, _page in contexts.values():
            context.close()
