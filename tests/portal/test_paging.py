"""Pages of long lists: the same rows as without what is kept, and never what no longer holds."""

from __future__ import annotations

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from miaopu.core.kept import one_state
from miaopu.parties.models import Enterprise
from miaopu.portal.kept_parts import kept_rows
from miaopu.portal.paging import KeyPaginator, first_of
from tests.factories import NANMING, YUNYAN, City, make_enterprise
from tests.harness.quiet import while_quiet


def listed(region: str = YUNYAN) -> QuerySet[Enterprise]:
    """A district's enterprises, the latest first."""
    rows: QuerySet[Enterprise] = Enterprise.objects.filter(region=region)
    return rows.select_related("region").order_by("-number")


@pytest.mark.django_db
def test_pages_hold_every_row_once_and_in_order(city: City) -> None:
    for number in range(23):
        make_enterprise(YUNYAN, name=f"第{number}家")
    make_enterprise(NANMING)
    pages = KeyPaginator(listed(), 5)
    found = [row for number in pages.page_range for row in pages.page(number)]
    assert found == list(listed())
    assert pages.count == len(found) == 24
    assert [len(pages.page(number)) for number in pages.page_range] == [5, 5, 5, 5, 4]
    assert pages.get_page("nonsense").number == 1
    assert pages.get_page("99").number == 5
    with pytest.raises(EmptyPage):
        pages.page(6)
    assert first_of(listed(), 3) == found[:3]


@pytest.mark.django_db
def test_nothing_is_nothing(city: City) -> None:
    for rows in (listed().none(), listed("520181")):
        pages = KeyPaginator(rows, 5)
        assert (pages.count, list(pages.get_page(1))) == (0, [])
        assert first_of(rows, 5) == []


def test_what_is_kept_holds_until_something_is_written(committed_city: City) -> None:
    for _number in range(3):
        make_enterprise(YUNYAN)

    def page() -> tuple[list[Enterprise], int, int]:
        with CaptureQueriesContext(connection) as captured, one_state():
            pages = KeyPaginator(listed(), 10)
            found = list(pages.get_page(1))
        return found, pages.count, len(captured)

    def twice() -> tuple[tuple[list[Enterprise], int, int], tuple[list[Enterprise], int, int]]:
        return page(), page()

    first, again = while_quiet(twice)
    assert again[:2] == first[:2]
    assert again[2] == 2  # what the database shows, and the rows themselves: they are never kept
    Enterprise.objects.filter(pk=first[0][0].pk).update(name="改了名的商行")
    assert page()[0][0].name == "改了名的商行"
    new = make_enterprise(YUNYAN)
    found, more, _statements = page()
    assert more == first[1] + 1
    assert new in found


def test_sums_are_worked_out_anew_once_something_was_written(committed_city: City) -> None:
    counted = Enterprise.objects.order_by("region").values("region").annotate(n=Count("pk"))

    def twice() -> tuple[list[object], list[object], int]:
        first = kept_rows(counted.all())
        with CaptureQueriesContext(connection) as captured:
            again = kept_rows(counted.all())
        return first, again, len(captured)

    first, again, statements = while_quiet(twice)
    assert again == first == list(counted)
    assert statements == 1  # what the database shows
    make_enterprise(YUNYAN)
    assert {row["region"]: row["n"] for row in kept_rows(counted.all())} == {YUNYAN: 2, NANMING: 1}


def test_what_is_kept_for_one_scope_is_not_shown_to_another(committed_city: City) -> None:
    def both() -> tuple[list[Enterprise], list[Enterprise]]:
        here, there = (
            KeyPaginator(Enterprise.objects.for_user(user).order_by("pk"), 9)
            for user in (committed_city.reviewer, committed_city.other_reviewer)
        )
        return list(here.page(1)), list(there.page(1))

    here, there = while_quiet(both)
    assert here == [committed_city.enterprise]
    assert there == [committed_city.other_enterprise]
