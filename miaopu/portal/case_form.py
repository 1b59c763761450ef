"""The pack's application form on pages: questions in groups, their sources, answers to check.

What is right or wrong is decided by `miaopu.cases.forms`; here it is only shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.cases.forms import FormError
from miaopu.cases.models import Case
from miaopu.cases.prefill import KnownAnswer
from miaopu.engine import masking
from miaopu.engine.money import MoneyError, yuan_to_fen
from miaopu.portal import formats, kept_forms
from miaopu.portal.present import in_language
from miaopu.portal.shapes import Answer, Text

if TYPE_CHECKING:
    from miaopu.engine.packs.procedure import FormField

LONG_TEXT = 100  # signs from which a question gets several lines
MOST_RADIOS = 7  # choices that are shown at once; more stand in a list to open
CONTACT, ACCOUNT, PLAN, PROMISE = "contact", "account", "plan", "promise"
GROUP_TITLES: Mapping[str, Text] = {
    CONTACT: gettext_lazy("联系方式"),
    ACCOUNT: gettext_lazy("收款账户"),
    PLAN: gettext_lazy("项目计划"),
    PROMISE: gettext_lazy("声明"),
}

kept_forms.register_labels({"revision": gettext_lazy("修订号")})


class _Words:
    """A text of the pack that is read in the language of the page at the moment it is shown."""

    def __init__(self, text: Any) -> None:
        self._text = text

    def __str__(self) -> str:
        return in_language(self._text)


def _widget(question: FormField) -> forms.Widget:
    match question.type:
        case "boolean":
            return forms.CheckboxInput()
        case "choice" if len(question.choices) <= MOST_RADIOS:
            return forms.RadioSelect()
        case "choice":
            return forms.Select()
        case "integer":
            return forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        case "money":
            return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        case "account":
            return forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        case "phone":
            return forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        case "date":
            return forms.TextInput({"type": "date"})
    if question.max_length and question.max_length > LONG_TEXT:
        return forms.Textarea({"rows": 4})
    return forms.TextInput({"autocomplete": "name"} if question.personal else {})


def _field(question: FormField) -> forms.Field:
    common: dict[str, Any] = {
        "label": in_language(question.title),
        "help_text": in_language(question.help),
        "required": question.required,
        "widget": _widget(question),
    }
    if question.type == "choice":
        offered = [(choice.id, in_language(choice.title)) for choice in question.choices]
        if len(offered) > MOST_RADIOS:
            offered.insert(0, ("", _("请选择")))
        return forms.ChoiceField(choices=offered, **common)
    if question.type == "boolean":
        return forms.BooleanField(**common)
    return forms.CharField(**common)


class CaseForm(forms.Form):
    """The questions with what was typed and what is wrong with it, exactly as given."""

    use_required_attribute = False
    # Browsers restore hidden fields that a script has changed; the server's number counts.
    revision = forms.CharField(widget=forms.HiddenInput({"autocomplete": "off"}))

    def __init__(
        self,
        questions: Iterable[FormField],
        values: Mapping[str, Any],
        revision: int,
        problems: Iterable[FormError] = (),
    ) -> None:
        asked = {question.id: question for question in questions}
        shown = {name: values.get(name, "") for name in asked}
        super().__init__({**shown, "revision": str(revision)})
        self.fields |= {name: _field(question) for name, question in asked.items()}
        self._problems = tuple(problems)
        kept_forms.register_labels(
            {name: lazystr(_Words(question.title)) for name, question in asked.items()}
        )

    def full_clean(self) -> None:
        """Take over the problems that were found; nothing is checked a second time."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        for problem in self._problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)


@dataclass(frozen=True)
class Row:
    """A question with where its value came from, and what is saved where that differs."""

    field: BoundField
    source: str = ""
    as_of: date | None = None
    saved: str | None = None


@dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    title: Text
    rows: list[Row]


def _group_of(question: FormField, account_prefixes: set[str]) -> str:
    """Questions about the account have an id that begins as the account's own does (bank_…)."""
    if question.type == "boolean" and question.must_be_true:
        return PROMISE
    if question.id.partition("_")[0] in account_prefixes:
        return ACCOUNT
    return CONTACT if question.personal else PLAN


def group_title(questions: Iterable[FormField], all_questions: Iterable[FormField]) -> Text:
    """What the questions are about, in a word: that of the first one's group."""
    prefixes = {one.id.partition("_")[0] for one in all_questions if one.type == "account"}
    return GROUP_TITLES[_group_of(next(iter(questions)), prefixes)]


def groups_of(
    form: CaseForm,
    questions: Iterable[FormField],
    case: Case,
    saved: Mapping[str, Any] | None = None,
) -> list[Group]:
    """The form's questions in groups, in the pack's order; `saved` are values saved elsewhere."""
    asked = tuple(questions)
    prefixes = {one.id.partition("_")[0] for one in asked if one.type == "account"}
    sources = sources_of(case)
    groups: dict[str, list[Row]] = {}
    for question in asked:
        field = form[question.id]
        known = sources.get(question.id)
        comes = known if known and str(field.value()) == known.text else None
        row = Row(
            field,
            source=comes.source_label if comes else "",
            as_of=comes.as_of if comes else None,
            saved=None if saved is None else difference(question, field.value(), saved),
        )
        groups.setdefault(_group_of(question, prefixes), []).append(row)
    return [Group(GROUP_TITLES[name], rows) for name, rows in groups.items()]


def difference(question: FormField, typed: Any, saved: Mapping[str, Any]) -> str | None:
    """What is saved, in words, where it is not what was typed here."""
    other = saved.get(question.id, "")
    if question.type == "boolean":
        same = (typed in (True, "on", "true", "True", "1")) == bool(other)
    else:
        same = str(typed or "").strip() == str(other)
    if same:
        return None
    empty = question.type != "boolean" and not str(other).strip()
    return _("没有填写") if empty else show(question, other, masked=False)


def sources_of(case: Case) -> dict[str, KnownAnswer]:
    """What the case's form was prefilled with when it was begun, by question."""
    return {name: KnownAnswer.from_json(data) for name, data in case.sources.items()}


def show(question: FormField, value: Any, *, masked: bool) -> str:
    """An answer in words, as typed where it is not understood; `masked` hides personal data."""
    if question.type == "boolean":
        return _("是") if value else _("否")
    text = str(value if value is not None else "").strip()
    if not text:
        return formats.MISSING
    match question.type:
        case "choice":
            titles = {choice.id: in_language(choice.title) for choice in question.choices}
            return titles.get(text, text)
        case "money":
            try:
                return _("%(amount)s 元") % {"amount": formats.yuan(yuan_to_fen(text))}
            except MoneyError:
                return text
        case "date":
            try:
                return formats.day(date.fromisoformat(text))
            except ValueError:
                return text
        case "account":
            return masking.mask_account(text) if masked else text
        case "phone":
            return masking.mask_phone(text) if masked else text
    return masking.mask_name(text) if masked and question.personal else text


def answers_of(case: Case, *, own: bool, change: Mapping[str, str] | None = None) -> list[Answer]:
    """What was answered, for reading. Accounts are always masked, other personal data unless `own`.

    `change` says where each question is answered anew.
    """
    sources = sources_of(case)
    answers = []
    for question in case.questions:
        value = case.form.get(question.id, "")
        known = sources.get(question.id)
        answers.append(
            Answer(
                label=in_language(question.title),
                value=show(question, value, masked=not own or question.type == "account"),
                href=(change or {}).get(question.id, ""),
                source=known.source_label if known and str(value) == known.text else "",
            )
        )
    return answers


def anchor(question: FormField) -> str:
    """The id of the question's input on the form's page."""
    first = question.type == "choice" and len(question.choices) <= MOST_RADIOS
    return f"id_{question.id}_0" if first else f"id_{question.id}"
