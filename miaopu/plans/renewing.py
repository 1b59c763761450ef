"""Which enterprises a match has to ask again: those of whom something else is on file now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from miaopu import __version__
from miaopu.core.scope import region_prefix
from miaopu.engine.prepared import PreparedRule, prepare
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.models import Match, MatchingOptOut, MatchRun, ProgrammeVersion
from miaopu.plans.models.runs import packed_statements

Statements = dict[int, int]


def matched_automatically(version: ProgrammeVersion) -> QuerySet[Enterprise]:
    """The enterprises of the programme's region but those that chose not to be matched."""
    prefix = region_prefix(version.programme.region.code)
    opted_out = MatchingOptOut.objects.values("enterprise")
    return Enterprise.objects.filter(region__code__startswith=prefix).exclude(pk__in=opted_out)


def without_opted_out(rows: Iterable[Match]) -> list[Match]:
    """The matches of enterprises that have not chosen, meanwhile, not to be matched."""
    chosen = set(MatchingOptOut.objects.values_list("enterprise_id", flat=True))
    return [row for row in rows if row.enterprise_id not in chosen]


def statements_of(version: ProgrammeVersion) -> Statements:
    """For each enterprise that is matched: statements on file, and those of them ended.

    Statements are never removed or changed otherwise, so that the sum grows with every change.
    """
    found = dict.fromkeys(matched_automatically(version).values_list("pk", flat=True), 0)
    counted = (
        Fact.objects.order_by()
        .values("enterprise_id")
        .annotate(on_file=Count("pk") + Count("valid_to"))
        .values_list("enterprise_id", "on_file")
    )
    for enterprise, on_file in counted.iterator():
        if enterprise in found:
            found[enterprise] = on_file
    return found


def keep_run(version: ProgrammeVersion, as_of: date, statements: Statements) -> None:
    """Keep what this match had read, for the next one."""
    MatchRun.objects.update_or_create(
        version=version,
        defaults={
            "as_of": as_of,
            "software": __version__,
            "read": packed_statements(statements),
        },
    )


def to_ask_again(
    version: ProgrammeVersion, as_of: date, statements: Statements
) -> tuple[set[int], set[int]] | None:
    """The enterprises to ask again, and those that are not asked any more; None: ask everybody.

    Everybody is asked where nobody was yet, by another version of the software, for a day on which
    the rules say something else than on the day before, and where most have changed anyhow.
    """
    run = MatchRun.objects.filter(version=version).first()
    if run is None or run.software != __version__ or not _same_rules(version, run.as_of, as_of):
        return None
    before = run.statements
    again = {one for one, on_file in statements.items() if before.get(one) != on_file}
    if run.as_of != as_of:
        again |= _begun_or_ended(run.as_of, as_of) & statements.keys()
    if 2 * len(again) > len(statements):
        return None
    return again, before.keys() - statements.keys()


def _begun_or_ended(one: date, other: date) -> set[int]:
    """Enterprises with a statement that holds on one of two days and not on the other."""
    first, last = sorted((one, other))
    turned = Q(valid_from__gt=first, valid_from__lte=last) | Q(
        valid_to__gte=first, valid_to__lt=last, valid_from__lte=F("valid_to")
    )
    return set(Fact.objects.filter(turned).values_list("enterprise_id", flat=True))


def _same_rules(version: ProgrammeVersion, one: date, other: date) -> bool:
    if one == other:
        return True
    return _said(version, one) == _said(version, other)


def _said(version: ProgrammeVersion, day: date) -> list[object]:
    """All that the rules ask on a day: conditions, points and amounts."""
    rules = prepare(version.pack.rule_set(day, "enterprise"), day).rules
    return [_asked(rule) for rule in rules]


def _asked(rule: PreparedRule) -> tuple[object, ...]:
    conditions = [part.reasons.runnable.node if part.reasons else None for part in rule.conditions]
    points = [(one.points, reasons.runnable.node) for one, reasons in rule.priorities]
    return conditions, points, rule.amount.node if rule.amount else None
