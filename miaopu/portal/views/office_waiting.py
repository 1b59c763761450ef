"""What waits for publicity: approved cases by item and region, as their list will be published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.decisions import list_line
from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, Item
from miaopu.cases.querysets import CaseQuerySet
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days
from miaopu.engine.messages import Bilingual
from miaopu.portal import present
from miaopu.portal.kept_parts import kept_rows
from miaopu.portal.paging import ROWS, page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.office_queue import NOT_NEEDED_IN_LISTS

LIST_COLUMNS = (
    Column("case", _("办件编号"), link="href"),
    Column("enterprise", _("企业")),
    Column("uscc", _("统一社会信用代码")),
    Column("legal_representative", _("法定代表人")),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("clause", _("条款"), kind="clause", link="clause_href"),
)


SHOWN_OF_EACH = 5  # of several lists; one alone shows a page


@dataclass(frozen=True)
class WaitingGroup:
    """Approved cases of one item in one region that wait for publicity.

    `numbers` names all of them in the order of the list; `cases` are those that are shown.
    """

    item: Item
    region: Region
    numbers: list[str]
    amount_fen: int
    cases: list[Case]
    days: int
    ends_on: date | None
    may_publish: bool

    @property
    def title(self) -> str:
        """Item and region in the language of the page."""
        region = self.region
        return _title(self.item.name, Bilingual(region.name, region.name_en or region.name))

    @property
    def href(self) -> str:
        """Where the whole list is read, page by page."""
        return waiting_href(self.item.pk, self.region.code)

    @property
    def seen(self) -> str:
        """Which cases the list holds, to publish these and no others."""
        return ",".join(self.numbers)

    @property
    def table(self) -> Table:
        """The cases exactly as they will be published, with links for those inside."""
        rows = [
            {
                **list_line(case),
                "href": reverse("case_packet", kwargs={"number": case.number}),
                "clause_href": present.clause_href(self.item.version, self.item.definition.clause),
            }
            for case in self.cases
        ]
        return Table(LIST_COLUMNS, rows, gettext("将要发布的名单"))


def waiting_href(item: int, region: str) -> str:
    """What waits for publicity, narrowed to an item in a region."""
    query = urlencode({"item": item, "region": region})
    return f"{reverse('publicity_prepare')}?{query}"


def waiting_cases(user: User) -> CaseQuerySet:
    """Approved cases in the user's scope, by item and region, in the order of the list."""
    cases = Case.objects.for_user(user).in_states(CaseState.APPROVED).with_parts()
    return cases.defer(*NOT_NEEDED_IN_LISTS).order_by(
        "item_id", "region_id", "-priority_points", "submitted_at", "pk"
    )


def waiting_groups(user: User) -> list[WaitingGroup]:
    """What waits, by item and region: all is counted, the first cases of each group are shown.

    Two statements, however much waits.
    """
    waiting = waiting_cases(user)
    plain = ("item_id", "region_id", "pk", "number", "amount_fen")
    groups: dict[tuple[int, str], list[tuple[int, str, int]]] = defaultdict(list)
    for item, region, pk, number, amount in waiting.values_list(*plain):
        groups[item, region].append((pk, number, amount or 0))
    most = ROWS if len(groups) == 1 else SHOWN_OF_EACH
    first = [pk for rows in groups.values() for pk, _number, _amount in rows[:most]]
    shown: dict[tuple[int, str], list[Case]] = defaultdict(list)
    for case in waiting.filter(pk__in=first):
        shown[case.item_id, case.region_id].append(case)
    return [
        _group(
            user,
            shown[key],
            [number for _pk, number, _amount in rows],
            sum(amount for _pk, _number, amount in rows),
        )
        for key, rows in groups.items()
        if shown[key]
    ]


def waiting_group(
    request: HttpRequest, user: User, item: str, region: str
) -> tuple[WaitingGroup, Page[Any]] | None:
    """What waits of one item in one region, a page of it shown; None where nothing does."""
    if not item.isdecimal() or len(item) > 9 or "\x00" in region:
        return None
    waiting = waiting_cases(user).filter(item_id=item, region_id=region)
    rows = list(waiting.values_list("number", "amount_fen"))
    page = page_of(request, waiting)
    if not page.object_list:
        return None
    numbers = [number for number, _amount in rows]
    total = sum(amount or 0 for _number, amount in rows)
    return _group(user, list(page.object_list), numbers, total), page


@dataclass(frozen=True)
class WaitingCount:
    """How many approved cases of an item in a region wait for publicity."""

    title: str
    count: int
    href: str


def waiting_counts(user: User) -> list[WaitingCount]:
    """The groups of `waiting_groups`, only counted."""
    found = (
        Case.objects.for_user(user)
        .in_states(CaseState.APPROVED)
        .values(
            *("item_id", "item__title", "item__title_en"),
            *("region_id", "region__name", "region__name_en"),
        )
        .annotate(count=Count("pk"))
        .order_by("item_id", "region_id")
    )
    return [
        WaitingCount(
            _title(
                Bilingual(row["item__title"], row["item__title_en"]),
                Bilingual(row["region__name"], row["region__name_en"] or row["region__name"]),
            ),
            row["count"],
            waiting_href(row["item_id"], row["region_id"]),
        )
        for row in kept_rows(found)
    ]


def _title(item: Bilingual, region: Bilingual) -> str:
    return f"{present.in_language(item)} · {present.in_language(region)}"


def _group(user: User, cases: list[Case], numbers: list[str], amount_fen: int) -> WaitingGroup:
    item, region = cases[0].item, cases[0].region
    days = item.definition.steps_by_id[Step.PUBLICITY].working_days
    return WaitingGroup(
        item=item,
        region=region,
        numbers=numbers,
        amount_fen=amount_fen,
        cases=cases,
        days=days,
        ends_on=working_days(clock.today(), days).due,
        may_publish=reaches(user, region.code, [Role.APPROVER]),
    )
