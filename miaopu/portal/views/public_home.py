"""The home page: how far the programme has come, and what an enterprise can get."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from miaopu.cases.models import Publicity
from miaopu.core import clock
from miaopu.core.kept import database_state
from miaopu.engine.clock import working_days_left
from miaopu.ledger.enums import AwardState
from miaopu.monitoring.board import kept_board
from miaopu.plans.models import Programme, ProgrammeVersion
from miaopu.portal import present, shapes
from miaopu.portal.views.public_shared import (
    AwardSums,
    Offer,
    award_sums,
    awards_href,
    next_step,
    offers_of,
    pays,
    progress_of,
    public_page,
)

OPEN_LISTS = 5  # shown on the home page; all of them stand on the publicity page


@dataclass(frozen=True)
class Board:
    """One programme on the home page."""

    title: str
    slug: str
    version: ProgrammeVersion
    ends: date
    is_over: bool
    progress: list[shapes.Progress]
    pays: bool
    sums: AwardSums
    offers: list[Offer]
    committed_href: str
    paid_href: str
    awards_href: str


@dataclass(frozen=True)
class OpenList:
    """A list in publicity on the home page."""

    publicity: Publicity
    title: str
    region: str
    left: int


def _board(programme: Programme, today: date, state: str | None) -> Board:
    version = programme.current_version
    slug = programme.slug
    figures = kept_board(version, today, state)
    return Board(
        title=present.in_language(programme.name),
        slug=slug,
        version=version,
        ends=version.pack.period.end,
        is_over=version.pack.period.end < today,
        progress=progress_of(version, today, figures.support, figures.targets),
        pays=pays(version),
        sums=award_sums(figures.support),
        offers=offers_of(version),
        committed_href=awards_href(programme=slug, state=AwardState.COMMITTED),
        paid_href=awards_href(programme=slug, state=AwardState.PAID),
        awards_href=awards_href(programme=slug),
    )


def _running_first(today: date) -> list[Programme]:
    """The programmes in force, those whose period it is first."""

    def is_over(programme: Programme) -> bool:
        period = programme.current_version.pack.period
        return not period.start <= today <= period.end

    return sorted(Programme.objects.public(), key=is_over)


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Every programme in force with its figures and items, and the lists now in publicity."""
    today, state = clock.today(), database_state()
    lists = Publicity.objects.public().open_on(today).order_by("ends_on", "pk")
    context = {
        "today": today,
        "boards": [_board(programme, today, state) for programme in _running_first(today)],
        "lists": [
            OpenList(
                publicity=row,
                title=present.in_language(row.item.name),
                region=present.region_name(row.region),
                left=working_days_left(today, row.ends_on),
            )
            for row in lists[:OPEN_LISTS]
        ],
        "next_step": next_step(request),
    }
    return render(request, "public/home.html", context)
