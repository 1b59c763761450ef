"""Writes of the parties. Each is atomic and leaves an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, check_reason
from miaopu.core.many import BATCH, Happened, record_events
from miaopu.core.models import Region, User
from miaopu.engine import uscc as codes
from miaopu.parties.bulk import next_numbers
from miaopu.parties.dictionary import FactValue, encode
from miaopu.parties.enums import Source, Verb
from miaopu.parties.models import Enterprise, Fact, Representative


@transaction.atomic
def register_enterprise(
    *,
    uscc: str,
    name: str,
    region: Region,
    industry: str,
    legal_representative: str,
    registered_on: date,
    phone: str = "",
    address: str = "",
    by: User | None,
) -> Enterprise:
    """Register an enterprise. Raises ActionRefused where the credit code is not valid."""
    checked = codes.check(uscc)
    if not checked.valid:
        raise ActionRefused(
            _("统一社会信用代码无效：%(reason)s") % {"reason": checked.reason},
            _("请核对营业执照上的代码"),
        )
    enterprise = Enterprise.objects.create(
        number=next_numbers(region.code, 1)[0],
        uscc=checked.code,
        name=name,
        region=region,
        industry=industry,
        legal_representative=legal_representative,
        phone=phone,
        address=address,
        registered_on=registered_on,
    )
    record_event(enterprise, Verb.REGISTER_ENTERPRISE, by=by, region=region)
    return enterprise


@transaction.atomic
def record_fact(
    enterprise: Enterprise,
    name: str,
    value: FactValue,
    *,
    source: Source | str,
    record: str,
    valid_from: date,
    by: User | None,
    reason: str = "",
) -> Fact:
    """Record what a source says; the source's earlier value ends the day before.

    The same statement twice changes nothing. Raises ActionRefused for values of a wrong type.
    """
    stored = encode(name, value)
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    same = {"enterprise": enterprise, "name": name, "source": source}
    fact, created = Fact.objects.get_or_create(
        **same,
        valid_from=valid_from,
        record=record,
        defaults={"value": stored, "recorded_at": clock.now()},
    )
    if not created:
        if fact.value != stored:
            raise ActionRefused(
                _("来源记录 %(record)s 已有不同的值") % {"record": record},
                _("请用新的记录号或生效日期更正"),
            )
        return fact
    Fact.objects.filter(**same, valid_to=None, valid_from__lt=valid_from).update(
        valid_to=valid_from - timedelta(days=1)
    )
    record_event(
        enterprise,
        Verb.RECORD_FACT,
        by=by,
        reason=reason,
        region=enterprise.region_id,
        data={"name": name, "source": str(source), "record": record},
    )
    return fact


@transaction.atomic
def record_fact_of_many(
    records: Mapping[str, Enterprise],
    name: str,
    value: FactValue,
    *,
    source: Source | str,
    valid_from: date,
    by: User | None,
) -> None:
    """Record the same value for many enterprises, each under a record of its own.

    As `record_fact` one by one. Raises ActionRefused as that does, and writes nothing then.
    """
    stored = encode(name, value)
    ids = {enterprise.pk for enterprise in records.values()}
    locked = Enterprise.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    list(locked.order_by("pk").values_list("pk", flat=True))
    same = Fact.objects.filter(enterprise__in=ids, name=name, source=source)
    known = {
        (enterprise, record): held
        for enterprise, record, held in same.filter(
            valid_from=valid_from, record__in=records
        ).values_list("enterprise", "record", "value")
    }
    fresh = {}
    for record, enterprise in records.items():
        if known.get((enterprise.pk, record), stored) != stored:
            raise ActionRefused(
                _("来源记录 %(record)s 已有不同的值") % {"record": record},
                _("请用新的记录号或生效日期更正"),
            )
        if (enterprise.pk, record) not in known:
            fresh[record] = enterprise
    new_ids = {enterprise.pk for enterprise in fresh.values()}
    same.filter(enterprise__in=new_ids, valid_to=None, valid_from__lt=valid_from).update(
        valid_to=valid_from - timedelta(days=1)
    )
    now = clock.now()
    Fact.objects.bulk_create(
        (
            Fact(
                enterprise=enterprise,
                name=name,
                value=stored,
                valid_from=valid_from,
                source=source,
                record=record,
                recorded_at=now,
            )
            for record, enterprise in fresh.items()
        ),
        batch_size=BATCH,
    )
    record_events(
        (
            Happened(
                enterprise,
                Verb.RECORD_FACT,
                enterprise.region_id,
                data={"name": name, "source": str(source), "record": record},
            )
            for record, enterprise in fresh.items()
        ),
        by=by,
    )


@transaction.atomic
def end_fact(
    enterprise: Enterprise,
    name: str,
    *,
    source: Source | str,
    record: str,
    by: User | None,
    reason: str,
) -> bool:
    """End what a source's record says, as of yesterday; what it said before stays on file.

    A statement made today holds until the end of the day (a period is a day at the least). Returns
    whether there was one that had not ended.
    """
    check_reason(reason)
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    facts = Fact.objects.filter(
        enterprise=enterprise, name=name, source=source, record=record, valid_to=None
    )
    ended = 0
    for fact in facts.order_by("pk"):
        fact.valid_to = max(fact.valid_from, clock.today() - timedelta(days=1))
        fact.save(update_fields=["valid_to"])
        ended += 1
    if ended:
        record_event(
            enterprise,
            Verb.END_FACT,
            by=by,
            reason=reason,
            region=enterprise.region_id,
            data={"name": name, "source": str(source), "record": record},
        )
    return bool(ended)


@transaction.atomic
def add_representative(user: User, enterprise: Enterprise, *, by: User | None) -> Representative:
    """Let `user` act for the enterprise."""
    representative = Representative.objects.create(
        user=user, enterprise=enterprise, since=clock.now()
    )
    record_event(enterprise, Verb.ADD_REPRESENTATIVE, by=by, region=enterprise.region_id)
    return representative
