"""Writes about deliveries: handed in, checked or refused, confirmed by a person, imported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import File, Job, Region, User
from miaopu.core.scope import reaches
from miaopu.engine.sheets.kinds import HEAD_BYTES, kind_of
from miaopu.engine.sheets.refusals import SheetError
from miaopu.parties.bulk import copy_rows, lock_numbers
from miaopu.parties.delivery_notices import tell_checked, tell_imported, tell_refused
from miaopu.parties.enums import DeliveryState, RowOutcome, Source, Verb
from miaopu.parties.models import Delivery, DeliveryRow
from miaopu.parties.querysets import DELIVERING_ROLES

DELIVERED_BY = tuple(one for one in Source if one not in (Source.COMPUTED, Source.SYSTEM))
"""Sources of which files can be handed in."""

_UNDER_WAY = (DeliveryState.CHECKING, DeliveryState.CHECKED, DeliveryState.IMPORTING)
_NAME_MAX = 150


@transaction.atomic
def deliver_file(
    content: bytes, name: str, *, source: Source, region: Region, as_of: date, by: User
) -> Delivery:
    """Take a file of a department in, to be checked.

    The same file for the same source, region and day is the same delivery while that is under way.
    Raises ActionRefused for files that cannot be tables and days in the future, NotAllowed where
    the user may not deliver for the region.
    """
    if not reaches(by, region.code, DELIVERING_ROLES):
        raise NotAllowed(_("您不能为这个区域导入数据"), _("请由该区域的审核员或计划主管导入"))
    if as_of > clock.today():
        raise ActionRefused(_("数据截至日不能晚于今天"), _("请改正日期"))
    try:
        kind = kind_of(content[:HEAD_BYTES])
    except SheetError as error:
        raise ActionRefused(error.message, error.remedy) from error
    file = keep_file(content, by=by, table=kind)
    same = {"file": file, "source": source, "region": region, "as_of": as_of}
    year = clock.today().year
    lock_numbers(year)
    known = Delivery.objects.filter(**same, state__in=_UNDER_WAY).first()
    if known is not None:
        return known
    last = Delivery.objects.filter(number__startswith=f"DR{year}-").order_by("-number").first()
    serial = int(last.number.partition("-")[2]) + 1 if last else 1
    delivery = Delivery.objects.create(
        **same,
        number=f"DR{year}-{serial:06d}",
        file_name=name[-_NAME_MAX:] or "file",
        delivered_by=by,
        delivered_at=clock.now(),
    )
    record_event(
        delivery,
        Verb.DELIVER_FILE,
        by=by,
        region=region,
        data={"source": str(source), "as_of": as_of.isoformat(), "sha256": file.sha256},
    )
    return delivery


@transaction.atomic
def set_job(delivery: Delivery, job: Job, *, by: User | None) -> None:
    """Name the job that works on a delivery now; opening the job has left its event."""
    Delivery.objects.filter(pk=delivery.pk).update(job=job)
    delivery.job = job


@transaction.atomic
def restart_check(delivery: Delivery) -> None:
    """Forget what an earlier check of this file, which was not finished, has found."""
    _locked(delivery, DeliveryState.CHECKING)
    DeliveryRow.objects.filter(delivery=delivery).delete()


@transaction.atomic
def keep_rows(delivery: Delivery, rows: Sequence[Sequence[Any]]) -> int:
    """Keep checked rows (number, outcome, code, name, values and faults as JSON texts)."""
    columns = ("delivery_id", "number", "outcome", "uscc", "name", "values", "faults")
    return copy_rows(DeliveryRow, columns, ((delivery.pk, *row) for row in rows))


@transaction.atomic
def finish_check(
    delivery: Delivery,
    counts: dict[RowOutcome, int],
    *,
    sheet: str,
    columns: list[str],
    notes: list[dict[str, str]],
    returned: File | None,
) -> None:
    """The check is done: a person may now confirm what it found."""
    locked = _locked(delivery, DeliveryState.CHECKING)
    locked.state = DeliveryState.CHECKED
    locked.sheet, locked.columns, locked.notes = sheet[:200], columns, notes
    locked.new_count = counts[RowOutcome.NEW]
    locked.changed_count = counts[RowOutcome.CHANGED]
    locked.unchanged_count = counts[RowOutcome.UNCHANGED]
    locked.wrong_count = counts[RowOutcome.WRONG]
    locked.returned = returned
    locked.save()
    record_event(
        locked,
        Verb.CHECK_DELIVERY,
        by=None,
        region=locked.region_id,
        data={str(outcome): count for outcome, count in counts.items()},
    )
    tell_checked(locked)


@transaction.atomic
def refuse_delivery(delivery: Delivery, error: SheetError) -> None:
    """The file cannot be read: say why and what to do; nothing of it is kept but itself."""
    locked = _locked(delivery, DeliveryState.CHECKING)
    DeliveryRow.objects.filter(delivery=locked).delete()
    locked.state = DeliveryState.REFUSED
    locked.refusal = {"message": error.message.to_json(), "remedy": error.remedy.to_json()}
    locked.save()
    reason = error.message.zh
    record_event(locked, Verb.REFUSE_DELIVERY, by=None, reason=reason, region=locked.region_id)
    tell_refused(locked, error.message)


@transaction.atomic
def confirm_delivery(delivery: Delivery, *, by: User) -> Delivery:
    """A person has seen the check and wants the sound rows written.

    Also restarts an import whose job failed: it goes on where it stopped. Raises Conflict where
    somebody was faster, ActionRefused where there is nothing to write, NotAllowed out of scope.
    """
    if not reaches(by, delivery.region_id, DELIVERING_ROLES):
        raise NotAllowed(_("您不能确认这个区域的导入"), _("请由该区域的审核员或计划主管确认"))
    locked = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if locked.state == DeliveryState.IMPORTING and locked.has_failed:
        return locked
    if locked.state != DeliveryState.CHECKED:
        raise Conflict(
            _("导入单 %(number)s 现在的状态是“%(state)s”")
            % {"number": locked.number, "state": locked.get_state_display()},
            _("请刷新页面查看"),
        )
    if not locked.importable_count:
        raise ActionRefused(_("没有可以写入的行"), _("请改正有误的行后重新上传"))
    locked.state = DeliveryState.IMPORTING
    locked.confirmed_by, locked.confirmed_at = by, clock.now()
    locked.save()
    record_event(
        locked,
        Verb.CONFIRM_DELIVERY,
        by=by,
        region=locked.region_id,
        data={"rows": locked.importable_count, "left_out": locked.wrong_count},
    )
    return locked


@transaction.atomic
def note_imported(
    delivery: Delivery, through: int, *, registered: int, updated: int, facts: int
) -> None:
    """Rows up to a number are written, in the same transaction as what they wrote."""
    Delivery.objects.filter(pk=delivery.pk).update(
        imported_through=through,
        registered_count=F("registered_count") + registered,
        updated_count=F("updated_count") + updated,
        facts_count=F("facts_count") + facts,
    )


@transaction.atomic
def finish_import(delivery: Delivery) -> Delivery:
    """Every sound row is written; the one event of a delivery says how much that was.

    What came of a row is traced from an enterprise by the record of its facts (number/row), and
    from the register by its history.
    """
    locked = _locked(delivery, DeliveryState.IMPORTING)
    locked.state = DeliveryState.IMPORTED
    locked.imported_at = clock.now()
    locked.save()
    record_event(
        locked,
        Verb.IMPORT_DELIVERY,
        by=locked.confirmed_by,
        region=locked.region_id,
        data={
            "registered": locked.registered_count,
            "updated": locked.updated_count,
            "facts": locked.facts_count,
            "left_out": locked.wrong_count,
        },
    )
    tell_imported(locked)
    return locked


def _locked(delivery: Delivery, state: DeliveryState) -> Delivery:
    locked = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if locked.state != state:
        raise Conflict(_("导入单的状态已经改变"), _("请刷新页面查看"))
    return locked
