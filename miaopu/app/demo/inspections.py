"""The demo's self-inspection, rectifications in every state, visits, standards and a survey."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from miaopu.app.demo.offices import district_office
from miaopu.app.demo.supervision import paper
from miaopu.bases.enums import BaseState
from miaopu.bases.inspection_actions import (
    Line,
    hand_in_sheet,
    open_campaign,
    save_sheet,
)
from miaopu.bases.inspection_notices import remind_of_inspections, runners
from miaopu.bases.models import Base, InspectionCampaign, Rectification, SurveyInvitation
from miaopu.bases.rectification_actions import (
    Problem,
    add_evidence,
    confirm_rectification,
    report_rectification,
    send_back_rectification,
)
from miaopu.bases.standards import answer_standard
from miaopu.bases.survey_actions import count_answer, open_survey
from miaopu.bases.visit_actions import Visited, record_visit
from miaopu.core import clock
from miaopu.core.enums import Role, UserKind
from miaopu.core.holders import holders
from miaopu.core.models import Office, User
from miaopu.parties.actions import add_representative
from miaopu.plans.enums import Rank
from miaopu.plans.models import ProgrammeVersion, Unit
from miaopu.plans.unit_actions import assign_unit

CITY = "520100"
SLUG = "guiyang-2018"
_ITEMS = ("department", "premises", "team", "funds", "rent", "safety")
_DAYS = 30
# What each base found: item → what is wrong, who puts it right, how. The last base has not begun.
_FOUND: tuple[dict[str, tuple[str, str, str]], ...] = (
    {
        "safety": ("三楼缺两具灭火器", "周建军", "补配灭火器并逐月登记"),
        "rent": ("两户企业的租金减免未兑现", "吴敏", "退还多收租金，重签协议"),
        "team": ("没有专职的企业服务人员", "陈立", "招聘一名专职人员"),
    },
    {"premises": ("公共会议室被占用", "田野", "清退占用，恢复会议室")},
)


@transaction.atomic
def load_inspections() -> int:
    """A self-inspection with its problems, visits, answers and a survey; how many problems."""
    version = ProgrammeVersion.objects.current().filter(programme__slug=SLUG).first()
    admitted = Base.objects.filter(state=BaseState.ADMITTED, region__code__startswith="5201")
    bases = list(admitted.order_by("pk"))
    if version is None or not bases or InspectionCampaign.objects.exists():
        return Rectification.objects.count()
    chief = holders(Role.PROGRAMME_OFFICER, CITY)[0]
    _visits(version, bases, chief)
    campaign = open_campaign(version, "half_year", by=chief)
    for base, found in zip(bases, _FOUND, strict=False):
        runner = runners(base)[0]
        sheet = campaign.sheets.get(base=base)
        end = clock.today() + timedelta(days=_DAYS)
        lines = {item: Line("good") for item in _ITEMS}
        lines |= {item: Line("problem", *said, end) for item, said in found.items()}
        sheet = save_sheet(sheet, lines, revision=sheet.revision, by=runner)
        hand_in_sheet(sheet, revision=sheet.revision, by=runner)
    if len(bases) > len(_FOUND):  # one has begun and not handed in
        base = bases[len(_FOUND)]
        begun = {"department": Line("good"), "safety": Line("problem", "疏散标志损坏")}
        save_sheet(campaign.sheets.get(base=base), begun, revision=1, by=runners(base)[0])
    _put_right(bases[0])
    _answers(version, bases[0], chief)
    _survey(version, bases[0], chief)
    remind_of_inspections()
    return Rectification.objects.count()


def _put_right(base: Base) -> None:
    """One problem is closed, one waits for the check, one was sent back."""
    runner = runners(base)[0]
    reviewer = holders(Role.REVIEWER, base.region_id)[0]
    done = {}
    for row in base.rectifications.filter(sheet__isnull=False).order_by("pk"):
        add_evidence(row, [paper(f"{row.item}整改前")], by=runner)
        text = f"已按措施整改：{row.measure}"
        files = [paper(f"{row.item}整改后")]
        done[row.item] = report_rectification(row, text, files, revision=row.revision, by=runner)
    safety, team = done["safety"], done["team"]
    confirm_rectification(
        safety, revision=safety.revision, by=reviewer, reason="现场查看，灭火器已补齐并登记"
    )
    send_back_rectification(
        team, revision=team.revision, by=reviewer, reason="聘用合同还没有签，请补充"
    )


def _visits(version: ProgrammeVersion, bases: list[Base], chief: User) -> None:
    """A principal leader was in the first base, a deputy in the second, with a problem found."""
    unit = Unit.objects.get(programme=version.programme, key="base_offices")
    for base in bases[:2]:
        assign_unit(unit, Office.objects.get(code=district_office(base.region_id)), by=chief)
    today = clock.today()
    seen = (
        Visited("马局长", Rank.PRINCIPAL, today, "查看消防和入驻情况", files=[paper("走访签到")]),
        Visited(
            "黄副局长",
            Rank.DEPUTY,
            today,
            "听取企业意见",
            (Problem("电梯年检标志过期", "田野", "联系检验机构", today + timedelta(days=_DAYS)),),
        ),
        Visited("马局长", Rank.PRINCIPAL, date(2018, 4, 25), "准入前查看场地"),
    )
    for base, one in zip((bases[0], bases[1], bases[0]), seen, strict=False):
        record_visit(base, one, by=holders(Role.REVIEWER, base.region_id)[0])


def _answers(version: ProgrammeVersion, base: Base, chief: User) -> None:
    answer_standard(
        base, version, "micro_park", {"free_services_percent": 35, "industry": True}, by=chief
    )
    given = {"service_functions": 5, "service_partners": 4, "free_services_percent": 35}
    answer_standard(base, version, "national_demonstration", given, by=chief)


def _survey(version: ProgrammeVersion, base: Base, chief: User) -> None:
    """Six tenants of the first base have answered; elsewhere nobody has."""
    survey = open_survey(version, "satisfaction", by=chief)
    mine = SurveyInvitation.objects.filter(asked__survey=survey, asked__base=base)
    for number, row in enumerate(mine.select_related("tenancy__enterprise").order_by("pk")[:6]):
        enterprise = row.tenancy.enterprise
        assert enterprise is not None  # teams are not asked
        user = User.objects.create(
            username=f"tenant-{enterprise.number}",
            name=enterprise.legal_representative,
            kind=UserKind.PARTY,
            password=make_password(None),
        )
        add_representative(user, enterprise, by=None)
        scores = {"services": 5 - number % 2, "staff": 4, "costs": 2 + number % 3}
        count_answer(row, scores, by=user)
