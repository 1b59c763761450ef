"""Every programme's pages: the five packs beside each other, and one without items."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from miaopu.core.enums import Role
from miaopu.core.models import Region
from miaopu.plans.models import Programme
from miaopu.plans.reading_completion import complete_reading, keep_choices
from tests.factories import City, make_officer
from tests.harness.pages import StrictClient
from tests.plans.readings import accept_all, open_reading
from tests.plans.test_readings import CHOICES

pytestmark = pytest.mark.django_db
PACKS = sorted(
    str(path) for path in (Path(__file__).parents[2] / "programmes").iterdir() if path.is_dir()
)
PUBLIC = ("/", "/money/", "/self-check/", "/publicity/", "/awards/", "/open-data/", "/verify/")
OFFICE = ("/office/", "/office/board/", "/office/cases/", "/office/entitlements/", "/finance/")


def load_all() -> None:
    """All packs, and a programme that was made at the reading desk."""
    call_command("load_pack", *PACKS, stdout=io.StringIO())
    city = Region.objects.get(code="520100")
    officer = make_officer(Role.PROGRAMME_OFFICER, city.code)
    reading = open_reading(officer)
    accept_all(reading, officer)
    complete_reading(keep_choices(reading, CHOICES, by=officer), by=officer)


def test_pages_of_all_programmes(client: StrictClient, city: City) -> None:
    load_all()
    programmes = list(Programme.objects.public())
    assert len(programmes) == len(PACKS) + 1
    pages = {path: client.get(path) for path in PUBLIC}
    for programme in programmes:
        pages |= {
            path: client.get(path)
            for path in (
                f"/programmes/{programme.slug}/",
                f"/money/?programme={programme.slug}",
                f"/api/v1/programmes/{programme.slug}",
            )
        }
    for role in (city.programme_officer, city.leading_group, city.auditor):
        client.force_login(role)
        for path in OFFICE:
            pages[f"{path} {role.name}"] = client.get(path)
        for programme in programmes:
            path = f"/office/board/?programme={programme.slug}"
            pages[f"{path} {role.name}"] = client.get(path)
    wrong = {path: page.status_code for path, page in pages.items() if page.status_code >= 500}
    assert not wrong
    for path, page in pages.items():
        body = page.content.decode()
        assert not re.search(r">\s*(?:None|nan|NaN)\b", body), path


def test_no_sums_of_nothing(client: StrictClient, city: City) -> None:
    load_all()
    page = client.get("/programmes/qinglan-2018/").content.decode()
    for heading in ('id="jobs"', 'id="districts"', 'id="levels"', 'id="items"'):
        assert heading not in page
    assert "任务分工（9 项）" in page
    assert "待机构改革后确定" in page
    assert "方案写明的资金，不在账内（6 项）" in page
    home = client.get("/").content.decode()
    assert 'id="programme-qinglan-2018"' in home
    assert 'id="money-qinglan-2018"' not in home
    assert 'id="money-guiyang-2018"' in home
    assert "青岚区" not in client.get("/money/").content.decode()
    client.force_login(city.programme_officer)
    board = client.get("/office/board/").content.decode()
    assert "贵阳市2018年微型企业扶持计划</h1>" in board, "her own city's, not the first by name"
    supervised = client.get("/office/board/?programme=qinglan-2018").content.decode()
    assert "没有发放资金的事项" in supervised
    assert 'id="levels"' not in supervised
