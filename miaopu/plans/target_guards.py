"""What must hold before a decomposition or a target letter moves on: who, and on which row."""

from __future__ import annotations

from django.utils.translation import gettext as _

from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.models import TargetDecomposition
from miaopu.plans.target_states import OFFICER


def check_may(by: User, region: str, roles: frozenset[str]) -> None:
    """The user holds one of the roles for the region; raises NotAllowed otherwise."""
    if not reaches(by, region, roles):
        raise NotAllowed(_("您的角色不能办理这一步"), _("请交由有权限的人员办理"))


def locked_decomposition(decomposition: TargetDecomposition) -> TargetDecomposition:
    """The decomposition as the database has it now, locked until the transaction ends."""
    return (
        TargetDecomposition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme", "target__version__programme")
        .get(pk=decomposition.pk)
    )


def locked_draft(decomposition: TargetDecomposition, by: User) -> TargetDecomposition:
    """The same for an officer who changes it; raises Conflict once it is no draft any more."""
    locked = locked_decomposition(decomposition)
    check_may(by, locked.programme.region_id, OFFICER)
    if locked.state != State.DRAFT:
        raise Conflict(
            _("这份分解现为“%(state)s”，不能再修改") % {"state": locked.get_state_display()},
            _("请刷新页面；需要调整时建立新的版本"),
        )
    return locked
