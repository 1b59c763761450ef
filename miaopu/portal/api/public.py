"""What anyone may read beside the programmes: published lists, awards, the books."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.cases.models import Publicity
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.core.scope import region_prefix
from miaopu.ledger.models import Account, Award, Seal, Transfer
from miaopu.portal.api import asked as ask
from miaopu.portal.api import schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer

router = Router(tags=["public"])
FOUND = {404: schemas.Problem}


def inside(code: str | None, field: str) -> dict[str, str]:
    """The filter for a region and everything inside it."""
    return {f"{field}__startswith": region_prefix(code)} if code else {}


# ---------------------------------------------------------------- publicity


def _publicity_row(publicity: Any) -> dict[str, Any]:
    return {
        "number": publicity.number,
        "programme": publicity.item.version.programme.slug,
        "item": publicity.item.code,
        "region": publicity.region_id,
        "starts_on": publicity.starts_on,
        "ends_on": publicity.ends_on,
        "days": publicity.days,
        "enterprises": publicity.enterprises,
        "digest": publicity.digest,
        "published_at": publicity.published_at,
    }


def _publicities() -> QuerySet[Publicity]:
    length = Func(F("lines"), function="jsonb_array_length", output_field=IntegerField())
    rows: QuerySet[Publicity] = Publicity.objects.public()
    return rows.annotate(enterprises=length).defer("calculation", "item__version__content")


def _publicities_of(user: User | None, asked: ask.PublicitiesAsked) -> QuerySet[Publicity]:
    rows = _publicities().defer("lines", "calculation", "item__version__content")
    rows = rows.filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(item__version__programme__slug=asked.programme)
    if asked.open is not None:
        today = clock.today()
        rows = rows.filter(ends_on__gte=today) if asked.open else rows.filter(ends_on__lt=today)
    return rows


PUBLICITIES = Listing(
    _publicities_of, _publicity_row, {"starts_on": "starts_on", "number": "number"}
)


@router.get(
    "/publicities",
    response={200: ask.Rows[schemas.PublicityRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="publicities",
)
def publicities(request: HttpRequest, asked: Query[ask.PublicitiesAsked]) -> HttpResponse:
    """Lists that are or were in publicity."""
    return list_answer(request, PUBLICITIES, asked, user=None)


@router.get(
    "/publicities/{number}",
    response={200: schemas.Publicity, **FOUND},
    url_name="publicity",
)
def publicity(request: HttpRequest, number: str) -> HttpResponse:
    """One list with its frozen lines, as it was published."""
    found = get_object_or_404(_publicities(), number=number)
    wanted = schemas.PublicityLine.model_fields
    lines = [{name: line[name] for name in wanted} for line in found.lines]
    return json_answer(request, {**_publicity_row(found), "lines": lines}, closed=False)


# ---------------------------------------------------------------- awards


def award_row(
    number: str,
    programme: str,
    item: str,
    name: str,
    uscc: str,
    region: str,
    amount_fen: int,
    state: str,
    committed_at: datetime,
    paid_at: datetime | None,
) -> dict[str, Any]:
    """A row of awards, from the columns of AWARD_COLUMNS."""
    return {
        "number": number,
        "programme": programme,
        "item": item,
        "enterprise": {"name": name, "uscc": uscc},
        "region": region,
        "amount_fen": amount_fen,
        "state": state,
        "committed_at": committed_at,
        "paid_at": paid_at,
    }


AWARD_COLUMNS = (
    *("number", "case__item__version__programme__slug", "case__item__code"),
    *("case__enterprise__name", "case__enterprise__uscc", "case__region_id"),
    *("amount_fen", "state", "committed_at", "paid_at"),
)
AWARD_ORDERS = {"committed_at": "committed_at", "number": "number", "amount_fen": "amount_fen"}


def narrowed_awards(rows: QuerySet[Award], asked: ask.AwardsAsked) -> QuerySet[Award]:
    """The awards that are asked for."""
    rows = rows.filter(**inside(asked.region, "case__region__code"))
    if asked.programme is not None:
        rows = rows.filter(case__item__version__programme__slug=asked.programme)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _awards_of(user: User | None, asked: ask.AwardsAsked) -> QuerySet[Award]:
    return narrowed_awards(Award.objects.public(), asked)


AWARDS = Listing(_awards_of, award_row, AWARD_ORDERS, AWARD_COLUMNS)


@router.get(
    "/awards",
    response={200: ask.Rows[schemas.AwardRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="awards",
)
def awards(request: HttpRequest, asked: Query[ask.AwardsAsked]) -> HttpResponse:
    """Awards that stand: who was granted what."""
    return list_answer(request, AWARDS, asked, user=None)


def _transfer_row(transfer: Transfer) -> dict[str, Any]:
    return {
        "key": transfer.key,
        "kind": transfer.kind,
        "award": transfer.award.number if transfer.award else None,
        "at": transfer.at,
        "entries": [
            {"account": entry.account.code, "amount_fen": entry.amount_fen}
            for entry in sorted(transfer.entries.all(), key=lambda entry: entry.pk)
        ],
    }


@router.get("/awards/{number}", response={200: schemas.Award, **FOUND}, url_name="award")
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One award with every ledger line it caused."""
    rows = Award.objects.public().filter(number=number)
    found = get_object_or_404(rows.select_related("case__publicity"))
    values = rows.values_list(*AWARD_COLUMNS)[0]
    transfers = Transfer.objects.public().filter(award=found)
    content = {
        **award_row(*values),
        "publicity": found.case.publicity.number if found.case.publicity else None,
        "transfers": [_transfer_row(row) for row in transfers],
    }
    return json_answer(request, content, closed=False)


# ---------------------------------------------------------------- the books


def _account_row(
    code: str, programme: str, purpose: str, level: str, region: str, kind: str, balance_fen: int
) -> dict[str, Any]:
    return {
        "code": code,
        "programme": programme,
        "purpose": purpose,
        "level": level,
        "region": region,
        "kind": kind,
        "balance_fen": balance_fen,
    }


def _accounts_of(user: User | None, asked: ask.AccountsAsked) -> QuerySet[Account]:
    rows = Account.objects.public().filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(programme__slug=asked.programme)
    if asked.level is not None:
        rows = rows.filter(level=asked.level)
    if asked.kind is not None:
        rows = rows.with_kind(asked.kind)
    return rows


ACCOUNTS = Listing(
    _accounts_of,
    _account_row,
    {"code": "code"},
    ("code", "programme__slug", "purpose", "level", "region_id", "kind", "balance_fen"),
)


@router.get(
    "/accounts",
    response={200: ask.Rows[schemas.AccountRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="accounts",
)
def accounts(request: HttpRequest, asked: Query[ask.AccountsAsked]) -> HttpResponse:
    """Where the money stands: the books are open."""
    return list_answer(request, ACCOUNTS, asked, user=None)


def _transfers_of(user: User | None, asked: ask.TransfersAsked) -> QuerySet[Transfer]:
    rows: QuerySet[Transfer] = Transfer.objects.public()
    return rows.filter(kind=asked.kind) if asked.kind is not None else rows


TRANSFERS = Listing(_transfers_of, _transfer_row, {"at": "at"})


@router.get(
    "/transfers",
    response={200: ask.Rows[schemas.TransferRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="transfers",
)
def transfers(request: HttpRequest, asked: Query[ask.TransfersAsked]) -> HttpResponse:
    """Every movement of money with its lines, which sum to zero."""
    return list_answer(request, TRANSFERS, asked, user=None)


def _seal_row(day: date, count: int, root: str, chain: str) -> dict[str, Any]:
    return {"day": day, "count": count, "root": root, "chain": chain}


def _seals_of(user: User | None, asked: ask.SealsAsked) -> QuerySet[Seal]:
    rows: QuerySet[Seal] = Seal.objects.public()
    return rows


SEALS = Listing(_seals_of, _seal_row, {"day": "day"}, ("day", "count", "root", "chain"))


@router.get(
    "/seals",
    response={200: ask.Rows[schemas.SealRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="seals",
)
def seals(request: HttpRequest, asked: Query[ask.SealsAsked]) -> HttpResponse:
    """The daily seals, from which anyone checks that nothing was rewritten."""
    return list_answer(request, SEALS, asked, user=None)
