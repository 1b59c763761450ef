"""Subscriptions to the policy library: who is told when a document is published or changes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.plans.enums import Verb
from miaopu.plans.models import DocumentSubscription

MOST = 20


@transaction.atomic
def subscribe(*, region: Region | None, industry: str, kind: str, by: User) -> DocumentSubscription:
    """Tell `by` of documents of this region, industry and kind from now on; the same once.

    Raises ActionRefused beyond MOST subscriptions.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    mine = DocumentSubscription.objects.for_user(by)
    same = mine.filter(region=region, industry=industry, kind=kind).first()
    if same is not None:
        return same
    if mine.count() >= MOST:
        raise ActionRefused(
            _("最多可以有 %(count)s 项订阅") % {"count": MOST}, _("请先取消不需要的订阅")
        )
    made = DocumentSubscription.objects.create(
        user=by, region=region, industry=industry, kind=kind, made_at=clock.now()
    )
    record_event(made, Verb.SUBSCRIBE, by=by, region=region)
    return made


@transaction.atomic
def unsubscribe(subscription: DocumentSubscription, *, by: User) -> None:
    """End a subscription; again changes nothing."""
    locked = DocumentSubscription.objects.select_for_update(of=("self",), no_key=True).get(
        pk=subscription.pk, user=by
    )
    if locked.ended_at is not None:
        return
    locked.ended_at = clock.now()
    locked.save(update_fields=["ended_at"])
    record_event(locked, Verb.UNSUBSCRIBE, by=by, region=locked.region_id)
