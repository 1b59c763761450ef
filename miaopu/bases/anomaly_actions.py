"""Writes of anomalies: find them anew, clear one with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.anomaly_enums import AnomalyState, AnomalyVerb
from miaopu.bases.anomaly_files import same_files
from miaopu.bases.anomaly_findings import CHECKS, Finding, insight_of
from miaopu.bases.enums import BaseState
from miaopu.bases.guards import locked_base
from miaopu.bases.models import Anomaly, Base
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.core.scope import reaches

CLEARERS = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER)


def findings_of(base: Base) -> Iterator[Finding]:
    """Everything that today's facts show of a base."""
    seen = insight_of(base, clock.today())
    for check in (*CHECKS, same_files):
        yield from check(seen)


def renew_anomalies(
    *, by: User | None, progress: Callable[[int, int], object] | None = None
) -> int:
    """Look at every base in the programme anew; returns how many anomalies are open now.

    What was cleared stays cleared while it is the same; other facts open it again.
    """
    bases = list(Base.objects.filter(state=BaseState.ADMITTED).order_by("pk"))
    for number, base in enumerate(bases):
        renew_base(base, by=by)
        if progress is not None:
            progress(number + 1, len(bases))
    return Anomaly.objects.pending().count()


def renew_base(base: Base, *, by: User | None) -> None:
    """Look at one base anew. Reading files may take long: nothing is locked meanwhile."""
    _settle(base, list(findings_of(base)), by=by)


@transaction.atomic
def _settle(base: Base, findings: Iterable[Finding], *, by: User | None) -> None:
    locked_base(base)
    found = {(str(one.kind), one.subject): one for one in findings}
    rows = {(row.kind, row.subject): row for row in base.anomalies.select_related("base")}
    for key, finding in found.items():
        row = rows.get(key)
        if row is None:
            row = Anomaly(base=base, kind=finding.kind, subject=finding.subject)
        elif row.fingerprint == finding.fingerprint and row.state != AnomalyState.GONE:
            continue
        _open(row, finding, by=by)
    for key, row in rows.items():
        if key not in found and row.state != AnomalyState.GONE:
            row.state = AnomalyState.GONE
            row.cleared_by, row.cleared_at, row.reason = None, None, ""
            row.save()
            _event(row, AnomalyVerb.END_ANOMALY, by=by)


def _open(row: Anomaly, finding: Finding, *, by: User | None) -> None:
    row.data, row.fingerprint = dict(finding.data), finding.fingerprint
    row.state, row.found_on = AnomalyState.OPEN, clock.today()
    row.cleared_by, row.cleared_at, row.reason = None, None, ""
    row.save()
    _event(row, AnomalyVerb.FIND_ANOMALY, by=by)


def _event(row: Anomaly, verb: AnomalyVerb, *, by: User | None, reason: str = "") -> None:
    record_event(
        row, verb, by=by, reason=reason, region=row.base.region_id,
        data={"base": row.base.number, "kind": row.kind},
    )  # fmt: skip


@transaction.atomic
def clear_anomaly(anomaly: Anomaly, *, fingerprint: str, by: User, reason: str) -> Anomaly:
    """Somebody of the base's district or city has looked into it; the reason says what she found.

    Raises Conflict where it is not open, or what was found has changed since `fingerprint`.
    """
    check_reason(reason)
    base = locked_base(anomaly.base)
    row = Anomaly.objects.select_for_update(of=("self",), no_key=True).get(pk=anomaly.pk)
    row.base = base
    if not reaches(by, base.region_id, CLEARERS):
        raise NotAllowed(_("您的角色不能排除异常"), _("请由区县或市级人员核查"))
    if row.state != AnomalyState.OPEN or row.fingerprint != fingerprint:
        raise Conflict(_("您打开页面之后，这一异常已有变化"), _("请核对现在的内容后再办"))
    row.state = AnomalyState.CLEARED
    row.cleared_by, row.cleared_at, row.reason = by, clock.now(), reason.strip()
    row.save()
    _event(row, AnomalyVerb.CLEAR_ANOMALY, by=by, reason=reason)
    return row
