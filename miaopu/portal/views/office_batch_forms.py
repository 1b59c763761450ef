"""The forms of a batch review: which item and region, how many, whom to leave out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 1000
MOST = 1_000_000


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("理由"),
        help_text=help_text,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明理由")},
    )


def _quota() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("名额"),
        help_text=_("最多支持多少户；不限请留空"),
        required=False,
        min_value=1,
        max_value=MOST,
        error_messages={"invalid": _("请填写大于零的整数，不限名额请留空")},
    )


class OpenForm(forms.Form):
    """Which item, in which region, and how many at the most."""

    group = forms.ChoiceField(
        label=_("事项和区域"), error_messages={"required": _("请选择事项和区域")}
    )
    quota = _quota()

    def __init__(self, groups: Sequence[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, auto_id="open_%s")
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(groups)


class QuotaForm(forms.Form):
    """How many at the most."""

    quota = _quota()


class AsideForm(forms.Form):
    """Which case is left out, and why."""

    case = forms.ChoiceField(
        label=_("办件"),
        help_text=_("移出的不参加本批排名，继续等待，以后还可以评审"),
        error_messages={"required": _("请选择办件")},
    )
    reason = _reason(_("会告知企业并记入办理记录"))

    def __init__(self, cases: Sequence[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, auto_id="aside_%s")
        field = self.fields["case"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *cases]


class BackForm(forms.Form):
    """Which case is taken back."""

    case = forms.CharField(max_length=30)


class ConfirmForm(forms.Form):
    """The ranking that the member saw, and her signature."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=_("说明"),
        help_text=_("记入办理记录"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    signed = forms.BooleanField(
        label=_("本人确认：已核对排名和依据，同意支持名次内的办件"),
        error_messages={"required": _("请确认后再提交")},
    )


class CancelForm(forms.Form):
    """Why the batch ends without a result."""

    reason = _reason(_("记入办理记录"))
