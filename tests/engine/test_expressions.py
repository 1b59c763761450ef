"""The language: what it refuses, how it types, rounds and bounds; any text at all."""

import threading
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.evaluate import amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Parameter, Surroundings
from miaopu.engine.expressions.parse import parse
from miaopu.engine.expressions.tokens import MAX_DEPTH
from miaopu.engine.expressions.tree import Kind
from miaopu.engine.facts import Fact, FactType, read_fact
from miaopu.engine.messages import Bilingual
from tests.engine.expression_cases import FACTS as PLAIN_FACTS

FACTS = {
    **PLAIN_FACTS,
    "industry": Fact("industry", FactType.INDUSTRY),
    "tags": Fact("tags", FactType.TAGS),
    "date": Fact("date", FactType.DATE),
    "level": Fact("level", FactType.INTEGER),
    "group": Fact("group", FactType.CODE),
    "从业人员": Fact("从业人员", FactType.INTEGER),
    "class_code": Fact("class_code", FactType.CODE, codes={"micro": Bilingual("微型", "micro")}),
}
AROUND = Surroundings(
    FACTS,
    date(2018, 6, 30),
    {
        "rate": Parameter(Kind.NUMBER, Fraction(3, 100)),
        "later": Parameter(Kind.NUMBER, None),
        "since": Parameter(Kind.DATE, date(2018, 1, 1)),
    },
)


def answer(source: str, **facts: object) -> object:
    """The value of a condition for raw facts."""
    known = {name: read_fact(FACTS[name], value) for name, value in facts.items()}
    return runnable(lower_condition(source, AROUND)).value(known)


def fen(source: str, **facts: object) -> int | None:
    """An amount in fen for raw facts."""
    known = {name: read_fact(FACTS[name], value) for name, value in facts.items()}
    return amount_in_fen(runnable(lower_amount(source, AROUND)).value(known))


def refusal(source: str) -> ExpressionError:
    """The refusal of a condition."""
    with pytest.raises(ExpressionError) as caught:
        lower_condition(source, AROUND)
    return caught.value


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("", 0),
        ("   ", 0),
        ("employees <= 20 -- x", 16),
        ("employees /* x */ <= 20", 10),
        ("employees <= 20;", 15),
        ("employees::int <= 20", 9),
        ("a.employees <= 20", 1),
        ("employees <= 1e3", 13),
        ("employees % 2 = 0", 10),
        ("employees <= 20 and size like 'm%'", 25),
        ("(select 1) = 1", 1),
        ("exists(employees)", 0),
        ("max(employees) > 1", 0),
        ("cast(employees as date) = :as_of", 0),
        ("employees <= ２０ and", 13),
        ("employees ＜ 20", 10),
        ("size = ‘micro’", 7),
        ("size = 'micro", 7),
        ("employees <= :today", 13),
        ("employees <= @nothing", 13),
        ("employees <= @", 13),
        ("employees in ()", 0),
        ("employees is true", 0),
        ("{{ employees }} > 1", 0),
        ("employees > 1 or", 14),
        ("(employees > 1", 13),
        ("employees > 1)", 13),
        ("employees 20", 10),
        ("(employees, patents) = 1", 0),
        ("high_tech + 1 > 2", 0),
        ("revenue > founded", 10),
        ("founded + 1 > :as_of", 0),
        ("tags = 'x'", 0),
        ("tags in ('x')", 0),
        ("in_region(size, '52')", 10),
        ("in_region(region, size)", 18),
        ("in_region(region)", 0),
        ("in_region(region, 'x')", 18),
        ("in_industry(industry, 'Z')", 22),
        ("in_industry(industry, 'A13')", 22),
        ("industry = '1'", 11),
        ("class_code = 'mirco'", 13),
        ("add_months(founded, 1.5) > :as_of", 20),
        ("add_months(founded, revenue) > :as_of", 20),
        ("add_years(founded, 99999) > :as_of", 19),
        ("employees = 99999999999999999999", 12),
        ("revenue = 99999999999999999", 10),
        ("coalesce(null, null) = 1", 9),
        ("least() > 1", 0),
        ("case end = 1", 11),
        ("not employees", 4),
        ("revenue < employees", 10),
    ],
)
def test_refused_where_the_trouble_begins(source: str, position: int) -> None:
    error = refusal(source)
    assert abs(error.position - position) <= 1
    assert str(error.position + 1) in error.message.en
    assert error.remedy.zh
    assert error.remedy.en


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("employes > 1", "employees"),
        ("leest(1, 2) > 1", "least"),
        ("employees > @rat", "rate"),
        ("class_code = 'mirco'", "micro"),
        ("founded > '2018-01-01'", "date '2018-01-31'"),
        ("region = 5201", "single quotes"),
    ],
)
def test_the_remedy_says_what_to_write(source: str, remedy: str) -> None:
    assert remedy in refusal(source).remedy.en


@pytest.mark.parametrize(
    "source",
    [
        "date >= date '2018-01-01' and level > 1 and \"group\" = 'a'",
        "从业人员 <= 20",
        "employees == 1 or employees != 2",
        "founded >= @since",
        "industry = '13' or industry in ('C', 'I65')",
        " and ".join(["employees > 1"] * 400),
        " + ".join(["employees"] * 400) + " > 1",
    ],
)
def test_accepted(source: str) -> None:
    lower_condition(source, AROUND)


def test_nesting_is_refused_beyond_the_limit_and_only_there() -> None:
    deepest = "(" * MAX_DEPTH + "employees" + ")" * MAX_DEPTH + " > 1"
    assert answer(deepest, employees=2) is True
    assert refusal("(" + deepest + ")").position == MAX_DEPTH
    nested = "least(" * MAX_DEPTH + "employees" + ")" * MAX_DEPTH + " > 1"
    assert answer(nested, employees=2) is True
    refusal("not " * 200 + "high_tech")
    refusal("-" * 200 + "1 > 2")
    refusal("case when " * 100 + "high_tech" + " then high_tech end" * 100)


def test_the_limit_does_not_depend_on_the_callers_stack() -> None:
    source = "least(" * MAX_DEPTH + "employees" + ")" * MAX_DEPTH + " > 1"

    def deep(levels: int) -> object:
        return answer(source, employees=2) if levels == 0 else deep(levels - 1)

    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(deep(600)))
    thread.start()
    thread.join()
    assert results == [True]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        lower_condition(text, AROUND)
    except ExpressionError as error:
        assert 0 <= error.position <= len(text)


_PIECES = """employees revenue founded size region tags high_tech and or not in is null between case
when then else end ( ) , + - * / = <> < <= > >= 1 2.5 'micro' date '2018-01-01'
:as_of @rate coalesce greatest in_region has_tag add_months true like select ;
-- /* "q" . :: [ ] { } % || '""".split()


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    text = " ".join(words)
    for lower in (lower_condition, lower_amount):
        try:
            node = lower(text, AROUND)
        except ExpressionError as error:
            assert 0 <= error.position <= len(text)
        else:
            runnable(node).trace({})


def test_money_is_yuan_and_exact() -> None:
    assert answer("revenue < 3000000", revenue="2999999.99") is True
    assert answer("revenue = 0.1 + 0.2", revenue="0.30") is True
    assert answer("revenue / assets = 1 / 3", revenue="0.10", assets="0.30") is True
    assert answer("1000000 / revenue > 2", revenue="499999.99") is True
    assert answer("1000000 / revenue > 2", revenue="500000") is False
    assert answer("revenue * employees > assets", revenue=5, employees=3, assets="14.99") is True
    assert fen("revenue / 10000", revenue="12345678.90") == 123457
    assert fen("least(50000, employees * 1000 + revenue)", employees=2, revenue="0.01") == 200001


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("0.004", 0),
        ("0.005", 1),
        ("-0.005", 0),
        ("-0.006", -1),
        ("2 / 3", 67),
        ("1 / 3 + 1 / 3 + 1 / 3", 100),
        ("45000", 4_500_000),
        ("1 / employees", None),
        ("employees", None),
        ("100 * @rate", 300),
        ("100 * @later", None),
    ],
)
def test_amounts_round_half_up_once_at_the_end(source: str, expected: int | None) -> None:
    assert fen(source) == expected


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_rounding_is_half_up(value: Fraction) -> None:
    rounded = amount_in_fen(value)
    assert rounded is not None
    assert -Fraction(1, 2) < rounded - value <= Fraction(1, 2)


def test_money_times_money_is_no_amount() -> None:
    with pytest.raises(ExpressionError):
        lower_amount("revenue * revenue", AROUND)
    assert answer("revenue * revenue > assets * assets", revenue=3, assets=2) is True


def test_days_of_the_calendar() -> None:
    assert answer("add_years(founded, 1) = date '2017-02-28'", founded="2016-02-29") is True
    assert answer("add_months(founded, 1) = date '2018-02-28'", founded="2018-01-31") is True
    assert answer("add_months(founded, employees) > founded", founded="2018-01-31") is None
    assert answer("add_years(founded, 999) > founded", founded="9999-01-31") is None
    assert answer("founded <= :as_of", founded="2018-06-30") is True


def test_prefixes_of_regions_and_industries() -> None:
    assert answer("in_region(region, '52')", region="520102") is True
    assert answer("in_region(region, '520102')", region="5201") is False
    assert answer("in_region(region, '520102')", region="520102001") is True
    assert answer("region = '5201'", region="520100") is False
    assert answer("in_industry(industry, 'C')", industry="43") is True
    assert answer("in_industry(industry, 'c13')", industry="1311") is True
    assert answer("in_industry(industry, '1311')", industry="13") is False
    assert answer("in_industry(industry, 'I')", industry="C13") is False


def test_what_is_missing() -> None:
    def needs(source: str, **facts: object) -> tuple[str, ...]:
        known = {name: read_fact(FACTS[name], value) for name, value in facts.items()}
        return runnable(lower_condition(source, AROUND)).trace(known).needs

    assert needs("employees > 1 and patents > 1") == ("employees", "patents")
    assert needs("employees > 1 and patents > 1", patents=0) == ()
    assert needs("employees > 1 and patents > 1", patents=2) == ("employees",)
    assert needs("employees > 1 or patents > 1", patents=0) == ("employees",)
    assert needs("coalesce(employees, patents) > 1") == ("employees", "patents")
    assert needs("revenue / employees > 1", revenue=1, employees=0) == ("employees",)
    assert needs("employees > @later", employees=1) == ("@later",)
    assert needs("case when high_tech then employees > 1 else patents > 1 end") == ("high_tech",)
    assert needs(
        "case when high_tech then employees > 1 else patents > 1 end", high_tech=False
    ) == ("patents",)


def test_syntax_keeps_where_names_stand() -> None:
    tree = parse("employees <= 20 and revenue < 3")
    assert [part.args[0].position for part in tree.args] == [0, 20]
