"""Subscriptions to the policy library: who is told when a document is published or changes."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.core.scope import region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.plans.enums import Verb
from miaopu.plans.models import DocumentSubscription, PolicyDocument

MOST = 20
PUBLISHED = Bilingual("发布了新文件", "published")
AMENDED = Bilingual("修订后重新发布", "published in a new version")
REPEALED = Bilingual("决定废止", "repealed")
_TITLE_MAX = 200


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


def _wanted(document: PolicyDocument) -> Q:
    """The subscriptions that the document answers."""
    wanted = Q(kind="") | Q(kind=document.kind)
    if document.region_id is not None:
        inside = region_prefix(document.region_id)
        above = [f"{document.region_id[:2]}0000", f"{document.region_id[:4]}00"]
        wanted &= Q(region=None) | Q(region__code__startswith=inside) | Q(region_id__in=above)
    if document.industries:
        of_industry = Q(industry="")
        for code in document.industries:
            of_industry |= Q(industry__startswith=code)
            of_industry |= Q(industry__in=[code[:digits] for digits in range(1, len(code))])
        wanted &= of_industry
    return wanted


def tell_subscribers(document: PolicyDocument, what: Bilingual, key: str) -> int:
    """Tell everybody whose subscription the document answers, each once; returns how many."""
    rows = DocumentSubscription.objects.live().filter(_wanted(document)).select_related("user")
    people = {row.user_id: row.user for row in rows if row.user.is_active}
    title = document.title[:_TITLE_MAX]
    for user in people.values():
        notify(
            user,
            f"policy/{document.pk}/{key}",
            f"{document.issuer}{what.zh}：《{title}》",
            f"{title}: {what.en}",
            f"/policies/{document.code}/",
        )
    return len(people)
