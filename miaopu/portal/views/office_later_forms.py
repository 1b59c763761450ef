"""Bases that were admitted after a self-inspection was called, and by when they report."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models import Base, InspectionCampaign
from miaopu.bases.silence_actions import bases_without_form, due_for_later, is_running
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.portal import present
from miaopu.portal.views.operator_forms import day_field


class LaterForm(forms.Form):
    """By when such a base hands its form in."""

    due_on = day_field(_("上报期限"), help_text=_("只对补发的自查表有效"))


BoundLater = tuple[int, LaterForm] | None


@dataclass(frozen=True)
class Later:
    """The bases without a form of a self-inspection; the form is there for who may add them."""

    campaign: InspectionCampaign
    title: str
    bases: list[Base]
    form: LaterForm | None


def later_parts(user: User, bound: BoundLater = None) -> list[Later]:
    """Self-inspections that are running and of which bases in the user's scope have no form."""
    found = []
    rows = InspectionCampaign.objects.for_user(user).select_related("version__programme")
    for one in rows:
        if not is_running(one):
            continue
        mine = Base.objects.for_user(user).select_related("region")
        bases = list(mine.filter(pk__in=bases_without_form(one).values("pk")).order_by("number"))
        form = None
        if bound is not None and bound[0] == one.pk:
            form = bound[1]
        elif reaches(user, one.version.programme.region_id, [Role.PROGRAMME_OFFICER]):
            form = LaterForm(prefix=f"later-{one.pk}", initial={"due_on": due_for_later(one)})
        if bases or (bound is not None and bound[0] == one.pk):
            found.append(Later(one, present.in_language(one.definition.title), bases, form))
    return found
