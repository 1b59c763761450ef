"""What is kept is what the database shows: any write, anywhere, ends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from miaopu.core.kept import Kept, database_state
from miaopu.core.models import Region
from tests.harness.quiet import while_quiet


def make(code: str) -> None:
    Region.objects.create(code=code, name="测试", level=3)


def counted() -> int:
    """Only those that these tests made: the table of divisions is there already."""
    return Region.objects.filter(code__startswith="9901").count()


def in_another_session(in_threads: Any, *codes: str) -> None:
    results = in_threads([lambda code=code: make(code) for code in codes])
    assert results == [None] * len(codes)


def test_reading_changes_nothing(committed_db: str) -> None:

    def before_and_after() -> tuple[str | None, str | None]:
        first = database_state()
        assert counted() == 0
        return first, database_state()

    first, second = while_quiet(before_and_after)
    assert first is not None
    assert second == first


def test_a_write_elsewhere_ends_what_was_kept(committed_db: str, in_threads: Any) -> None:
    kept: Kept[int] = Kept(most=4)
    assert kept.get_or(database_state(), "regions", counted) == 0
    make("990101")
    assert kept.get_or(database_state(), "regions", counted) == 1
    in_another_session(in_threads, "990102")
    assert kept.get_or(database_state(), "regions", counted) == 2


def test_what_was_there_before_is_not_worked_out_again(committed_db: str) -> None:
    kept: Kept[int] = Kept(most=4)
    state = database_state()
    calls: list[int] = []

    def compute() -> int:
        calls.append(1)
        return 7

    assert [kept.get_or(state, "x", compute) for _time in range(3)] == [7, 7, 7]
    assert len(calls) == 1


def test_own_writes_in_a_transaction_are_not_kept(committed_db: str) -> None:
    kept: Kept[int] = Kept(most=4)
    with transaction.atomic():
        make("990101")
        assert database_state() is None
        assert kept.get_or(database_state(), "regions", counted) == 1
        transaction.set_rollback(True)
    assert kept.get_or(database_state(), "regions", counted) == 0


def test_an_unfinished_write_does_not_hide_its_end(committed_db: str, in_threads: Any) -> None:
    """A slow transaction that began before others commits after them: it is seen."""
    kept: Kept[int] = Kept(most=4)
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_region (code, name, name_en, level, is_zone)"
                " VALUES ('990109', '慢', '', 3, false)"
            )
        in_another_session(in_threads, "990102")
        assert kept.get_or(database_state(), "regions", counted) == 1
        slow.commit()
    finally:
        slow.close()
    assert kept.get_or(database_state(), "regions", counted) == 2


@pytest.mark.django_db
def test_the_oldest_make_room() -> None:
    kept: Kept[int] = Kept(most=2)
    for number in range(3):
        kept.put("state", number, number)
    assert [kept.get("state", number) for number in range(3)] == [None, 1, 2]
    assert kept.get(None, 1) is None
    kept.put(None, 5, 5)
    assert kept.get("state", 5) is None
