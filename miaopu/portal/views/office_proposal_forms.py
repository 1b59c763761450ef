"""The form of a changed rule: one row for each condition and priority, checked as it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from miaopu.plans.models import RuleProposal
from miaopu.plans.rule_reading import read
from miaopu.portal import present
from miaopu.portal.views.office_rule_rows import RuleRow, problem_text
from miaopu.portal.views.public_shared import LEVEL_NAMES

if TYPE_CHECKING:
    from miaopu.engine.packs.rule_parts import Part, Problem
    from miaopu.engine.packs.schema import Pack

LEVELS = ("province", "city", "county", "central")
LONGEST = 20_000  # characters that are taken; the language itself allows fewer, and says so
KINDS = {"conditions": "c", "priority": "p"}


class ProposalForm(forms.Form):
    """A rule as fields; `part()` gives it back in the pack's form."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, proposal: RuleProposal, data: Any = None) -> None:
        initial: dict[str, Any] = {"revision": proposal.revision, "why": proposal.why}
        super().__init__(data, initial=initial, auto_id="rule_%s")
        self.proposal = proposal
        self.pack: Pack = proposal.base.pack
        self.old: Part = proposal.part
        self.check_href = reverse("rule_check", kwargs={"slug": proposal.programme.slug})
        self.counts = {kind: self._count(kind, data) for kind in KINDS}
        for kind in KINDS:
            for number in range(self.counts[kind]):
                self._add_row(kind, number)
        if self.old["amount"] is not None or not self.pack.items[proposal.item].amount_decided:
            self._add("amount", self._expression(_("金额（元）"), required=False))
            self.initial["amount"] = self.old["amount"] or ""
        for level in LEVELS:
            field = forms.IntegerField(
                label=LEVEL_NAMES[level], required=False, min_value=0, max_value=1_000_000
            )
            self._add(f"s_{level}", field)
            self.initial[f"s_{level}"] = self.old["shares"].get(level)
        for name in self.old["parameters"]:
            self._add(f"v_{name}_from", forms.DateField(label=_("自哪天起"), required=False))
            self._add(
                f"v_{name}_value", forms.CharField(label=_("新的值"), required=False, max_length=30)
            )
        self._add(
            "why",
            forms.CharField(
                label=_("修改理由"),
                help_text=_("依据哪份文件、为什么改；发布人会看到，并记入操作记录"),
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
        )

    def _count(self, kind: str, data: Mapping[str, Any] | None) -> int:
        """One row more than there are, so that one can be added; as many as were posted."""
        posted = [
            int(found[1])
            for name in data or {}
            if (found := re.fullmatch(rf"{KINDS[kind]}(\d{{1,3}})_id", name))
        ]
        return max([len(self.old[kind]) + 1, *(number + 1 for number in posted[:200])])

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field

    def _expression(self, label: Any, *, required: bool) -> forms.CharField:
        attributes = {
            "rows": 2,
            "class": "expression",
            "spellcheck": "false",
            "autocomplete": "off",
            "hx-post": self.check_href,
            "hx-trigger": "input changed delay:500ms",
            "hx-target": "next .reading",
            "hx-swap": "innerHTML",
            "hx-include": "#rule-token",
        }
        return forms.CharField(
            label=label,
            required=required,
            max_length=LONGEST,
            strip=True,
            widget=forms.Textarea(attrs=attributes),
        )

    def _entry(self, kind: str, number: int) -> dict[str, Any]:
        """What the row changes; {} for a new one."""
        entries: list[dict[str, Any]] = self.old[kind]
        if not self.is_bound:
            return entries[number] if number < len(entries) else {}
        known = str(self.data.get(f"{KINDS[kind]}{number}_id", ""))
        return next((one for one in entries if one["id"] == known), {})

    def _add_row(self, kind: str, number: int) -> None:
        mark, entry = f"{KINDS[kind]}{number}", self._entry(kind, number)
        title = entry.get("title") or {}
        self._add(f"{mark}_id", forms.CharField(widget=forms.HiddenInput, required=False))
        self.initial[f"{mark}_id"] = entry.get("id", "")
        if not entry.get("decide"):
            self._add(f"{mark}_when", self._expression(_("表达式"), required=False))
            self.initial[f"{mark}_when"] = entry.get("when", "")
        for name, label in (("zh", _("名称（中文）")), ("en", _("名称（英文）"))):
            field = forms.CharField(label=label, required=False, max_length=200)
            self._add(f"{mark}_{name}", field)
            self.initial[f"{mark}_{name}"] = title.get(name, "")
        if kind == "priority":
            points = forms.IntegerField(
                label=_("分值"), required=False, min_value=0, max_value=1_000_000
            )
            self._add(f"{mark}_points", points)
            self.initial[f"{mark}_points"] = entry.get("points")
        if entry:
            self._add(f"{mark}_remove", forms.BooleanField(label=_("去掉这一项"), required=False))

    def _optional(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None

    def rows(self, kind: str) -> Iterator[RuleRow]:
        """The rows of conditions or priorities for the template."""
        for number in range(self.counts[kind]):
            mark, entry = f"{KINDS[kind]}{number}", self._entry(kind, number)
            when = self._optional(f"{mark}_when")
            source = str(when.value() or "") if when is not None else ""
            yield RuleRow(
                number=number + 1,
                new=not entry,
                title=present.in_language(entry.get("title")),
                decide=present.in_language(entry.get("decide")),
                clause=entry.get("clause") or "",
                when=when,
                zh=self[f"{mark}_zh"],
                en=self[f"{mark}_en"],
                points=self._optional(f"{mark}_points"),
                remove=self._optional(f"{mark}_remove"),
                reading=self.reading(source),
            )

    @property
    def conditions(self) -> list[RuleRow]:
        """The rows of the conditions, and an empty one."""
        return list(self.rows("conditions"))

    @property
    def priorities(self) -> list[RuleRow]:
        """The rows of the priorities, and an empty one."""
        return list(self.rows("priority"))

    @property
    def shares(self) -> list[BoundField]:
        """What each level bears."""
        return [self[f"s_{level}"] for level in LEVELS]

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Each dated parameter with its values, and fields for another."""
        return [
            {
                "name": name,
                "values": values,
                "start": self[f"v_{name}_from"],
                "value": self[f"v_{name}_value"],
            }
            for name, values in self.old["parameters"].items()
        ]

    @property
    def amount_field(self) -> BoundField | None:
        """The amount; None where a person decides each."""
        return self._optional("amount")

    def reading(self, source: str, *, amount: bool = False) -> str:
        """An expression read out; "" where it has errors, which stand at the field."""
        if not source.strip():
            return ""
        return present.read_aloud(read(self.pack, source, amount=amount))

    @property
    def amount_reading(self) -> str:
        """The amount read out."""
        field = self.amount_field
        return self.reading(str(field.value() or ""), amount=True) if field is not None else ""

    def part(self) -> tuple[Part, dict[str, list[int]]]:
        """The rule as typed, and for each list which rows its entries came from."""
        rows: dict[str, list[int]] = {kind: [] for kind in KINDS}
        part: Part = {**self.old, **{kind: list(self._entries(kind, rows)) for kind in KINDS}}
        if "amount" in self.fields:
            part["amount"] = self.cleaned_data["amount"] or None
        shares = {level: self.cleaned_data.get(f"s_{level}") for level in LEVELS}
        order = dict.fromkeys((*self.old["shares"], *LEVELS))
        part["shares"] = {one: shares[one] for one in order if shares[one] is not None}
        part["parameters"] = {
            name: self._values(name, values) for name, values in self.old["parameters"].items()
        }
        return part, rows

    def _entries(self, kind: str, rows: dict[str, list[int]]) -> Iterator[dict[str, Any]]:
        typed, taken = self.cleaned_data, {one["id"] for one in self.old[kind]}
        for number in range(self.counts[kind]):
            mark, entry = f"{KINDS[kind]}{number}", self._entry(kind, number)
            when = typed.get(f"{mark}_when", "")
            if typed.get(f"{mark}_remove") or not (entry or when):
                continue
            rows[kind].append(number)
            one = dict(entry) or self._fresh(kind, mark, taken)
            if not entry.get("decide"):
                one["when"] = when
            one["title"] = self._title(mark, when, one)
            if kind == "priority":
                one["points"] = typed.get(f"{mark}_points") or 0
            yield one

    def _fresh(self, kind: str, mark: str, taken: set[str]) -> dict[str, Any]:
        number = 1
        while f"added_{number}" in taken:
            number += 1
        taken.add(f"added_{number}")
        clause = self.pack.items[self.proposal.item].clause
        return {"id": f"added_{number}", "clause": clause, "title": None}

    def _title(self, mark: str, when: str, entry: Mapping[str, Any]) -> dict[str, str]:
        """The title as typed; where it was left empty, the expression read out."""
        said = read(self.pack, when) if when else None
        known = entry.get("title") or {}
        texts = {"zh": said.zh if said else "—", "en": said.en if said else "—"}
        return {
            name: self.cleaned_data.get(f"{mark}_{name}") or known.get(name) or texts[name]
            for name in ("zh", "en")
        }

    def _values(self, name: str, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
        start = self.cleaned_data.get(f"v_{name}_from")
        value = self.cleaned_data.get(f"v_{name}_value")
        if not start or not value:
            return values
        kept = [one for one in values if one["from"] != start.isoformat()]
        added = {**values[-1], "from": start.isoformat(), "value": value}
        return sorted([*kept, added], key=lambda one: str(one["from"]))

    def add_problems(self, problems: tuple[Problem, ...], rows: Mapping[str, list[int]]) -> None:
        """Put every problem at the field it is about."""
        for problem in problems:
            name = self._field_of(problem, rows)
            source = str(self.cleaned_data.get(name or "", "") or "")
            self.add_error(name, problem_text(problem, source))

    def _field_of(self, problem: Problem, rows: Mapping[str, list[int]]) -> str | None:
        place = problem.place
        if place and place[0] in KINDS and len(place) > 1 and isinstance(place[1], int):
            mark = f"{KINDS[str(place[0])]}{rows[str(place[0])][place[1]]}"
            last = str(place[2]) if len(place) > 2 else "when"
            name = f"{mark}_{last}" if f"{mark}_{last}" in self.fields else f"{mark}_when"
        elif place and place[0] == "shares":
            name = "s_province"
        elif place and place[0] == "parameters" and len(place) > 1:
            name = f"v_{place[1]}_value"
        else:
            name = "amount" if place and place[0] == "amount" else ""
        return name if name in self.fields else None
