"""What stands around the form of a score sheet: whose turn it is, who may do what, the trail."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.monitoring.enums import CampaignState, SheetState, Stage
from miaopu.monitoring.evidence_actions import takes_late_files
from miaopu.monitoring.models import ScoreSheet
from miaopu.monitoring.querysets import ASSESSORS, READERS
from miaopu.monitoring.score_guards import belongs
from miaopu.portal import present, shapes
from miaopu.portal.score_form import ScoreForm
from miaopu.portal.views.assessment_figures import figures_of, worked_out
from miaopu.portal.views.assessment_parts import campaign_title

_EXPERTS = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER)


def experts_for(sheet: ScoreSheet, user: User) -> list[User]:
    """Who may score the sheet as an expert: officials of the city who have not scored it."""
    region = sheet.campaign.programme.region_id
    used = {sheet.reviewed_by_id, sheet.settled_by_id, user.pk}
    used |= set(sheet.samples.values_list("expert_id", flat=True))
    found = {one.pk: one for role in _EXPERTS for one in holders(role, region)}
    return [
        one
        for pk, one in sorted(found.items())
        if pk not in used and not belongs(one, sheet.subject)
    ]


def sheet_context(sheet: ScoreSheet, user: User, form: ScoreForm) -> dict[str, Any]:
    """What the page of a sheet shows beside its head."""
    campaign = sheet.campaign
    is_open = campaign.state == CampaignState.OPEN
    officer = reaches(user, campaign.programme.region_id, [Role.PROGRAMME_OFFICER])
    roles = ASSESSORS.get(campaign.subject_kind, WORKING_ROLES)
    seen = reaches(user, sheet.subject.region_id, roles) and not belongs(user, sheet.subject)
    changed = sheet.operator_changed
    reader = user.has_role(*READERS)
    back = reverse("my_assessments") if user.is_party else reverse("campaigns") if reader else ""
    drawn = sheet.samples.select_related("expert").order_by("pk") if officer else ()
    return {
        "sheet": sheet,
        "subject": present.in_language(sheet.subject.title),
        "form": form,
        "filling": form.stage is not None,
        "as_whom": str(form.stage.label) if form.stage else "",
        "takes_late": takes_late_files(user, sheet),
        "operator_changed": changed,
        "figures": figures_of(sheet, user),
        "worked_out": worked_out(sheet, user),
        "may_hand_over": officer and is_open and changed and sheet.state == SheetState.SELF,
        "may_return": (form.stage in (Stage.DISTRICT, Stage.CITY))
        or (officer and is_open and sheet.state == SheetState.SETTLED),
        "may_declare": form.stage not in (None, Stage.SELF),
        "samples": drawn,
        "experts": experts_for(sheet, user)
        if officer and is_open and sheet.state in (SheetState.CITY, SheetState.SETTLED)
        else [],
        "trail": present.trail_of(sheet.trail(), None, None, inside=True) if seen else None,
        "crumbs": [
            shapes.Link(_("考核"), back),
            shapes.Link(campaign_title(campaign), _campaign(sheet) if reader else ""),
            shapes.Link(present.in_language(sheet.subject.title)),
        ],
    }


def _campaign(sheet: ScoreSheet) -> str:
    return reverse("campaign", args=[sheet.campaign_id])
