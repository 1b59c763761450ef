"""Matches brought up to date: only enterprises of whom something has changed are asked again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from miaopu.core.actions import record_event
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import match_version
from miaopu.plans.enums import Verb
from miaopu.plans.matching import Report, matches_among
from miaopu.plans.models import Match, ProgrammeVersion
from miaopu.plans.renewing import keep_run, statements_of, to_ask_again, without_opted_out


def renew_matches(version: ProgrammeVersion, as_of: date, report: Report | None = None) -> int:
    """Bring the matches to what `match_version` gives, asking only who has changed since.

    `report(done, total)` is called now and then. Returns the number of matches.
    """
    statements = statements_of(version)
    asked = to_ask_again(version, as_of, statements)
    if asked is None:
        return match_version(version, as_of, report)
    again, gone = asked
    rows = matches_among(version, Enterprise.objects.filter(pk__in=again), as_of, report)
    with transaction.atomic():
        ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
        own = Match.objects.filter(version=version)
        own.filter(enterprise__in=again | gone).delete()
        own.exclude(as_of=as_of).update(as_of=as_of)
        Match.objects.bulk_create(without_opted_out(rows), batch_size=2000)
        keep_run(version, as_of, statements)
        count = own.count()
        record_event(
            version,
            Verb.MATCH_PROGRAMME,
            by=None,
            region=version.programme.region,
            data={
                "as_of": as_of.isoformat(),
                "enterprises": len(statements),
                "asked": len(again),
                "matches": count,
            },
        )
    return count
