"""Papers of an application: handed in, refused in words, removed, given back as downloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from miaopu.cases import actions
from miaopu.cases.models import Case, CaseFile
from tests.factories import (
    City,
)
from tests.portal.enterprise import (
    PNG,
    signed_in,
    text,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, city: City) -> Client:
    """The owner's browser."""
    return signed_in(client, city.owner)


def paper(case: Case) -> Any:
    """The first kind of paper that the item asks for."""
    return case.item.definition.materials[0]


def upload(client: Client, case: Case, material: str, name: str, content: bytes) -> Any:
    data = {"material": material, "file": SimpleUploadedFile(name, content)}
    return client.post(url("case_files", case.number), data)


def test_a_file_is_kept_and_given_back_as_a_download(
    owner: Client, new_client: Callable[[], Client], city: City
) -> None:
    case = city.draft()
    answer = upload(owner, case, paper(case).id, '执照 "正本".png', PNG)
    assert answer["Location"] == url("case_files", case.number)
    attached = CaseFile.objects.get()
    page = url("my_file", attached.pk)
    assert page in text(owner.get(url("case_check", case.number)))
    given = owner.get(page)
    assert given["Content-Type"] == "image/png"
    assert given["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%89%A7")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert b"".join(given.streaming_content) == PNG
    assert signed_in(new_client(), city.other_owner).get(page).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"", "文件是空的"),
        ("a.pdf", b"<script>alert(1)</script>", "不支持这种文件"),
        ("a.png", b"MZ" + b"\0" * 200, "不支持这种文件"),
    ],
)
def test_bad_files_are_refused_in_words(
    owner: Client, city: City, name: str, content: bytes, told: str
) -> None:
    case = city.draft()
    answer = upload(owner, case, paper(case).id, name, content)
    assert answer.status_code == 200
    assert told in text(answer)
    assert f'href="#file_{paper(case).id}_file"' in text(answer)
    assert not CaseFile.objects.exists()


def test_no_file_unknown_paper_and_late_file(owner: Client, city: City) -> None:
    case = city.draft()
    nothing = owner.post(url("case_files", case.number), {"material": paper(case).id})
    assert "请选择要上传的文件" in text(nothing)
    unknown = upload(owner, case, "passport", "a.png", PNG)
    assert unknown["Location"] == url("my_case", case.number)
    actions.submit_case(case, by=city.owner)
    late = upload(owner, case, paper(case).id, "a.png", PNG)
    assert late["Location"] == url("my_case", case.number)
    assert "已经提交" in text(owner.get(late["Location"]))
    assert not CaseFile.objects.exists()


def test_too_large_a_file_is_refused(owner: Client, city: City, settings: Any) -> None:
    settings.FILE_MAX_BYTES = len(PNG) - 1
    case = city.draft()
    answer = upload(owner, case, paper(case).id, "a.png", PNG)
    assert answer.status_code == 200
    assert not CaseFile.objects.exists()


def test_a_file_is_removed_from_a_draft_only(
    owner: Client, new_client: Callable[[], Client], city: City
) -> None:
    case = city.draft()
    upload(owner, case, paper(case).id, "a.png", PNG)
    attached = CaseFile.objects.get()
    remove = url("case_file_remove", case.number, attached.pk)
    assert remove in text(owner.get(url("case_files", case.number)))
    assert signed_in(new_client(), city.other_owner).post(remove).status_code == 404
    assert owner.post(remove)["Location"] == url("case_files", case.number)
    assert owner.post(remove).status_code == 404
    assert owner.get(url("my_file", attached.pk)).status_code == 404
    attached.refresh_from_db()
    assert attached.removed_at is not None
    upload(owner, case, paper(case).id, "a.png", PNG)  # the same file again
    again = CaseFile.objects.latest("pk")
    assert again.pk != attached.pk
    actions.submit_case(case, by=city.owner)
    late = owner.post(url("case_file_remove", case.number, again.pk), follow=True)
    assert "已经提交" in text(late)
    again.refresh_from_db()
    assert again.removed_at is None


def test_an_upload_with_progress_is_answered_in_data(owner: Client, city: City) -> None:
    case = city.draft()
    page = url("case_files", case.number)
    sent = {"material": paper(case).id, "file": SimpleUploadedFile("a.png", PNG)}
    assert owner.post(page, sent, headers={"Upload": "1"}).json() == {"href": page}
    bad = {"material": paper(case).id, "file": SimpleUploadedFile("a.pdf", b"<x>")}
    refused = owner.post(page, bad, headers={"Upload": "1"})
    assert refused.status_code == 409
    assert "不支持这种文件" in refused.json()["message"]
