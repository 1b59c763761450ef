"""What goes wrong in an assessment: each has a clear answer, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from miaopu.bases.delisting import delist_base
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Notice
from miaopu.engine.assessment.scheme import ScoreItem
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
)
from miaopu.monitoring.enums import Stage
from miaopu.monitoring.evidence_actions import (
    keep_late_file,
    keep_score_file,
    withdraw_score_file,
)
from miaopu.monitoring.freezing import freeze_problems
from miaopu.monitoring.models import (
    AssessmentCertificate,
    LateScoreFile,
    Score,
    ScoreChange,
    ScoreFile,
    ScoreSheet,
)
from miaopu.monitoring.score_actions import (
    Saved,
    hand_over_sheet,
    return_sheet,
    save_scores,
    submit_sheet,
)
from miaopu.monitoring.sheet_checks import SheetRefused
from tests.factories import City, make_enterprise, make_owner, travel
from tests.monitoring.campaigns import EVIDENCE, FIGURES, FULL, PDF, campaigning


@pytest.mark.django_db
def test_every_line_that_asks_for_evidence_takes_it_and_wants_it(city: City) -> None:
    work = campaigning(city, 1)
    sheet, runner = work.sheet(work.opened()), work.parks[0].runner
    work.fill(sheet, {**FULL, **FIGURES, "innovation": "2"}, runner)
    Score.objects.filter(sheet=sheet, line="tax_now").update(recorded=True)
    with pytest.raises(SheetRefused) as refused:
        submit_sheet(sheet, by=runner)
    asked = {*EVIDENCE, "innovation"} - {"tax_now"}  # what the records say needs no paper
    assert refused.value.problems.keys() == asked
    Score.objects.filter(sheet=sheet, line="tax_now").update(recorded=False)
    work.fill(sheet, {"services": "0"}, runner)  # nothing claimed, nothing to prove
    page, url = Client(), reverse("score_sheet", args=[sheet.pk])
    page.force_login(runner)
    for line in sorted({*EVIDENCE, "innovation"} - {"services"}):
        assert f'name="f-{line}"' in page.get(url).content.decode()
        # Several at once, as a telephone sends them; the one that cannot be kept is named.
        files = [
            SimpleUploadedFile(f"{line}{place}.pdf", PDF + line.encode() + bytes([place]))
            for place in (1, 2)
        ]
        if line == "funds":
            files.insert(0, SimpleUploadedFile("坏的.exe", b"MZ"))
        answer = page.post(url, {"revision": "{}", f"f-{line}": files})
        assert answer.status_code == (409 if line == "funds" else 302), answer.content.decode()
        if line == "funds":
            assert "坏的.exe" in answer.content.decode()
    assert ScoreFile.objects.filter(sheet=sheet).count() == 12
    submit_sheet(sheet, by=runner)
    with pytest.raises(ValueError, match="figures"):
        computed = '"id": "x", "max": "1", "kind": "computed", "points": "y"'
        evidence = '"evidence": {"zh": "表", "en": "table"}'
        ScoreItem.model_validate_json(f"{{{computed}, {evidence}}}")


@pytest.mark.django_db
def test_evidence_after_the_freeze_is_kept_beside_what_was_frozen(city: City) -> None:
    work = campaigning(city, 1)
    campaign, runner = work.opened(), work.parks[0].runner
    for period in ("half", "year"):
        work.settled(work.sheet(campaign, period), FULL, "10")
    sheet = work.sheet(campaign)
    page, url = Client(), reverse("score_sheet", args=[sheet.pk])
    page.force_login(runner)
    with pytest.raises(Conflict):  # nothing is frozen yet
        keep_late_file(sheet, "funds", "x.pdf", PDF, by=runner)
    freeze_campaign(campaign, by=city.programme_officer)
    freeze = campaign.freezes.get(number=1)
    frozen = ScoreFile.objects.get(sheet=sheet, line="funds").file
    # From a page that was opened before: the file is kept apart, what was typed stands there.
    late = {"s-staff.note": "专职五人", "f-funds": SimpleUploadedFile("新的.pdf", PDF + b"new")}
    told = page.post(url, {"revision": "{}", **late})
    text = told.content.decode()
    assert told.status_code == 409 and "不计入评分" in text and "专职五人" in text
    made = LateScoreFile.objects.get()
    assert made.file.sha256 != frozen.sha256
    assert made.file.sha256[:16] in text and frozen.sha256[:16] in text
    again = page.post(url, {"late": "1", "f-funds": SimpleUploadedFile("新的.pdf", PDF + b"new")})
    assert again.status_code == 302 and LateScoreFile.objects.count() == 1
    officer = Client()
    officer.force_login(city.programme_officer)
    assert made.file.sha256[:16] in officer.get(url).content.decode()
    assert freeze_problems(freeze) == []
    campaign.freezes.get(number=1, digest=freeze.digest)
    with pytest.raises(DatabaseError), transaction.atomic():
        LateScoreFile.objects.all().delete()
    campaign = publicise_campaign(campaign, by=city.leading_group)
    assert campaign.publicity_to is not None
    travel(campaign.publicity_to.replace(day=28))
    publish_campaign(campaign, by=city.programme_officer)
    with pytest.raises(Conflict, match="补交"):
        keep_late_file(sheet, "funds", "x.pdf", PDF + b"3", by=runner)


@pytest.mark.django_db
def test_a_base_that_changed_hands_is_scored_by_one_at_a_time(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened()
    work.settled(work.sheet(campaign, "half"), FULL, "10")
    base, before = work.parks[0].base, work.parks[0].runner
    sheet = work.sheet(campaign)
    keep_score_file(sheet, "funds", "proof.pdf", PDF, by=before)
    base.operator = make_enterprise(name="接手的公司")
    base.save(update_fields=["operator"])
    after = make_owner(base.operator)
    # Both see it; who had it fills it in until it is handed over, and the next one is told.
    for runner in (before, after):
        assert set(ScoreSheet.objects.for_user(runner)) >= {sheet}
    save_scores(sheet, {"staff.points": "4"}, {}, by=before)
    with pytest.raises(Conflict):
        save_scores(sheet, {"staff.points": "3"}, {}, by=after)
    hand_over_sheet(sheet, by=city.programme_officer, reason="运营主体变更备案已核对")
    assert "已填的内容都在" in Notice.objects.get(user=after, key__contains="handed-over").text
    with pytest.raises(Conflict):
        save_scores(sheet, {"staff.points": "2"}, {}, by=before)
    assert sheet not in ScoreSheet.objects.for_user(before)
    withdraw_score_file(ScoreFile.objects.get(sheet=sheet), by=after, reason="")
    work.settled(work.sheet(campaign), FULL, "10")
    with pytest.raises(ActionRefused, match="变更了运营主体"):
        freeze_campaign(campaign, by=city.programme_officer)
    freeze_campaign(campaign, by=city.programme_officer, reason="基地没有变")
    campaign = publicise_campaign(campaign, by=city.leading_group)
    assert campaign.publicity_to is not None
    travel(campaign.publicity_to.replace(day=28))
    publish_campaign(campaign, by=city.programme_officer)
    text = AssessmentCertificate.objects.get().text
    assert text.operator == "接手的公司" and text.operators == (city.enterprise.name, "接手的公司")
    assert "年度内运营主体依次为" in "".join(text.said)


@pytest.mark.django_db
def test_a_missing_period_and_a_base_that_is_gone_are_named(city: City) -> None:
    work = campaigning(city, 2)
    campaign = work.opened(periods=("year",))
    for place in (0, 1):
        work.settled(work.sheet(campaign, "year", place), FULL, "10")
    with pytest.raises(ActionRefused, match="没有半年的评分表"):
        freeze_campaign(campaign, by=city.programme_officer)
    assert open_period(campaign, "half", clock.today(), by=city.programme_officer) == 2
    work.settled(work.sheet(campaign, "half"), FULL, "10")
    sheet = work.sheet(campaign, "half", 1)
    save_scores(sheet, {"staff.points": "3"}, {}, by=work.parks[1].runner)
    delist_base(work.parks[1].base, "省局1号", by=work.second_officer)
    with pytest.raises(Conflict, match="已摘牌，不再参加考核"):
        save_scores(sheet, {"staff.points": "4"}, {}, by=work.parks[1].runner)
    assert Score.objects.get(sheet=sheet, line="staff").value == 3
    freeze_campaign(campaign, by=city.programme_officer)  # who is gone is not waited for
    assert [one.base for one in campaign.freezes.get().results.all()] == [work.parks[0].base]


def test_two_assessors_at_once_lose_nothing(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    work = campaigning(city, 1)
    sheet = work.self_scored(work.sheet(work.opened()), FULL)
    work.fill(sheet, {"satisfaction": "9"}, city.reviewer)
    submit_sheet(sheet, by=city.reviewer)
    people = (city.programme_officer, work.second_officer)
    seen = {
        f"{line}.{part}": ""
        for line in ("staff", "premises", "funds")
        for part in ("points", "note")
    }
    typed = (
        {"staff.points": "1", "staff.note": "只有一人"}
        | {"premises.points": "3", "premises.note": "面积不足"},
        {"staff.points": "2", "staff.note": "只有两人"}
        | {"funds.points": "2", "funds.note": "未到位"},
    )
    saves = [
        partial(save_scores, sheet, mine, seen, by=by)
        for by, mine in zip(people, typed, strict=True)
    ]
    found = in_threads(saves)
    assert all(isinstance(one, Saved) for one in found), found
    first, second = sorted(found, key=lambda one: len(one.conflicts))
    kept = {one.line: one for one in Score.objects.filter(sheet=sheet, stage=Stage.CITY)}
    assert first.conflicts == {} and second.conflicts == {
        "staff.points": f"{kept['staff'].value.normalize():f}", "staff.note": kept["staff"].note,
    }  # fmt: skip
    assert (kept["premises"].value, kept["funds"].value) == (3, 2)  # what only one changed is there
    assert (kept["staff"].value, kept["staff"].note) in ((1, "只有一人"), (2, "只有两人"))
    # The second, who has seen the first's now, writes over it; the first's is kept with the change.
    winner = people[0] if kept["staff"].value == 2 else people[1]
    told = {
        **seen,
        "staff.points": second.conflicts["staff.points"],
        "staff.note": kept["staff"].note,
    }
    save_scores(sheet, {"staff.points": "4"}, told, by=winner)
    assert ScoreChange.objects.get(score__line="staff").before == kept["staff"].value
    # One hands it on while the other still types: either order, one of them is told.
    submit, save = in_threads(
        [
            partial(submit_sheet, sheet, by=people[0]),
            partial(save_scores, sheet, {"funds.points": "1"}, {}, by=people[1]),
        ]
    )
    if isinstance(save, Conflict):
        assert Score.objects.get(sheet=sheet, line="funds", stage=Stage.CITY).value == 2
        return_sheet(sheet, by=people[0], reason="另一位还有意见")
    else:
        assert save.changed == 1
    assert not isinstance(submit, Exception)
