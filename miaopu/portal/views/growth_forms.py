"""Forms of a tenant's growth: plan, needs, services, officials, months, follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import NeedKind
from miaopu.bases.models import AttachedOfficer, GrowthNeed
from miaopu.core.models import User
from miaopu.portal import formats
from miaopu.portal.views.operator_forms import day_field


def _text(label: Any, most: int, rows: int = 3, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


class PlanForm(forms.Form):
    """The growth plan."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    responsible = forms.CharField(
        label=_("责任人"), help_text=_("基地里负责帮扶这家企业的人"), max_length=60
    )
    goals = _text(_("成长目标和措施"), 2000, 5)


class NeedForm(forms.Form):
    """A need of the tenant."""

    kind = forms.ChoiceField(label=_("需求类别"), choices=NeedKind.choices)
    text = _text(_("需求内容"), 1000)


class ServiceForm(forms.Form):
    """A service that was given."""

    on = day_field(_("服务日期"))
    what = _text(_("服务内容"), 1000)
    need = forms.ChoiceField(label=_("对应的需求"), required=False)

    def __init__(self, *args: Any, needs: Iterable[GrowthNeed] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.needs = {str(one.pk): one for one in needs}
        field = self.fields["need"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不对应某项需求")), *((k, str(v)) for k, v in self.needs.items())]

    def clean_need(self) -> GrowthNeed | None:
        """The need that was chosen."""
        return self.needs.get(self.cleaned_data["need"])


class ReasonForm(forms.Form):
    """Why a step is taken, or what came of it."""

    reason = _text(_("说明"), 500, error_messages={"required": _("请写明说明")})


class AttachForm(forms.Form):
    """An official to be attached."""

    officer = forms.ChoiceField(label=_("挂点人员"))

    def __init__(self, *args: Any, officers: Iterable[User] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.officers = {str(one.pk): one for one in officers}
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(one)) for key, one in self.officers.items()]

    def clean_officer(self) -> User:
        """The official who was chosen."""
        return self.officers[self.cleaned_data["officer"]]


class DetachForm(ReasonForm):
    """Who is to be relieved, and why."""

    attached = forms.ChoiceField(label=_("挂点人员"))
    field_order = ["attached", "reason"]

    def __init__(
        self, *args: Any, attached: Iterable[AttachedOfficer] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.current = {str(one.pk): one for one in attached}
        field = self.fields["attached"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(one)) for key, one in self.current.items()]

    def clean_attached(self) -> AttachedOfficer:
        """The attachment that was chosen."""
        return self.current[self.cleaned_data["attached"]]


class MonthsForm(forms.Form):
    """A month's workbook."""

    file = forms.FileField(
        label=_("填好的表格"),
        help_text=_("Excel（xlsx、xls）或 CSV，不超过20兆"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": _("请选择要上传的文件")},
    )


class MonthChoice(forms.Form):
    """Which month; stands in the address."""

    month = forms.ChoiceField(label=_("月份"), required=False)

    def __init__(self, *args: Any, months: Iterable[date] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{one:%Y-%m}", formats.month(one)) for one in months]


class FollowUpForm(forms.Form):
    """How a graduate fares."""

    operating = forms.TypedChoiceField(
        label=_("是否仍在经营"),
        choices=[("yes", _("仍在经营")), ("no", _("已停业或迁出"))],
        coerce=lambda value: value == "yes",
    )
    employees = forms.IntegerField(label=_("从业人员（人）"), min_value=0, required=False)
    revenue = forms.DecimalField(
        label=_("年营业收入（元）"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    note = _text(_("说明"), 1000, required=False)
