"""A proposed rule: what changes, what it would do, and the second person's signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Job, User
from miaopu.plans.enums import ProposalState
from miaopu.plans.models import RuleProposal, Simulation
from miaopu.plans.rule_actions import (
    propose_rule,
    publish_rule,
    rebase_rule,
    return_rule,
    withdraw_rule,
)
from miaopu.plans.rule_guards import amendment_of, current_of, is_outdated, may_publish
from miaopu.plans.rule_reading import rule_of
from miaopu.plans.simulating import Question
from miaopu.plans.tasks import start_simulation
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.jobs import view_of
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_proposal_after import consequences
from miaopu.portal.views.office_rule_changes import change_table
from miaopu.portal.views.office_rules import PROPOSAL_TONES
from miaopu.portal.views.office_simulation_names import numbered
from miaopu.portal.views.office_simulation_parts import simulation_context

ACTING = (Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("退回理由"),
        help_text=_("会告知起草人并记入操作记录"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明退回理由")},
    )


class SignForm(forms.Form):
    """The second person's signature under what she saw."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=_("说明"),
        help_text=_("记入操作记录"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    signed = forms.BooleanField(
        label=_("本人确认：已看过修改内容和上面的测算影响，同意发布"),
        error_messages={"required": _("请确认后再提交")},
    )


def job_of(job: Job | None, user: User) -> shapes.JobView | None:
    """The job of a simulation as its starter sees it; others see what it comes to."""
    return view_of(job) if job is not None and job.created_by_id == user.pk else None


def latest_simulation(proposal: RuleProposal, user: User) -> Simulation | None:
    """The last simulation of the rule as it stands, or the one that was signed."""
    if proposal.simulation_id is not None:
        signed = Simulation.objects.for_user(user).with_parts()
        return signed.filter(pk=proposal.simulation_id).first()
    found = Simulation.objects.for_user(user).with_parts().filter(proposal=proposal)
    return found.filter(part_digest=proposal.digest).order_by("-pk").first()


def proposal_context(
    request: HttpRequest,
    proposal: RuleProposal,
    bound: dict[str, forms.Form] | None = None,
    refused: ActionRefused | None = None,
) -> dict[str, Any]:
    """Everything the page shows; `bound` are forms that were refused."""
    user, forms_of = person(request), bound or {}
    live = proposal.is_live
    now = current_of(proposal.programme) if live else proposal.base
    amended = amendment_of(proposal, now)
    pack = amended.pack or proposal.base.pack
    simulation = latest_simulation(proposal, user)
    fresh = simulation is not None and (simulation.as_of == clock.today() or not live)
    mine = proposal.made_by_id == user.pk
    second = proposal.state == ProposalState.PROPOSED and may_publish(user, proposal)
    item = proposal.base.pack.items[proposal.item]
    slug = proposal.programme.slug
    ready = simulation if simulation is not None and simulation.is_finished and fresh else None
    return {
        "proposal": proposal,
        "title": present.in_language(item.title),
        "clause": item.clause,
        "clause_href": present.clause_href(proposal.base, item.clause),
        "tone": PROPOSAL_TONES.get(proposal.state, "neutral"),
        "changes": change_table(
            (proposal.base.pack, pack),
            (rule_of(proposal.base.pack, proposal.item), proposal.part),
            (numbered(proposal.base), gettext("修改为")),
        ),
        "dropped": amended.dropped,
        "problems": [present.in_language(one.message) for one in amended.problems],
        "outdated": live and is_outdated(proposal, now),
        "now": now,
        "effect": simulation_context(simulation) if simulation is not None else None,
        "job": job_of(simulation.job, user) if simulation is not None else None,
        "fresh": fresh,
        "for_enterprises": item.party == "enterprise",
        "may_simulate": live and (mine or second),
        "mine": mine and live,
        "editable": mine and proposal.state in (ProposalState.DRAFT, ProposalState.RETURNED),
        "waits": proposal.state == ProposalState.PROPOSED,
        "second": second,
        "sign": forms_of.get("publish")
        or (
            SignForm(auto_id="sign_%s", initial={"seen": ready.key}) if ready is not None else None
        ),
        "back": forms_of.get("return") or ReasonForm(auto_id="back_%s"),
        "refused": refused,
        "consequences": consequences(proposal, user),
        "trail": present.trail_of(proposal.trail, None, None, inside=True),
        "crumbs": [
            shapes.Link(gettext("规则与测算"), reverse("rule_list")),
            shapes.Link(
                present.in_language(item.title),
                reverse("rule", kwargs={"slug": slug, "code": proposal.item}),
            ),
            shapes.Link(gettext("第 %(number)s 号修改") % {"number": proposal.pk}),
        ],
    }


def proposal_or_404(request: HttpRequest, pk: int) -> RuleProposal:
    """A proposal in the user's scope."""
    return get_object_or_404(RuleProposal.objects.for_user(person(request)).with_parts(), pk=pk)


@require_safe
@role_required(*CASE_READERS)
def rule_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes, what it would do, who signed."""
    proposal = proposal_or_404(request, pk)
    return render(request, "office/rule_proposal.html", proposal_context(request, proposal))


def _simulate(proposal: RuleProposal, by: User) -> None:
    start_simulation(Question(proposal.item, proposal, current_of(proposal.programme)), by=by)


@dataclass(frozen=True)
class Step:
    """A step of a proposal: its form if it has one, what it does, what is said afterwards."""

    act: Callable[[RuleProposal, Any, User], Any]
    done: Any
    form: type[forms.Form] | None = None
    prefix: str = ""


STEPS: dict[str, Step] = {
    "simulate": Step(lambda one, form, by: _simulate(one, by), _("测算已开始或已完成")),
    "propose": Step(lambda one, form, by: propose_rule(one, by=by), _("已提请另一人发布")),
    "withdraw": Step(lambda one, form, by: withdraw_rule(one, by=by), _("已撤回")),
    "rebase": Step(lambda one, form, by: rebase_rule(one, by=by), _("已改到现行规则之上")),
    "return": Step(
        lambda one, form, by: return_rule(one, by=by, reason=form.cleaned_data["reason"]),
        _("已退回起草人"),
        ReasonForm,
        "back",
    ),
    "publish": Step(
        lambda one, form, by: publish_rule(
            one, seen=form.cleaned_data["seen"], by=by, reason=form.cleaned_data["reason"]
        ),
        _("规则已发布，正在重新匹配全部企业"),
        SignForm,
        "sign",
    ),
}


@require_POST
@role_required(*ACTING)
def rule_proposal_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step; what is refused is told on the page with everything typed kept."""
    user, proposal = person(request), proposal_or_404(request, pk)
    if step not in STEPS:
        raise Http404
    kind = STEPS[step]
    form = kind.form(request.POST, auto_id=f"{kind.prefix}_%s") if kind.form else None
    bound: dict[str, forms.Form] = {step: form} if form is not None else {}
    if form is not None and not form.is_valid():
        context = proposal_context(request, proposal, bound)
        return render(request, "office/rule_proposal.html", context, status=422)
    try:
        result = kind.act(proposal, form, user)
    except ActionRefused as refused:
        fresh = proposal_or_404(request, pk)
        context = proposal_context(request, fresh, bound if step == "return" else {}, refused)
        return render(request, "office/rule_proposal.html", context, status=refused.status)
    if step == "rebase" and result[1]:
        text = gettext("双方都改过，请核对：%(keys)s") % {"keys": gettext("、").join(result[1])}
        messages.warning(request, text)
    messages.success(request, str(kind.done))
    return redirect("rule_proposal", pk=pk)
