"""Telling people of documents: what their subscriptions ask for, each once."""

from __future__ import annotations

from django.db.models import Q

from miaopu.core.actions import notify
from miaopu.core.scope import region_prefix, regions_above
from miaopu.engine.messages import Bilingual
from miaopu.plans.models import DocumentSubscription, PolicyDocument

PUBLISHED = Bilingual("发布了新文件", "published")
AMENDED = Bilingual("修订后重新发布", "published in a new version")
REPEALED = Bilingual("决定废止", "repealed")


def _wanted(document: PolicyDocument) -> Q:
    """The subscriptions that the document answers."""
    wanted = Q(kind="") | Q(kind=document.kind)
    if document.region_id is not None:
        inside = region_prefix(document.region_id)
        above = Q(region_id__in=regions_above(document.region_id))
        wanted &= Q(region=None) | Q(region__code__startswith=inside) | above
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
    title = document.title
    for user in people.values():
        notify(
            user,
            f"policy/{document.pk}/{key}",
            f"{document.issuer}{what.zh}：《{title}》",
            f"{title}: {what.en}",
            f"/policies/{document.code}/",
        )
    return len(people)
