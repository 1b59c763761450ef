"""Rows of the URL × role table for the papers of assessments, and the things they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.monitoring.models import AssessmentCertificate
from tests.factories import City
from tests.house.url_roles import CASE_READERS, Route
from tests.portal.url_rows_assessments import OWNER, published

ROWS: dict[str, Route] = {
    "bulletin_file": Route(open=True, thing="bulletin_file"),
    "certificate": Route(open=True, thing="certificate"),
    "certificate_file": Route(allow=CASE_READERS | OWNER, thing="certificate_file"),
}


def _certificate(city: City) -> AssessmentCertificate:
    """The certificate of the base that the city's enterprise runs."""
    return AssessmentCertificate.objects.get(
        result__freeze__campaign=published(city),
        result__subject__base__operator=city.enterprise,
    )


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "bulletin_file": lambda city: {"pk": published(city).pk, "kind": "docx"},
    "certificate": lambda city: {"code": _certificate(city).code},
    "certificate_file": lambda city: {"pk": _certificate(city).pk, "kind": "docx"},
}
