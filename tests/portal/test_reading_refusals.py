"""Files that are no plans, handed in through the page: told in both languages, never a 5xx."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading
from miaopu.plans.reading_tasks import read_plan
from tests.factories import CITY, City
from tests.harness.pages import StrictClient
from tests.plans.readings import PLAN, hand_in

pytestmark = pytest.mark.django_db
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def word(**extra: bytes) -> bytes:
    """A Word document with a plan's line, and further parts."""
    stream = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("一、目标")
    document.add_paragraph("到2018年新增小微企业30户。")
    document.save(stream)
    if extra:
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, content in extra.items():
                archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def bomb() -> bytes:
    """A small archive whose document would be two gigabytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _megabyte in range(64):
                part.write(b" " * 1_000_000)
    return stream.getvalue()


def pdf(*, password: str = "") -> bytes:
    """A pdf of one page without text, as a scan is; under a password if one is given."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


AT_ONCE = {
    "empty": (b"", "文件是空的", "empty"),
    "blank": (b" \n\n ", "文件是空的", "empty"),
    "program": (b"MZ\x90\0" + bytes(range(256)) * 9, "EXE", "EXE"),
    "large": (b"\xe4\xb8\x80" * 7_000_000, "20 MB", "20 MB"),
}
LATER = {
    "binary": (bytes(range(1, 256)) * 40, "", ""),
    "old office": (OLE, "旧版 Office", "old kind"),
    "encrypted docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "加密", "encrypted"),
    "macros": (word(word__vbaProject_dot_bin=b"x"), "宏", "macros"),
    "bomb": (bomb(), "过大", "too large"),
    "encrypted pdf": (pdf(password="geheim"), "加密", "encrypted"),
    "scan": (pdf(), "", "text"),
    "broken docx": (word()[:900], "损坏", "damaged"),
}


def give(client: StrictClient, content: bytes) -> Any:
    file = SimpleUploadedFile("计划.docx", content)
    return client.post("/office/readings/new/", {"region": CITY, "file": file})


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_is_evidently_no_document_is_refused_on_the_form(
    client: StrictClient, city: City, name: str
) -> None:
    content, zh, en = AT_ONCE[name]
    client.force_login(city.programme_officer)
    refused = give(client, content)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert zh in page
    assert f'value="{CITY}" selected' in page
    client.cookies["django_language"] = "en"
    assert en in give(client, content).content.decode()
    assert not PlanReading.objects.exists()


@pytest.mark.parametrize("name", LATER)
def test_what_the_reading_refuses_is_said_on_its_page(
    client: StrictClient, city: City, name: str
) -> None:
    content, zh, en = LATER[name]
    client.force_login(city.programme_officer)
    where = give(client, content)["Location"]
    reading = PlanReading.objects.get()
    assert reading.job_id is not None
    read_plan(job_id=reading.job_id, reading_id=reading.pk)
    reading.refresh_from_db()
    assert reading.state == ReadingState.REFUSED
    page = client.get(where).content.decode()
    assert zh in page
    assert reading.refusal["message"]["zh"] in page
    assert "重新上传" in page
    client.cookies["django_language"] = "en"
    english = client.get(where).content.decode()
    assert reading.refusal["message"]["en"].replace("'", "&#x27;") in english
    assert en in english


def test_other_encodings_and_two_plans_in_one_file_are_read(city: City) -> None:
    plan = PLAN.read_text(encoding="utf-8")
    old = hand_in(plan.encode("gb18030"), city.programme_officer)
    assert (old.state, old.text) == (ReadingState.OPEN, plan)
    both = hand_in(f"{plan}\n\n{plan}".encode(), city.programme_officer)
    assert both.state == ReadingState.OPEN
    assert both.items.filter(kind="target").count() == 2 * old.items.filter(kind="target").count()
