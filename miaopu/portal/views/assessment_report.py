"""The published result of a campaign as a document for the office that it is reported to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.scope import reaches
from miaopu.monitoring.enums import CampaignState
from miaopu.monitoring.papers import PRINTED
from miaopu.monitoring.querysets import ASSESSORS
from miaopu.monitoring.reporting import report_document
from miaopu.portal.access import role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.views.assessment_campaign import campaign_or_404
from miaopu.portal.views.assessment_parts import campaign_title
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS


@require_safe
@role_required(*CASE_READERS)
def report_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The report (pdf or docx), for those who may read everybody's result."""
    found, user = campaign_or_404(request, pk), person(request)
    roles = ASSESSORS.get(found.subject_kind, WORKING_ROLES)
    if (
        kind not in PRINTED
        or found.state != CampaignState.PUBLISHED
        or not reaches(user, found.programme.region_id, roles)
    ):
        raise Http404
    name = f"{campaign_title(found)}.{kind}"
    return made_response(report_document(found, kind, user), name, MEDIA_TYPES[kind])
