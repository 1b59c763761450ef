"""For whose success a case rewards its enterprise: an operator's case for its tenant."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.cases.models import Case
from miaopu.portal import shapes


def rewarded_for(case: Case, *, inside: bool) -> list[shapes.Answer]:
    """The tenant whose facts count, if any; `inside` offices it leads to its page."""
    if case.subject is None:
        return []
    number = case.subject.number
    home = reverse("office_enterprise", kwargs={"number": number}) if inside else ""
    return [shapes.Answer(_("奖励所依据的在孵企业"), case.subject.name, home)]
