"""How every case begins: one row, its number, its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from miaopu.cases.enums import CaseChannel, Verb
from miaopu.cases.models import Case, Item
from miaopu.cases.prefill import KnownAnswer
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.parties.models import Enterprise


def live_case(item: Item, enterprise: Enterprise, subject: Enterprise | None) -> Case | None:
    """The live case that another one would double; None where there is none.

    It may be of another item that pays for the same, under this version of the rules or an earlier.
    Raises ActionRefused where somebody else was rewarded for the `subject`.
    """
    keys = item.once_keys(clock.today(), subject)
    same = Case.objects.live().filter(keys, programme=item.version.programme)
    if subject is None:
        return same.filter(enterprise=enterprise).first()
    found = same.filter(subject=subject).first()
    if found is not None and found.enterprise_id != enterprise.pk:
        raise ActionRefused(
            _("“%(name)s”的这项奖励已由其他运营主体申请") % {"name": subject.name},
            _("每家企业的每项奖励只给一个运营主体"),
        )
    return found


def check_same_item(case: Case, item: Item) -> Case:
    """The case, if it is the item's own; raises ActionRefused where its event is counted there."""
    if case.item.code == item.code:
        return case
    raise ActionRefused(
        _("“%(item)s”与“%(other)s”只计一次，已有办件 %(number)s")
        % {"item": item.title, "other": case.item.title, "number": case.number},
        _("请在我的办件中查看；撤回后可改选"),
    )


def new_case(
    item: Item,
    enterprise: Enterprise,
    *,
    once_key: str,
    form: Mapping[str, Any],
    known: Mapping[str, KnownAnswer],
    channel: CaseChannel,
    by: User,
    subject: Enterprise | None = None,
) -> Case:
    """A draft with its answers and the sources of those that were known.

    `subject` is the tenant for whom an operator is rewarded: its facts count.

    Runs in the caller's transaction. Raises IntegrityError where there is a live case already.
    """
    case = Case.objects.create(
        number=f"draft-{item.pk}-{enterprise.pk}-{clock.now().timestamp():.6f}"[:30],
        programme=item.version.programme,
        once_key=once_key,
        enterprise=enterprise,
        subject=subject,
        item=item,
        region=enterprise.region,
        channel=channel,
        form=dict(form),
        sources={name: answer.to_json() for name, answer in known.items()},
        opened_at=clock.now(),
    )
    case.number = f"{clock.today():%Y}{case.region_id[:4]}{case.pk:07d}"
    case.save(update_fields=["number"])
    record_event(case, Verb.OPEN_CASE, by=by, region=case.region_id)
    return case
