"""What is too long, too deep or another language is refused at its place, with a remedy."""

import pytest

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.tokens import MAX_DEPTH, MAX_LENGTH
from tests.engine.expression_cases import AS_OF, FACTS

AROUND = Surroundings(FACTS, AS_OF)


def refusal(source: str, lower: object = lower_condition) -> ExpressionError:
    """The refusal of `source`."""
    with pytest.raises(ExpressionError) as caught:
        lower(source, AROUND)  # type: ignore[operator]
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
    return caught.value


def test_ten_thousand_characters_and_one_more() -> None:
    longest = "employees > 1".ljust(MAX_LENGTH)
    assert MAX_LENGTH == 10_000
    lower_condition(longest, AROUND)
    assert refusal(longest + " ").position == MAX_LENGTH


def test_three_hundred_brackets() -> None:
    assert refusal("(" * 300 + "employees > 1" + ")" * 300).position == MAX_DEPTH


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("employees > 1; drop table facts", 13),
        ("employees > (select count(*) from facts)", 13),
        ("employees > 1 union select 1", 14),
        ("exists (select 1)", 0),
        ("cast(employees as text) = 'x'", 0),
        ("employees::text = 'x'", 9),
        ("employees > 1 -- all", 14),
        ("employees /* x */ > 1", 10),
        ("read_csv('/etc/passwd') > 1", 0),
        ("pg_sleep(9) > 1", 0),
        ("size = 'micro' or 1=1 --", 22),
        ("employees in (select 1)", 14),
        ("sum(employees) over () > 1", 0),
        ("employees > $1", 12),
        ("employees > ?", 12),
        ("size like '%'", 5),
        ("employees > 1\x00", 13),
    ],
)
def test_hostile_sql(source: str, position: int) -> None:
    assert abs(refusal(source).position - position) <= 1


@pytest.mark.parametrize("figure", ["9223372036854775808", "9" * 30, "92233720368547758.08"])
def test_figures_beyond_64_bits(figure: str) -> None:
    assert refusal(figure, lower_amount).position == 0
    assert refusal(f"revenue > {figure}").position == 10


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("revenue / 0", 10),
        ("1 / (2 - 2)", 5),
        ("revenue / (3 * 2 - 12 / 2)", 11),
        ("9000000000000000 * 9000", 0),
        ("employees + 9223372036854775807 + 1", None),
        ("9223372036854775806 + 2", 0),
        ("revenue + employees", 10),
        ("least(employees, revenue)", 6),
        ("case when high_tech then employees else revenue end", 25),
        ("coalesce(revenue, employees)", 18),
    ],
)
def test_amounts_that_can_never_be_worked_out(source: str, position: int | None) -> None:
    if position is None:  # it depends on a fact: computed exactly, and none beyond 64 bits
        lower_amount(source, AROUND)
    else:
        assert refusal(source, lower_amount).position == position
