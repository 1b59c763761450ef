"""The pages of assessments: filling in, preview, freeze, ranking, delisting."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from miaopu.bases.enums import BaseState
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.monitoring.enums import CampaignState, SheetState
from miaopu.monitoring.models import (
    AssessmentAppeal,
    AssessmentCampaign,
    AssessmentResult,
    DelistingCase,
    Score,
    ScoreFile,
)
from tests.factories import City, travel
from tests.monitoring.campaigns import FULL, NOTHING, campaigning

pytestmark = pytest.mark.django_db


def as_(user: User) -> Client:
    """A browser of the user."""
    client = Client()
    client.force_login(user)
    return client


def seen_in(page: str) -> str:
    """The hidden field that says what was seen."""
    found = re.search(r'name="revision" value="([^"]*)"', page)
    assert found is not None
    return found[1].replace("&quot;", '"')


def test_an_operator_fills_its_sheet_in_and_loses_nothing(city: City) -> None:
    work = campaigning(city, 2)
    campaign = work.opened()
    sheet, runner = work.sheet(campaign), work.parks[0].runner
    path = reverse("score_sheet", args=[sheet.pk])
    client = as_(runner)
    assert sheet.base.name in client.get(reverse("my_assessments")).content.decode()
    page = client.get(path).content.decode()
    assert "入驻企业满意度" not in page  # the officials' part
    seen = seen_in(page)
    saved = client.post(path, {"revision": seen, "s-staff.points": "3"}, headers={"Autosave": "1"})
    assert saved.status_code == 200 and json.loads(saved.json()["revision"])["staff.points"] == "3"
    # Another tab that saw the older sheet is told, and what it typed stands in the page.
    told = client.post(path, {"revision": seen, "s-staff.points": "2"}, headers={"Autosave": "1"})
    assert told.status_code == 409
    again = client.post(path, {"revision": seen, "s-staff.points": "2", "s-premises.points": "4"})
    text = again.content.decode()
    assert again.status_code == 409 and 'value="2"' in text and "他人已改为 3" in text
    assert Score.objects.get(sheet=sheet, line="premises").value == 4
    above = client.post(path, {"revision": seen_in(text), "s-funds.points": "41"})
    assert above.status_code == 422 and 'value="41"' in above.content.decode()
    assert "超过满分" in above.content.decode()
    early = client.post(path, {"revision": "{}", "action": "submit"})
    assert early.status_code == 422 and "请上传佐证材料：经费" not in early.content.decode()
    assert as_(work.parks[1].runner).get(path).status_code == 404
    work.self_scored(sheet, FULL)
    file = ScoreFile.objects.filter(sheet=sheet).order_by("pk")[0]
    answer = client.get(reverse("score_file", args=[file.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    rival = as_(work.parks[1].runner)
    assert rival.get(reverse("score_file", args=[file.pk])).status_code == 404
    # The district returns it with a reason.
    step = reverse("score_sheet_step", args=[sheet.pk, "return"])
    as_(city.reviewer).post(step, {"reason": "台账缺页"})
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SELF


def test_from_the_preview_to_the_public_ranking_and_to_delisting(city: City) -> None:
    work = campaigning(city, 2)
    work.published(2016, weak=1)
    officer, leader = as_(city.programme_officer), as_(city.leading_group)
    opened = officer.post(
        reverse("campaigns"), {"scheme": f"{work.version.pk}/bases", "year": "2017"}
    )
    campaign = AssessmentCampaign.objects.get(year=2017)
    path = reverse("campaign", args=[campaign.pk])
    assert opened.headers["Location"] == path
    due = (clock.today() + timedelta(days=9)).isoformat()
    for period in ("half", "year"):
        issued = officer.post(
            reverse("campaign_step", args=[campaign.pk, "period"]),
            {"period": period, "due_on": due},
        )
        assert issued.status_code == 302
        partial = "各时段都下发以后才有" in officer.get(path).content.decode()
        assert partial == (period == "half")
    assert "还不能冻结" in officer.get(path).content.decode()
    for place, points in ((0, FULL), (1, NOTHING)):
        for period in ("half", "year"):
            work.settled(work.sheet(campaign, period, place), points, "9" if place == 0 else "0")
    page = officer.get(path).content.decode()
    assert "99.00" in page and "50.00" in page
    assert "距II 类 10 分（年终 16.67 分）" in page
    assert "50.00 · III 类" in page  # the year before
    officer.post(reverse("campaign_step", args=[campaign.pk, "freeze"]), {"reason": ""})
    assert "评分和材料与冻结时一致" in officer.get(path + "?verify=1").content.decode()
    leader.post(reverse("campaign_step", args=[campaign.pk, "publicise"]), {"reason": ""})
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PUBLICITY and campaign.publicity_to is not None

    public = Client().get(reverse("ranking", args=[campaign.pk])).content.decode()
    assert "99.00" in public and "公示中" in public and "满意度" not in public
    result = AssessmentResult.objects.current().get(
        freeze__campaign=campaign, subject__base=work.parks[1].base
    )
    own = reverse("base_result", args=[result.pk])
    weak = as_(work.parks[1].runner)
    assert "40%" in weak.get(own).content.decode()
    assert as_(work.parks[0].runner).get(own).status_code == 404
    weak.post(own, {"line": "year/services", "reason": "台账齐全"})
    appeal = AssessmentAppeal.objects.get()
    leader.post(reverse("appeal_decide", args=[appeal.pk]), {"points": "", "reason": "证据不足"})
    travel(campaign.publicity_to + timedelta(days=1))
    officer.post(reverse("campaign_step", args=[campaign.pk, "publish"]), {"reason": ""})
    case = DelistingCase.objects.get()
    assert case.base == work.parks[1].base
    today = clock.today().isoformat()
    second = as_(work.second_officer)
    for client, step, data in (
        (officer, "hear", {"hear-heard_on": today, "hear-reason": "运营主体到场陈述"}),
        (officer, "report", {}),
        (second, "approve", {"approve-document": "省局1号", "approve-decided_on": today}),
    ):
        done = client.post(reverse("delisting_step", args=[case.pk, step]), data)
        assert done.status_code == 302, step
    assert work.parks[1].refreshed().state == BaseState.DELISTED
    assert "已核准摘牌" in officer.get(reverse("delisting", args=[case.pk])).content.decode()
