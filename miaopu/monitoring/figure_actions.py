"""Writes of figures: taking them from the records anew while the scores are open."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict
from miaopu.core.models import User
from miaopu.monitoring.campaign_actions import period_end
from miaopu.monitoring.enums import CampaignState, Stage, Verb
from miaopu.monitoring.models import AssessmentCampaign, Score, ScoreChange
from miaopu.monitoring.records import Records
from miaopu.monitoring.score_guards import check_reaches, locked_campaign
from miaopu.monitoring.standings import sheets_with_scores
from miaopu.monitoring.states import OFFICER


@transaction.atomic
def refresh_figures(campaign: AssessmentCampaign, *, by: User, reason: str = "") -> int:
    """Take every figure that came from the records from there again; how many have changed.

    As of the period's last day, or today before that. Figures that somebody has typed stay; what a
    figure was before is kept. Raises Conflict once the campaign is frozen.
    """
    locked = locked_campaign(campaign)
    check_reaches(by, locked.programme.region_id, OFFICER)
    if locked.state != CampaignState.OPEN:
        raise Conflict(_("考核已冻结，数据不能再改"), _("需要时请先解除冻结"))
    now, changed = clock.now(), 0
    records: dict[str, Records] = {
        period: Records(locked, min(period_end(locked.year, period), clock.today()))
        for period in locked.scheme.periods
    }
    for sheet in sheets_with_scores(locked):
        there = {one.line: one for one in sheet.scores.all() if one.stage == Stage.SELF}
        for fresh in records[sheet.period].scores(sheet):
            known = there.get(fresh.line)
            if known is None:
                fresh.save()
                changed += 1
            elif known.recorded and (known.value, known.note) != (fresh.value, fresh.note):
                changed += _renew(known, fresh, by, reason)
    record_event(
        locked, Verb.REFRESH_FIGURES, by=by, reason=reason, region=locked.programme.region,
        data={"changed": changed, "at": now.isoformat()},
    )  # fmt: skip
    return changed


def _renew(known: Score, fresh: Score, by: User, reason: str) -> int:
    """Write the figure anew; 1 where its value is another than before."""
    before, known.value, known.at = known.value, fresh.value, fresh.at
    known.note, known.note_en = fresh.note, fresh.note_en
    known.save()
    if before == fresh.value:
        return 0
    ScoreChange.objects.create(
        score=known, before=before, after=fresh.value, reason=reason.strip()[:500], by=by,
        at=fresh.at,
    )  # fmt: skip
    return 1
