"""Reporting a published result to the office outside the programme that the scheme names."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.events import acting_office
from miaopu.core.models import Event, User
from miaopu.engine.letters.assessment_report import ReportRow, ReportText
from miaopu.monitoring.enums import CampaignState, Verb
from miaopu.monitoring.models import AssessmentCampaign, AssessmentResult
from miaopu.monitoring.papers import PRINTED
from miaopu.monitoring.score_guards import check_reaches, locked_campaign
from miaopu.monitoring.sheets import PERIODS, two_decimals
from miaopu.monitoring.states import OFFICER


def handed_over(campaign: AssessmentCampaign) -> Event | None:
    """When and by whom the result was reported; None where it was not."""
    return campaign.trail().filter(verb=Verb.HAND_RESULTS).order_by("pk").first()


@transaction.atomic
def hand_results(campaign: AssessmentCampaign, *, by: User, reason: str = "") -> Event:
    """Note that the published result was reported to the office that the scheme names, once.

    Raises ActionRefused where the scheme names none, Conflict before publication and afterwards.
    """
    locked = locked_campaign(campaign)
    check_reaches(by, locked.programme.region_id, OFFICER)
    to = locked.scheme.handed_to
    if to is None:
        raise ActionRefused(_("方案没有写明报送给谁"), _("结果可以下载后自行报送"))
    if locked.state != CampaignState.PUBLISHED:
        raise Conflict(_("结果还没有公布"), _("公布以后再报送"))
    if handed_over(locked) is not None:
        raise Conflict(_("结果已经报送"), _("不需要再次登记"))
    freeze = locked.freezes.get(number=locked.freeze_number)
    return record_event(
        locked, Verb.HAND_RESULTS, by=by, reason=reason, region=locked.programme.region,
        data={"to": to.title.zh, "digest": freeze.digest},
    )  # fmt: skip


def report_of(campaign: AssessmentCampaign, by: User) -> ReportText:
    """The published result as a report, with everybody who was assessed. The caller may read it.

    Raises Conflict before publication.
    """
    if campaign.state != CampaignState.PUBLISHED or campaign.published_at is None:
        raise Conflict(_("结果还没有公布"), _("公布以后再报送"))
    scheme = campaign.scheme
    titles = {one.do: one.title.zh if one.title else one.do for one in scheme.consequences}
    bands = {one.name: one.title.zh for one in scheme.bands if one.title}
    freeze = campaign.freezes.get(number=campaign.freeze_number)
    results = AssessmentResult.objects.filter(freeze=freeze).with_subjects()
    office = acting_office(by, campaign.programme.region_id)
    return ReportText(
        office=office.name if office else campaign.programme.region.name,
        to=scheme.handed_to.title.zh if scheme.handed_to else "",
        day=clock.today(),
        programme=campaign.programme.title,
        scheme=scheme.title.zh if scheme.title else campaign.scheme_key,
        clause=scheme.clause or "",
        year=campaign.year,
        weights=tuple((PERIODS[name].zh, part) for name, part in scheme.periods.items()),
        rows=tuple(
            ReportRow(
                one.rank,
                one.subject.name,
                two_decimals(one.composite),
                bands.get(one.band) or one.band,
                tuple(titles.get(name, name) for name in one.consequences),
            )
            for one in results.order_by("rank", "subject__number")
        ),
        published=timezone.localdate(campaign.published_at),
        digest=freeze.digest,
        illustrative=scheme.illustrative or any(one.illustrative for one in scheme.criteria),
    )


def report_document(campaign: AssessmentCampaign, kind: str, by: User) -> bytes:
    """The report as "pdf" or "docx". Raises KeyError for another kind, Conflict as `report_of`."""
    return PRINTED[kind](report_of(campaign, by).printable())
