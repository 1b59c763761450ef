"""Decision letters as downloads: for the enterprise, and for the offices in whose scope it is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from miaopu.cases.letters import MAKERS, document
from miaopu.cases.models import DecisionLetter
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.enums import Role
from miaopu.portal.access import party_required, role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.views.office_parts import CASE_READERS


def _download(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The letter of a case in the reader's scope, made from what was frozen."""
    if kind not in MAKERS:
        raise Http404
    found = get_object_or_404(DecisionLetter.objects.for_user(request.user), case__number=number)
    return made_response(document(found, kind), f"{found.number}.{kind}", MEDIA_TYPES[kind])


@party_required
@require_safe
def my_letter(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The decision letter of one of the person's cases (pdf or docx)."""
    return _download(request, number, kind)


@require_safe
@role_required(*CASE_READERS, Role.FINANCE_OFFICER)
def office_letter(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The decision letter of a case in the office's scope (pdf or docx)."""
    return _download(request, number, kind)
