"""Reminders of target letters that were issued and not acknowledged yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from miaopu.core import clock
from miaopu.core.holders import tell_once
from miaopu.core.models import Notice
from miaopu.engine.clock import working_days_left
from miaopu.engine.letters.target_letter import reminder
from miaopu.plans.letter_actions import ACKNOWLEDGE_DAYS, notices
from miaopu.plans.models import TargetLetter


def _due() -> Iterator[Notice]:
    """What is due today: a notice after each 5, 10, 15 … working days."""
    today = clock.today()
    waiting = TargetLetter.objects.waiting().select_related("programme__region").order_by("pk")
    for letter in waiting:
        assert letter.issued_at is not None  # the state says so
        passed = working_days_left(timezone.localdate(letter.issued_at), today)
        rung = passed // ACKNOWLEDGE_DAYS
        if rung < 1:
            continue
        words = reminder(letter.programme.name, letter.number, rung * ACKNOWLEDGE_DAYS)
        yield from notices(letter, f"reminder/{rung}", words)


def remind_of_letters() -> int:
    """Remind whoever has to acknowledge a letter, until it is done; returns how many are new."""
    return tell_once(_due())
