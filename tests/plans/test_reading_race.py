"""Two officers decide on one item at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.plans.models import ReadingItem
from miaopu.plans.reading_item_actions import ItemChanged, discard_item
from tests.factories import CITY, City, make_officer
from tests.plans.test_readings import one, open_reading


def test_two_decisions_at_once_are_one_and_a_conflict(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    reading = open_reading(committed_city.programme_officer)
    item = one(reading)
    people = [committed_city.programme_officer, make_officer(Role.PROGRAMME_OFFICER, CITY)]

    def decide(by: User) -> str:
        try:
            fresh = ReadingItem.objects.select_related("reading").get(pk=item.pk)
            discard_item(fresh, revision=1, by=by, reason=str(by.pk))
        except ItemChanged:
            return "told"
        return "done"

    assert sorted(in_threads([partial(decide, by) for by in people])) == ["done", "told"]
    item.refresh_from_db()
    assert (item.revision, item.reason) == (2, str(item.by_id))
