"""Who may fill in which score sheet, and the locks under which that happens."""

from __future__ import annotations

from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.core.enums import Role
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.transitions import Transition, TransitionRefused, TransitionTable
from miaopu.monitoring.enums import CampaignState, SheetState, Stage, SubjectKind
from miaopu.monitoring.models import (
    AssessmentCampaign,
    AssessmentConflict,
    AssessmentSubject,
    ScoreSheet,
)
from miaopu.monitoring.states import DISTRICT, OFFICER
from miaopu.parties.models import Representative

# Who looks at what districts and departments have said of themselves.
CITY_REVIEW = frozenset({Role.REVIEWER, Role.APPROVER, Role.LEADING_GROUP})
# Who fills in for an office that is assessed.
WRITERS = (
    Role.REVIEWER, Role.APPROVER, Role.FINANCE_OFFICER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP,
)  # fmt: skip


def acts_for(user: User, enterprise_id: int) -> bool:
    """Whether the user acts for the enterprise."""
    mine = Representative.objects.live().filter(user=user, enterprise_id=enterprise_id)
    return user.is_party and mine.exists()


def has_conflict(user: User, sheet: ScoreSheet) -> bool:
    """Whether the user is assessed herself, or has declared to have to do with the one who is."""
    declared = AssessmentConflict.objects.filter(
        campaign=sheet.campaign_id, subject=sheet.subject_id, user=user
    )
    return belongs(user, sheet.subject) or declared.exists()


def belongs(user: User, subject: AssessmentSubject) -> bool:
    """Whether the official is assessed: in person, through her department, through her district."""
    if user.is_party:
        return False
    offices = [one.office for one in user.live_memberships]
    return (
        user.pk == subject.user_id
        or any(one.pk == subject.office_id for one in offices)
        or (
            subject.kind == SubjectKind.REGION
            and any(one.region_id == subject.region_id for one in offices)
        )
    )


def scores_itself(user: User, subject: AssessmentSubject, operator_id: int | None) -> bool:
    """Whether the user scores for the one assessed: as operator, in person, for the office."""
    if user.is_party:
        return operator_id is not None and acts_for(user, operator_id)
    if subject.user_id is not None:
        return user.pk == subject.user_id
    return belongs(user, subject) and user.has_role(*WRITERS)


def review_of(sheet: ScoreSheet) -> tuple[str, frozenset[str]]:
    """Where and by whom the self-score is looked at first.

    Districts and departments by the city's, persons by those who approve in their district.
    """
    if sheet.subject.kind in (SubjectKind.REGION, SubjectKind.DEPARTMENT):
        return sheet.campaign.programme.region_id, CITY_REVIEW
    if sheet.subject.kind == SubjectKind.STAFF:
        return sheet.subject.region_id, frozenset({Role.APPROVER})
    return sheet.subject.region_id, DISTRICT


def _may(user: User, sheet: ScoreSheet) -> bool:
    if sheet.state == SheetState.SELF:
        return scores_itself(user, sheet.subject, sheet.operator_id)
    where, roles = review_of(sheet)
    if sheet.state == SheetState.CITY:
        where, roles = sheet.campaign.programme.region_id, OFFICER
    return sheet.state != SheetState.SETTLED and reaches(user, where, roles)


def is_gone(sheet: ScoreSheet) -> bool:
    """Whether the base that is assessed has left or was delisted."""
    base = sheet.subject.base
    return base is not None and base.state != BaseState.ADMITTED


def stage_of(user: User, sheet: ScoreSheet) -> Stage | None:
    """As whom the user may fill the sheet in now; None where she may not.

    An expert with a sample scores it from the city's turn on, while the campaign is open.
    """
    if sheet.campaign.state != CampaignState.OPEN or is_gone(sheet):
        return None
    found = None
    if _may(user, sheet):
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
    joined = rows.with_subjects().select_related("campaign__programme", "campaign__version")
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
    if is_gone(sheet):
        raise Conflict(
            _("这个基地%(state)s，不再参加考核") % {"state": sheet.base.get_state_display()},
            _("已填的内容和材料都保留；已公布的考核结果不受影响"),
        )
    if has_conflict(by, sheet):
        raise NotAllowed(_("您与被考核的一方有关联，须回避"), _("请交由其他人员评分"))
    raise Conflict(
        _("这张评分表现在是“%(state)s”，不在您这里") % {"state": sheet.get_state_display()},
        _("填写的内容没有保存；请刷新页面，看它在谁那里"),
    )
