"""Assessment: scores by stage, frozen with a digest, ranked, appealed, and what follows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from miaopu.bases.enums import BaseState
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event
from miaopu.monitoring.appeal_actions import (
    approve_delisting,
    decide_appeal,
    file_appeal,
    hear_delisting,
    report_delisting,
)
from miaopu.monitoring.assessor_actions import declare_conflict, sample_sheet
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
)
from miaopu.monitoring.consequences import document
from miaopu.monitoring.enums import CampaignState, DelistingState, SheetState, Stage
from miaopu.monitoring.evidence_actions import keep_score_file
from miaopu.monitoring.freezing import freeze_problems
from miaopu.monitoring.models import (
    AssessmentOpinion,
    AssessmentResult,
    DelistingCase,
    Score,
    ScoreChange,
    ScoreFile,
    ScoreSheet,
)
from miaopu.monitoring.score_actions import (
    return_sheet,
    save_scores,
    submit_sheet,
)
from miaopu.monitoring.sheet_checks import SheetRefused
from miaopu.monitoring.standings import board_of
from tests.bases.factories import build_park
from tests.factories import City, make_enterprise, travel
from tests.monitoring.campaigns import FULL, NOTHING, PDF, campaigning


def test_a_sheet_goes_from_the_operator_to_the_city_and_keeps_every_score(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened()
    sheet, runner = work.sheet(campaign), work.parks[0].runner
    saved = save_scores(sheet, {"staff.points": "4.5", "premises.points": "3"}, {}, by=runner)
    assert saved.changed == 1
    assert "满分" in saved.errors["staff.points"].zh or "0 到 4" in saved.errors["staff.points"].zh
    with pytest.raises(SheetRefused) as refused:
        submit_sheet(sheet, by=runner)
    assert {"staff", "tenants_now"} <= refused.value.problems.keys()
    assert "satisfaction" not in refused.value.problems  # not the operator's part
    assert save_scores(sheet, {"satisfaction.points": "10"}, {}, by=runner).changed == 0
    work.self_scored(sheet, FULL)

    # The district differs: only with a reason, and what was there before is kept.
    save_scores(sheet, {"staff.points": "2", "satisfaction.points": "9"}, {}, by=city.reviewer)
    with pytest.raises(SheetRefused) as refused:
        submit_sheet(sheet, by=city.reviewer)
    assert refused.value.problems.keys() == {"staff"}
    save_scores(sheet, {"staff.points": "3", "staff.note": "专职只有三人"}, {}, by=city.reviewer)
    [change] = ScoreChange.objects.filter(score__sheet=sheet, score__stage=Stage.DISTRICT)
    assert (change.before, change.after, change.reason) == (2, 3, "专职只有三人")
    own = Score.objects.get(sheet=sheet, line="staff", stage=Stage.SELF)
    assert own.value == 4
    submit_sheet(sheet, by=city.reviewer)
    with pytest.raises(Conflict):  # it has gone on
        save_scores(sheet, {"staff.points": "1"}, {}, by=city.reviewer)

    # Two officers at once: the second is told and loses nothing.
    seen = {"staff.points": "", "staff.note": ""}
    typed = {"staff.points": "2.5", "staff.note": "核实"}
    save_scores(sheet, typed, seen, by=city.programme_officer)
    theirs = {"staff.points": "1", "premises.points": "3.5", "premises.note": "面积不足"}
    saved = save_scores(sheet, theirs, seen, by=work.second_officer)
    assert saved.conflicts == {"staff.points": "2.5"} and saved.changed == 1
    submit_sheet(sheet, by=city.programme_officer)
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SETTLED
    board = board_of(campaign)
    points = board.standings[0].points["year"]
    assert (points["staff"], points["premises"], points["satisfaction"]) == (
        Decimal("2.5"), Decimal("3.5"), Decimal(9),
    )  # fmt: skip
    assert any("半年" in one for one in board.problems)


def test_conflicts_exclude_and_experts_score_apart(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened()
    sheet = work.self_scored(work.sheet(campaign), FULL)
    declare_conflict(sheet, by=city.reviewer, reason="亲属在基地任职")
    with pytest.raises(NotAllowed):
        save_scores(sheet, {"staff.points": "1"}, {}, by=city.reviewer)
    other = work.sheet(campaign, "half")
    with pytest.raises(NotAllowed):
        sample_sheet(sheet, city.reviewer, by=city.programme_officer)
    with pytest.raises(NotAllowed):
        sample_sheet(sheet, work.parks[0].runner, by=city.programme_officer)
    sample_sheet(sheet, city.other_reviewer, by=city.programme_officer)
    assert sheet in ScoreSheet.objects.for_user(city.other_reviewer)
    assert other not in ScoreSheet.objects.for_user(city.other_reviewer)
    with pytest.raises(Conflict):  # not before the district has looked
        save_scores(sheet, {"services.points": "1"}, {}, by=city.other_reviewer)


def test_operators_see_their_own_and_never_a_rival_s(city: City) -> None:
    work = campaigning(city, 2)
    campaign = work.publicised(2017)
    mine, rival = work.parks[0].runner, work.parks[1].runner
    for model in (ScoreSheet, ScoreFile, AssessmentResult):
        rows = model.objects.for_user(mine)
        assert rows.exists()
        assert not rows.intersection(model.objects.for_user(rival)).exists()
    assert not Score.objects.for_user(mine).exists()
    assert not AssessmentResult.objects.for_user(city.other_reviewer).exists()
    assert AssessmentResult.objects.public().filter(freeze__campaign=campaign).count() == 2


def test_what_is_frozen_stays_and_a_replaced_file_is_found(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened()
    work.settled(work.sheet(campaign, "half"), FULL, "10")
    with pytest.raises(ActionRefused, match="年终"):
        freeze_campaign(campaign, by=city.programme_officer)
    work.settled(work.sheet(campaign), FULL, "10")
    campaign = freeze_campaign(campaign, by=city.programme_officer)
    freeze = campaign.freezes.get(number=1)
    assert freeze_problems(freeze) == []
    sheet = work.sheet(campaign)
    with pytest.raises(Conflict):
        save_scores(sheet, {"staff.points": "1"}, {}, by=city.programme_officer)
    with pytest.raises(Conflict):
        keep_score_file(sheet, "funds", "x.pdf", PDF, by=work.parks[0].runner)
    file = ScoreFile.objects.filter(sheet=sheet).select_related("file")[0]
    for change in (
        lambda: Score.objects.filter(sheet=sheet, line="staff").update(value=1),
        lambda: ScoreFile.objects.filter(pk=file.pk).update(withdrawn_at=clock.now()),
        lambda: ScoreSheet.objects.filter(pk=sheet.pk).update(state=SheetState.CITY),
        lambda: AssessmentResult.objects.update(rank=9),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    path = Path(settings.MEDIA_ROOT) / file.file.storage_name
    content = path.read_bytes()
    try:
        path.chmod(0o600)
        path.write_bytes(b"%PDF-1.4 another\n%%EOF\n")
        assert any(file.file.sha256[:12] in one for one in freeze_problems(freeze))
        with pytest.raises(ActionRefused, match="替换"):
            publicise_campaign(campaign, by=city.leading_group)
    finally:
        path.write_bytes(content)
    with pytest.raises(NotAllowed):  # the same person
        publicise_campaign(campaign, by=city.programme_officer)
    assert publicise_campaign(campaign, by=city.leading_group).state == CampaignState.PUBLICITY


def test_an_appeal_is_decided_by_another_and_the_result_follows(city: City) -> None:
    work = campaigning(city, 2)
    campaign = work.publicised(2017, weak=1)
    weak, runner = work.parks[1].base, work.parks[1].runner
    result = AssessmentResult.objects.current().get(freeze__campaign=campaign, subject__base=weak)
    assert (result.composite, result.band, result.consequences) == (50, "III", ["rectify"])
    with pytest.raises(NotAllowed):
        file_appeal(result, "year", "services", by=work.parks[0].runner, reason="不服")
    appeal = file_appeal(result, "year", "services", by=runner, reason="服务台账齐全")
    last = campaign.publicity_to
    travel(last.replace(day=last.day + 1)) if last.day < 28 else travel(last)
    with pytest.raises(ActionRefused, match="复核"):
        publish_campaign(campaign, by=city.programme_officer)
    with pytest.raises(NotAllowed):  # she settled the sheet
        decide_appeal(appeal, "10", by=city.programme_officer, reason="属实")
    with pytest.raises(ActionRefused):
        decide_appeal(appeal, "11", by=city.leading_group, reason="属实")
    decide_appeal(appeal, "10", by=city.leading_group, reason="属实")
    publish_campaign(campaign, by=city.programme_officer)
    again = AssessmentResult.objects.current().get(freeze__campaign=campaign, subject__base=weak)
    assert again.composite == 56  # 50 + 60 % of 10
    assert AssessmentResult.objects.filter(subject__base=weak).count() == 2  # both are kept
    page, paths = Client(), [reverse("base_result", args=[one.pk]) for one in (result, again)]
    page.force_login(runner)
    assert paths[1] in page.get(paths[0]).content.decode()  # the older one leads to the newer


def test_two_years_in_the_last_class_lead_to_delisting_with_the_province(city: City) -> None:
    work = campaigning(city, 2)
    work.published(2016, weak=1)
    weak = work.parks[1]
    opinion = AssessmentOpinion.objects.get(result__subject__base=weak.base)
    assert opinion.text.lines and opinion.text.composite == "50"
    assert document(opinion, "pdf")[:5] == b"%PDF-" and document(opinion, "docx")[:2] == b"PK"
    second = work.published(2017, weak=1)
    best = AssessmentResult.objects.current().get(
        freeze__campaign=second, subject__base=work.parks[0].base
    )
    assert (best.band, best.rank, best.consequences) == ("I", 1, ["commend"])
    assert not AssessmentOpinion.objects.filter(result__freeze__campaign=second).exists()
    case = DelistingCase.objects.get(base=weak.base)
    officer, other = city.programme_officer, work.second_officer
    with pytest.raises(Conflict):  # no report without a hearing
        report_delisting(case, by=officer)
    hear_delisting(case, clock.today(), by=officer, reason="运营主体到场，承认服务缺位")
    report_delisting(case, by=officer)
    with pytest.raises(NotAllowed):
        approve_delisting(case, "省局〔2018〕1号", clock.today(), by=officer)
    with pytest.raises(ActionRefused):
        approve_delisting(case, " ", clock.today(), by=other)
    done = approve_delisting(case, "省局〔2018〕1号", clock.today(), by=other)
    assert done.state == DelistingState.APPROVED
    assert weak.refreshed().state == BaseState.DELISTED
    assert Event.objects.for_subject(weak.base).filter(verb="bases.delist_base").exists()


def test_a_base_that_changed_its_operator_is_told_clearly(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened()
    work.settled(work.sheet(campaign, "half"), FULL, "10")
    base = work.parks[0].base
    base.operator = make_enterprise()
    base.save(update_fields=["operator"])
    sheet = work.sheet(campaign)
    with pytest.raises(Conflict, match="运营主体已变更"):
        work.self_scored(sheet, FULL)
    assert board_of(campaign).changed


def test_sheets_are_issued_once_and_returned_with_a_reason(city: City) -> None:
    work = campaigning(city, 1)
    campaign = work.opened(periods=("half",))
    with pytest.raises(ActionRefused):
        open_period(campaign, "half", clock.today(), by=city.programme_officer)
    build_park(city, name="新基地").admitted()
    assert open_period(campaign, "half", clock.today(), by=city.programme_officer) == 1
    sheet = work.self_scored(work.sheet(campaign, "half"), NOTHING)
    with pytest.raises(ActionRefused):
        return_sheet(sheet, by=city.reviewer, reason=" ")
    assert return_sheet(sheet, by=city.reviewer, reason="材料不清").state == SheetState.SELF
