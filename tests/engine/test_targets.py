"""Splitting a target: proposals add up and keep the order, cells, blocks, periods, sums."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.packs.load import load_pack
from miaopu.engine.targets.cells import read_block, read_cell
from miaopu.engine.targets.parts import ProposalError, adds_up, propose, sum_of
from miaopu.engine.targets.periods import due_by, pieces, splits_of

PROGRAMMES = Path(__file__).resolve().parents[2] / "programmes"
D = Decimal
places = st.integers(0, 4)
weights = st.lists(
    st.none() | st.decimals(0, 10**6, places=3, allow_nan=False), min_size=1, max_size=40
).filter(lambda found: any(found))


@given(st.integers(0, 10**9), places, weights)
def test_proposals_add_up_exactly_and_keep_the_order(
    steps: int, decimals: int, given_weights: list[Decimal | None]
) -> None:
    whole = D(steps).scaleb(-decimals)
    found = propose(whole, given_weights, decimals)
    assert sum(one for one in found if one is not None) == whole
    assert [one is None for one in found] == [one is None for one in given_weights]
    named = sorted(
        (weight, share)
        for weight, share in zip(given_weights, found, strict=True)
        if weight is not None and share is not None
    )
    for (lighter, less), (heavier, more) in zip(named, named[1:], strict=False):
        assert lighter == heavier or less <= more
    total = sum(weight for weight, _share in named)
    step = D(1).scaleb(-decimals)
    assert all(abs(share - whole * weight / total) < step for weight, share in named)


@pytest.mark.parametrize(
    ("whole", "given_weights"), [(D("10.5"), [D(1)]), (D(10), [None, D(0)]), (D(10), [D(-1), D(2)])]
)
def test_proposals_that_cannot_be_made(whole: Decimal, given_weights: list[Decimal | None]) -> None:
    with pytest.raises(ProposalError):
        propose(whole, given_weights, 0)


@pytest.mark.parametrize(
    ("typed", "decimals", "value"),
    [
        ("1,200", 0, D(1200)),
        (" １２００ ", 0, D(1200)),
        ("0.98", 2, D("0.98")),
        ("12.00", 0, D(12)),
        ("0", 0, D(0)),
        ("", 0, None),
        ("—", 0, None),
        ("无", 2, None),
        (None, 2, None),
    ],
)
def test_cells_that_can_be_read(typed: str | None, decimals: int, value: Decimal | None) -> None:
    found = read_cell(typed, decimals)
    assert (found.value, found.error) == (value, None)


@pytest.mark.parametrize("typed", ["12户", "1,20", "-5", "1.2", "1e3", "9" * 13, "١٢", "=1+1"])
def test_cells_that_cannot_be_read_say_why(typed: str) -> None:
    found = read_cell(typed, 0)
    assert found.value is None
    assert found.error is not None
    assert found.error.zh.startswith("“")
    assert found.text == typed


@given(st.text(max_size=60))
def test_any_text_in_a_cell_is_read_or_told(text: str) -> None:
    found = read_cell(text, 2)
    assert found.error is None or found.value is None
    assert found.value is None or found.value >= 0


def test_a_block_from_a_spreadsheet() -> None:
    assert read_block("云岩区\t420\r\n南明区\t\r\n\r\n") == [["云岩区", "420"], ["南明区", ""]]
    assert read_block('"花溪区\n（含高坡）"\t"1,200"') == [["花溪区\n（含高坡）", "1,200"]]
    assert read_block("1,200\n3,400") == [["1,200"], ["3,400"]]
    assert read_block("a,1\nb,2") == [["a", "1"], ["b", "2"]]
    assert read_block('"broken\t1') == [["broken\t1"]]
    assert read_block(" \n") == []


@given(st.lists(st.lists(st.text("ab1,.\"'\n 区", max_size=5), min_size=2, max_size=4), max_size=6))
def test_pasting_loses_no_cell(rows: list[list[str]]) -> None:
    text = "\r\n".join(
        "\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    )
    found = read_block(text)
    wanted = [[cell.strip() for cell in row] for row in rows]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    assert found == wanted


@pytest.mark.parametrize(
    ("period", "split", "names"),
    [
        ("2018", "quarter", ("2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4")),
        ("2018", "half_year", ("2018-H1", "2018-H2")),
        ("2015/2017", "year", ("2015", "2016", "2017")),
        ("2018", "year", ("2018",)),
        ("2018", "whole", ("2018",)),
        ("2015/2017", "month", ("2015/2017",)),  # 36 columns are no table
        ("2015/2017-01", "month", ("2015/2017-01",)),  # nor are 25
        ("2018-07", "quarter", ("2018-07",)),
        ("长期", "year", ("长期",)),
    ],
)
def test_periods(period: str, split: str, names: tuple[str, ...]) -> None:
    assert pieces(period, split) == names


def test_how_a_period_can_be_split() -> None:
    assert splits_of("2018") == ("whole", "half_year", "quarter", "month")
    assert splits_of("2015/2017") == ("whole", "year", "half_year", "quarter")
    assert splits_of("长期") == ("whole",)


def test_what_time_asks_for() -> None:
    year = {"2018": D(365)}
    assert due_by(year, date(2018, 1, 1), 0) == 1
    assert due_by(year, date(2017, 12, 31), 0) == 0
    assert due_by(year, date(2019, 5, 1), 0) == 365
    quarters = {"2018-Q1": D(90), "2018-Q2": D(0), "2018-Q3": None, "2018-Q4": D(92)}
    assert due_by(quarters, date(2018, 6, 21), 0) == 90
    assert due_by(quarters, date(2018, 10, 1), 0) == 91
    assert due_by({"2018": None}, date(2018, 6, 1), 0) is None  # no target, not a target of zero
    assert due_by({"长期": D(5)}, date(2018, 6, 1), 0) is None


def test_the_printed_rounding_of_taiyuan() -> None:
    pack = load_pack(PROGRAMMES / "taiyuan-2015")
    whole = next(one for one in pack.targets if one.id == "revenue_2015")
    parts = [
        D(one.value)
        for one in pack.targets
        if one.indicator == "revenue" and one.period == "2015" and one.region != pack.region
    ]
    found = sum_of(D(whole.value), parts, 0, counted=False, stated=whole.value)
    assert (len(parts), found.total, found.remainder) == (14, D(3736), D(-1))
    assert (found.standing, found.grade) == ("over", "possible-rounding")
    assert sum_of(D(whole.value), parts, 0, counted=True).grade == "error"


def test_sums() -> None:
    assert sum_of(D(10), [None, None], 0, counted=False).standing == "empty"
    assert sum_of(D(10), [D(0), None], 0, counted=True).remainder == 10
    assert sum_of(D(10), [D(4), D(6)], 0, counted=True).grade is None
    finer = sum_of(D("14.6"), [D("14.62")], 2, counted=False, stated="14.6")
    assert finer.grade is None  # within half of the last printed digit
    assert not adds_up("%")
    assert not adds_up("倍")
    assert adds_up("户")
