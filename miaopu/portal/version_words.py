"""What two versions of a programme say otherwise, in words: which entry, which of its fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.plans.version_diff import ChangedPart, VersionDifference
from miaopu.portal import formats, present
from miaopu.portal.shapes import Text

KINDS: Mapping[str, tuple[Text, str]] = {
    "added": (_("新增"), "good"),
    "removed": (_("删除"), "late"),
    "changed": (_("改动"), "soon"),
    "reordered": (_("次序"), "neutral"),
}
PARTS: Mapping[str, Text] = {
    "supervision": _("督办时限"),
    "facts": _("数据项"),
    "parameters": _("参数"),
    "functions": _("函数"),
    "counted_once": _("只计一次的支持"),
    "assessments": _("考核办法"),
    "base_standards": _("基地准入标准"),
    "inspections": _("基地自查"),
    "surveys": _("满意度测评"),
    "base_titles": _("基地称号"),
    "target_letters": _("目标责任书条款"),
    "fee_rule": _("收费规定"),
    "budgets": _("预算"),
    "incubation": _("孵化规则"),
    "items": _("事项"),
}
"""The parts of a pack that people write by hand, which a next version takes over."""
_SECTIONS: Mapping[str, Text] = {
    **PARTS,
    "programme": _("标识"),
    "title": _("名称"),
    "region": _("实施区域"),
    "period": _("计划期"),
    "source": _("计划文件"),
    "zones": _("开发区"),
    "clauses": _("条款"),
    "units": _("责任单位"),
    "tasks": _("任务"),
    "phases": _("阶段"),
    "duties": _("经常性职责"),
    "indicators": _("指标"),
    "targets": _("目标"),
    "statistics": _("统计"),
    "funds": _("资金"),
    "ratios": _("分担比例"),
    "plan_findings": _("对不上的数"),
}
_FIELDS: Mapping[str, Text] = {
    "title": _("名称"),
    "summary": _("摘要"),
    "number": _("文号"),
    "date": _("日期"),
    "clause": _("条款"),
    "indicator": _("指标"),
    "value": pgettext_lazy("target", "目标值"),
    "upper": _("上限"),
    "unit": _("单位"),
    "baseline": _("基数"),
    "period": _("期间"),
    "year": _("年度"),
    "due": _("期限"),
    "lead": _("牵头单位"),
    "responsible": _("责任单位"),
    "cooperate": _("配合单位"),
    "who": _("责任单位"),
    "amount": _("金额"),
    "shares": _("分担比例"),
    "parts": _("分担比例"),
    "conditions": _("条件"),
    "priority": _("优先"),
    "when": _("表达式"),
    "decide": _("由人判断"),
    "points": _("分值"),
    "form": _("表单"),
    "materials": _("材料"),
    "steps": _("步骤"),
    "side_steps": _("步骤"),
    "working_days": _("工作日"),
}
_MONEY = frozenset({"amount"})
_REFERENCES = {
    "indicator": "indicators",
    **dict.fromkeys(("lead", "responsible", "cooperate", "who"), "units"),
}
_SHOWN = 400


class Words:
    """The difference of two versions for a page, in the reader's language."""

    def __init__(self, difference: VersionDifference) -> None:
        self.difference = difference
        self._packs = (difference.new.to_json(), difference.old.to_json())

    def rows(self) -> list[dict[str, Any]]:
        """Every change: of which entry, of which field, before and now."""
        return [self._row(part) for part in self.difference.parts]

    def touched(self) -> dict[str, list[str]]:
        """The targets, rules and amounts that the changes touch, by name."""
        amounts = (tuple(key.split(".", 1)) for key in self.difference.amounts)
        return {
            "targets": [present.in_language(title) for _name, title in self.difference.targets],
            "rules": [present.in_language(title) for _name, title in self.difference.rules],
            "amounts": [self._entry(section, name) for section, name in amounts],
        }

    def _row(self, part: ChangedPart) -> dict[str, Any]:
        section, *rest = part.path
        fields = [one for one in rest[1:] if one not in ("zh", "en")]
        if rest and section in ("title", "period", "source", "region", "supervision"):
            fields, rest = [one for one in rest if one not in ("zh", "en")], []
        words = [str(_FIELDS.get(one, one)) for one in fields]
        if part.path[-1] == "en":
            words.append(gettext("英文"))
        field = next((one for one in reversed(fields) if one in _FIELDS), "")
        kind, tone = KINDS[part.kind]
        return {
            "entry": self._entry(section, rest[0])
            if rest
            else str(_SECTIONS.get(section, section)),
            "field": " · ".join(words),
            "kind": kind,
            "tone": tone,
            "old": self._text(part.old, field),
            "new": self._text(part.new, field),
            "key": part.key,
        }

    def _entry(self, section: str, name: str) -> str:
        """An entry by the kind of thing it is and its own name, else its id."""
        words = {
            "section": _SECTIONS.get(section, section),
            "name": self._name(section, name) or name,
        }
        return gettext("%(section)s：%(name)s") % words

    def _name(self, section: str, name: str) -> str:
        for pack in self._packs:
            entry = _find(pack.get(section), name)
            if section == "targets" and entry:
                return self._name("indicators", str(entry["indicator"]))
            if section == "clauses" and entry:
                return f"{name} {present.in_language(entry.get('title'))}"
            if section == "budgets" and entry:
                return (
                    self._name("items", str(entry["item"])) + f" {entry['level']} {entry['year']}"
                )
            if entry and isinstance(entry.get("title"), Mapping):
                return present.in_language(entry["title"])
        return ""

    def _text(self, value: Any, field: str = "") -> str:
        """A value as people read it, cut where it is long."""
        shown = self._shown(value, field)
        return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"

    def _shown(self, value: Any, field: str) -> str:
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if isinstance(value, Mapping):
            return present.in_language(value) if "zh" in value else self._listed(value)
        if isinstance(value, list):
            return gettext("、").join(self._shown(one, field) for one in value)
        if field in _REFERENCES:
            return self._name(_REFERENCES[field], str(value)) or str(value)
        if field in _MONEY:
            return _yuan(str(value))
        return str(value)

    def _listed(self, entry: Mapping[str, Any]) -> str:
        """A whole entry: its name, then what it says, field by field."""
        known = (
            [present.in_language(entry["title"])] if isinstance(entry.get("title"), Mapping) else []
        )
        for name, value in entry.items():
            if name in ("title", "id") or value is None or value in ("", [], {}, False):
                continue
            if name in _FIELDS:
                pair = {"name": _FIELDS[name], "value": self._shown(value, name)}
                known.append(gettext("%(name)s：%(value)s") % pair)
        return gettext("；").join(known) or json.dumps(entry, ensure_ascii=False)


def _find(section: Any, name: str) -> dict[str, Any] | None:
    if isinstance(section, Mapping):
        found = section.get(name)
        return found if isinstance(found, dict) else None
    if isinstance(section, list):
        for one in section:
            if isinstance(one, dict) and name in (one.get("id"), one.get("code")):
                return one
    return None


def _yuan(text: str) -> str:
    """A sum of a pack with its unit; an expression stays as it is written."""
    try:
        return gettext("%(sum)s 元") % {"sum": formats.number(Decimal(text))}
    except InvalidOperation:
        return text
