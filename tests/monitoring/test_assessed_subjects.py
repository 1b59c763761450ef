"""Districts, departments and staff assessed by what the records say; who sees what of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from miaopu.bases import growth
from miaopu.bases.enums import NeedKind
from miaopu.bases.models import Base, GrowthPlan, SurveyInvitation
from miaopu.bases.survey_actions import count_answer, open_survey
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Region, User
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.monitoring.appeal_actions import file_appeal
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
)
from miaopu.monitoring.enums import SubjectKind
from miaopu.monitoring.evidence_actions import keep_score_file
from miaopu.monitoring.figure_actions import refresh_figures
from miaopu.monitoring.models import (
    AssessmentCampaign,
    AssessmentResult,
    AssessmentSubject,
    Score,
    ScoreChange,
    ScoreSheet,
)
from miaopu.monitoring.reporting import hand_results, report_document
from miaopu.monitoring.score_actions import save_scores, submit_sheet
from miaopu.monitoring.sheet_checks import SheetRefused
from miaopu.monitoring.standings import board_of
from miaopu.parties.models import Representative
from miaopu.plans.actions import load_version
from miaopu.plans.letter_actions import make_letters
from miaopu.plans.task_actions import close_task, set_deadline
from tests.bases.factories import build_park
from tests.factories import (
    NANMING,
    ROOT,
    YUNYAN,
    City,
    guiyang_pack,
    make_enterprise,
    make_owner,
    travel,
)
from tests.monitoring.campaigns import PDF, campaigning
from tests.plans.supervised import give_to, report, supervised, taiyuan, task_of
from tests.plans.targets import approved

HALF = date(2018, 6, 30)


def sheet_of(campaign: AssessmentCampaign, period: str = "half", **who: object) -> ScoreSheet:
    """The sheet of one subject."""
    return ScoreSheet.objects.with_subjects().get(campaign=campaign, period=period, **who)


def figures(sheet: ScoreSheet) -> dict[str, Decimal | None]:
    """What the records gave."""
    return dict(Score.objects.filter(sheet=sheet, recorded=True).values_list("line", "value"))


def parts(campaign: AssessmentCampaign, sheet: ScoreSheet) -> dict[str, Decimal]:
    """The parts of a sheet's score as the preview works them out; they add up to its total."""
    [one] = [one for one in board_of(campaign).standings if one.subject == sheet.subject]
    period = one.result.periods[sheet.period]
    assert sum(points for _key, points in period.parts) == period.total
    return dict(period.parts)


def test_a_district_is_worth_what_its_records_say(city: City) -> None:
    officer = city.programme_officer
    staff = open_campaign(city.version, "staff", 2018, by=officer)
    with pytest.raises(ActionRefused, match="评分表的对象"):  # nobody is attached to a tenant yet
        open_period(staff, "half", HALF, by=officer)
    campaign = open_campaign(city.version, "districts", 2018, by=officer)
    supervised(city)
    approved(city, {YUNYAN: "2", NANMING: "3498"})
    make_letters(city.version.programme, by=officer)
    city.granted()
    task = task_of(city, "register")
    set_deadline(task, HALF, by=officer, reason="半年检查以前")
    before = HALF - timedelta(days=20)
    set_deadline(task_of(city, "key_groups"), before, by=officer, reason="先行摸底")
    travel(HALF)
    assert open_period(campaign, "half", HALF, by=officer) >= 2
    sheet = sheet_of(campaign, subject__region=YUNYAN)
    known = figures(sheet)
    assert known["targets_share"] == 100  # 1 where time asks for 1 of 2: capped
    assert known["tasks_in_time_share"] == 0
    assert known["money_paid_share"] == known["payments_returned"] == 0
    assert figures(sheet_of(campaign, subject__region=NANMING))["targets_share"] == 0

    # What the records say is not the district's to type; it does not score itself further on.
    typed = {"targets_share.points": "1", "process.points": "8"}
    assert save_scores(sheet, typed, {}, by=city.reviewer).changed == 1
    keep_score_file(sheet, "process", "plan.pdf", PDF, by=city.reviewer)
    assert not save_scores(sheet, {"process.points": "9"}, {}, by=city.approver).errors
    submit_sheet(sheet, by=city.reviewer)
    for stranger in (city.reviewer, city.other_reviewer, city.auditor):
        with pytest.raises((Conflict, NotAllowed)):
            submit_sheet(sheet, by=stranger)
    assert list(ScoreSheet.objects.for_user(city.other_reviewer)) == [
        sheet_of(campaign, subject__region=NANMING)
    ]
    submit_sheet(sheet, by=city.leading_group)
    red = known["tasks_red"]
    assert red is not None and red >= 1
    save_scores(sheet, {"tasks_red.points": "0"}, {}, by=officer)
    with pytest.raises(SheetRefused) as refused:  # the city may put a figure right, with a reason
        submit_sheet(sheet, by=officer)
    assert refused.value.problems.keys() == {"tasks_red"}
    save_scores(sheet, {"tasks_red.note": "经核实不属该区"}, {}, by=officer)
    submit_sheet(sheet, by=officer)
    worth = {"goal": 50, "tasks": 0, "money": 0, "process": 9}
    assert parts(campaign, sheet) == worth

    # Figures are taken anew on request only; what one was before is kept.
    report(task, city.reviewer, 100)
    close_task(task, by=officer, reason="台账已建好")
    assert parts(campaign, sheet) == worth
    with pytest.raises(NotAllowed):
        refresh_figures(campaign, by=city.reviewer)
    assert refresh_figures(campaign, by=officer, reason="六月底的数") > 0
    share = figures(sheet)["tasks_in_time_share"]
    assert share == 50  # one of two
    change = ScoreChange.objects.get(score__sheet=sheet, score__line="tasks_in_time_share")
    assert (change.before, change.after, change.reason) == (0, share, "六月底的数")
    assert parts(campaign, sheet)["tasks"] == (20 * share / 100).quantize(Decimal("0.01"))

    # A department answers for its own tasks, and names nothing else.
    with pytest.raises(IntegrityError), transaction.atomic():
        AssessmentSubject.objects.create(
            kind=SubjectKind.STAFF, number="x", region=Region.objects.get(code=YUNYAN)
        )


def _helped(city: City, answers: int) -> tuple[User, User]:
    """A base whose tenants have an attached officer; so many answer the survey. Officer, tenant."""
    park = build_park(city)
    park.admitted()
    owners = []
    for _number in range(5):
        company = make_enterprise()
        tenancy = park.tenant(enterprise=company, team="")
        owners.append(make_owner(company))
    plan = growth.draw_plan(tenancy, responsible="周导师", goals="收入翻番", by=park.runner)
    growth.attach_officer(plan, city.reviewer, by=city.approver)
    tenant = owners[-1]
    for kind in (NeedKind.FINANCE, NeedKind.HIRING):
        need = growth.raise_need(plan, kind, "请协助解决", by=tenant)
        growth.solve_need(need, by=city.reviewer, reason="已办好")
    growth.confirm_need(need, by=tenant)  # the other waits for the tenant's word
    survey = open_survey(city.version, "satisfaction", by=city.programme_officer)
    for owner in owners[:answers]:
        mine = SurveyInvitation.objects.for_user(owner).get()
        count_answer(mine, {"services": 1, "staff": 4, "costs": 1}, by=owner)
    travel(survey.closes_on + timedelta(days=1))
    return city.reviewer, tenant


@pytest.mark.parametrize("answers", [4, 5])
def test_staff_are_judged_by_those_they_help_and_too_few_say_nothing(
    city: City, answers: int
) -> None:
    person, tenant = _helped(city, answers)
    officer = city.programme_officer
    campaign = open_campaign(city.version, "staff", 2018, by=officer)
    assert open_period(campaign, "half", HALF, by=officer) == 1
    sheet = sheet_of(campaign, subject__user=person)
    assert figures(sheet)["needs_share"] == 50
    said = Score.objects.get(sheet=sheet, line="satisfaction")
    assert save_scores(sheet, {"conduct.points": "8"}, {}, by=person).changed == 1
    submit_sheet(sheet, by=person)
    submit_sheet(sheet, by=city.approver)
    if answers == 4:  # fewer than the pack's five: not told, not counted, and nobody types it in
        assert said.value is None and "不足 5 户" in said.note
        assert save_scores(sheet, {"satisfaction.points": "5"}, {}, by=officer).changed == 0
        # 15 of 30 and 8 of 10: what is left out (40 and 20) counts as the rest has reached.
        left_out = parts(campaign, sheet)
        key = "tenants_say+person_tasks left out"
        assert left_out == {"needs_met": 15, "conduct": 8, key: Decimal("34.5")}
    else:
        assert said.value == 4  # the question about the officers alone
        known = parts(campaign, sheet)
        assert (known["tenants_say"], known["needs_met"]) == (30, 15)
    submit_sheet(sheet, by=officer)

    # She sees herself; who approves in her district and the city see her; nobody else does.
    for reader in (person, city.approver, officer, city.leading_group, city.auditor):
        assert sheet in ScoreSheet.objects.for_user(reader), reader
    for stranger in (city.other_reviewer, city.other_approver, city.finance, tenant, city.owner):
        assert not ScoreSheet.objects.for_user(stranger).exists(), stranger
        assert not AssessmentSubject.objects.for_user(stranger).exists()
    open_period(campaign, "year", HALF, by=officer)
    year = sheet_of(campaign, "year", subject__user=person)
    save_scores(year, {"conduct.points": "10"}, {}, by=person)
    for who in (person, city.approver, officer):
        submit_sheet(year, by=who)
    if answers == 4:  # six tenths are left out: somebody says why it is ranked all the same
        with pytest.raises(ActionRefused, match="一半以上"):
            freeze_campaign(campaign, by=officer)
    freeze_campaign(campaign, by=officer, reason="测评答复不足，按其余各项评定")
    mine = AssessmentResult.objects.filter(freeze__campaign=campaign)
    assert not mine.for_user(person).exists() and mine.for_user(city.approver).exists()
    publicise_campaign(campaign, by=city.leading_group)
    result = mine.for_user(person).get()  # told to herself, never to the public
    assert not mine.public().exists() and not mine.for_user(AnonymousUser()).exists()
    assert campaign not in AssessmentCampaign.objects.public()
    assert file_appeal(result, "half", "conduct", by=person, reason="请复核").pk
    with pytest.raises(NotAllowed):
        file_appeal(result, "half", "needs_share", by=city.approver, reason="请复核")
    if answers == 4:
        with pytest.raises(ActionRefused, match="评分项"):  # nobody guesses what tenants said
            file_appeal(result, "half", "satisfaction", by=person, reason="请复核")


def test_counties_are_rated_by_the_published_classes_of_their_bases(city: City) -> None:
    work = campaigning(city, 2)  # both in one district
    officer = city.programme_officer
    campaign = open_campaign(work.version, "counties", 2017, by=officer)
    open_period(campaign, "year", HALF, by=officer)
    sheet = sheet_of(campaign, "year", subject__region=YUNYAN)
    assert figures(sheet)["bases_class_1"] is None  # nothing is known before it is published
    bases = work.published(2017, weak=1)
    assert bases.subject_kind == SubjectKind.BASE
    refresh_figures(campaign, by=officer)
    known = figures(sheet)
    counts = [known[f"bases_class_{place}"] for place in (1, 2, 3)]
    assert known["bases_rated"] == 2 and counts == [1, 0, 1]
    save_scores(sheet, {"guidance.points": "10"}, {}, by=city.reviewer)
    for who in (city.reviewer, city.leading_group, officer):
        submit_sheet(sheet, by=who)
    found = parts(campaign, sheet)
    assert found["base_classes"] == 60 * (10 + 3) / Decimal(20)
    # 39 of 60 and 10 of 10; the thirty points of tasks and visits of another year are left out.
    assert found["county_tasks+chief_visits left out"] == 21
    freeze_campaign(campaign, by=officer)
    told = publicise_campaign(campaign, by=city.leading_group)
    assert AssessmentResult.objects.public().filter(freeze__campaign=campaign).count() == 1
    assert told.publicity_to is not None
    travel(told.publicity_to + timedelta(days=1))
    with pytest.raises(Conflict):
        report_document(told, "pdf", officer)
    done = publish_campaign(told, by=officer)
    assert report_document(done, "pdf", officer)[:5] == b"%PDF-"
    assert report_document(done, "docx", officer)[:2] == b"PK"
    with pytest.raises(ActionRefused):  # Ganzhou's scheme names nobody to report to
        hand_results(done, by=officer)


def test_departments_and_institutions_are_found_in_the_records(city: City) -> None:
    officer = city.programme_officer
    office = officer.live_memberships[0].office
    give_to(city, "programme_office", office)
    _person, tenant = _helped(city, 5)
    base = Base.objects.get()
    runner = Representative.objects.get(enterprise=base.operator).user
    plan = GrowthPlan.objects.get()
    growth.record_service(plan, on=clock.today(), what="联系担保公司", need=None, by=runner)
    pack = guiyang_pack()
    others = {
        "departments": taiyuan().assessments["departments"],
        "services": load_pack(ROOT / "programmes" / "yancheng-2008").assessments["services"],
    }
    changed = pack.model_copy(update={"assessments": {**pack.assessments, **others}})
    version, _created = load_version(Pack.from_json(changed.to_json()), by=None)

    campaign = open_campaign(version, "departments", 2018, by=officer)
    assert open_period(campaign, "half", HALF, by=officer) == 1
    sheet = sheet_of(campaign, subject__office=office)
    assert figures(sheet)["tasks_red"] == 0
    typed = {"standards.points": "12", "money_reports.points": "15"}
    assert save_scores(sheet, typed, {}, by=officer).changed == 2
    submit_sheet(sheet, by=officer)
    submit_sheet(sheet, by=city.leading_group)
    with pytest.raises(NotAllowed):  # it is her own office
        submit_sheet(sheet, by=officer)
    assert sheet in ScoreSheet.objects.for_user(city.auditor)
    for stranger in (city.reviewer, city.finance, city.owner):
        assert not ScoreSheet.objects.for_user(stranger).exists(), stranger

    campaign = open_campaign(version, "services", 2018, by=officer)
    assert open_period(campaign, "year", HALF, by=officer) == 1
    sheet = sheet_of(campaign, "year", subject__enterprise=base.operator)
    # The needs were met by an official: they are none of the institution's.
    assert figures(sheet) == {"needs_share": None, "satisfaction": 2, "tenants_served": 1}
    save_scores(sheet, {"schedule.points": "20"}, {}, by=runner)
    submit_sheet(sheet, by=runner)
    found = parts(campaign, sheet)
    assert (found["clients"], found["schedule"], found["effect"]) == (2, 20, Decimal("7.5"))
    assert found["aim left out"] == Decimal("12.64")  # 29.5 of 70, for the 30 left out
    assert not ScoreSheet.objects.for_user(tenant).exists()
