"""Every free text holds an attack; every page and export is asked for as every role."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation

from tests.harness.hostile import (
    NOT_FREE,
    PAYLOADS,
    XLSX,
    fill_everything,
    filled_models,
    live_formulas,
    text_columns,
)
from tests.harness.pages import StrictClient
from tests.house.url_roles import ROLES
from tests.portal.everything import make_everything
from tests.portal.url_table import TABLE

pytestmark = pytest.mark.django_db


def test_columns_without_free_text_exist() -> None:
    known = {
        f"{model._meta.label}.{field.name}"
        for model in filled_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    }
    assert not NOT_FREE.keys() - known
    assert sum(len(text_columns(model)) for model in filled_models()) > 30


@pytest.mark.long
def test_no_page_runs_what_people_wrote() -> None:
    """The strict client fails on any inline script, style, handler or javascript: address."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 80
    everything = make_everything()
    assert fill_everything().used == set(PAYLOADS)
    pages = 0
    for language in (settings.LANGUAGE_CODE, "en"):
        for route, row in TABLE.items():
            if "GET" not in row.methods:
                continue
            path = reverse(route, kwargs=everything.things[row.thing] if row.thing else {})
            may = [role for role in ROLES if row.expected(role) == 200]
            # Who sees the most, and in English, whose words hold the texts too, who sees the least.
            shown = may[-1:] if language == settings.LANGUAGE_CODE else may[:1]
            for role in shown:
                client = StrictClient()
                client.cookies["django_language"] = language
                user = everything.user(role, row.thing)
                if user is not None:
                    client.force_login(user)
                answer = client.get(path, follow=True)
                assert answer.status_code == 200, f"{route} as {role}: {answer.status_code}"
                content = b"".join(answer) if answer.streaming else answer.content
                assert not list(live_formulas(content, answer.headers)), route
                if answer["Content-Type"].startswith("text/html"):
                    pages += 1
                    for raw in (
                        b"<script>alert",
                        b"<img src=x",
                        b"<svg onload",
                        b"<details open o",
                    ):
                        assert raw not in content, f"{route} as {role}: {raw!r}"
                else:
                    assert answer["X-Content-Type-Options"] == "nosniff"
    translation.activate(settings.LANGUAGE_CODE)
    assert pages > 100


def test_live_formulas_are_found() -> None:
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "plain", -3])
    kept = io.BytesIO()
    book.save(kept)
    assert list(live_formulas(kept.getvalue(), {"Content-Type": XLSX})) == ["Sheet!A1"]
    csv = {"Content-Type": "text/csv; charset=utf-8"}
    assert list(live_formulas(b"a,'=1,-3.5\n", csv)) == []
    assert len(list(live_formulas("a,=1\n@x,＝1\n".encode(), csv))) == 3
