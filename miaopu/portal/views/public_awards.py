"""Who was supported: the list of awards, and each award's ledger lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.engine.masking import mask_name
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AwardState, Level, TransferKind
from miaopu.ledger.models import Account, Award, Entry, Transfer
from miaopu.ledger.querysets import AwardQuerySet
from miaopu.monitoring.support import first_awards
from miaopu.plans.models import Programme
from miaopu.portal import formats, present
from miaopu.portal.kept_parts import kept, kept_rows
from miaopu.portal.paging import page_of
from miaopu.portal.shapes import Answer, Link
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import awards_href, public_page

STANDING = (AwardState.COMMITTED, AwardState.PAID)
SHOWN_IN_LIST = (
    *("number", "amount_fen", "state", "committed_at", "case__enterprise__name"),
    *("case__region__name", "case__region__name_en"),
    *("case__item__code", "case__item__version__digest", "case__item__version__programme__slug"),
)
TONES: dict[str, str] = {AwardState.PAID: "good", AwardState.COMMITTED: "soon"}


class AwardFilter(forms.Form):
    """Which awards are listed; stands in the address."""

    district = forms.ChoiceField(label=gettext_lazy("区县"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    programme = forms.ChoiceField(label=gettext_lazy("计划"), required=False)
    once = forms.ChoiceField(label=gettext_lazy("计数"), required=False)
    until = forms.DateField(label=gettext_lazy("截至"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.choices = kept(("choices of awards", get_language()), choices_of_awards)
        for name, offered in self.choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(offered.items())
        if len(self.choices["programme"]) <= 2:  # all, and the only one
            self.fields["programme"].widget = forms.HiddenInput()


def choices_of_awards() -> dict[str, dict[str, str]]:
    """What each filter offers, by its value, in the language of the page."""
    programmes = {row.slug: present.in_language(row.name) for row in Programme.objects.public()}
    return {
        "district": {"": _("全部"), **districts()},
        "state": {"": _("全部"), **{state.value: str(state.label) for state in STANDING}},
        "programme": {"": _("全部"), **programmes},
        "once": {"": _("全部扶持"), "1": _("每户只列首次")},
    }


def districts() -> dict[str, str]:
    """Districts that bear money or have awards, by code."""
    bearing = Account.objects.public().filter(level=Level.COUNTY)
    having = Award.objects.public()
    case = ("case__region_id", "case__region__name", "case__region__name_en")
    rows = {
        *kept_rows(bearing.values_list(*(name.removeprefix("case__") for name in case)).order_by()),
        *kept_rows(having.values_list(*case).order_by().distinct()),
    }
    return {
        code: present.in_language(Bilingual(name, name_en or name))
        for code, name, name_en in sorted(rows)
    }


def _filtered(form: AwardFilter) -> AwardQuerySet:
    """The awards that the form asks for; none where it asks for what does not exist."""
    awards = Award.objects.public()
    if not form.is_valid():
        return awards.none()
    lookups = {
        "district": "case__region_id",
        "state": "state",
        "programme": "case__item__version__programme__slug",
    }
    asked = {lookups[name]: form.cleaned_data[name] for name in lookups if form.cleaned_data[name]}
    awards = awards.filter(**asked)
    if form.cleaned_data["until"]:
        awards = awards.filter(committed_at__date__lte=form.cleaned_data["until"])
    return first_awards(awards) if form.cleaned_data["once"] else awards


def _active(form: AwardFilter) -> list[Link]:
    """What is filtered now, each with the address without it."""
    if not form.is_valid():
        return []
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    shown = {
        name: form.choices[name][value] if name in form.choices else value
        for name, value in asked.items()
    }
    if "until" in shown:
        shown["until"] = formats.day(form.cleaned_data["until"])
    return [
        Link(
            _("%(label)s：%(value)s") % {"label": form.fields[name].label, "value": shown[name]},
            awards_href(**{other: text for other, text in asked.items() if other != name}),
        )
        for name in asked
        if name == "until" or not form.fields[name].widget.is_hidden
    ]


def _total_fen(form: AwardFilter, found: AwardQuerySet) -> int:
    """The sum of what the form asks for, which is the same for everybody."""
    asked = tuple(sorted((name, str(value)) for name, value in form.cleaned_data.items()))
    return kept(("sum of awards", form.is_valid(), asked), found.total_fen)


def _award_row(award: Award) -> dict[str, Any]:
    case = award.case
    version = case.item.version
    clause = case.item.definition.clause
    return {
        "number": award.number,
        "href": reverse("award", args=[award.number]),
        "enterprise": case.enterprise.name,
        "region": present.region_name(case.region),
        "amount_fen": award.amount_fen,
        "state": str(AwardState(award.state).label),
        "tone": TONES.get(award.state, "neutral"),
        "decided_on": award.committed_at,
        "clause": clause,
        "clause_href": present.clause_href(version, clause),
    }


@public_page
def awards(request: HttpRequest) -> HttpResponse:
    """All awards that stand, newest first, with the sum of what is asked for."""
    form = AwardFilter(request.GET)
    found = _filtered(form)
    rows = (
        found.select_related("case__item__version__programme")
        .only(*SHOWN_IN_LIST)
        .order_by("-committed_at", "-pk")
    )
    page = page_of(request, rows)
    table = Table(
        columns=(
            Column("number", _("扶持编号"), link="href"),
            Column("enterprise", _("企业名称")),
            Column("region", _("区县")),
            Column("amount_fen", _("金额"), kind="money", unit=_("元")),
            Column("state", _("状态"), kind="tag", tone="tone"),
            Column("decided_on", _("决定日期"), kind="date"),
            Column("clause", _("依据条款"), kind="clause", link="clause_href"),
        ),
        rows=[_award_row(row) for row in page],
        caption=_("扶持名单"),
    )
    context = {
        "crumbs": [Link(_("资金去向"), reverse("money")), Link(_("扶持名单"))],
        "form": form,
        "active": _active(form),
        "page": page,
        "table": table,
        "count": page.paginator.count,
        "total_fen": _total_fen(form, found),
        "today": clock.today(),
    }
    return render(request, "public/awards.html", context)


def _account_text(entry: Entry) -> str:
    account = entry.account
    region = present.region_name(account.region)
    return f"{account.get_level_display()} · {region} · {account.get_kind_display()}"


def _in_order(transfer: Transfer) -> list[Entry]:
    """The entries by level, province first, as the codes of the regions run."""
    return sorted(transfer.entries.all(), key=lambda entry: (entry.account.region_id, entry.pk))


def _transfer_table(transfer: Transfer) -> Table:
    entries = _in_order(transfer)
    rows = [{"account": _account_text(row), "amount_fen": row.amount_fen} for row in entries]
    rows.append({"account": _("合计"), "amount_fen": sum(row.amount_fen for row in entries)})
    return Table(
        columns=(
            Column("account", _("账户")),
            Column("amount_fen", _("增减"), kind="money", unit=_("元")),
        ),
        rows=rows,
        caption=f"{transfer.get_kind_display()} · {formats.moment(transfer.at)}",
    )


def _shares_table(transfers: Sequence[Transfer]) -> Table:
    """What each level bears, from the entries that committed the money."""
    entries = [
        entry
        for transfer in transfers
        if transfer.kind == TransferKind.COMMIT
        for entry in _in_order(transfer)
        if entry.amount_fen > 0
    ]
    rows: list[dict[str, Any]] = [
        {
            "level": entry.account.get_level_display(),
            "region": present.region_name(entry.account.region),
            "amount_fen": entry.amount_fen,
        }
        for entry in entries
    ]
    total = sum(entry.amount_fen for entry in entries)
    rows.append({"level": _("合计"), "region": "", "amount_fen": total})
    return Table(
        columns=(
            Column("level", _("级次")),
            Column("region", _("承担地区")),
            Column("amount_fen", _("金额"), kind="money", unit=_("元")),
        ),
        rows=rows,
        caption=_("各级分担"),
    )


def _facts_of(award: Award) -> list[Answer]:
    """What is public of an award; the name of the legal representative is masked."""
    case = award.case
    rows = [
        Answer(_("区县"), present.region_name(case.region)),
        Answer(_("统一社会信用代码"), case.enterprise.uscc),
        Answer(_("法定代表人"), mask_name(case.enterprise.legal_representative)),
        Answer(_("决定日期"), formats.day(award.committed_at)),
        Answer(_("拨付日期"), formats.day(award.paid_at)),
    ]
    if case.publicity is not None:
        number = case.publicity.number
        rows.append(Answer(_("公示"), number, reverse("publicity", args=[number])))
    return rows


@public_page
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One award: to whom, for what, borne by whom, and every ledger line it caused."""
    row = get_object_or_404(
        Award.objects.public().select_related("case__publicity", "case__item__version__programme"),
        number=number,
    )
    case = row.case
    version = case.item.version
    transfers = list(row.transfers.prefetch_related("entries__account__region").order_by("pk"))
    context = {
        "crumbs": [
            Link(_("资金去向"), reverse("money")),
            Link(_("扶持名单"), reverse("awards")),
            Link(row.number),
        ],
        "award": row,
        "enterprise": case.enterprise,
        "rows": _facts_of(row),
        "item": present.in_language(case.item.name),
        "programme": present.in_language(version.programme.name),
        "programme_href": reverse("programme", args=[version.programme.slug]),
        "tone": TONES.get(row.state, "neutral"),
        "clause": case.item.definition.clause,
        "clause_href": present.clause_href(version, case.item.definition.clause),
        "shares": _shares_table(transfers),
        "transfers": [(transfer.key, _transfer_table(transfer)) for transfer in transfers],
    }
    return render(request, "public/award.html", context)
