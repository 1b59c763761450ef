"""What the public pages share: answers that a browser may ask for again cheaply, and programmes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from miaopu.engine.money import MoneyError, split, yuan_to_fen
from miaopu.ledger.enums import Level
from miaopu.monitoring.figures import TargetProgress, target_progress
from miaopu.monitoring.support import Support
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, present, shapes
from miaopu.portal.context import href
from miaopu.portal.counted import CountedSet, counted_set
from miaopu.portal.kept_parts import keep, known, reader
from miaopu.portal.shapes import Text

if TYPE_CHECKING:
    from miaopu.engine.packs.items import Item as PackItem

PER_PAGE = 20
LEVEL_NAMES: dict[str, Text] = {
    "central": gettext_lazy("中央"),
    **{level.value: level.label for level in Level},
}
View = Callable[..., HttpResponse]
OWN_COOKIES = frozenset((settings.SESSION_COOKIE_NAME, "messages"))
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def answer_if_changed(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """`response` with its ETag, or 304 where the reader has the same already."""
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"  # may be stored, is asked for again each time
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def public_page(view: View) -> Callable[..., HttpResponseBase]:
    """An open page that is only read; for readers not signed in it has an ETag.

    The ETag is weak: it covers the page but not the form token, which is new in every answer. A
    reader who has the page is told so without making it again, as long as the database shows what
    it showed then; readers with a session or messages of their own get every page made anew.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        key = ("etag", request.build_absolute_uri(), reader(request))
        own = OWN_COOKIES & request.COOKIES.keys()
        etag = None if own else known(key)
        if etag is not None:
            unchanged = get_conditional_response(request, etag=etag)
            if isinstance(unchanged, HttpResponse):
                unchanged["ETag"], unchanged["Cache-Control"] = etag, "no-cache"
                return unchanged
        response = view(request, *args, **kwargs)
        etag = f'W/"{hashlib.sha256(_TOKEN.sub(b"", response.content)).hexdigest()}"'
        if response.status_code == HTTPStatus.OK and not own:
            keep(key, etag)
        return answer_if_changed(request, response, etag)

    return login_not_required(require_safe(answered))


def open_data(view: View) -> Callable[..., HttpResponseBase]:
    """An open address that is only read and answers with data (`public_json`)."""
    return login_not_required(require_safe(view))


def answer_with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer of the open data, its ETag the SHA-256 of its bytes."""
    digest = hashlib.sha256(response.content).hexdigest()
    return answer_if_changed(request, response, f'"{digest}"')


def public_json(request: HttpRequest, content: bytes) -> HttpResponse:
    """JSON of the open data, with its ETag."""
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    return answer_with_etag(request, response)


def as_json(document: object) -> bytes:
    """A document of the open data as bytes: UTF-8, the same document gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def awards_href(**filters: str) -> str:
    """The list of awards with these filters."""
    query = urlencode({name: value for name, value in filters.items() if value})
    return f"{reverse('awards')}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class AwardSums:
    """Awards of a programme that stand: how many, and their money in fen."""

    count: int
    committed_fen: int
    paid_fen: int


def award_sums(support: Support) -> AwardSums:
    """Awards of a programme that stand, added up."""
    total = support.total
    return AwardSums(total.awards, total.committed_fen, total.paid_fen)


def how_counted(indicator: str, support: Support) -> str:
    """How an indicator is counted, in plain words, and what is not known for it."""
    if indicator != "jobs":
        return _("一户企业得到多次扶持，只计一次。")
    text = _("获扶持企业现有的从业人员，以各部门最近提供的数为准；一户企业只计一次。")
    unknown = support.total.jobs_unknown
    if unknown:
        more = ngettext(
            "有%(count)s户的人数未知，未计入。", "有%(count)s户的人数未知，未计入。", unknown
        ) % {"count": formats.number(unknown)}
        text += (" " if formats.is_english() else "") + more
    return text


def progress_of(
    version: ProgrammeVersion,
    day: date,
    support: Support,
    targets: Iterable[TargetProgress] | None = None,
) -> list[shapes.Progress]:
    """The programme's targets that have records; each opens to what it is counted from."""
    rows = progress_with_clauses(version, day, support, targets)
    return [shown for shown, _clause, _href in rows]


def progress_with_clauses(
    version: ProgrammeVersion,
    day: date,
    support: Support,
    targets: Iterable[TargetProgress] | None = None,
) -> list[tuple[shapes.Progress, str, str]]:
    """The same, each with the clause that sets the target and where the clause is shown."""
    slug = version.programme.slug
    period = version.pack.period
    firsts = awards_href(programme=slug, once="1")
    rows = target_progress(version, day, support) if targets is None else targets
    return [
        (
            shapes.Progress(
                title=present.in_language(row.title),
                done=row.done,
                target=int(row.target),
                start=period.start,
                end=period.end,
                today=day,
                unit=present.in_language(row.unit),
                href=firsts,
                key=f"{slug}.targets.{row.key}",
                note=how_counted(row.computed_from, support),
            ),
            row.clause,
            present.clause_href(version, row.clause),
        )
        for row in rows
    ]


def amount_of(definition: PackItem) -> int | None:
    """The amount of an item in fen where it is the same for everybody, else None."""
    if definition.amount is None:
        return None
    try:
        return yuan_to_fen(definition.amount)
    except MoneyError:
        return None


def average_of(definition: PackItem) -> int | None:
    """The average of an item in fen where people decide on each amount, else None."""
    decided = definition.amount_decided
    return decided.average_fen if decided is not None else None


@dataclass(frozen=True)
class Share:
    """What a level bears of an amount."""

    level: Text
    part: int
    fen: int | None


def shares_of(definition: PackItem) -> list[Share]:
    """The parts that the levels bear; in fen where the amount is the same for everybody."""
    if not definition.shares:
        return []
    fen = amount_of(definition)
    weights = list(definition.shares.values())
    parts: list[int | None] = [None] * len(weights) if fen is None else [*split(fen, weights)]
    by_level = dict(zip(definition.shares, parts, strict=True))
    return [
        Share(name, definition.shares[level], by_level[level])
        for level, name in LEVEL_NAMES.items()
        if level in by_level
    ]


@dataclass(frozen=True)
class Offer:
    """An item as a reader of the public pages sees it first."""

    title: str
    summary: str
    amount_fen: int | None
    average_fen: int | None
    clause: str
    clause_href: str
    href: str
    once: CountedSet | None = None


def pays(version: ProgrammeVersion) -> bool:
    """Whether the programme grants money at all; one that only supervises has no sums to show."""
    return any(item.outcome == "award" for item in version.pack.items.values())


def offers_of(version: ProgrammeVersion) -> list[Offer]:
    """The items of a version."""
    slug = version.programme.slug
    return [
        Offer(
            title=present.in_language(definition.title),
            summary=present.in_language(definition.summary),
            amount_fen=amount_of(definition),
            average_fen=average_of(definition),
            clause=definition.clause,
            clause_href=present.clause_href(version, definition.clause),
            href=reverse("item", args=[slug, code]),
            once=counted_set(version, code),
        )
        for code, definition in version.pack.items.items()
    ]


def next_step(request: HttpRequest) -> shapes.Link | None:
    """Where an enterprise goes on from what it may get: to its own pages, through sign-in.

    None for officials, whose own pages stand in the navigation.
    """
    home = href("my_home")
    if not request.user.is_authenticated:
        query = f"?{urlencode({'next': home})}" if home else ""
        return shapes.Link(_("登录申报"), f"{reverse('sign_in')}{query}")
    if request.user.is_party and home:
        return shapes.Link(_("查看本企业能享受什么"), home)
    return None
