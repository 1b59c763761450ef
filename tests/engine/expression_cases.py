"""Random expressions and facts for tests, each expression with its meaning as DuckDB SQL."""

from datetime import date, timedelta
from random import Random

from miaopu.engine.facts import Fact, FactType

TYPES = {
    "employees": "integer",
    "patents": "integer",
    "revenue": "money",
    "assets": "money",
    "high_tech": "boolean",
    "honest": "boolean",
    "founded": "date",
    "moved": "date",
    "size": "code",
    "region": "region",
}
FACTS = {name: Fact(name, FactType(kind)) for name, kind in TYPES.items()}
COLUMNS = {
    "integer": "BIGINT",
    "money": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "code": "VARCHAR",
    "region": "VARCHAR",
}
AS_OF = date(2018, 6, 30)
NULL_SHARE = 0.35
_OPERATORS = ("=", "<>", "<", "<=", ">", ">=")
Pair = tuple[str, str]


def random_row(random: Random) -> dict[str, object]:
    """One enterprise: whole yuan of money, 35 % of all values unknown."""
    row: dict[str, object] = {
        "employees": random.randint(0, 12),
        "patents": random.randint(0, 3),
        "revenue": random.randint(0, 12),
        "assets": random.randint(0, 12),
        "high_tech": random.random() < 0.5,
        "honest": random.random() < 0.5,
        "founded": date(2016, 1, 1) + timedelta(days=random.randint(0, 1500)),
        "moved": date(2016, 1, 1) + timedelta(days=random.randint(0, 1500)),
        "size": random.choice(["micro", "small", "medium"]),
        "region": random.choice(["520102", "520103", "520191", "520302", "140105"]),
    }
    return {name: None if random.random() < NULL_SHARE else value for name, value in row.items()}


def random_condition(random: Random, depth: int = 3) -> Pair:
    """A condition and the same in SQL over fen."""
    if depth == 0 or random.random() < 0.25:
        return _atom(random)
    kind = random.choice(["and", "or", "and", "or", "not", "is_null", "case", "equal", "coalesce"])
    if kind in ("and", "or"):
        parts = [random_condition(random, depth - 1) for _ in range(random.randint(2, 4))]
        return _join(f" {kind} ", parts)
    one, other = (random_condition(random, depth - 1) for _ in range(2))
    if kind == "not":
        return f"not ({one[0]})", f"NOT ({one[1]})"
    if kind == "is_null":
        word = random.choice(["is null", "is not null"])
        return f"({one[0]}) {word}", f"({one[1]}) {word}"
    if kind == "equal":
        sign = random.choice(["=", "<>"])
        return f"({one[0]}) {sign} ({other[0]})", f"({one[1]}) {sign} ({other[1]})"
    if kind == "coalesce":
        return f"coalesce({one[0]}, {other[0]})", f"coalesce({one[1]}, {other[1]})"
    when = random_condition(random, depth - 1)
    return (
        f"case when {when[0]} then {one[0]} else {other[0]} end",
        f"CASE WHEN ({when[1]}) IS NULL THEN NULL WHEN {when[1]} THEN {one[1]} ELSE {other[1]} END",
    )


def _atom(random: Random) -> Pair:
    return random.choice(
        [
            *(_numbers, _numbers, _money, _money, _ratio, _dates, _window),
            *(_codes, _regions, _booleans, _listed),
        ]
    )(random)


def _numbers(random: Random) -> Pair:
    return _compare(random, _count(random, 2), _count(random, 1))


def _money(random: Random) -> Pair:
    return _compare(random, _sum_of_money(random, 2), _sum_of_money(random, 1))


def _compare(random: Random, one: Pair, other: Pair) -> Pair:
    if random.random() < 0.2:
        third = other
        word = random.choice(["between", "not between"])
        return (
            f"({one[0]}) {word} ({other[0]}) and ({third[0]})",
            f"({one[1]}) {word} ({other[1]}) and ({third[1]})",
        )
    sign = random.choice(_OPERATORS)
    return f"({one[0]}) {sign} ({other[0]})", f"({one[1]}) {sign} ({other[1]})"


def _count(random: Random, depth: int) -> Pair:
    if depth == 0 or random.random() < 0.4:
        if random.random() < 0.4:
            return (str(number := random.randint(0, 12)), str(number))
        name = random.choice(["employees", "patents"])
        return name, name
    return _combine(random, [_count(random, depth - 1) for _ in range(2)], "*")


def _sum_of_money(random: Random, depth: int) -> Pair:
    if depth == 0 or random.random() < 0.4:
        if random.random() < 0.4:
            number = random.randint(0, 1200)
            return f"{number // 100}.{number % 100:02}", str(number)
        name = random.choice(["revenue", "assets"])
        return name, name
    parts = [_sum_of_money(random, depth - 1) for _ in range(2)]
    if random.random() < 0.3:
        times = _count(random, 0)
        return f"({parts[0][0]}) * {times[0]}", f"({parts[0][1]}) * {times[1]}"
    return _combine(random, parts, "+")


def _combine(random: Random, parts: list[Pair], also: str) -> Pair:
    kind = random.choice(["+", "-", also, "least", "greatest", "coalesce", "negative"])
    if kind == "negative":
        return f"-({parts[0][0]})", f"-({parts[0][1]})"
    if kind in ("least", "greatest"):
        known = " OR ".join(f"({part[1]}) IS NULL" for part in parts)
        inner = ", ".join(part[1] for part in parts)
        text = ", ".join(part[0] for part in parts)
        return f"{kind}({text})", f"CASE WHEN {known} THEN NULL ELSE {kind}({inner}) END"
    if kind == "coalesce":
        text, sql = _join(", ", parts)
        return f"coalesce({text})", f"coalesce({sql})"
    return _join(f" {kind} ", parts)


def _ratio(random: Random) -> Pair:
    """A quotient against a whole number; in SQL cross-multiplied, so that nothing is rounded."""
    upper, lower = random.choice(
        [("revenue", "assets"), ("employees", "patents"), ("assets", "revenue")]
    )
    bound, sign = random.randint(0, 5), random.choice(_OPERATORS)
    return (
        f"{upper} / {lower} {sign} {bound}",
        f"CASE WHEN {lower} = 0 THEN NULL ELSE {upper} {sign} {bound} * {lower} END",
    )


def _dates(random: Random) -> Pair:
    one = random.choice(["founded", "moved"])
    months, sign = random.randint(-30, 30), random.choice(_OPERATORS)
    if random.random() < 0.5:
        other, sql = random.choice(
            [
                ("moved", "moved"),
                (":as_of", f"DATE '{AS_OF}'"),
                ("date '2017-02-28'", "DATE '2017-02-28'"),
            ]
        )
        return (
            f"add_months({one}, {months}) {sign} {other}",
            f"CAST({one} + INTERVAL ({months}) MONTH AS DATE) {sign} {sql}",
        )
    years = random.randint(-3, 3)
    return (
        f"add_years({one}, {years}) {sign} moved",
        f"CAST({one} + INTERVAL ({years}) YEAR AS DATE) {sign} moved",
    )


def _window(random: Random) -> Pair:
    """A day in a time whose end may not be there yet."""
    months = random.randint(-6, 30)
    day, first, last, end = random.choice(
        [
            (":as_of", "founded", "moved", "moved"),
            ("founded", "date '2016-06-01'", "moved", "moved"),
            (
                *("moved", "founded", f"add_months(moved, {months})"),
                f"CAST(moved + INTERVAL ({months}) MONTH AS DATE)",
            ),
        ]
    )
    sql = f"DATE '{AS_OF}'" if day == ":as_of" else day
    begun = f"{sql} >= {first}"
    return (
        f"within({day}, {first}, {last})",
        f"CASE WHEN {end} IS NULL THEN {begun} ELSE {begun} AND NOT {sql} > {end} END",
    )


def _codes(random: Random) -> Pair:
    sign = random.choice(["=", "<>"])
    text = f"size {sign} '{random.choice(['micro', 'small', 'large'])}'"
    return text, text


def _regions(random: Random) -> Pair:
    prefix = random.choice(["52", "5201", "520102", "14", "5"])
    if random.random() < 0.3:
        return f"region = '{prefix}'", f"region = '{prefix}'"
    return f"in_region(region, '{prefix}')", f"starts_with(region, '{prefix}')"


def _booleans(random: Random) -> Pair:
    name = random.choice(["high_tech", "honest"])
    text = random.choice([name, f"{name} = true", f"{name} <> honest", f"{name} is not null"])
    return text, text


def _listed(random: Random) -> Pair:
    word = random.choice(["in", "not in"])
    options = [random.choice(["1", "2", "3", "patents", "null"]) for _ in range(3)]
    text = f"employees {word} ({', '.join(options)})"
    return text, text


def _join(between: str, parts: list[Pair]) -> Pair:
    texts = between.join(f"({part[0]})" for part in parts)
    return texts, between.join(f"({part[1]})" for part in parts)
