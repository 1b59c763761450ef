"""Writes of the plans: programmes in versions, and the match of everybody."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import load_regions, record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.engine.packs.schema import Pack
from miaopu.parties.dictionary import fact_dictionary
from miaopu.plans.enums import Verb, VersionState
from miaopu.plans.matching import Report, matches_among
from miaopu.plans.models import Match, Programme, ProgrammeVersion, Target
from miaopu.plans.renewing import (
    keep_run,
    matched_automatically,
    statements_of,
    without_opted_out,
)
from miaopu.plans.task_loading import sync_tasks


def _check_facts(pack: Pack) -> None:
    """Every fact about enterprises stands in the dictionary with the same type."""
    dictionary = fact_dictionary()
    for name, fact in pack.facts.items():
        if fact.about != "enterprise":
            continue
        known = dictionary.get(name)
        if known is None or known.type != fact.type:
            raise ActionRefused(
                _("数据项 %(name)s（%(type)s）不在数据项字典中")
                % {"name": name, "type": fact.type},
                _("请改用字典中的名称和类型"),
            )


def _put_in_force(version: ProgrammeVersion, *, by: User | None) -> None:
    version.programme.versions.current().update(state=VersionState.SUPERSEDED)
    version.state = VersionState.CURRENT
    version.save(update_fields=["state"])
    record_event(
        version,
        Verb.LOAD_VERSION,
        by=by,
        region=version.programme.region,
        data={"digest": version.digest, "number": version.number},
    )


def version_with(programme: Programme, pack: Pack) -> ProgrammeVersion | None:
    """The version of the programme that says just what the pack says, if there is one.

    A version that an older release loaded keeps the digest of that time, which covered more; it is
    recognised by its content (docs/adr/0014).
    """
    known = programme.versions.filter(digest=pack.digest).first()
    if known is not None:
        return known
    return next(
        (one for one in programme.versions.order_by("-number") if one.pack.digest == pack.digest),
        None,
    )


@transaction.atomic
def load_version(pack: Pack, *, by: User | None) -> tuple[ProgrammeVersion, bool]:
    """Load a checked pack as the current version; the same pack again changes nothing.

    The pack of an older version puts that version in force again. Returns the version and whether
    it is new. Cases under other versions stay on them.
    """
    _check_facts(pack)
    load_regions((zone.code, zone.title.zh, zone.title.en, zone.parent) for zone in pack.zones)
    programme, _created = Programme.objects.get_or_create(
        slug=pack.programme,
        defaults={
            "title": pack.title.zh,
            "title_en": pack.title.en,
            "region": Region.objects.get(code=pack.region),
        },
    )
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    known = version_with(programme, pack)
    if known is not None:
        if known.state != VersionState.CURRENT:
            _put_in_force(known, by=by)
            sync_tasks(known, by=by)
        return known, False
    last = programme.versions.order_by("-number").first()
    programme.versions.current().update(state=VersionState.SUPERSEDED)
    version = ProgrammeVersion.objects.create(
        programme=programme,
        number=last.number + 1 if last else 1,
        content=json.dumps(pack.to_json(), ensure_ascii=False),
        digest=pack.digest,
        loaded_at=clock.now(),
        loaded_by=by,
    )
    Target.objects.bulk_create(
        Target(
            version=version,
            key=target.id,
            indicator=target.indicator,
            region_id=target.region,
            period=target.period,
            value=Decimal(target.value),
            comparator=target.comparator,
            clause=target.clause,
        )
        for target in pack.targets
    )
    record_event(
        version,
        Verb.LOAD_VERSION,
        by=by,
        region=programme.region,
        data={"digest": pack.digest, "number": version.number},
    )
    sync_tasks(version, by=by)
    return version, True


def match_version(version: ProgrammeVersion, as_of: date, report: Report | None = None) -> int:
    """Match every enterprise with the items for enterprises and replace the matches. Idempotent.

    Enterprises that chose not to be matched are left out.

    `report(done, total)` is called now and then. Returns the number of matches.
    """
    region = version.programme.region
    statements = statements_of(version)  # first: what comes while others are asked is noticed later
    found = matches_among(version, matched_automatically(version), as_of, report)
    with transaction.atomic():
        ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
        Match.objects.filter(version=version).delete()
        rows = without_opted_out(found)
        Match.objects.bulk_create(rows, batch_size=2000)
        keep_run(version, as_of, statements)
        record_event(
            version,
            Verb.MATCH_PROGRAMME,
            by=None,
            region=region,
            data={"as_of": as_of.isoformat(), "enterprises": len(statements), "matches": len(rows)},
        )
    return len(rows)
