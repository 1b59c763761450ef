"""The forms by which an item of a reading is corrected or added, one for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.plans import reading_words
from miaopu.plans.enums import ReadingKind

ROLES = {"lead": _("牵头"), "responsible": _("责任"), "cooperate": _("配合")}
COMPARATORS = {
    ">=": _("不少于"),
    "=": _("等于"),
    "<=": _("不超过"),
    "<": _("少于"),
    "range": _("范围"),
    "increase": _("新增"),
    "growth%": _("增长（%）"),
}
MONEY_UNITS = dict(
    zip(reading_words.MONEY_UNITS, (_("元"), _("万元"), _("亿元"), _("比例")), strict=True)
)
_TIMES = _("写法：2018-11-30、2018-07、2018-Q3、2018、2015/2017、P30D（30日）、P10WD（10个工作日）")


class FigureField(forms.DecimalField):
    """A number with at most six decimals, as packs keep figures."""

    def __init__(self, **named: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **named)


class ItemForm(forms.Form):
    """What an item of one kind says; `content` gives it in the keys of `plan read`."""

    use_required_attribute = False
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, clauses: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields.get("clause")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("没有条款")), *clauses]
        self.order_fields([*(name for name in self.fields if name != "note"), "note"])

    @staticmethod
    def typed(content: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the form for an item's content."""
        return dict(content)

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The item's new content; what the form does not ask stays as it was before."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "note"}
        return {**before, **asked}


class ClauseForm(ItemForm):
    """A clause."""

    path = forms.CharField(label=_("编号"), max_length=60, help_text=_("如 三/(二)"))
    title = forms.CharField(label=_("标题"), required=False, max_length=200)


class ResponsibilityForm(ItemForm):
    """Who answers for a clause."""

    clause = forms.ChoiceField(label=_("条款"), required=False)
    units = forms.CharField(
        label=_("单位"),
        required=False,
        max_length=600,
        help_text=_("多个单位用顿号分开；尚未确定的留空"),
    )
    role = forms.ChoiceField(label=_("角色"), choices=list(ROLES.items()))

    @staticmethod
    def typed(content: Mapping[str, Any]) -> dict[str, Any]:
        """The units on one line."""
        return {**content, "units": gettext("、").join(content.get("units") or ())}

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The units as a list."""
        made = super().content({"explicit": True, **before})
        return {**made, "units": reading_words.split_units(made["units"])}


class TargetForm(ItemForm):
    """A quantity to be reached, or one that was reached already."""

    clause = forms.ChoiceField(label=_("条款"), required=False)
    indicator = forms.CharField(label=_("指标"), max_length=200)
    scope = forms.CharField(
        label=_("范围"),
        required=False,
        max_length=100,
        help_text=_("如 全市、某个区；留空为整个计划"),
    )
    comparator = forms.ChoiceField(label=_("比较"), choices=list(COMPARATORS.items()))
    value = FigureField(label=_("数值"))
    upper = FigureField(label=_("上限"), required=False, help_text=_("只有范围才填"))
    unit = forms.CharField(label=_("单位（量）"), required=False, max_length=30)
    date = forms.CharField(label=_("时间"), required=False, max_length=30, help_text=_TIMES)
    reached = forms.BooleanField(label=_("这是已经达到的数，不是目标"), required=False)

    @staticmethod
    def typed(content: Mapping[str, Any]) -> dict[str, Any]:
        """A range as two numbers."""
        value = content.get("value")
        low, high = (value[0], value[-1]) if isinstance(value, list) and value else (value, None)
        kept = content.get("comparator")
        known = kept if kept in COMPARATORS else "="
        return {**content, "value": low, "upper": high, "comparator": known}

    def clean_date(self) -> str:
        """The time in one of the forms that a pack has; "" for none."""
        return checked_time(self.cleaned_data["date"])

    def clean(self) -> dict[str, Any] | None:
        """A range has two ends, nothing else has."""
        data = super().clean() or {}
        upper, value = data.get("upper"), data.get("value")
        if (data.get("comparator") == "range") is not (upper is not None):
            self.add_error("upper", gettext("范围要填上限，其他情形不填"))
        elif upper is not None and value is not None and upper <= value:
            self.add_error("upper", gettext("上限须大于数值"))
        return data

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The value as `plan read` writes it: a number, or the two ends of a range."""
        made = super().content(before)
        low, high = plain(made["value"]), made.pop("upper")
        made["value"] = low if high is None else [low, plain(high)]
        made["scope"], made["date"] = made["scope"] or None, made["date"] or None
        return made


class DeadlineForm(ItemForm):
    """A time by which, during which or how often somebody must act."""

    clause = forms.ChoiceField(label=_("条款"), required=False)
    date = forms.CharField(label=_("时间"), max_length=60, help_text=_TIMES)
    begin = forms.CharField(
        label=_("从何时起算"), required=False, max_length=100, help_text=_("只有时长才填")
    )
    what = forms.CharField(label=_("做什么"), required=False, max_length=200)

    @staticmethod
    def typed(content: Mapping[str, Any]) -> dict[str, Any]:
        """The time without the mark of what recurs."""
        date = reading_words.without_mark(str(content.get("date") or ""))
        return {**content, "date": date, "begin": content.get("from")}

    def clean_date(self) -> str:
        """The time in one of the forms that a pack has, or what recurs in words."""
        return checked_time(self.cleaned_data["date"], again=True)

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The start of a duration as `from`."""
        made = super().content(before)
        made["from"] = made.pop("begin") or None
        return made


class MoneyForm(ItemForm):
    """An amount or a ratio."""

    clause = forms.ChoiceField(label=_("条款"), required=False)
    what = forms.CharField(label=_("用途"), required=False, max_length=200)
    value = forms.CharField(label=_("数值"), max_length=60, help_text=_("金额写数字，比例如 7:1:2"))
    unit = forms.ChoiceField(label=_("单位（量）"), choices=list(MONEY_UNITS.items()))

    @staticmethod
    def typed(content: Mapping[str, Any]) -> dict[str, Any]:
        """A range as its upper end, which is what a pack keeps."""
        value = content.get("value")
        return {**content, "value": value[-1] if isinstance(value, list) and value else value}

    def clean(self) -> dict[str, Any] | None:
        """A ratio has parts, an amount is a number."""
        data = super().clean() or {}
        value = str(data.get("value") or "").replace(",", "")
        if data.get("unit") == "ratio":
            if value and not reading_words.is_ratio(value):
                self.add_error("value", gettext("比例的写法如 7:1:2"))
        elif value:
            try:
                data["value"] = plain(FigureField(min_value=0).clean(value))
            except forms.ValidationError:
                self.add_error("value", gettext("请填写数字"))
        return data


class CitationForm(ItemForm):
    """Another document that the plan names."""

    title = forms.CharField(label=_("名称"), required=False, max_length=200)
    number = forms.CharField(label=_("文号"), required=False, max_length=100)

    def clean(self) -> dict[str, Any] | None:
        """A name, a number, or both."""
        data = super().clean() or {}
        if not data.get("title") and not data.get("number"):
            self.add_error("title", gettext("名称和文号至少填一项"))
        return data

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is empty is not known."""
        made = super().content(before)
        return {**made, "title": made["title"] or None, "number": made["number"] or None}


class RepairForm(ItemForm):
    """How a damaged place is read."""

    read_as = forms.CharField(label=_("读作"), max_length=200)


FORMS: dict[str, type[ItemForm]] = {
    ReadingKind.CLAUSE: ClauseForm,
    ReadingKind.RESPONSIBILITY: ResponsibilityForm,
    ReadingKind.TARGET: TargetForm,
    ReadingKind.DEADLINE: DeadlineForm,
    ReadingKind.MONEY: MoneyForm,
    ReadingKind.CITATION: CitationForm,
    ReadingKind.REPAIR: RepairForm,
}
ADDABLE = tuple(kind for kind in FORMS if kind != ReadingKind.REPAIR)


def plain(number: Decimal) -> int | str:
    """A number for JSON: whole, or its digits; never a float."""
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f")


def checked_time(typed: str, *, again: bool = False) -> str:
    """A time as packs write it; with `again` also what recurs, in words. Raises ValidationError."""
    when = reading_words.typed_time(typed)
    if when is not None and (again or reading_words.without_mark(when) == when):
        return when
    raise forms.ValidationError(
        gettext("请按示例的写法填写时间，或写明多久一次（如 每月）")
        if again
        else gettext("请按示例的写法填写时间")
    )
