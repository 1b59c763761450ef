"""Everybody's first page: the one with what waits for them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from miaopu.core.enums import Role

HOMES = (
    ("office_home", (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)),
    ("finance_home", (Role.FINANCE_OFFICER,)),
    ("audit_events", (Role.AUDITOR, Role.AUDIT_ADMIN)),
)


def home_of(user: Any) -> str:
    """The address of a person's first page; the public one where nobody is signed in."""
    if user is None or not user.is_authenticated:
        return reverse("home")
    if user.is_party:
        return reverse("my_home")
    for name, roles in HOMES:
        if user.has_role(*roles):
            return reverse(name)
    return reverse("home")


def frame_of(user: Any) -> str:
    """The frame of a page that anybody may come to: officials keep their navigation."""
    signed_in = user is not None and user.is_authenticated
    return "staff.html" if signed_in and not user.is_party else "base.html"
