"""Clicks at once on a choice about matching, and on the start of a change of a rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from miaopu.cases.matching_choice import choose_matching
from miaopu.core.models import Event
from miaopu.plans.models import MatchingOptOut, RuleProposal
from miaopu.plans.rule_actions import start_proposal
from tests.factories import City
from tests.plans.proposals import ITEM

AT_ONCE = 6

Run = Callable[..., list[Any]]


def test_a_double_click_opts_out_once(committed_city: City, in_threads: Run) -> None:
    city = committed_city
    opt_out = partial(choose_matching, city.enterprise, False, by=city.owner)
    assert in_threads([opt_out] * AT_ONCE) == [None] * AT_ONCE
    assert MatchingOptOut.objects.count() == 1
    assert Event.objects.filter(verb="cases.choose_matching").count() == 1


def test_a_double_click_starts_one_change(committed_city: City, in_threads: Run) -> None:
    city = committed_city
    begin = partial(start_proposal, city.version, ITEM, by=city.programme_officer)
    assert in_threads([begin] * AT_ONCE) == [RuleProposal.objects.get()] * AT_ONCE
