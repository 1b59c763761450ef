"""What an enterprise's person may reach: pages start here, and what is not hers is not found."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from miaopu.cases.models import Case, Item
from miaopu.core.models import User
from miaopu.parties.models import Enterprise


def person(request: HttpRequest) -> User:
    """Who is signed in; pages are closed to everybody else."""
    return cast(User, request.user)


def enterprise_or_404(request: HttpRequest, number: str) -> Enterprise:
    """One of the person's enterprises."""
    mine = Enterprise.objects.for_user(request.user).select_related("region")
    return get_object_or_404(mine, number=number)


def item_or_404(item_id: int) -> Item:
    """An item that can be applied for now."""
    return get_object_or_404(Item.objects.public(), pk=item_id)


def case_or_404(request: HttpRequest, number: str) -> Case:
    """A case of one of the person's enterprises."""
    return get_object_or_404(Case.objects.for_user(request.user).with_parts(), number=number)
