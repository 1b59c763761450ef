"""What time it is. In the demo, and only there, the clock can be moved forward by whole days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.utils import timezone

_offset: ContextVar[timedelta | None] = ContextVar("miaopu_clock_offset", default=None)


def _read_offset() -> timedelta:
    if not settings.DEMO:
        return timedelta(0)
    days = apps.get_model("core", "DemoClock").objects.values_list("offset_days", flat=True).first()
    return timedelta(days=days or 0)


@contextmanager
def read_once() -> Iterator[None]:
    """Within the block (a web request, a job) the demo's offset is read from the database once."""
    token = _offset.set(_read_offset())
    try:
        yield
    finally:
        _offset.reset(token)


def now() -> datetime:
    """The present moment, aware."""
    offset = _offset.get()
    return timezone.now() + (_read_offset() if offset is None else offset)


def today() -> date:
    """Today's date in the system's time zone (Asia/Shanghai)."""
    return timezone.localdate(now())
