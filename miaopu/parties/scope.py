"""Who may see what of enterprises: those who act for one see its rows, offices their region's."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import QuerySet

from miaopu.core.scope import AnyUser

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def own_rows(rows: Rows, user: AnyUser, enterprise: str = "enterprise__") -> Rows | None:
    """The rows of the enterprises that `user` acts for; none for strangers.

    None for officials: their offices decide. `enterprise` leads from a row to its enterprise.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return rows.none()
    if not user.is_party:
        return None
    return rows.filter(
        **{
            f"{enterprise}representatives__user_id": user.pk,
            f"{enterprise}representatives__ended_at__isnull": True,
        }
    )
