"""The harness itself: each guard bites, databases are apart, threads see what is committed."""

import socket
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.template import Context, Template

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
