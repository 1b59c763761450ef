"""Who holds a role for a region; telling many people at once, and that it is settled."""

from collections.abc import Collection, Iterable

from django.db.models import Q

from miaopu.core import clock
from miaopu.core.models import Membership, Notice, User
from miaopu.core.scope import region_prefix


def holders(role: str, region_code: str) -> list[User]:
    """The active users with `role` in the offices nearest to the region: its own, else above it."""
    rows = (
        Membership.objects.live()
        .filter(role=role, user__is_active=True)
        .select_related("office", "user")
        .order_by("pk")
    )
    covering = [
        (len(region_prefix(row.office.region_id)), row.user)
        for row in rows
        if region_code.startswith(region_prefix(row.office.region_id))
    ]
    nearest = max((length for length, _user in covering), default=0)
    return list({user.pk: user for length, user in covering if length == nearest}.values())


def tell_once(notices: Iterable[Notice]) -> int:
    """Keep the notices that are not there yet, by user and key; returns how many were new."""
    wanted = {(notice.user_id, notice.key): notice for notice in notices}
    there = set(
        Notice.objects.filter(
            user_id__in={user for user, _key in wanted}, key__in={key for _user, key in wanted}
        ).values_list("user_id", "key")
    )
    fresh = [notice for pair, notice in wanted.items() if pair not in there]
    for notice in fresh:
        notice.at = clock.now()
    Notice.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
    return len(fresh)


def settle_notices(*beginnings: str, but: Collection[str] = ()) -> int:
    """Mark unread notices as read whose key begins so: what they asked for has been done.

    `but` are keys that still count. Returns how many were unread, whoever had them.
    """
    begun = Q()
    for beginning in beginnings:
        begun |= Q(key__startswith=beginning)
    still = Notice.objects.unread().filter(begun).exclude(key__in=but)
    return still.update(read_at=clock.now()) if beginnings else 0
