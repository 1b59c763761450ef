"""Pages of long lists: the same rows as without what is kept, and never what no longer holds."""

from __future__ import annotations

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from miaopu.core.kept import database_state
from miaopu.parties.models import Enterprise
from miaopu.portal.paging import KeyPaginator, first_of, kept_rows
from tests.factories import NANMING, YUNYAN, City, make_enterprise

pytestmark = pytest.mark.django_db


def listed(region: str = YUNYAN) -> QuerySet[Enterprise]:
    """A district's enterprises, the latest first."""
    rows: QuerySet[Enterprise] = Enterprise.objects.filter(region=region)
    return rows.select_related("region").order_by("-number")


def test_pages_hold_every_row_once_and_in_order(city: City) -> None:
    for number in range(23):
        make_enterprise(YUNYAN, name=f"第{number}家")
    make_enterprise(NANMING)
    pages = KeyPaginator(listed(), 5, None)
    found = [row for number in pages.page_range for row in pages.page(number)]
    assert found == list(listed())
    assert pages.count == len(found) == 24
    assert [len(pages.page(number)) for number in pages.page_range] == [5, 5, 5, 5, 4]
    assert pages.get_page("nonsense").number == 1
    assert pages.get_page("99").number == 5
    with pytest.raises(EmptyPage):
        pages.page(6)
    assert first_of(listed(), 3, None) == found[:3]


def test_nothing_is_nothing(city: City) -> None:
    for rows in (listed().none(), listed("520181")):
        pages = KeyPaginator(rows, 5, None)
        assert (pages.count, list(pages.get_page(1))) == (0, [])
        assert first_of(rows, 5, None) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_holds_until_something_is_written(city: City) -> None:
    for _number in range(3):
        make_enterprise(YUNYAN)

    def page() -> tuple[list[Enterprise], int, int]:
        state = database_state()
        assert state is not None
        with CaptureQueriesContext(connection) as captured:
            pages = KeyPaginator(listed(), 10, state)
            found = list(pages.get_page(1))
        return found, pages.count, len(captured)

    first, count, _statements = page()
    again, counted_again, statements = page()
    assert (again, counted_again) == (first, count)
    assert statements == 1  # the rows themselves: they are never kept
    Enterprise.objects.filter(pk=first[0].pk).update(name="改了名的商行")
    assert page()[0][0].name == "改了名的商行"
    new = make_enterprise(YUNYAN)
    found, more, _statements = page()
    assert more == count + 1
    assert new in found


@pytest.mark.django_db(transaction=True)
def test_sums_are_worked_out_anew_once_something_was_written(city: City) -> None:
    counted = Enterprise.objects.order_by("region").values("region").annotate(n=Count("pk"))
    first = kept_rows(counted)
    with CaptureQueriesContext(connection) as captured:
        assert kept_rows(counted) == first == list(counted.all())
    assert len(captured) == 2  # what the database shows, and the list of this very line
    make_enterprise(YUNYAN)
    assert {row["region"]: row["n"] for row in kept_rows(counted)} == {YUNYAN: 2, NANMING: 1}


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_for_one_scope_is_not_shown_to_another(city: City) -> None:
    state = database_state()
    here = KeyPaginator(Enterprise.objects.for_user(city.reviewer).order_by("pk"), 9, state)
    there = KeyPaginator(Enterprise.objects.for_user(city.other_reviewer).order_by("pk"), 9, state)
    assert list(here.page(1)) == [city.enterprise]
    assert list(there.page(1)) == [city.other_enterprise]
