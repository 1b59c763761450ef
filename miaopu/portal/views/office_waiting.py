"""What waits for publicity: approved cases by item and region, as their list will be published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.decisions import list_line
from miaopu.cases.enums import CaseState, Step
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days
from miaopu.engine.messages import Bilingual
from miaopu.portal import present
from miaopu.portal.kept_parts import kept_rows
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


@dataclass(frozen=True)
class WaitingGroup:
    """Approved cases of one item in one region that wait for publicity."""

    item: Item
    region: Region
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
    def amount_fen(self) -> int:
        """The sum of the amounts in fen."""
        return sum(case.amount_fen or 0 for case in self.cases)

    @property
    def seen(self) -> str:
        """Which cases the reader sees, to publish these and no others."""
        return ",".join(case.number for case in self.cases)

    @property
    def table(self) -> Table:
        """The list exactly as it will be published, with links for those inside."""
        rows = [
            {
                **list_line(case),
                "href": reverse("case_packet", kwargs={"number": case.number}),
                "clause_href": present.clause_href(self.item.version, self.item.definition.clause),
            }
            for case in self.cases
        ]
        return Table(LIST_COLUMNS, rows, gettext("将要发布的名单"))


def waiting_groups(user: User) -> list[WaitingGroup]:
    """Approved cases in the user's scope, by item and region, in the order of the list."""
    cases = (
        Case.objects.for_user(user)
        .in_states(CaseState.APPROVED)
        .with_parts()
        .defer(*NOT_NEEDED_IN_LISTS)
        .order_by("item_id", "region_id", "-priority_points", "submitted_at", "pk")
    )
    groups: dict[tuple[int, str], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.item_id, case.region_id].append(case)
    return [_group(user, found) for found in groups.values()]


@dataclass(frozen=True)
class WaitingCount:
    """How many approved cases of an item in a region wait for publicity."""

    title: str
    count: int


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
        )
        for row in kept_rows(found)
    ]


def _title(item: Bilingual, region: Bilingual) -> str:
    return f"{present.in_language(item)} · {present.in_language(region)}"


def _group(user: User, cases: list[Case]) -> WaitingGroup:
    item, region = cases[0].item, cases[0].region
    days = item.definition.steps_by_id[Step.PUBLICITY].working_days
    return WaitingGroup(
        item=item,
        region=region,
        cases=cases,
        days=days,
        ends_on=working_days(clock.today(), days).due,
        may_publish=reaches(user, region.code, [Role.APPROVER]),
    )
