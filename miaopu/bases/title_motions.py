"""What becomes of a title: renewed after re-evaluation, withdrawn, recommended upward.

One person asks, another decides; a recommendation goes on until those above have decided.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState, TitleLevel
from miaopu.bases.guards import check_row, locked_base, refuse_unrectified, step_from
from miaopu.bases.models import BaseTitle, Nomination, TitleMotion
from miaopu.bases.title_enums import MotionKind, MotionState, TitleVerb
from miaopu.bases.title_states import CITY_ROLES, MOTION_TABLE, PROPOSERS
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.core.scope import reaches
from miaopu.engine.clock import add_months, add_years
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.base_titles import TitleValidity
from miaopu.parties.models import Representative

UNSTATED = TitleValidity(years=3, renewal_months=6, illustrative=True)
"""For titles that no campaign of this system gave."""
UPWARD = (TitleLevel.COUNTY, TitleLevel.CITY, TitleLevel.PROVINCIAL, TitleLevel.NATIONAL)


def validity_of(title: BaseTitle) -> TitleValidity:
    """How long such a title holds, as the pack of its campaign says."""
    origin: BaseTitle | None = title
    while origin is not None:
        found = Nomination.objects.filter(title=origin).select_related("campaign__version").first()
        if found is not None:
            return found.campaign.scheme.validity
        motion = TitleMotion.objects.filter(result=origin, kind=MotionKind.RENEW).first()
        origin = motion.title if motion is not None else None
    return UNSTATED


def renewal_opens(title: BaseTitle) -> date | None:
    """From which day on the title is evaluated anew; None for one without an end."""
    if title.valid_until is None:
        return None
    return add_months(title.valid_until, -validity_of(title).renewal_months)


def levels_above(level: str) -> tuple[TitleLevel, ...]:
    """The levels to which a title of this level can be recommended."""
    return UPWARD[UPWARD.index(TitleLevel(level)) + 1 :]


def _event(motion: TitleMotion, verb: TitleVerb, *, by: User, reason: str) -> None:
    record_event(
        motion, verb, by=by, reason=reason, region=motion.title.base.region_id,
        data={"base": motion.title.base.number, "title": str(motion.title), "kind": motion.kind},
    )  # fmt: skip


@transaction.atomic
def propose_motion(
    title: BaseTitle, kind: MotionKind, *, level: str = "", by: User, reason: str
) -> TitleMotion:
    """Ask that a title be renewed, withdrawn or recommended to `level`.

    By the district or the city. Raises ActionRefused for a title that does not hold, a renewal
    before its time, a level that is not above the title's, or the same asked twice.
    """
    check_reason(reason)
    base = locked_base(title.base)
    title = BaseTitle.objects.get(pk=title.pk)
    if not reaches(by, base.region_id, PROPOSERS | CITY_ROLES):
        raise NotAllowed(_("您的角色不能提请称号变动"), _("请由区县批准人或市级主管办理"))
    today = clock.today()
    opens = renewal_opens(title)
    if title.withdrawn_on is not None:
        raise ActionRefused(_("这个称号已撤销"), _("请查看称号登记"))
    if kind == MotionKind.RECOMMEND:
        refuse_unrectified(base)
    if kind == MotionKind.RENEW and (opens is None or today < opens):
        day = opens.isoformat() if opens else _("不需要")
        raise ActionRefused(_("还没有到复核的时候（%(day)s 起）") % {"day": day}, _("请到期前再办"))
    if kind == MotionKind.RECOMMEND and level not in levels_above(title.level):
        raise ActionRefused(_("只能向上级推荐"), _("请选择更高的级别"))
    if kind != MotionKind.RENEW and not BaseTitle.objects.valid_on(today).filter(pk=title.pk):
        raise ActionRefused(_("这个称号现在无效"), _("请查看有效期"))
    motion = TitleMotion(
        title=title,
        kind=kind,
        level=level if kind == MotionKind.RECOMMEND else "",
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    check_row(motion)
    motion.save()
    motion.title.base = base
    _event(motion, TitleVerb.PROPOSE_MOTION, by=by, reason=reason)
    return motion


def _step(motion: TitleMotion, name: str, verb: TitleVerb, *, by: User, reason: str) -> TitleMotion:
    check_reason(reason)
    base = locked_base(motion.title.base)
    rows = TitleMotion.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("title").get(pk=motion.pk)
    locked.title.base = base
    found = step_from(MOTION_TABLE, name, locked.state, base, by)
    if locked.state == MotionState.APPROVED and locked.kind != MotionKind.RECOMMEND:
        raise Conflict(_("这一事项已经办结"), _("请刷新页面，按现在的状态办理"))
    if locked.proposed_by_id == by.pk and locked.state == MotionState.PROPOSED:
        raise NotAllowed(_("提请和审定须由不同的人办理"), _("请由另一位主管审定"))
    if locked.state == MotionState.PROPOSED:
        locked.decided_by, locked.decided_on = by, clock.today()
        locked.decision = reason.strip()
    locked.state = MotionState(found.target)
    _event(locked, verb, by=by, reason=reason)
    return locked


@transaction.atomic
def approve_motion(motion: TitleMotion, *, by: User, reason: str) -> TitleMotion:
    """Another person agrees: a renewal makes the next title, a withdrawal ends this one today."""
    locked = _step(motion, "approve", TitleVerb.APPROVE_MOTION, by=by, reason=reason)
    title, today = locked.title, clock.today()
    if locked.kind == MotionKind.WITHDRAW:
        title.withdrawn_on = today
        title.save(update_fields=["withdrawn_on"])
    elif locked.kind == MotionKind.RENEW:
        if title.base.state != BaseState.ADMITTED:
            raise ActionRefused(_("基地已退出，不能续期"), _("请改为不同意"))
        assert title.valid_until is not None  # else the renewal was never opened
        begins = max(title.valid_until + timedelta(days=1), today)
        locked.result = BaseTitle.objects.create(
            base=title.base,
            level=title.level,
            name=title.name,
            document=title.document,
            granted_on=begins,
            valid_until=add_years(begins, validity_of(title).years) - timedelta(days=1),
        )
        settle_notices(_reminder(title))
    locked.save()
    return locked


@transaction.atomic
def decline_motion(motion: TitleMotion, *, by: User, reason: str) -> TitleMotion:
    """Another person does not agree; nothing becomes of the title."""
    locked = _step(motion, "decline", TitleVerb.DECLINE_MOTION, by=by, reason=reason)
    locked.save()
    return locked


@transaction.atomic
def recognise_motion(
    motion: TitleMotion, *, document: str, granted_on: date, by: User, reason: str
) -> TitleMotion:
    """Those above have given the recommended title: it enters the register."""
    locked = _step(motion, "recognise", TitleVerb.RECOGNISE_MOTION, by=by, reason=reason)
    if granted_on > clock.today():
        raise ActionRefused(_("认定日期在今天之后"), _("请核对日期"))
    made = BaseTitle(
        base=locked.title.base,
        level=locked.level,
        name=locked.title.name,
        document=document.strip(),
        granted_on=granted_on,
        valid_until=add_years(granted_on, UNSTATED.years) - timedelta(days=1),
    )
    check_row(made)
    made.save()
    locked.result = made
    locked.save()
    return locked


@transaction.atomic
def refuse_motion(motion: TitleMotion, *, by: User, reason: str) -> TitleMotion:
    """Those above have not given the recommended title."""
    locked = _step(motion, "refuse", TitleVerb.REFUSE_MOTION, by=by, reason=reason)
    locked.save()
    return locked


ACTIONS = {"approve": approve_motion, "decline": decline_motion, "refuse": refuse_motion}
"""Steps that need a reason alone, by name; `recognise` needs the document too."""


def motion_steps(user: User, motion: TitleMotion) -> list[str]:
    """The steps that the user may take with the motion now."""
    if motion.state == MotionState.APPROVED and motion.kind != MotionKind.RECOMMEND:
        return []
    if motion.state == MotionState.PROPOSED and motion.proposed_by_id == user.pk:
        return []
    region = motion.title.base.region_id
    return [
        one.name
        for one in MOTION_TABLE
        if motion.state in one.sources and reaches(user, region, one.roles)
    ]


def _reminder(title: BaseTitle) -> str:
    return f"title-ends/{title.pk}/"


def _ending(title: BaseTitle) -> Bilingual:
    base, day = title.base.name, title.valid_until
    return Bilingual(
        f"{base}的称号“{title.name}”将于 {day} 到期，请复核",
        f"The title of {base} ends on {day}; it is to be evaluated anew",
    )


def remind_of_titles() -> int:
    """Tell district and operator, once, of titles that are to be evaluated anew."""
    today = clock.today()
    rows = BaseTitle.objects.valid_on(today).filter(
        valid_until__lte=add_months(today, 36), base__state=BaseState.ADMITTED
    )
    notices: list[Notice] = []
    for title in rows.exclude(motions__kind=MotionKind.RENEW).select_related("base"):
        opens = renewal_opens(title)
        if opens is None or today < opens:
            continue
        officers = holders(Role.APPROVER, title.base.region_id)
        represents = Representative.objects.live().filter(enterprise_id=title.base.operator_id)
        people = [(one, f"/office/titles/{title.pk}/") for one in officers]
        people += [
            (one.user, f"/my/bases/{title.base.number}/")
            for one in represents.select_related("user")
        ]
        words = _ending(title)
        notices += [
            Notice(
                user=user,
                key=f"{_reminder(title)}{title.valid_until}",
                text=words.zh[:300],
                text_en=words.en[:400],
                link=link,
            )
            for user, link in people
        ]
    return tell_once(notices)
