"""Standings on columns: the same results as subject by subject, for whatever scores there are."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.assessment.columns import columns_of
from miaopu.engine.assessment.results import assess
from miaopu.engine.assessment.scheme import Scheme
from miaopu.engine.assessment.scores import Lines, Sheet, read_sheets
from miaopu.engine.assessment.standings import standings_of

SCHEME: dict[str, Any] = {
    "scheme": "columns",
    "criteria": [
        {
            "id": "organisation",
            "max": "30.5",
            "items": [
                {"id": "office", "max": "20"},
                {"id": "staff", "max": "15.0001"},
                {"id": "tenants", "max": "6", "kind": "computed", "points": "firms / rooms"},
                {
                    "id": "asked",
                    "max": "7",
                    "kind": "computed",
                    "points": "said / rooms",
                    "unknown": "left_out",
                },
            ],
        },
        {
            "id": "help",
            "max": "12.5",
            "kind": "computed",
            "points": "said * 2",
            "unknown": "left_out",
        },
        {"id": "service", "max": "60"},
        {
            "id": "growth",
            "max": "9.9999",
            "kind": "computed",
            "points": "case when firms > 10 then least(12, (firms - rooms) * 3 / 7) else -5 end",
        },
        {"id": "accident", "kind": "veto"},
        {"id": "innovation", "max": "5", "kind": "bonus"},
        {"id": "late", "max": "5", "kind": "penalty"},
    ],
    "periods": {"half": 40, "year": 60},
    "bands": [
        {"class": "I", "from": "80"},
        {"class": "II", "from": "60.5"},
        {"class": "III", "from": "0"},
    ],
    "outstanding": 2,
    "consequences": [
        {"when": "outstanding", "do": "praise"},
        {"when": "class III", "do": "rectify"},
        {"when": "class III twice running", "do": "delist"},
    ],
}
PLAN = Scheme.model_validate_json(json.dumps(SCHEME))
MAXIMA = {"office": 20, "staff": 15, "service": 60, "innovation": 5, "late": 5}


def points_up_to(most: int) -> st.SearchStrategy[Decimal]:
    """Points that often are equal, some of them with all the decimals that there may be."""
    return st.one_of(
        st.sampled_from([Decimal(0), Decimal(most), Decimal(most) / 2]),
        st.decimals(0, most, places=6),
    )


figures = st.one_of(
    st.integers(-3, 40).map(Decimal),
    st.decimals(-5, 50, places=6),
    st.sampled_from([Decimal(10) ** 14, Decimal(9_223_372_036_855), Decimal("99999999999.5")]),
)
accidents = st.sampled_from([Decimal(0), Decimal(0), Decimal(1), Decimal(10) ** 14])


@st.composite
def sheets(draw: st.DrawFn) -> list[Sheet]:
    """Scores of some subjects over some years, lines left out here and there."""
    whose = draw(
        st.lists(
            st.tuples(st.sampled_from("乙甲abc"), st.sampled_from([2011, 2012, 2013])),
            unique=True,
            max_size=9,
        )
    )
    made = []
    for row, (subject, year) in enumerate(whose):
        sheet = Sheet(subject, year, row)
        for period in PLAN.periods:
            points = {name: draw(points_up_to(most)) for name, most in MAXIMA.items()}
            points["accident"] = draw(accidents)
            left = draw(st.sets(st.sampled_from(sorted(points)), max_size=2))
            kept = {name: one for name, one in points.items() if name not in left}
            sheet.periods[period] = {**kept, "firms": draw(figures), "rooms": draw(figures)}
            if draw(st.booleans()):
                sheet.periods[period]["said"] = draw(figures)
        made.append(sheet)
    return made


@settings(max_examples=150, deadline=None)
@given(sheets())
def test_columns_give_the_same_results_in_the_same_order(found: list[Sheet]) -> None:
    lines = Lines(PLAN)
    standings = standings_of(lines, columns_of(lines, found))
    expected = assess(PLAN, found)
    assert list(standings) == expected
    assert [standings.composite(int(row)) for row in standings.order] == [
        one.composite for one in expected
    ]


def test_a_result_is_read_by_its_place() -> None:
    lines = Lines(PLAN)
    found = [
        Sheet(name, 2012, row, {period: {"service": Decimal(points)} for period in PLAN.periods})
        for row, (name, points) in enumerate([("low", 1), ("high", 59)])
    ]
    for sheet in found:
        for points in sheet.periods.values():
            points.update(firms=Decimal(0), rooms=Decimal(1), said=Decimal(0))
    standings = standings_of(lines, columns_of(lines, found))
    assert [one.subject for one in standings] == ["high", "low"]
    assert standings[1].rank == 2
    assert standings[1].explanation.endswith("1 × 40% + 1 × 60% = 1")


def test_what_is_left_out_neither_helps_nor_harms() -> None:
    """Full marks of all that is known are full marks; nothing of it is nothing."""
    effect = {
        "id": "effect", "max": "40", "kind": "computed", "points": "said", "unknown": "left_out",
    }  # fmt: skip
    criteria = [{"id": "service", "max": "60"}, effect]
    plan = Scheme.model_validate_json(json.dumps({**SCHEME, "criteria": criteria}))
    lines = Lines(plan)
    most = Decimal(60)
    for reached, said, total in ((most, None, most + 40), (0, None, 0), (most / 2, 0, most / 2)):
        points = {"service": Decimal(reached)}
        if said is not None:
            points["said"] = Decimal(said)
        sheet = Sheet("one", 2012, 0, dict.fromkeys(plan.periods, points))
        [one] = standings_of(lines, columns_of(lines, [sheet]))
        assert one.composite == total
        assert one.periods["year"].total == sum(part for _key, part in one.periods["year"].parts)
    rows = [
        {"subject": "one", "year": 2012, "period": name, "criterion": "service", "points": 1}
        for name in plan.periods
    ]
    assert read_sheets(plan, rows, "scores.csv")[1] == []  # the figure need not be there
