"""Who may take which step with a base or a tenant, and the lock under which it is taken."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from miaopu.bases.models import Base, Tenancy
from miaopu.bases.states import BASE_TABLE, OPERATOR, TENANCY_TABLE
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.transitions import Transition, TransitionRefused, TransitionTable
from miaopu.parties.models import Representative


def runs(user: User, base: Base) -> bool:
    """Whether the user acts for the enterprise that runs the base."""
    return (
        user.is_party
        and Representative.objects.live().filter(user=user, enterprise_id=base.operator_id).exists()
    )


def may(user: User, base: Base, roles: frozenset[str]) -> bool:
    """Whether the user holds one of the roles for the base's region, or runs the base."""
    if user.is_party:
        return OPERATOR in roles and runs(user, base)
    return reaches(user, base.region_id, roles)


def base_steps(user: User, base: Base) -> list[str]:
    """The steps that the user may take with the base now.

    Whoever selected a base for the county does not accept it for the city as well.
    """
    found = [
        one.name for one in BASE_TABLE if base.state in one.sources and may(user, base, one.roles)
    ]
    if base.selected_by_id == user.pk and "accept" in found:
        found.remove("accept")
    return found


def tenancy_steps(user: User, tenancy: Tenancy) -> list[str]:
    """The steps that the user may take with the tenant now."""
    return [
        one.name
        for one in TENANCY_TABLE
        if tenancy.stage in one.sources and may(user, tenancy.base, one.roles)
    ]


def locked_base(base: Base) -> Base:
    """The base as the database has it now, locked until the transaction ends."""
    rows = Base.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("region", "operator").get(pk=base.pk)


def check_runs(user: User, base: Base) -> None:
    """Raises NotAllowed for anybody who does not run the base."""
    if not runs(user, base):
        raise NotAllowed(_("只有基地运营主体可以办理"), _("请用运营主体的账号登录"))


def step_from(table: TransitionTable, name: str, state: str, base: Base, by: User) -> Transition:
    """The step `name` from the state.

    Raises Conflict where there is none from it, NotAllowed where it is not the user's to take.
    """
    try:
        found = table.find(name, state)
    except TransitionRefused as refused:
        raise Conflict(refused.message.zh, _("请刷新页面，按现在的状态办理")) from refused
    if not may(by, base, found.roles):
        raise NotAllowed(_("您的角色不能办理这一步"), _("请由有权限的人员办理"))
    return found


def check_row(row: Model) -> None:
    """Raises ActionRefused, naming the fields, where a row contradicts itself or another."""
    try:
        row.full_clean()
    except ValidationError as error:
        found = []
        for name, messages in error.message_dict.items():
            text = " ".join(messages)
            if name == NON_FIELD_ERRORS:
                found.append(text)
            else:
                field = row._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                found.append(_("%(field)s：%(text)s") % {"field": field, "text": text})
        raise ActionRefused(_("；").join(found), _("请修改后再保存")) from error


def refuse_unrectified(base: Base) -> None:
    """Raises ActionRefused for a base with a problem that the pack's rule bars from titles."""
    found = base.rectifications.barring_titles().order_by("pk").first()
    if found is not None:
        raise ActionRefused(
            _("整改 %(number)s 逾期未改，按计划不予推荐") % {"number": found.number},
            _("重新整改并经核查后再推荐"),
        )
