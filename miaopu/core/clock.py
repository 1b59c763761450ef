"""What time it is. In the demo, and only there, the clock can be moved forward by whole days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from miaopu.core.statements import Statements

_STATEMENTS = Statements(most=1)
# Within `read_once`: a list that holds the offset as soon as it was read. None: outside.
_offset: ContextVar[list[timedelta] | None] = ContextVar("miaopu_clock_offset", default=None)


def _read_offset() -> timedelta:
    if not settings.DEMO:
        return timedelta(0)
    rows = _STATEMENTS.statement_of("offset", _offsets).rows()
    return timedelta(days=rows[0][0] if rows else 0)


def _offsets() -> QuerySet[Any, Any]:
    """The demo's clock; there is at most one."""
    offsets: QuerySet[Any, Any] = apps.get_model("core", "DemoClock").objects.order_by("pk")
    return offsets.values_list("offset_days")[:1]


@contextmanager
def read_once() -> Iterator[None]:
    """Within the block (a web request, a job) the demo's offset is read from the database once.

    It is read when the time is first asked for, so that what needs no time costs no query.
    """
    token = _offset.set([])
    try:
        yield
    finally:
        _offset.reset(token)


def now() -> datetime:
    """The present moment, aware."""
    known = _offset.get()
    if known is None:
        return timezone.now() + _read_offset()
    if not known:
        known.append(_read_offset())
    return timezone.now() + known[0]


def today() -> date:
    """Today's date in the system's time zone (Asia/Shanghai)."""
    return timezone.localdate(now())
