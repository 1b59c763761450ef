"""Papers of assessments: downloads, and the public page on which a certificate is verified."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from miaopu.bases.enums import BaseState
from miaopu.core import clock
from miaopu.core.actions import MEDIA_TYPES
from miaopu.monitoring.models import AssessmentBulletin, AssessmentCertificate
from miaopu.monitoring.papers import (
    CERTIFICATES,
    PRINTED,
    bulletin_document,
    certificate_document,
)
from miaopu.portal import formats, present, shapes
from miaopu.portal.downloads import made_response
from miaopu.portal.views.assessment_parts import assessors_only, band_words, campaign_title
from miaopu.portal.views.public_shared import public_page


@public_page
def bulletin_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The bulletin of a published year (pdf or docx)."""
    if kind not in PRINTED:
        raise Http404
    found = get_object_or_404(AssessmentBulletin.objects.public(), freeze__campaign=pk)
    content = bulletin_document(found, kind)
    return made_response(content, f"{found.number}.{kind}", MEDIA_TYPES[kind])


@require_safe
@assessors_only
def certificate_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A certificate (pdf or docx); it names the address at which anybody verifies it."""
    if kind not in CERTIFICATES:
        raise Http404
    found = get_object_or_404(AssessmentCertificate.objects.for_user(request.user), pk=pk)
    address = request.build_absolute_uri(reverse("certificate", args=[found.code]))
    content = certificate_document(found, kind, address)
    return made_response(content, f"{found.number}.{kind}", MEDIA_TYPES[kind])


def _standing(found: AssessmentCertificate) -> tuple[str, shapes.Tone]:
    """Whether a certificate holds today, and why not."""
    base, today = found.result.base, clock.today()
    if not found.is_whole:
        return _("登记内容与摘要不符"), "late"
    if base.state == BaseState.DELISTED:
        return _("基地已摘牌，证书不再有效"), "late"
    if base.state != BaseState.ADMITTED:
        return _("基地已退出，证书不再有效"), "late"
    if today > found.valid_until:
        return _("已过有效期"), "neutral"
    return pgettext("certificate", "有效"), "good"


@public_page
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says of a certificate: to be compared with the paper."""
    rows = AssessmentCertificate.objects.public().select_related(
        "result__subject__base__region", "result__subject__base__operator",
        "result__freeze__campaign__version",
        "result__freeze__campaign__programme",
    )  # fmt: skip
    found = get_object_or_404(rows, code=code)
    text, result = found.text, found.result
    campaign, base = result.freeze.campaign, result.base
    state, tone = _standing(found)
    band = band_words(campaign.scheme, result.band)
    record = [
        shapes.Answer(_("证书编号"), found.number),
        shapes.Answer(_("基地"), f"{text.subject} {text.subject_number}"),
        shapes.Answer(_("区域"), present.region_name(base.region)),
        shapes.Answer(_("发证时的运营主体"), text.operator),
        shapes.Answer(_("考核"), campaign_title(campaign)),
        shapes.Answer(
            _("等次"), _("%(band)s，考核优秀") % {"band": band} if text.outstanding else band
        ),
        shapes.Answer(_("发证日期"), formats.day(found.valid_from)),
        shapes.Answer(_("有效期至"), formats.day(found.valid_until)),
    ]
    if base.operator.name != text.operator:
        record.append(shapes.Answer(_("现在的运营主体"), base.operator.name))
    context = {
        "certificate": found,
        "title": _("考核证书 %(number)s") % {"number": found.number},
        "state": state,
        "tone": tone,
        "record": record,
        "result_digest": result.freeze.digest,
        "crumbs": [
            shapes.Link(_("考核结果"), reverse("rankings")),
            shapes.Link(campaign_title(campaign), reverse("ranking", args=[campaign.pk])),
            shapes.Link(found.number),
        ],
    }
    return render(request, "assessment/certificate.html", context)
