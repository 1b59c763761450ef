"""Who may fill in which score sheet, and the locks under which that happens."""

from __future__ import annotations

from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.core.enums import Role
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.transitions import Transition, TransitionRefused, TransitionTable
from miaopu.monitoring.enums import CampaignState, SheetState, Stage
from miaopu.monitoring.models import AssessmentCampaign, AssessmentConflict, ScoreSheet
from miaopu.monitoring.states import OPERATOR
from miaopu.parties.models import Representative


def acts_for(user: User, enterprise_id: int) -> bool:
    """Whether the user acts for the enterprise."""
    mine = Representative.objects.live().filter(user=user, enterprise_id=enterprise_id)
    return user.is_party and mine.exists()


def has_conflict(user: User, sheet: ScoreSheet) -> bool:
    """Whether the user has declared to have to do with the base in this campaign."""
    return AssessmentConflict.objects.filter(
        campaign=sheet.campaign_id, base=sheet.base_id, user=user
    ).exists()


def _may(user: User, sheet: ScoreSheet, roles: frozenset[str]) -> bool:
    if user.is_party:
        return OPERATOR in roles and acts_for(user, sheet.operator_id)
    where = sheet.base.region_id
    if Role.PROGRAMME_OFFICER in roles:
        where = sheet.campaign.programme.region_id
    return reaches(user, where, roles)


def stage_of(user: User, sheet: ScoreSheet) -> Stage | None:
    """As whom the user may fill the sheet in now; None where she may not.

    An expert with a sample scores it from the city's turn on, while the campaign is open.
    """
    if sheet.campaign.state != CampaignState.OPEN or sheet.base.state != BaseState.ADMITTED:
        return None
    roles = {
        SheetState.SELF: frozenset({OPERATOR}),
        SheetState.DISTRICT: frozenset({Role.REVIEWER}),
        SheetState.CITY: frozenset({Role.PROGRAMME_OFFICER}),
    }.get(SheetState(sheet.state))
    found = None
    if roles and _may(user, sheet, frozenset(str(one) for one in roles)):
        found = Stage(sheet.state)
    elif sheet.state in (SheetState.CITY, SheetState.SETTLED):
        drawn = sheet.samples.filter(expert=user, done_at=None).exists()
        found = Stage.EXPERT if drawn else None
    if found in (None, Stage.SELF):
        return found
    return None if has_conflict(user, sheet) else found


def locked_sheet(sheet: ScoreSheet) -> ScoreSheet:
    """The sheet as the database has it now, locked until the transaction ends."""
    rows = ScoreSheet.objects.select_for_update(of=("self",), no_key=True)
    joined = rows.select_related("campaign__programme", "campaign__version", "base__region")
    return joined.get(pk=sheet.pk)


def locked_campaign(campaign: AssessmentCampaign) -> AssessmentCampaign:
    """The campaign as the database has it now, locked until the transaction ends."""
    rows = AssessmentCampaign.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("programme__region", "version").get(pk=campaign.pk)


def step_from(table: TransitionTable, name: str, state: str, shown: str) -> Transition:
    """The step `name` from the state; raises Conflict, which names the state, where there is none.

    `shown` is the state as people read it.
    """
    try:
        return table.find(name, state)
    except TransitionRefused as refused:
        raise Conflict(
            _("现在是“%(state)s”，不能再做这一步") % {"state": shown},
            _("可能有人先办理了，请刷新页面后再看"),
        ) from refused


def check_reaches(by: User, region: str, roles: frozenset[str]) -> None:
    """Raises NotAllowed where the user holds none of the roles for the region."""
    if not reaches(by, region, roles):
        raise NotAllowed(_("您的角色不能办理这一步"), _("请交由有权限的人员办理"))


def check_stage(by: User, sheet: ScoreSheet) -> Stage:
    """As whom the user fills the sheet in; raises NotAllowed or Conflict where she may not."""
    stage = stage_of(by, sheet)
    if stage is not None:
        return stage
    if sheet.campaign.state != CampaignState.OPEN:
        raise Conflict(
            _("考核结果已冻结，评分不能再改"), _("需要更正的，请先解除冻结，或在公示期内申请复核")
        )
    if sheet.base.state != BaseState.ADMITTED:
        raise Conflict(
            _("这个基地%(state)s，不再参加考核") % {"state": sheet.base.get_state_display()},
            _("已填的内容和材料都保留；已公布的考核结果不受影响"),
        )
    if has_conflict(by, sheet):
        raise NotAllowed(_("您已申报与这个基地有关联，须回避"), _("请交由其他人员评分"))
    raise Conflict(
        _("这张评分表现在是“%(state)s”，不在您这里") % {"state": sheet.get_state_display()},
        _("填写的内容没有保存；请刷新页面，看它在谁那里"),
    )
