"""The simulator: which rule is tried, beside which; the simulations that were saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from miaopu.core.models import User
from miaopu.plans.duty_reads import in_force
from miaopu.plans.models import ProgrammeVersion, RuleProposal, Simulation
from miaopu.plans.rule_guards import current_of
from miaopu.plans.simulating import Question
from miaopu.plans.tasks import start_simulation
from miaopu.portal import present
from miaopu.portal.access import role_required
from miaopu.portal.own_programmes import own_first
from miaopu.portal.paging import page_of
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_simulation_names import item_name, rule_name, version_name

COLUMNS = (
    Column("name", _("测算"), link="href"),
    Column("item", _("事项")),
    Column("what", _("测算的规则")),
    Column("as_of", _("数据日期"), kind="date"),
    Column("enterprises", _("受益企业"), kind="number", unit=_("户")),
    Column("cost_fen", _("所需资金"), kind="money", unit=_("元")),
    Column("by", _("由谁保存")),
)
NOTHING = "-"


class SimulatorForm(forms.Form):
    """Which rule, and what it is set beside."""

    rule = forms.ChoiceField(
        label=_("测算哪条规则"),
        help_text=_("现行规则、以前的版本，或还没有发布的修改"),
        error_messages={"required": _("请选择规则"), "invalid_choice": _("请从列表中选择")},
    )
    against = forms.ChoiceField(
        label=_("与哪个版本比较"),
        help_text=_("会列出谁受益、谁受损"),
        required=False,
        error_messages={"invalid_choice": _("请从列表中选择")},
    )

    def __init__(self, rules: list[tuple[str, str]], versions: list[tuple[str, str]], data: Any):
        super().__init__(data, auto_id="simulate_%s")
        for name, choices in (
            ("rule", rules),
            ("against", [("", _("现行版本")), (NOTHING, _("不比较")), *versions]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def _versions(user: User) -> dict[int, ProgrammeVersion]:
    """Every version of the programmes in force: the user's own first, the newest first."""
    programmes = [version.programme_id for version in own_first(user, in_force())]
    found = ProgrammeVersion.objects.public().filter(programme__in=programmes)
    ordered = sorted(found, key=lambda one: programmes.index(one.programme_id))
    return {version.pk: version for version in ordered}


def _choices(
    versions: dict[int, ProgrammeVersion], proposals: dict[int, RuleProposal]
) -> list[tuple[str, str]]:
    choices = []
    for pk, version in versions.items():
        for code, item in version.pack.items.items():
            if item.party == "enterprise":
                title = present.in_language(item.title)
                choices.append((f"v/{pk}/{code}", f"{title} · {version_name(version)}"))
    for pk, one in proposals.items():
        title = present.in_language(one.base.pack.items[one.item].title)
        number = gettext("第 %(number)s 号修改") % {"number": pk}
        words = f"{title} · {number} · {one.get_state_display()}"
        choices.append((f"p/{pk}/{one.item}", words))
    return choices


def _question(
    form: SimulatorForm,
    versions: dict[int, ProgrammeVersion],
    proposals: dict[int, RuleProposal],
) -> Question:
    kind, pk, item = form.cleaned_data["rule"].split("/", 2)
    source = versions[int(pk)] if kind == "v" else proposals[int(pk)]
    chosen = form.cleaned_data["against"]
    if chosen == NOTHING:
        return Question(item, source, None)
    against = versions[int(chosen)] if chosen else current_of(source.programme)
    if against.programme_id != source.programme_id or item not in against.pack.items:
        against = current_of(source.programme)
    same = isinstance(source, ProgrammeVersion) and source.pk == against.pk
    return Question(item, source, None if same else against)


def _saved_table(simulations: list[Simulation]) -> Table:
    rows = [
        {
            "name": one.name,
            "href": reverse("simulation", kwargs={"pk": one.pk}),
            "item": item_name(one),
            "what": rule_name(one),
            "as_of": one.as_of,
            "enterprises": one.result["new"]["enterprises"],
            "cost_fen": one.result["new"]["cost_fen"],
            "by": str(one.saved_by),
        }
        for one in simulations
    ]
    return Table(
        COLUMNS,
        rows,
        gettext("保存的测算"),
        empty=gettext("还没有保存的测算"),
        empty_hint=gettext("测算完成后起个名称保存，同一计划的工作人员都能打开。"),
        queue=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def simulator(request: HttpRequest) -> HttpResponse:
    """Try a rule; look at what was tried before. The answer is kept, and the same for everybody."""
    user = person(request)
    versions = _versions(user)
    known = RuleProposal.objects.for_user(user).live().with_parts()
    proposals = {
        one.pk: one
        for one in known.filter(programme__in={v.programme_id for v in versions.values()})
    }
    rules = _choices(versions, proposals)
    names = [(str(pk), version_name(version)) for pk, version in versions.items()]
    posted = request.POST if request.method == "POST" else None
    form = SimulatorForm(rules, names, posted)
    if posted is None:
        form.initial = {"rule": request.GET.get("rule", "")}
    elif form.is_valid():
        question = _question(form, versions, proposals)
        started = perform(request, lambda: start_simulation(question, by=user))
        if started is not None:
            return redirect("simulation", pk=started.pk)
    page = page_of(request, Simulation.objects.for_user(user).saved().with_parts().order_by("-pk"))
    context = {
        "form": form if rules else None,
        "saved": _saved_table(list(page.object_list)),
        "page": page,
    }
    return render(request, "office/simulator.html", context, status=422 if form.errors else 200)
