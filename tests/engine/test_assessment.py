"""Assessment: composite, classes, ranks, consequences; what is wrong with scores, by row."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from miaopu.engine.assessment.load import SchemeRefused, load_scheme
from miaopu.engine.assessment.results import Result, assess, rounded
from miaopu.engine.assessment.scheme import Scheme
from miaopu.engine.assessment.scores import read_sheets

SCHEME: dict[str, Any] = {
    "scheme": "bases",
    "criteria": [
        {
            "id": "organisation",
            "max": "30",
            "items": [
                {"id": "office", "max": "20"},
                {"id": "staff", "max": "15"},
                {"id": "tenants", "max": "6", "kind": "computed", "points": "least(6, firms / 10)"},
            ],
        },
        {"id": "service", "max": "70"},
        {"id": "accident", "kind": "veto"},
        {"id": "innovation", "max": "5", "kind": "bonus"},
        {"id": "late", "max": "5", "kind": "penalty"},
    ],
    "periods": {"half": 40, "year": 60},
    "bands": [
        {"class": "I", "from": "80"},
        {"class": "II", "from": "60"},
        {"class": "III", "from": "0"},
    ],
    "outstanding": 1,
    "consequences": [
        {"when": "class III", "do": "rectify"},
        {"when": "class III twice running", "do": "delist"},
    ],
}
MAXIMA = {"office": 20, "staff": 15, "firms": 100, "service": 70, "innovation": 5, "late": 5}
Row = dict[str, object]


def scheme(**changes: Any) -> Scheme:
    """The scheme of these tests."""
    return Scheme.model_validate_json(json.dumps({**SCHEME, **changes}))


def rows(subject: str, year: int = 2012, **points: object) -> list[Row]:
    """The same points in both periods."""
    given_points = {"office": 0, "staff": 0, "firms": 0, "service": 0, **points}
    return [
        {"subject": subject, "year": year, "period": period, "criterion": name, "points": value}
        for period in ("half", "year")
        for name, value in given_points.items()
    ]


def results(*of: list[Row], plan: Scheme | None = None) -> dict[tuple[str, int], Result]:
    """The results by subject and year."""
    plan = plan or scheme()
    sheets, errors = read_sheets(plan, [row for one in of for row in one], "s.csv")
    assert errors == []
    return {(one.subject, one.year): one for one in assess(plan, sheets)}


@pytest.mark.parametrize(
    ("service", "band"),
    [("60", "I"), ("59.999999", "II"), ("40", "II"), ("39.999999", "III")],
)
def test_classes_are_exact_at_their_bounds(service: str, band: str) -> None:
    one = results(rows("a", office=20, service=service))["a", 2012]
    assert one.band == band
    assert one.composite == 20 + Decimal(service)
    assert rounded(one.composite) == 20 + Decimal(service).quantize(Decimal("0.01"))


def test_forty_sixty_caps_bonus_penalty_and_computed_points() -> None:
    half = rows("a", office=20, staff=15, firms=45, service=50)[:4]
    year = rows("a", office=10, staff=5, firms=200, service=60, innovation=2, late="0.5")[6:]
    one = results(half + year)["a", 2012]
    assert one.periods["half"].total == 80  # 39.5 are capped at 30
    assert one.periods["year"].total == Decimal("82.5")
    assert one.composite == Decimal("81.5")
    assert one.row()["half"] == Decimal("80.00")
    assert "organisation max 9.5" in one.explanation
    assert "80 × 40% + 82.5 × 60% = 81.5" in one.explanation


def test_ranks_ties_and_outstanding() -> None:
    middle = {"office": 20, "service": 50}
    found = results(
        rows("a", office=20, service=65),
        rows("b", **middle),
        rows("c", **middle),
        rows("d", service=60, office=1),
    )
    assert [(name, one.rank) for (name, _), one in found.items()] == [
        ("a", 1), ("b", 2), ("c", 2), ("d", 4),
    ]  # fmt: skip
    assert [one.consequence for one in found.values()] == ["outstanding", "", "", ""]
    tied = results(rows("a", office=20, service=65), rows("b", office=20, service=65))
    assert [one.consequence for one in tied.values()] == ["", ""]
    assert all("people decide" in one.explanation for one in tied.values())


def test_class_three_twice_running_and_no_year_between() -> None:
    low, good = {"service": 10}, {"office": 20, "service": 65}
    found = results(
        *(rows("a", year, **low) for year in (2012, 2013)),
        *(rows("b", year, **low) for year in (2011, 2013)),
        *(rows("c", year, **points) for year, points in ((2012, good), (2013, low))),
    )
    assert found["a", 2012].consequence == "rectify"
    assert found["a", 2013].consequence == "delist"
    assert found["b", 2013].consequence == found["c", 2013].consequence == "rectify"


def test_a_veto_gives_the_last_class_and_nobody_outstanding() -> None:
    found = results(rows("a", office=20, service=70, accident=1), rows("b", office=20, service=45))
    assert (found["a", 2012].band, found["a", 2012].consequence) == ("III", "rectify")
    assert "veto: accident" in found["a", 2012].explanation
    assert found["b", 2012].consequence == "outstanding"


@pytest.mark.parametrize(
    ("change", "column", "remedy"),
    [
        ({"points": "20.01"}, "points", "within 0 and 20"),
        ({"points": "-1"}, "points", "within 0 and 20"),
        ({"points": "NaN"}, "points", "number"),
        ({"points": "1e9999"}, "points", "number"),
        ({"points": ""}, "points", "fill in"),
        ({"criterion": "ofice"}, "criterion", "office"),
        ({"criterion": "organisation"}, "criterion", "items"),
        ({"criterion": "tenants"}, "criterion", "firms"),
        ({"criterion": "staff"}, "criterion", "keep one row"),
        ({"period": "quarter"}, "period", "half"),
        ({"year": "12"}, "year", "four digits"),
        ({"subject": None}, "subject", "fill in"),
    ],
)
def test_a_wrong_row_is_named(change: Row, column: str, remedy: str) -> None:
    given_rows = rows("a", office=1)
    given_rows[1], given_rows[0] = given_rows[0] | change, given_rows[1]
    _, errors = read_sheets(scheme(), given_rows, "s.csv")
    assert [(one.line, one.key) for one in errors] == [(3, column)]
    assert remedy in errors[0].remedy.en


def test_a_missing_period_and_a_missing_figure_are_named() -> None:
    _, errors = read_sheets(scheme(), rows("a")[:4], "s.csv")
    assert [(one.line, one.key) for one in errors] == [(2, "period")]
    assert "year" in errors[0].remedy.en
    without = [row for row in rows("b") if row["criterion"] != "firms"]
    _, errors = read_sheets(scheme(), without, "s.csv")
    assert [one.key for one in errors] == ["criterion", "criterion"]


def test_a_line_left_out_counts_nothing_and_is_named() -> None:
    left_out = [row for row in rows("a", service=50) if row["criterion"] != "staff"]
    one = results(left_out)["a", 2012]
    assert one.composite == 50
    assert one.explanation.count("not scored, 0: staff") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"periods": {"half": 40, "year": 50}},
        {"periods": {"half": 100}},
        {"bands": [{"class": "I", "from": "60"}, {"class": "II", "from": "80"}]},
        {"bands": [{"class": "I", "from": "60"}]},
        {"criteria": [{"id": "a", "max": "10"}, {"id": "a", "max": "10"}]},
        {"criteria": [{"id": "a", "kind": "veto", "max": "10"}]},
        {"criteria": [{"id": "a", "max": "10", "items": [{"id": "b", "max": "9"}]}]},
        {"criteria": [{"id": "a", "max": "10", "kind": "computed"}]},
        {"consequences": [{"when": "class IV", "do": "x"}]},
        {"consequences": [{"when": "sometimes", "do": "x"}]},
        {"assessed": "region", "consequences": [{"when": "class I", "do": "delist"}]},
        {"criteria": [{"id": "a", "max": "10", "unknown": "left_out"}]},
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        scheme(**changes)


def test_an_expression_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_text(
        "scheme: x\ncriteria:\n  - {id: a, max: 10}\n"
        '  - {id: b, max: 10, kind: computed, points: "least(10, firms /)"}\n'
        "periods: {year: 100}\nbands: [{class: I, from: 0}]\n",
        encoding="utf-8",
    )
    with pytest.raises(SchemeRefused) as refused:
        load_scheme(path)
    assert [(one.line, one.key) for one in refused.value.errors] == [(4, "criteria[1].points")]


# ---------------------------------------------------------------- properties

_POINTS = st.fixed_dictionaries(
    {
        name: st.decimals(0, most, places=3, allow_nan=False, allow_infinity=False)
        for name, most in MAXIMA.items()
    }
)
_SUBJECTS = st.dictionaries(st.sampled_from("abcdefgh"), _POINTS, min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(_SUBJECTS, st.randoms(use_true_random=False))
def test_bounds_sums_ranks_and_order(subjects: dict[str, dict[str, Decimal]], random: Any) -> None:
    given_rows = [row for name, points in subjects.items() for row in rows(name, **points)]
    found = results(given_rows)
    shuffled = list(given_rows)
    random.shuffle(shuffled)
    assert results(shuffled) == found
    for one in found.values():
        assert 0 <= one.composite <= 105
        for period in one.periods.values():
            assert sum(points for _, points in period.parts) == period.total
        weighted = sum(
            one.periods[name].total * weight for name, weight in (("half", 40), ("year", 60))
        )
        assert one.composite == weighted / 100
        better = sum(other.composite > one.composite for other in found.values())
        assert one.rank == better + 1
        assert one.band == ("I" if one.composite >= 80 else "II" if one.composite >= 60 else "III")


@settings(max_examples=60, deadline=None)
@given(_POINTS, st.sampled_from(["office", "staff", "firms", "service", "innovation"]), st.data())
def test_more_points_never_make_a_score_worse(
    points: dict[str, Decimal], name: str, data: st.DataObject
) -> None:
    more = data.draw(st.decimals(points[name], MAXIMA[name], places=3))
    before = results(rows("a", **points))["a", 2012]
    after = results(rows("a", **{**points, name: more}))["a", 2012]
    assert after.composite >= before.composite
    worse = results(rows("a", **{**points, "late": Decimal(5)}))["a", 2012]
    assert worse.composite <= before.composite
