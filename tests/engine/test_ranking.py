"""Ranking: a total order, monotone in points, cut off exactly where money or quota end."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.ranking import Candidate, Fate, Ranking, Tie, cut_off, rank

START = datetime(2018, 5, 10, tzinfo=timezone(timedelta(hours=8)))
PURSES = ("province", "city", "county/a", "county/b")


def candidate(key: str, points: int = 0, minute: int = 0, **shares: int) -> Candidate:
    return Candidate(key, points, START + timedelta(minutes=minute), shares)


SHARES = st.dictionaries(st.sampled_from(PURSES), st.integers(0, 50), max_size=4)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.uuids().map(str),
        points=st.integers(0, 17),
        handed_in=st.integers(0, 3).map(lambda minute: START + timedelta(minutes=minute)),
        shares=SHARES,
        aside=st.booleans(),
    ),
    max_size=25,
)
MONEY = st.fixed_dictionaries({purse: st.integers(0, 300) for purse in PURSES})
QUOTA = st.none() | st.integers(0, 20)


def spent(ranking: Ranking, purse: str) -> int:
    return sum(line.candidate.shares.get(purse, 0) for line in ranking.funded)


@given(CANDIDATES, MONEY, QUOTA, st.randoms())
def test_order_is_total_and_the_input_order_is_nothing(
    candidates: list[Candidate], purses: dict[str, int], quota: int | None, random: object
) -> None:
    ranking = rank(candidates, purses, quota)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled, purses, quota) == ranking
    standing = [line for line in ranking.lines if line.fate is not Fate.ASIDE]
    assert [line.rank for line in standing] == list(range(1, len(standing) + 1))
    places = [line.candidate.place for line in standing]
    assert places == sorted(set(places))
    assert {line.candidate.key for line in ranking.lines} == {one.key for one in candidates}
    for above, line in zip(standing, standing[1:], strict=False):
        assert (line.tie is Tie.POINTS) == (above.candidate.points > line.candidate.points)


@given(CANDIDATES, MONEY, QUOTA)
def test_money_is_never_exceeded_and_the_cut_is_exact_to_the_fen(
    candidates: list[Candidate], purses: dict[str, int], quota: int | None
) -> None:
    ranking = rank(candidates, purses, quota)
    for purse in PURSES:
        assert ranking.left[purse] == purses[purse] - spent(ranking, purse) >= 0
    assert quota is None or len(ranking.funded) <= quota
    for line in ranking.lines:
        if line.fate is not Fate.SHORT:
            continue
        above = [one for one in ranking.funded if one.rank < line.rank]  # type: ignore[operator]
        for purse, fen in line.lacking.items():
            taken = sum(one.candidate.shares.get(purse, 0) for one in above)
            assert fen == line.candidate.shares[purse] - (purses[purse] - taken) > 0
            # With exactly so many fen more in the purses it would have been funded.
        richer = {purse: purses[purse] + line.lacking.get(purse, 0) for purse in PURSES}
        again = {one.candidate.key: one.fate for one in rank(candidates, richer, quota).lines}
        first = min(
            (one.rank for one in ranking.lines if one.fate is Fate.SHORT and one.rank is not None),
        )
        if line.rank == first:
            assert again[line.candidate.key] is Fate.FUNDED


@given(CANDIDATES, MONEY, QUOTA)
def test_nobody_overtakes_in_a_purse(
    candidates: list[Candidate], purses: dict[str, int], quota: int | None
) -> None:
    ranking = rank(candidates, purses, quota)
    for line in ranking.lines:
        if line.fate is not Fate.SHORT or line.rank is None:
            continue
        below = [one for one in ranking.funded if one.rank is not None and one.rank > line.rank]
        for purse in line.lacking:
            assert not any(one.candidate.shares.get(purse) for one in below)


@given(CANDIDATES, st.integers(1, 17), st.data())
def test_more_points_never_rank_lower(
    candidates: list[Candidate], more: int, data: st.DataObject
) -> None:
    standing = [one for one in candidates if not one.aside]
    if not standing:
        return
    chosen = data.draw(st.sampled_from(standing))
    before = {line.candidate.key: line.rank for line in rank(candidates, {}).lines}
    raised = replace(chosen, points=chosen.points + more)
    others = [one for one in candidates if one.key != chosen.key]
    after = {line.candidate.key: line.rank for line in rank([*others, raised], {}).lines}
    old, new = before[chosen.key], after[chosen.key]
    assert old is not None and new is not None and new <= old


@given(CANDIDATES, MONEY)
def test_same_shares_in_one_region_fund_a_prefix(
    candidates: list[Candidate], purses: dict[str, int]
) -> None:
    same = [replace(one, shares={"city": 9, "county/a": 21}, aside=False) for one in candidates]
    ranking = rank(same, purses)
    fates = [line.fate is Fate.FUNDED for line in ranking.lines]
    assert fates == sorted(fates, reverse=True)
    assert len(ranking.funded) == min(len(same), purses["city"] // 9, purses["county/a"] // 21)


def test_a_county_that_is_dry_does_not_stop_another() -> None:
    ranking = rank(
        [
            candidate("a1", 15, city=3, a=7),
            candidate("a2", 10, city=3, a=7),
            candidate("b1", 5, city=3, b=7),
            candidate("a3", 2, city=3, a=1),
        ],
        {"city": 100, "a": 8, "b": 7},
    )
    found = {line.candidate.key: line.fate for line in ranking.lines}
    assert found == {
        "a1": Fate.FUNDED,
        "a2": Fate.SHORT,
        "b1": Fate.FUNDED,
        "a3": Fate.BEHIND,  # its share would still be there, but a2 comes first
    }
    short = cut_off(ranking.lines)
    assert short is not None and (short.candidate.key, short.lacking) == ("a2", {"a": 6})
    assert ranking.left == {"city": 94, "a": 1, "b": 0}


def test_ties_are_told_apart() -> None:
    lines = rank(
        [
            candidate("c", 5, 2),
            candidate("b", 5, 1),
            candidate("d", 5, 2),
            candidate("a", 9, 3),
        ],
        {},
        quota=2,
    ).lines
    assert [(line.candidate.key, line.tie, line.fate) for line in lines] == [
        ("a", Tie.FIRST, Fate.FUNDED),
        ("b", Tie.POINTS, Fate.FUNDED),
        ("c", Tie.HANDED_IN, Fate.OVER_QUOTA),
        ("d", Tie.NUMBER, Fate.OVER_QUOTA),
    ]


def test_set_aside_takes_neither_rank_nor_money() -> None:
    first = replace(candidate("a", 9, city=10), aside=True)
    lines = rank([first, candidate("b", 1, city=10)], {"city": 10}).lines
    assert [(line.candidate.key, line.rank, line.fate) for line in lines] == [
        ("b", 1, Fate.FUNDED),
        ("a", None, Fate.ASIDE),
    ]


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        rank([candidate("a"), candidate("a")], {})
    with pytest.raises(ValueError, match="below zero"):
        rank([candidate("a", city=-1)], {"city": 9})
