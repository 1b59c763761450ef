"""Money is whole fen or exact fractions; no float comes near it."""

import ast
from collections.abc import Iterable

import pytest

from tests.house.tree import DJANGO_ROOMS, Source, calls, listed, package

EXACT_FILES = ("miaopu/engine/money.py", "miaopu/engine/books.py", "miaopu/engine/seals.py")
FLOATING = {"FloatField", "Avg", "StdDev", "Variance"}


def is_about_money(source: Source) -> bool:
    """Whether the file computes amounts."""
    return source.room == "ledger" or source.path in EXACT_FILES


def floats(source: Source) -> list[str]:
    """Float constants, names and calls; in the ledger also true division, which makes them."""
    problems = []
    for node in ast.walk(source.tree):
        match node:
            case ast.Constant(value=float() as value):
                problems.append(source.at(node.lineno, f"{value} is a float"))
            case ast.Name(id="float"):
                problems.append(source.at(node.lineno, "float"))
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if source.room == "ledger":
                problems.append(source.at(node.lineno, "/ makes floats of fen: split() or //"))
    return problems


def floating_columns(source: Source) -> list[str]:
    """Columns and aggregates of the database that round."""
    return [
        source.at(node.lineno, f"{name} rounds")
        for node, name in calls(source.tree)
        if name in FLOATING
    ]


def test_money_meets_no_float() -> None:
    files: Iterable[Source] = [source for source in package() if is_about_money(source)]
    assert {"miaopu/engine/money.py", "miaopu/ledger/actions.py"} <= {one.path for one in files}
    problems = [line for source in files for line in floats(source)]
    assert not problems, listed(problems)


def test_no_column_rounds() -> None:
    problems = [line for source in package(*DJANGO_ROOMS) for line in floating_columns(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RATE = 0.5", 1),
        ("def f(x: float) -> int: ...", 1),
        ("y = float(x)", 1),
        ("y = x / 2", 1),
        ("x /= 2", 1),
        ("y = x // 2 + Decimal('0.5')", 0),
        ("'/'.join(parts)", 0),
    ],
)
def test_floats_are_found(text: str, found: int) -> None:
    source = Source("miaopu/ledger/x.py", text)
    assert is_about_money(source)
    assert len(floats(source)) == found


def test_floating_columns_are_found() -> None:
    text = "a = models.FloatField()\nb = rows.aggregate(Avg('c'))\nc = models.IntegerField()"
    assert len(floating_columns(Source("miaopu/plans/models.py", text))) == 2
