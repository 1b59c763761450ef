"""The harness itself: each guard bites, databases are apart, threads see what is committed."""

import socket
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.template import Context, Template

from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.kept import database_state
from miaopu.core.models import User
from miaopu.parties.models import Enterprise
from tests.factories import FIRST_DAY, City, travel
from tests.harness.pages import inline_code


def test_database_is_closed_to_tests_that_do_not_ask() -> None:
    with pytest.raises(RuntimeError, match="not allowed"):
        Group.objects.count()


@pytest.mark.parametrize("turn", [1, 2])
def test_rows_of_one_test_are_gone_in_the_next(db: None, turn: int) -> None:
    assert not Group.objects.filter(name="left").exists()
    Group.objects.create(name="left")


def test_threads_commit_for_real(committed_db: str, in_threads: Callable[..., list[Any]]) -> None:
    def create() -> int:
        with transaction.atomic():
            return Group.objects.create(name="once").pk

    results = in_threads([create] * 12)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == 11
    assert Group.objects.get().name == "once"


def test_committed_rows_are_gone_in_the_next_test(committed_db: str) -> None:
    assert not Group.objects.exists()
    Group.objects.create(name="once")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_the_city_as_it_was_built(city: City, turn: int) -> None:
    assert clock.today() == FIRST_DAY
    assert [city.enterprise.phone, city.cases] == ["13800138000", []]
    city.cases.append(city.submitted())
    assert Case.objects.count() == 1
    user = User.objects.get(pk=city.owner.pk)
    assert user.name == city.owner.name == "王小苗"
    user.name = city.owner.name = "改名"
    user.save()
    travel(FIRST_DAY + timedelta(days=turn))


def test_nothing_is_kept_of_what_a_test_reads(city: City) -> None:
    """Else how many statements a page needs would depend on the test before it."""
    assert database_state() is None


def test_the_city_is_not_where_nobody_asked_for_it(db: None) -> None:
    assert not Enterprise.objects.exists()
    assert not User.objects.exists()


def test_threads_see_the_committed_city(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    def found() -> tuple[str, int, bool]:
        names = Enterprise.objects.values_list("name", flat=True)
        return names.get(pk=committed_city.enterprise.pk), names.count(), Case.objects.exists()

    assert in_threads([found] * 2) == [(committed_city.enterprise.name, 2, False)] * 2


def test_live_site_answers(live_site: str) -> None:
    with pytest.raises(HTTPError, match="404") as caught:
        urllib.request.urlopen(live_site + "/static/nowhere.css")
    caught.value.close()


def test_row_locks_must_be_gentle(db: None) -> None:
    with pytest.raises(AssertionError, match="no_key=True"):
        Group.objects.select_for_update()
    with pytest.raises(AssertionError, match="no_key=True"):
        Group.objects.filter(pk=1).select_for_update(of=("self",))
    assert not list(Group.objects.select_for_update(of=("self",), no_key=True))
    Group.objects.update_or_create(name="Django's own locks are its own")


def test_network_is_closed() -> None:
    with pytest.raises(AssertionError, match="do not reach the network"):
        socket.create_connection(("192.0.2.1", 80), 2)


def test_undefined_template_variable_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="nowhere_defined"):
        Template("{{ nowhere_defined }}").render(Context())


@pytest.mark.parametrize(
    "page",
    [
        "<script>x()</script>",
        "<p style='color:red'>",
        "<style>p{}</style>",
        "<a onclick='x()'>",
        "<a href=' JavaScript:x()'>",
        "<div hx-on:click='x()'>",
    ],
)
def test_inline_code_is_found(page: str) -> None:
    assert inline_code(page)


def test_data_blocks_are_no_code() -> None:
    page = "<script src='/a.js'></script><script type='application/json'>{}</script><p class='on'>"
    assert not inline_code(page)
