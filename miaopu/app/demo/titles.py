"""The demo's titles: a first campaign that ended with a list, a second in each of its states."""

from __future__ import annotations

from datetime import date, timedelta

from miaopu.app.demo.bases import BaseSeed, load_base
from miaopu.bases import admission, title_actions, title_lists, title_motions, title_objections
from miaopu.bases.enums import CarrierType, TitleLevel
from miaopu.bases.models import Base, Nomination, TitleCampaign
from miaopu.bases.title_enums import MotionKind
from miaopu.cases.objections import Statement
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.plans.models import ProgrammeVersion

CITY, PROGRAMME = "520100", "guiyang-2018"
_SCHEME = "growth_base"
_TITLE = "微型企业成长示范基地"  # as the pack has it: those of before count into its target

VILLAGE, PARK = CarrierType.MICRO_VILLAGE, CarrierType.ENTREPRENEURSHIP_PARK
SEEDS = (
    BaseSeed("南明家政微型企业园", PARK, "520102", date(2015, 4, 1), 1800, 5),
    BaseSeed("清镇农产品微型企业示范村", VILLAGE, "520181", date(2014, 10, 1), 2600, 6),
    BaseSeed("清镇返乡创业园", PARK, "520181", date(2016, 3, 1), 4200, 7),
    BaseSeed("花溪高坡苗绣微型企业村", VILLAGE, "520111", date(2015, 6, 1), 1500, 5),
    BaseSeed("观山湖大学生创业园", PARK, "520115", date(2016, 9, 1), 2200, 6),
)
# Base, how far it comes.
_WAYS = (
    ("云岩苗芽微型企业孵化园", "publish"),
    ("南明家政微型企业园", "publish"),
    ("清镇农产品微型企业示范村", "select"),
    ("清镇返乡创业园", "decline"),
    ("花溪高坡苗绣微型企业村", "propose"),
)


def _city_people() -> tuple[User, User]:
    """Two people of the city: one selects, the other puts on the list."""
    officer = holders(Role.PROGRAMME_OFFICER, CITY)[0]
    others = [one for one in holders(Role.LEADING_GROUP, CITY) if one.pk != officer.pk]
    return officer, others[0]


def _district(base: Base) -> User:
    return holders(Role.APPROVER, base.region_id)[0]


def load_titles() -> int:
    """Titles in every state; again changes nothing. Returns how many bases were proposed."""
    if TitleCampaign.objects.exists():
        return 0
    for number, seed in enumerate(SEEDS):
        load_base(seed, f"title-operator-{number + 1}")
    officer, leader = _city_people()
    version = ProgrammeVersion.objects.current().get(programme__slug=PROGRAMME)
    campaign = title_actions.open_campaign(
        version, _SCHEME, clock.today() + timedelta(days=20), by=officer
    )
    for name, step in _WAYS:
        _propose(campaign, Base.objects.get(name=name), step, officer)
    found = title_lists.publish_titles(campaign, by=officer)
    title_objections.object_to_title(
        found,
        found.lines[0]["base"],
        Statement("周边商户", "0851-85551234", "园区实际入驻企业比公示的少，请核实。"),
        by=None,
    )
    # Selected after the list was published: it waits for the next one.
    _propose_second(campaign, officer)
    _motions(officer, leader)
    title_motions.remind_of_titles()
    return campaign.nominations.count()


def _propose(campaign: TitleCampaign, base: Base, step: str, officer: User) -> Nomination:
    one = title_actions.nominate_base(
        campaign, base, by=_district(base), reason="入驻企业稳定，创业服务齐全"
    )
    if step == "decline":
        title_actions.decline_nomination(one, by=officer, reason="运营不满两年，建议下一批申报")
    elif step == "publish":
        title_actions.select_nomination(one, by=officer, reason="现场评选得分居前")
    return one


def _propose_second(campaign: TitleCampaign, officer: User) -> None:
    waiting = campaign.nominations.get(base__name="清镇农产品微型企业示范村")
    title_actions.select_nomination(waiting, by=officer, reason="补充材料后符合条件")


def _motions(officer: User, leader: User) -> None:
    """Titles given before this system: one recommended upward, one to be renewed, one withdrawn."""
    base = Base.objects.get(name="云岩苗芽微型企业孵化园")
    held = base.titles.valid_on(clock.today())[0]
    up = title_motions.propose_motion(
        held, MotionKind.RECOMMEND, level=TitleLevel.PROVINCIAL, by=_district(base),
        reason="连续两年运营良好，推荐申报省级",
    )  # fmt: skip
    title_motions.approve_motion(up, by=leader, reason="同意推荐")
    base = Base.objects.get(name="观山湖大学生创业园")
    ending = admission.add_title(
        base, level=TitleLevel.CITY, name=_TITLE,
        document="筑微企办〔2015〕6号", granted_on=date(2015, 8, 1),
        valid_until=date(2018, 7, 31), by=officer,
    )  # fmt: skip
    title_motions.propose_motion(
        ending, MotionKind.RENEW, by=_district(base), reason="现场复核合格，建议续期"
    )
    base = Base.objects.get(name="清镇返乡创业园")
    lost = admission.add_title(
        base, level=TitleLevel.CITY, name=_TITLE, document="筑微企办〔2017〕3号",
        granted_on=date(2017, 2, 1), valid_until=date(2020, 1, 31), by=officer,
    )  # fmt: skip
    out = title_motions.propose_motion(
        lost, MotionKind.WITHDRAW, by=officer, reason="服务人员长期空缺，整改后仍未配齐"
    )
    title_motions.approve_motion(out, by=leader, reason="情况属实，同意撤销")
