"""Changing a rule: the form, the check of an expression as it is typed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.plans.models import Programme, RuleProposal
from miaopu.plans.rule_actions import save_proposal, start_proposal
from miaopu.plans.rule_guards import RuleRefused
from miaopu.plans.rule_reading import check
from miaopu.plans.rule_states import RULE_TABLE
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import in_one_text
from miaopu.portal.views.office_proposal_forms import ProposalForm
from miaopu.portal.views.office_rule_rows import problem_text
from miaopu.portal.views.office_rules import version_or_404


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def rule_change(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Begin a change of the rule, or go on with the draft there is."""
    version = version_or_404(slug, code)
    draft = perform(request, lambda: start_proposal(version, code, by=person(request)))
    if draft is None:
        return redirect("rule", slug=slug, code=code)
    return redirect("rule_proposal_edit", pk=draft.pk)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def rule_check(request: HttpRequest, slug: str) -> HttpResponse:
    """What an expression says, or what is wrong with it, while it is typed; nothing is kept."""
    programme = get_object_or_404(Programme.objects.public(), slug=slug)
    pack = programme.current_version.pack
    name = request.headers.get("HX-Trigger-Name", "amount")
    source = request.POST.get(name, "").strip()
    said, problem = check(pack, source, amount=name == "amount")
    reading = present.read_aloud(said)
    wrong = problem_text(problem, source) if problem is not None and source else ""
    return render(request, "office/rule_check.html", {"reading": reading, "wrong": wrong})


def _page(
    request: HttpRequest, proposal: RuleProposal, form: ProposalForm, status: int = 200
) -> HttpResponse:
    slug = proposal.programme.slug
    title = present.in_language(proposal.base.pack.items[proposal.item].title.bilingual)
    context = {
        "form": form,
        "proposal": proposal,
        "title": title,
        "facts": [
            (name, present.in_language(fact.fact(name).label), " ".join(fact.codes))
            for name, fact in proposal.base.pack.facts.items()
            if fact.about == "enterprise"
        ],
        "parameters": list(proposal.base.pack.parameters),
        "crumbs": [
            shapes.Link(gettext("规则与测算"), reverse("rule_list")),
            shapes.Link(title, reverse("rule", kwargs={"slug": slug, "code": proposal.item})),
            shapes.Link(
                gettext("第 %(number)s 号修改") % {"number": proposal.pk},
                reverse("rule_proposal", kwargs={"pk": proposal.pk}),
            ),
            shapes.Link(gettext("修改规则")),
        ],
    }
    return render(request, "office/rule_proposal_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.PROGRAMME_OFFICER)
def rule_proposal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; what is wrong stands at its field, and nothing typed is lost."""
    user = person(request)
    mine = RuleProposal.objects.for_user(user).filter(made_by=user).with_parts()
    proposal = get_object_or_404(mine, pk=pk)
    if request.method != "POST":
        if "save" not in {step.name for step in RULE_TABLE if proposal.state in step.sources}:
            messages.info(request, gettext("这份修改现在不能改动"))
            return redirect("rule_proposal", pk=pk)
        kept = kept_forms.kept_data(request)
        return _page(request, proposal, ProposalForm(proposal, kept))
    form = ProposalForm(proposal, request.POST)
    if not form.is_valid():
        return _page(request, proposal, form, 422)
    part, rows = form.part()
    try:
        save_proposal(
            proposal,
            part,
            revision=form.cleaned_data["revision"],
            by=user,
            reason=form.cleaned_data["why"],
        )
    except RuleRefused as refused:
        form.add_problems(refused.problems, rows)
        return _page(request, proposal, form, 422)
    except ActionRefused as refused:
        form.add_error(None, in_one_text(refused))
        fresh = get_object_or_404(mine, pk=pk)
        form.data = {**request.POST.dict(), "revision": str(fresh.revision)}
        return _page(request, fresh, form, refused.status)
    messages.success(request, gettext("已保存"))
    if "more" in request.POST:
        return redirect("rule_proposal_edit", pk=pk)
    return redirect("rule_proposal", pk=pk)
