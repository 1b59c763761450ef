"""Amounts as straight lines: the same as asked for one enterprise after the other."""

from datetime import date
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from miaopu.engine.expressions.evaluate import amount_in_fen
from miaopu.engine.facts import FactError
from miaopu.engine.messages import Bilingual
from miaopu.engine.planes import blocks
from miaopu.engine.planes.lines import REACH, NotStraight, lines_of
from miaopu.engine.planes.matching import match_batch, read_batch
from miaopu.engine.prepared import PreparedRule, prepare
from miaopu.engine.rule_sets import CountedOnce, DatedValue, Rule, RuleSet
from tests.engine.expression_cases import AS_OF, FACTS

FIGURES = ("0", "1", "2", "0.5", "7", "100", "3.335", "0.005", "30000", "1 / 3", "-4")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")


def _amount(random: Random, fact: str, depth: int) -> str:
    if depth == 0 or random.random() < 0.2:
        return random.choice([fact, fact, random.choice(FIGURES)])
    one, other = (_amount(random, fact, depth - 1) for _ in range(2))
    match random.randrange(7):
        case 0:
            return f"({one}) {random.choice('+-')} ({other})"
        case 1:
            return f"({one}) * {random.choice(FIGURES)}"
        case 2:
            return f"({one}) * 2 / 3"
        case 3:
            return f"-({one})"
        case 4:
            return f"{random.choice(['least', 'greatest'])}({one}, {other})"
        case 5:
            subject = random.choice([fact, fact, "1"])  # a condition without the fact, too
            when = f"{subject} {random.choice(SIGNS)} {random.choice(FIGURES)}"
            return f"case when {when} then {one} else {other} end"
    first, second = (f"({one}) {random.choice(SIGNS)} ({other})" for _ in range(2))
    when = random.choice([f"not ({first})", f"({first}) and ({second})", f"({first}) or {second}"])
    return f"case when {when} then {one} else {random.choice(FIGURES)} end"


SWITCHES = {
    "off": (DatedValue(date(2017, 1, 1), 0),),
    "from": (DatedValue(date(2017, 1, 1), 10),),
}


def _rule(amount: str) -> PreparedRule:
    rules = RuleSet((Rule("r", amount=amount),), FACTS, parameters=SWITCHES)
    return prepare(rules, AS_OF).rules[0]


def _of_lines(lines: list[tuple[int, int, int, int]], number: int) -> int:
    _first, slope, start, divisor = [one for one in lines if one[0] <= number][-1]
    return (slope * number + start) // divisor


@pytest.mark.parametrize("seed", range(4))
def test_lines_pay_what_an_amount_says(seed: int) -> None:
    """At every turn of an amount and around it, and at the ends."""
    random = Random(seed)
    straight = kinks = 0
    for _ in range(150):
        fact = random.choice(["employees", "revenue"])
        scale = 100 if fact == "revenue" else random.choice([1, 1000])
        amount = _rule(_amount(random, fact, 3)).amount
        assert amount is not None
        try:
            lines = lines_of(amount.node, scale)
        except NotStraight:
            continue
        straight += 1
        assert fact not in amount.node.fact_names() or amount.value({fact: None}) is None
        kinks += len(lines) - 1
        numbers = {-REACH, REACH, *range(-20, 40), *random.sample(range(-(10**6), 10**6), 9)}
        numbers |= {first + more for first, *_rest in lines for more in (-1, 0, 1)}
        for number in numbers:
            if abs(number) <= REACH:
                assert _of_lines(lines, number) == amount_in_fen(
                    amount.value({fact: number * scale})
                ), (seed, number, lines)
    assert straight > 100
    assert kinks > 40


@pytest.mark.parametrize(
    "amount",
    [
        "employees * employees",
        "100 / employees",
        "employees * patents",
        "coalesce(employees, 3)",
        "case when employees > 3 then 5 end",
        "case when employees is null then 5 else 3 end",
        "case when size = 'micro' then 5 else 3 end",
        "case when founded > date '2018-01-01' then 5 else 3 end",
        "employees * 90000000",  # may leave 64 bits within reach
        "employees * 80000 + 90000000000000000",
        "employees / @off",
        # known though the fact is not
        "case when 1 = 1 then 5 else employees end",
        "case when @off = 1 and employees >= @from then 8000 else 5000 end",
        "case when employees > 3 or 2 > 1 then 5 else 3 end",
        " + ".join(f"greatest(employees, {n})" for n in range(20)),  # too many turns
    ],
)
def test_what_is_not_straight_is_told(amount: str) -> None:
    found = _rule(amount).amount
    assert found is not None
    with pytest.raises(NotStraight):
        lines_of(found.node, 1)


def test_a_long_case_is_given_up_soon() -> None:
    pairs = " ".join(f"when employees = {n} then {n * n % 17}" for n in range(200))
    found = _rule(f"case {pairs} else 1 end").amount
    assert found is not None
    with pytest.raises(NotStraight):
        lines_of(found.node, 1)


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def test_a_scale_of_brackets_is_a_line_for_each() -> None:
    pairs = " ".join(f"when employees < {10 * n} then {100 * n}" for n in range(1, 15))
    found = _rule(f"least(1200, case {pairs} else 5000 end)").amount
    assert found is not None
    lines = lines_of(found.node, 1)
    assert [one[2] for one in lines] == [10_000 * n for n in range(1, 13)]


@pytest.mark.skipif(blocks.LIBRARY is None, reason="no C compiler where Miaopu was installed")
@pytest.mark.parametrize("counted", [False, True])
def test_amounts_are_the_same_compiled(counted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Straight ones and others, unknown facts, and numbers that are out of reach."""
    random = Random(int(counted))
    count = 2_500
    numbers = [random.randint(-50, 200) for _ in range(count)]
    for place, one in enumerate((REACH, REACH + 1, -REACH, -REACH - 1, 2**41, 10**15)):
        numbers[300 * place] = one
    table = {
        name: pa.array(
            random.sample(numbers, count), mask=np.array(random.choices([0, 1], k=count), bool)
        )
        for name in ("employees", "patents", "revenue")
    }
    amounts = [_amount(random, "employees", 3) for _ in range(12)]
    amounts += [_amount(random, "revenue", 2) for _ in range(6)]
    amounts += ["employees * 80000", "case when 1 = 1 then 5 else employees end"]
    amounts += ["employees * patents", "coalesce(employees, patents)", "revenue / employees"]
    rules = RuleSet(
        (
            *(Rule(f"r{n}", amount=amount) for n, amount in enumerate(amounts)),
            Rule("nothing"),
        ),
        FACTS,
        counted_once=(CountedOnce("s", ("r0", "r5", "r13", "r20"), Bilingual("一次", "once")),)
        if counted
        else (),
    )
    batch = read_batch(rules, AS_OF, table, count, _never)
    compiled = match_batch(rules, AS_OF, batch, unknown=False)
    monkeypatch.setattr(blocks, "LIBRARY", None)
    plain = match_batch(rules, AS_OF, batch, unknown=False)
    assert list(compiled.rows()) == list(plain.rows())
    assert len(plain) == count * (len(amounts) + 1 - 3 * counted)
    assert 0.3 < plain.priced.mean() < 0.8
