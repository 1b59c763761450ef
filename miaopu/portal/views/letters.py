"""Decision letters as downloads: for the enterprise, and for the offices in whose scope it is."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from miaopu.cases.models import DecisionLetter
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.enums import Role
from miaopu.engine.letters.content import Letter
from miaopu.engine.letters.pdf import letter_pdf
from miaopu.engine.letters.word import letter_docx
from miaopu.portal.access import party_required, role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.views.office_parts import CASE_READERS

MAKERS: dict[str, Callable[[Letter], bytes]] = {"pdf": letter_pdf, "docx": letter_docx}


def _download(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The letter of a case in the reader's scope, made from what was frozen."""
    maker = MAKERS.get(kind)
    if maker is None:
        raise Http404
    found = get_object_or_404(DecisionLetter.objects.for_user(request.user), case__number=number)
    return made_response(maker(found.letter), f"{found.number}.{kind}", MEDIA_TYPES[kind])


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
