"""Fixtures for tests of pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from miaopu.core import clock
from miaopu.ledger.awards import pay_award
from miaopu.ledger.books import seal_days
from miaopu.ledger.models import Award
from tests.factories import City, travel


@pytest.fixture
def paid(city: City) -> Award:
    """A granted and paid award, its first days sealed."""
    award = pay_award(city.granted(), "ICBC-2018-0001", by=city.finance)
    travel(clock.today() + timedelta(days=1))
    seal_days()
    return award
