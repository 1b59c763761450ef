"""Papers of a published result: certificates, the bulletin, the opinion, as PDF and as Word."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from docx import Document

from miaopu.bases.delisting import delist_base
from miaopu.bases.enums import TenancyStage
from miaopu.bases.models import BaseTitle, Tenancy
from miaopu.bases.tenants import admit_tenant
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Event, Notice
from miaopu.engine.seals import digest
from miaopu.monitoring.consequences import document
from miaopu.monitoring.models import (
    AssessmentBulletin,
    AssessmentCertificate,
    AssessmentOpinion,
)
from miaopu.monitoring.papers import bulletin_document
from miaopu.parties.facts import known_facts, values
from tests.browser.papers import words_of
from tests.factories import City, make_enterprise, make_owner, travel
from tests.monitoring.campaigns import campaigning

pytestmark = pytest.mark.django_db


def words_in(docx: bytes) -> str:
    """All words of a Word document, its tables too, without blanks."""
    found = Document(io.BytesIO(docx))
    cells = (cell for table in found.tables for row in table.rows for cell in row.cells)
    return "".join(
        "".join((*(one.text for one in found.paragraphs), *(c.text for c in cells))).split()
    )


def test_papers_say_what_was_published_and_can_be_verified(city: City) -> None:
    work = campaigning(city)
    work.published(2016, weak=1)
    second = work.published(2017)
    best, other = work.parks[0].base, work.parks[1].base

    # The bulletin: ranking, outstanding, counties and the year before, the same in both forms.
    bulletin = AssessmentBulletin.objects.get(freeze__campaign=second)
    assert (
        bulletin.freeze.number == second.freeze_number
        and digest(bulletin.content) == bulletin.digest
    )
    forms = (
        words_of(bulletin_document(bulletin, "pdf")),
        words_in(bulletin_document(bulletin, "docx")),
    )
    for words in forms:
        assert "考核优秀" in words and best.name in words and bulletin.number in words
        assert f"类别上升1个：{other.name}（III类到I类）" in words
        assert "+50.00" in words and "50.00" in words  # against the year before
    assert [one.before for one in bulletin.text.rows] == ["100", "50"]
    public = Client()
    path = reverse("bulletin_file", args=[second.pk, "pdf"])
    assert public.get(path).content.startswith(b"%PDF-")
    opened = work.opened(2018)
    assert public.get(reverse("bulletin_file", args=[opened.pk, "pdf"])).status_code == 404

    # A certificate for each but the last class; who verifies it sees what the register says.
    assert not AssessmentCertificate.objects.filter(
        result__freeze__campaign__year=2016, result__subject__base=other
    ).exists()
    found = AssessmentCertificate.objects.get(
        result__freeze__campaign=second, result__subject__base=best
    )
    assert (found.text.band, found.text.outstanding, found.text.operators) == (
        "I",
        True,
        (city.enterprise.name,),
    )
    assert found.valid_until > clock.today()
    runner, rival = Client(), Client()
    runner.force_login(work.parks[0].runner)
    rival.force_login(work.parks[1].runner)
    pdf, word = (reverse("certificate_file", args=[found.pk, kind]) for kind in ("pdf", "docx"))
    page = reverse("certificate", args=[found.code])
    for words in (words_of(runner.get(pdf).content), words_in(runner.get(word).content)):
        for fact in (
            best.name,
            "I类",
            "考核优秀",
            found.number,
            found.digest,
            f"testserver{page}",
            "盖章处",
        ):
            assert fact in words, fact
    assert rival.get(pdf).status_code == 404
    assert "有效" in public.get(page).content.decode()
    assert found.digest in public.get(page).content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentCertificate.objects.update(valid_until=date(2030, 1, 1))
    travel(found.valid_until + timedelta(days=1))
    assert "已过有效期" in public.get(page).content.decode()

    # The opinion's table has a cell for a cell.
    opinion = AssessmentOpinion.objects.get()
    line = opinion.text.lines[0]
    assert f"{line.period}{line.title}{line.points}{line.maximum}" in words_of(
        document(opinion, "pdf")
    )


def test_tenants_of_a_delisted_base_keep_their_lease_and_what_they_reached(city: City) -> None:
    work = campaigning(city)
    park, officer = work.parks[1], work.second_officer
    enterprise, graduate = (
        make_enterprise(name="苗绣有限公司"),
        make_enterprise(name="毕业有限公司"),
    )
    inside = park.tenant(team="", enterprise=enterprise, since=date(2017, 3, 1))
    team = park.tenant(since=date(2017, 5, 1))
    gone = park.tenant(team="", enterprise=graduate, since=date(2016, 3, 1))
    Tenancy.objects.filter(pk=gone.pk).update(
        stage=TenancyStage.GRADUATED, graduated_on=date(2017, 9, 1)
    )
    for level in ("city", "provincial"):
        BaseTitle.objects.create(
            base=park.base, level=level, name="示范基地", granted_on=date(2017, 1, 1)
        )
    owner = make_owner(enterprise)
    with pytest.raises(ActionRefused):
        delist_base(park.base, " ", by=officer)
    delist_base(park.base, "省局1号", by=officer)
    today = clock.today()
    ended = {one.pk: (one.stage, one.left_on) for one in Tenancy.objects.filter(base=park.base)}
    assert ended[inside.pk] == ended[team.pk] == (TenancyStage.LEFT, today)
    assert ended[gone.pk] == (TenancyStage.GRADUATED, None)
    assert values(known_facts(enterprise, today))["left_incubation_on"] == today
    assert "left_incubation_on" not in values(known_facts(graduate, today))
    notice = Notice.objects.get(user=owner)
    assert "租约照旧" in notice.text and "lease" in notice.text_en
    event = Event.objects.for_subject(park.base).get(verb="bases.delist_base")
    assert (event.data["tenants"], event.data["titles"]) == (2, ["市级 示范基地"])
    assert dict(BaseTitle.objects.filter(base=park.base).values_list("level", "withdrawn_on")) == {
        "city": today, "provincial": None,
    }  # fmt: skip
    with pytest.raises(Conflict):
        delist_base(park.base, "省局1号", by=officer)
    stated = {"room": None, "area": inside.area, "rent_fen": 0, "relief_percent": 0, "since": today}
    with pytest.raises(ActionRefused):  # nobody comes in any more
        admit_tenant(park.base, team="新团队", enterprise=None, by=park.runner, **stated)  # type: ignore[arg-type]
    moved = admit_tenant(
        work.parks[0].base,
        team="",
        enterprise=enterprise,
        by=work.parks[0].runner,
        **stated,  # type: ignore[arg-type]
    )
    assert moved.incubated_from == today
