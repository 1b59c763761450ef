"""An export of books that is none is refused, whatever is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from miaopu.engine.books import FORMAT, BooksUnreadable, from_export, verify

ENTRIES = [{"account": "a", "amount_fen": -5}, {"account": "b", "amount_fen": 5}]
GOOD: dict[str, Any] = {
    "format": FORMAT,
    "accounts": [
        {"code": "a", "kind": "source", "balance_fen": -5},
        {"code": "b", "kind": "available", "balance_fen": 5},
    ],
    "transfers": [
        {"key": "k", "kind": "fund", "day": "2018-05-10", "award": "", "entries": ENTRIES}
    ],
    "awards": [],
    "seals": [],
}
SEAL = {"day": "2018-05-10", "count": 1, "root": "0" * 64, "chain": "0" * 64}
AWARD = {"number": "A1", "amount_fen": 5, "state": "paid"}


def changed(**parts: Any) -> dict[str, Any]:
    return {**GOOD, **parts}


def test_the_good_one_agrees() -> None:
    assert verify(from_export(GOOD)) == []


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        changed(format="other"),
        changed(accounts=[{"code": "a", "kind": "source", "balance_fen": "-5"}]),
        changed(accounts=[{"code": "a", "kind": "source", "balance_fen": -5.0}]),
        changed(accounts=[{"code": "a", "kind": "source", "balance_fen": True}]),
        changed(accounts=[{"code": ["a"], "kind": "source", "balance_fen": 5}]),
        changed(transfers=[{**GOOD["transfers"][0], "award": []}]),
        changed(transfers=[{**GOOD["transfers"][0], "day": 5}]),
        changed(transfers=[{**GOOD["transfers"][0], "entries": {"a": 1}}]),
        changed(transfers=[{**GOOD["transfers"][0], "entries": [{"account": "a"}]}]),
        changed(
            transfers=[
                {
                    **GOOD["transfers"][0],
                    "entries": [{"account": "a", "amount_fen": 1.5}, ENTRIES[1]],
                }
            ]
        ),
        changed(awards=[{**AWARD, "state": "unheard"}]),
        changed(awards=[{**AWARD, "more": 1}]),
        changed(seals=[{**SEAL, "count": -1}]),
        changed(seals=[{**SEAL, "root": 5}]),
        changed(seals=[{**SEAL, "chain": "no hash"}]),
        changed(seals=None),
    ],
)
def test_what_is_no_export_is_refused(document: Any) -> None:
    with pytest.raises(BooksUnreadable):
        from_export(document)


def test_an_account_listed_twice_is_found() -> None:
    assert verify(from_export(changed(accounts=[*GOOD["accounts"], GOOD["accounts"][1]])))
