"""What would lift or drop a class, and who scores otherwise than others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import copytree

from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.assessment.outliers import Given, leanings
from miaopu.engine.assessment.results import Result, assess, result_of
from miaopu.engine.assessment.scores import Lines, Sheet
from miaopu.engine.assessment.sensitivity import sensitivity_of
from miaopu.engine.packs.load import check_pack, load_pack

GANZHOU = Path(__file__).resolve().parents[2] / "programmes" / "ganzhou-2012"
SCHEME = load_pack(GANZHOU).assessments["bases"]
LINES = Lines(SCHEME)
SCORED = {name: Decimal(leaf.max or 1) for name, leaf in LINES.scored.items() if name != "accident"}
PENALTIES = ("late_report", "not_rectified")


def sheets() -> st.SearchStrategy[dict[str, dict[str, Decimal]]]:
    """Points and figures of both periods, often at their bounds."""

    def line(most: Decimal) -> st.SearchStrategy[Decimal]:
        return st.one_of(
            st.sampled_from([Decimal(0), most]), st.decimals(0, most, places=2, allow_nan=False)
        )

    figures = {name: st.decimals(0, 3000, places=0) for name in sorted(LINES.figures)}
    period = st.fixed_dictionaries({**{key: line(m) for key, m in SCORED.items()}, **figures})
    return st.fixed_dictionaries({"half": period, "year": period})


def result(periods: dict[str, dict[str, Decimal]]) -> Result:
    """The result of one base."""
    return assess(SCHEME, [Sheet("a", 2012, 0, periods)])[0]


@settings(max_examples=60, deadline=None)
@given(sheets(), st.sampled_from(sorted(SCORED)), st.sampled_from(["half", "year"]))
def test_scores_are_sound_and_ways_lead_where_they_say(
    periods: dict[str, dict[str, Decimal]], line: str, period: str
) -> None:
    one = result(periods)
    # Within bounds; the parts of a period add up to it, the periods to the composite.
    assert 0 <= one.composite <= 105
    for score in one.periods.values():
        assert sum((points for _key, points in score.parts), Decimal(0)) == score.total
    weighted = sum(one.periods[name].total * part for name, part in SCHEME.periods.items())
    assert weighted == one.composite * 100
    # Monotone: more points never bring less, but for a penalty.
    more = {name: dict(points) for name, points in periods.items()}
    more[period][line] = SCORED[line]
    higher = result(more).composite
    assert higher <= one.composite if line in PENALTIES else higher >= one.composite
    # Independent of the order in which points are given.
    turned = {name: dict(reversed(points.items())) for name, points in periods.items()}
    assert result(turned).composite == one.composite
    # The points that are said to be missing reach the class, a millionth of a point less does not.
    way = sensitivity_of(SCHEME, one)
    bounds = {band.name: Decimal(band.start) for band in SCHEME.bands}
    if way.up is not None:
        for name, points in way.up.in_period.items():
            weight = Decimal(SCHEME.periods[name]) / 100  # type: ignore[index]
            assert one.composite + points * weight >= bounds[way.up.band]
            short = points - Decimal("0.000001")
            assert one.composite + short * weight < bounds[way.up.band]
    if way.down is not None:
        for name, points in way.down.in_period.items():
            weight = Decimal(SCHEME.periods[name]) / 100  # type: ignore[index]
            assert one.composite - points * weight >= bounds[one.band]
    vetoed = replace(
        one, periods={k: replace(v, vetoes=("accident",)) for k, v in one.periods.items()}
    )
    assert sensitivity_of(SCHEME, vetoed).up is None


def test_two_points_from_class_two() -> None:
    points = {**SCORED, "innovation": Decimal(0), **dict.fromkeys(PENALTIES, Decimal(0))}
    figures = dict.fromkeys(LINES.figures, Decimal(0))
    # Without figures 50 of 100 remain; eight more are bonus and penalty apart.
    one = result_of(
        SCHEME, LINES, Sheet("a", 2012, 0, {p: {**points, **figures} for p in ("half", "year")})
    )
    assert (one.composite, one.band) == (Decimal(50), "III")
    way = sensitivity_of(SCHEME, one)
    assert way.up is not None and way.down is None
    assert (way.up.band, way.up.points) == ("II", Decimal(10))
    assert way.up.in_period["year"] == Decimal("16.666667")


def test_a_generous_assessor_is_told_from_the_others() -> None:
    fair = [Given("fair", Decimal(7), Decimal(7), Decimal(10)) for _ in range(6)]
    kind = [Given("kind", Decimal(9), Decimal(7), Decimal(10)) for _ in range(6)]
    few = [Given("few", Decimal(10), Decimal(5), Decimal(10)) for _ in range(4)]
    found = {one.assessor: one for one in leanings([*fair, *kind, *few])}
    assert found["kind"].far and found["kind"].mean == Decimal("0.2")
    assert not found["fair"].far and not found["few"].far


def test_schemes_are_checked_with_file_line_and_remedy(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    copytree(GANZHOU, pack)
    path = pack / "assessments.yaml"
    text = path.read_text(encoding="utf-8")
    wrong = text.replace("tenants_now: {title", "tenant_now: {title", 1)
    path.write_text(wrong, encoding="utf-8")
    [error] = check_pack(pack).errors
    line = wrong[: wrong.index("tenant_now: {title")].count("\n") + 1
    assert (Path(error.file).name, error.line) == ("assessments.yaml", line)
    assert "tenant_now" in error.message.en and "tenants_now" in error.remedy.en
    path.write_text(text.replace("scorers: [city]", "scorers: [expert]", 1), encoding="utf-8")
    [error] = check_pack(pack).errors
    assert "scorers" in error.message.zh or "district" in error.message.en
