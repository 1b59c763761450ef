"""The form that opens a decomposition or its next version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from miaopu.plans.decompositions import pack_target, splits_of_target
from miaopu.plans.enums import MemberKind, PeriodSplit
from miaopu.plans.models import Target, TargetDecomposition
from miaopu.plans.target_opening import Opening
from miaopu.portal import kept_forms

kept_forms.register_labels(
    {"value": _("目标值"), "baseline": _("基数"), "names": _("承担单位"), "split": _("期间划分")}
)


class OpenForm(forms.Form):
    """How a decomposition, or its next version, begins."""

    kind = forms.ChoiceField(label=_("分解到"), choices=MemberKind.choices)
    names = forms.CharField(
        label=_("基地或部门"),
        help_text=_("每行写一个；分解到基地时留空，即为区域内已准入的全部基地"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    split = forms.ChoiceField(label=_("期间划分"), choices=PeriodSplit.choices)
    value = forms.DecimalField(
        label=pgettext_lazy("target", "目标值"),
        help_text=_("与方案不同时在理由中说明"),
        min_value=0,
        max_digits=16,
        decimal_places=4,
    )
    baseline = forms.DecimalField(
        label=_("基数"), required=False, min_value=0, max_digits=16, decimal_places=4
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("第二版起必须写明为什么调整"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, target: Target, before: TargetDecomposition | None, *args: Any, **kwargs: Any
    ) -> None:
        stated = pack_target(target)
        rebased = before.baseline if before else None
        kwargs["initial"] = {
            "kind": MemberKind.REGION,
            "split": before.split if before else PeriodSplit.WHOLE,
            "value": f"{before.value.normalize():f}" if before else stated.value,
            "baseline": stated.baseline if rebased is None else f"{rebased.normalize():f}",
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        labels = dict(PeriodSplit.choices)
        self.fields["split"].choices = [  # type: ignore[attr-defined]
            (one, labels[one]) for one in splits_of_target(target)
        ]
        if before is not None:
            del self.fields["kind"], self.fields["names"]
            self.fields["reason"].required = True

    def opening(self) -> Opening:
        """What was filled in."""
        given = self.cleaned_data
        return Opening(
            kind=MemberKind(given.get("kind", MemberKind.REGION)),
            split=PeriodSplit(given["split"]),
            value=given["value"],
            baseline=given["baseline"],
            names=tuple(given.get("names", "").splitlines()),
        )


class JoinForm(forms.Form):
    """Who else takes part in a draft: districts, bases and departments beside each other."""

    kind = forms.ChoiceField(label=_("类别"), choices=MemberKind.choices, initial=MemberKind.BASE)
    names = forms.CharField(
        label=_("承担单位"),
        help_text=_("每行写一个；区县写全称，在册的基地按名称对上编号"),
        max_length=5000,
        error_messages={"required": _("请每行写一个单位")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="join_%s")

    def taking(self) -> tuple[MemberKind, list[str]]:
        """What was filled in."""
        given = self.cleaned_data
        return MemberKind(given["kind"]), given["names"].splitlines()
