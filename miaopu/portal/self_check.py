"""The form of the self-check: its questions are the facts that the rules in force read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from miaopu.parties.dictionary import FactDefinition, FactValue, fact_dictionary
from miaopu.parties.industries import industry_codes, industry_title
from miaopu.plans.self_check import ELSEWHERE, ELSEWHERE_NAME
from miaopu.portal.present import in_language

if TYPE_CHECKING:
    from miaopu.engine.packs.schema import Pack

MOST_PEOPLE = 10_000_000
EARLIEST = date(1900, 1, 1)
YES, NO = "yes", "no"
ASK = "had_"
"""Begins the name of the yes or no before a date; the style sheet shows the date after a yes."""
Choices = list[Any]


def _industry_choices() -> Choices:
    return [
        (_titled(section), [(code, _titled(code)) for code in codes])
        for section, codes in industry_codes()
    ]


def _titled(code: str) -> str:
    return f"{code} {industry_title(code)}"


def _code_choices(name: str, packs: Iterable[Pack]) -> Choices:
    found: dict[str, str] = {}
    for pack in packs:
        if name in pack.facts:
            found |= {code: in_language(text) for code, text in pack.facts[name].codes.items()}
    return list(found.items())


def _choice(choices: Choices, common: dict[str, Any]) -> forms.Field:
    field = forms.ChoiceField(choices=[("", _("不知道")), *choices], **common)
    field.error_messages["invalid_choice"] = _("请从列表中选择")
    return field


def _field(
    definition: FactDefinition, packs: Sequence[Pack], regions: Mapping[str, str]
) -> forms.Field:
    """The question about one fact; every one may be left open."""
    label = in_language(definition.title)
    if definition.unit:
        label = _("%(label)s（%(unit)s）") % {"label": label, "unit": in_language(definition.unit)}
    help_text = in_language(definition.help) if definition.help else ""
    common: dict[str, Any] = {"label": label, "required": False, "help_text": help_text}
    match definition.type:
        case "region":
            elsewhere = (ELSEWHERE, in_language(ELSEWHERE_NAME))
            return _choice([*regions.items(), elsewhere], common)
        case "industry":
            return _choice(_industry_choices(), common)
        case "code":
            return _choice(_code_choices(definition.name, packs), common)
        case "boolean":
            return _choice([(YES, _("是")), (NO, _("否"))], common)
        case "integer":
            number = forms.IntegerField(min_value=0, max_value=MOST_PEOPLE, **common)
            number.widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
            number.error_messages["invalid"] = _("请填写整数")
            return number
        case "money":
            money = forms.DecimalField(min_value=0, max_digits=16, decimal_places=2, **common)
            money.widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
            money.error_messages["invalid"] = _("请填写数字，以元为单位")
            return money
    day = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **common)
    day.error_messages["invalid"] = _("请填写日期，例如 2017-03-01")
    return day


def _ask_first(definition: FactDefinition) -> forms.Field | None:
    """The plain yes or no before a date that is only there where something has happened."""
    if definition.ask is None:
        return None
    return forms.ChoiceField(
        label=in_language(definition.ask),
        choices=[(YES, _("收到了")), (NO, _("还没有"))],
        required=False,
        widget=forms.RadioSelect(),
        error_messages={"invalid_choice": _("请从列表中选择")},
    )


class SelfCheckForm(forms.Form):
    """What is asked; answers live as long as the request that brings them."""

    use_required_attribute = False

    def __init__(
        self,
        names: Iterable[str],
        packs: Sequence[Pack],
        regions: Mapping[str, str],
        data: Mapping[str, Any] | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(data)
        self._today = today
        dictionary = fact_dictionary()
        for name in names:
            first = _ask_first(dictionary[name])
            if first is not None:
                self.fields[f"{ASK}{name}"] = first
            self.fields[name] = _field(dictionary[name], packs, regions)
            if first is not None:
                self.fields[name].label = _("什么时候")

    def clean(self) -> dict[str, Any]:
        """A no leaves the date out, whatever it says; a yes without a date is taken as of today."""
        cleaned = super().clean() or self.cleaned_data
        for name in [one for one in self.fields if one.startswith(ASK)]:
            answer, dated = cleaned.pop(name, ""), name.removeprefix(ASK)
            if answer == NO:
                self.errors.pop(dated, None)
                cleaned[dated] = None
            elif answer == YES and dated not in self.errors:
                cleaned[dated] = cleaned.get(dated) or self._today
        return cleaned

    def typed(self) -> dict[str, FactValue]:
        """The facts that were given, in the types of the dictionary. The form is valid."""
        dictionary = fact_dictionary()
        values: dict[str, FactValue] = {}
        for name, value in self.cleaned_data.items():
            if value is None or value == "":
                continue
            values[name] = value == YES if dictionary[name].type == "boolean" else value
            if isinstance(value, Decimal):
                values[name] = value.quantize(Decimal("0.01"))
        return values
