"""Writes of fee lists: a draft from a workbook, put in force by another person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.plans.document_states import PUBLISHERS, WRITERS
from miaopu.plans.enums import FeeListState, Verb
from miaopu.plans.fee_sheets import Fee
from miaopu.plans.models import FeeEntry, FeeList


@transaction.atomic
def draft_fees(
    region: Region, fees: Iterable[Fee], *, valid_from: date, by: User, illustrative: bool = False
) -> FeeList:
    """Keep a list as the region's draft; an earlier draft is replaced. Raises NotAllowed."""
    if not reaches(by, region.code, WRITERS):
        raise NotAllowed(_("您不能起草这个区域的收费清单"), _("请由该区域的工作人员办理"))
    rows = list(fees)
    if not rows:
        raise ActionRefused(_("清单里没有收费项目"), _("请填写后再上传"))
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    known = FeeList.objects.filter(region=region)
    drafts = known.filter(state=FeeListState.DRAFT)
    # Locked: a draft that is being published meanwhile is none any more, and stays as it is.
    draft = drafts.select_for_update(of=("self",), no_key=True).first()
    if draft is None:
        last = known.order_by("-position").values_list("position", flat=True).first()
        draft = FeeList(region=region, position=(last or 0) + 1)
    draft.valid_from, draft.illustrative = valid_from, illustrative
    draft.made_by, draft.made_at = by, clock.now()
    draft.save()
    draft.entries.all().delete()
    FeeEntry.objects.bulk_create(
        FeeEntry(fee_list=draft, position=place, **asdict(fee))
        for place, fee in enumerate(rows, start=1)
    )
    record_event(draft, Verb.DRAFT_FEES, by=by, region=region, data={"entries": len(rows)})
    return draft


@transaction.atomic
def publish_fees(fee_list: FeeList, *, by: User, reason: str = "") -> FeeList:
    """Put a draft in force; the list before is superseded. Raises NotAllowed for its author."""
    locked = FeeList.objects.select_for_update(of=("self",), no_key=True).get(pk=fee_list.pk)
    if not reaches(by, locked.region_id, PUBLISHERS):
        raise NotAllowed(_("您不能发布这个区域的收费清单"), _("请由批准人或计划主管发布"))
    if locked.made_by_id == by.pk:
        raise NotAllowed(_("清单须由起草人以外的人发布"), _("请另一位同事核对后发布"))
    if locked.state != FeeListState.DRAFT:
        raise Conflict(_("这个清单已经发布"), _("请刷新页面查看"))
    FeeList.objects.filter(region=locked.region_id, state=FeeListState.IN_FORCE).update(
        state=FeeListState.SUPERSEDED
    )
    locked.state = FeeListState.IN_FORCE
    locked.published_by, locked.published_at = by, clock.now()
    locked.save()
    record_event(locked, Verb.PUBLISH_FEES, by=by, reason=reason, region=locked.region_id)
    return locked
