"""The books and figures as open data, and what recomputing them gives."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from django.urls import reverse

from miaopu.core import clock
from miaopu.engine import books as engine_books
from miaopu.ledger.models import Award
from miaopu.portal.views import public_books
from tests.factories import City
from tests.harness.pages import StrictClient
from tests.portal.public import SLUG, award_of, text_of

pytestmark = pytest.mark.django_db


def test_verify_recomputes_the_books(client: StrictClient, paid: Award) -> None:
    response = client.get(reverse("verify"))
    text = response.content.decode()
    assert "账目相符" in text
    newest = response.context["newest"]
    assert newest.root in text
    assert newest.chain in text
    assert response.context["unsealed"] == 0
    assert response.context["result"].transfers == response.context["count"]


def test_verify_tells_what_is_wrong(
    client: StrictClient, paid: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, nothing = public_books.audit_books()
    assert nothing == []
    first = books.transfers[0]
    entry = first.entries[0]
    changed = type(first)(
        first.key,
        first.kind,
        first.day,
        first.award,
        (type(entry)(entry.account, entry.amount_fen + 1), *first.entries[1:]),
    )
    forged = type(books)(books.accounts, (changed, *books.transfers[1:]), books.awards, books.seals)
    audited = (forged, engine_books.verify(forged))
    monkeypatch.setattr(public_books, "audit_books", lambda: audited)
    text = text_of(client, reverse("verify"))
    assert "账目不符" in text
    assert first.key in text


def test_many_transfers_are_left_to_the_command(
    client: StrictClient, paid: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_books, "ON_THE_SPOT", 3)
    response = client.get(reverse("verify"))
    assert response.context["result"] is None
    assert "网页不当场重算" in response.content.decode()


def test_exported_books_verify(client: StrictClient, paid: Award) -> None:
    document = json.loads(client.get(reverse("books_export")).content)
    books = engine_books.from_export(document)
    assert engine_books.verify(books) == []
    assert [award.number for award in books.awards] == [paid.number]


def recomputed(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """Awards and money by level and district of a programme, from an export of the books alone."""
    amounts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    district: dict[str, str] = {}
    for transfer in document["transfers"]:
        for entry in transfer["entries"]:
            programme, _purpose, level, region, kind = entry["account"].split("/")
            if programme == slug:
                amounts[level][kind] += entry["amount_fen"]
                if level == "county":
                    district[transfer["award"]] = region
    standing = [row for row in document["awards"] if row["state"] != "released"]
    standing = [row for row in standing if row["number"] in district]
    by_district: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in standing:
        by_district[district[row["number"]]][row["state"]] += row["amount_fen"]

    def total(state: str) -> int:
        return sum(row["amount_fen"] for row in standing if row["state"] == state)

    return {
        "awards": {
            "count": len(standing),
            "committed_fen": total("committed"),
            "paid_fen": total("paid"),
        },
        "levels": [
            {
                "level": level,
                "funded_fen": -amounts[level]["source"],
                "available_fen": amounts[level]["available"],
                "committed_fen": amounts[level]["committed"],
                "paid_fen": amounts[level]["paid"],
            }
            for level in ("province", "city", "county")
        ],
        "districts": {
            code: (sums["committed"], sums["paid"]) for code, sums in by_district.items()
        },
    }


def test_figures_follow_from_the_books(client: StrictClient, city: City, paid: Award) -> None:
    award_of(city)
    books = json.loads(client.get(reverse("books_export")).content)
    figures = json.loads(client.get(reverse("figures")).content)
    assert figures["as_of"] == clock.today().isoformat()
    [programme] = figures["programmes"]
    expected = recomputed(books, programme["programme"])
    assert programme["awards"] == expected["awards"]
    assert programme["awards"]["count"] == 2
    assert programme["levels"] == expected["levels"]
    assert {
        row["region"]: (row["committed_fen"], row["paid_fen"]) for row in programme["districts"]
    } == expected["districts"]
    # The same numbers as the pages.
    page = client.get(reverse("programme", args=[SLUG])).context
    rows = [row for row, *_clause in page["progress"]]
    assert [row["done"] for row in programme["targets"]] == [row.done for row in rows]
    assert [int(row["target"]) for row in programme["targets"]] == [row.target for row in rows]
    assert programme["digest"] == city.version.digest
