"""The pages of assessments of districts: figures with what is behind them, the result reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from miaopu.core.models import User
from miaopu.engine.assessment.scheme import HandedTo
from miaopu.engine.packs.schema import Pack
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_campaign,
    open_period,
    publicise_campaign,
)
from miaopu.monitoring.models import AssessmentResult, ScoreSheet
from miaopu.plans.actions import load_version
from tests.factories import City, travel
from tests.monitoring.campaigns import bases_pack, campaigning

pytestmark = pytest.mark.django_db
HALF = date(2018, 6, 30)
OFFICE = {"title": {"zh": "市委考核办", "en": "assessment office"}, "clause": "五/(四)"}


def as_(user: User) -> Client:
    """A browser of the user."""
    client = Client()
    client.force_login(user)
    return client


def test_a_district_sees_what_its_figures_are_made_of_and_the_result_goes_on(city: City) -> None:
    work = campaigning(city, 2)
    bases = work.published(2017, weak=1)
    pack = bases_pack()
    counties = pack.assessments["counties"].model_copy(
        update={"handed_to": HandedTo.model_validate(OFFICE)}
    )
    schemes = {**pack.assessments, "counties": counties}
    changed = pack.model_copy(update={"assessments": schemes})
    version, _created = load_version(Pack.from_json(changed.to_json()), by=None)
    officer, city_page = city.programme_officer, as_(city.programme_officer)
    campaign = open_campaign(version, "counties", 2017, by=officer)
    open_period(campaign, "year", HALF, by=officer)
    sheet = ScoreSheet.objects.get(campaign=campaign)
    path, page = reverse("score_sheet", args=[sheet.pk]), reverse("campaign", args=[campaign.pk])

    client = as_(city.reviewer)
    text = client.get(path).content.decode()
    assert "参评基地" in text and reverse("ranking", args=[bases.pk]) in text
    assert "39" in text and "不计" in text  # the points of the classes; tasks and visits left out
    assert 's-bases_rated.points"' not in text  # not hers to type
    said = client.post(path, {"revision": "{}", "s-guidance.points": "11", "action": "submit"})
    assert said.status_code == 422 and 'value="11"' in said.content.decode()
    done = client.post(path, {"revision": "{}", "s-guidance.points": "9", "action": "submit"})
    assert done.status_code == 302
    assert as_(city.other_reviewer).get(path).status_code == 404
    for who in (city.leading_group, officer):
        assert as_(who).post(path, {"revision": "{}", "action": "submit"}).status_code == 302
    answer = city_page.post(reverse("campaign_step", args=[campaign.pk, "refresh"]), {"reason": ""})
    assert answer.status_code == 302
    freeze_campaign(campaign, by=officer)
    result = AssessmentResult.objects.get(freeze__campaign=campaign)
    own = reverse("base_result", args=[result.pk])
    assert client.get(own).status_code == 404  # not told yet
    told = publicise_campaign(campaign, by=city.leading_group)
    assert "不计分，按其余各项的得分率补足" in client.get(own).content.decode()
    assert told.publicity_to is not None
    travel(told.publicity_to + timedelta(days=1))
    report = reverse("campaign_report", args=[campaign.pk, "docx"])
    assert city_page.get(report).status_code == 404  # not published yet
    city_page.post(reverse("campaign_step", args=[campaign.pk, "publish"]), {"reason": ""})
    assert city_page.get(report).content[:2] == b"PK"
    assert client.get(report).status_code == 404
    assert "登记已报送" in city_page.get(page).content.decode()
    hand = reverse("campaign_step", args=[campaign.pk, "hand"])
    city_page.post(hand, {"reason": "随文报送"})
    text = city_page.get(page).content.decode()
    assert "登记已报送" not in text and "报送考核结果" in text and "随文报送" in text
    public = Client().get(reverse("ranking", args=[campaign.pk])).content.decode()
    assert "云岩区" in public
